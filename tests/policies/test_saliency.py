"""VisualBackProp: what it marks, and what it leaves alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from drive_sim.arrays import Images
from drive_sim.policies.networks import NETWORKS, make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.saliency import gradient_saliency, visual_back_prop
from drive_sim.sim.camera import Camera


def make_policy(name: str = "pilotnet", precision: str = "fp32") -> NeuralPolicy:
    torch.manual_seed(0)
    return NeuralPolicy(make_network(name, 66, 200), name, Camera(), 0.02, precision)


def silent_on_grey(policy: NeuralPolicy) -> NeuralPolicy:
    """Mid-grey is what the networks see as zero; without biases nothing is activated by it."""
    with torch.no_grad():
        for name, parameter in policy.network.named_parameters():
            if name.endswith("bias"):
                parameter.zero_()
    return policy


def pictures(n: int) -> Images:
    return np.random.default_rng(0).integers(0, 256, (n, 66, 200, 3), dtype=np.uint8)


def grey_with_a_patch(rows: slice, columns: slice) -> Images:
    images = np.full((1, 66, 200, 3), 127.5).astype(np.uint8)
    images[:, rows, columns] = pictures(1)[:, rows, columns]
    return images


@pytest.mark.parametrize("name", NETWORKS)
def test_every_pixel_has_a_share_and_one_has_the_most(name: str) -> None:
    saliency = visual_back_prop(make_policy(name), pictures(3))
    assert saliency.shape == (3, 66, 200)
    assert saliency.min() >= 0.0
    np.testing.assert_allclose(saliency.max(axis=(1, 2)), 1.0)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_blank_part_counts_for_next_to_nothing(name: str) -> None:
    saliency = visual_back_prop(silent_on_grey(make_policy(name)), grey_with_a_patch(slice(20, 50), slice(20, 70)))[0]
    assert np.unravel_index(saliency.argmax(), saliency.shape)[1] < 100
    assert saliency[:, 140:].max() < 0.01


def test_the_marks_move_with_what_is_marked() -> None:
    # 40 columns are a whole number of steps of every layer. Mid-grey is half a level off what counts as zero.
    policy = silent_on_grey(make_policy())
    left, right = (
        visual_back_prop(policy, np.roll(grey_with_a_patch(slice(20, 50), slice(40, 80)), shift, axis=2))[0]
        for shift in (0, 40)
    )
    np.testing.assert_allclose(right[:, 70:130], left[:, 30:90], atol=0.02)


@pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 1e-5), ("bf16", 5e-2)])
def test_batch_equals_its_singles(precision: str, tolerance: float) -> None:
    policy, images = make_policy(precision=precision), pictures(4)
    singles = np.concatenate([visual_back_prop(policy, image[None]) for image in images])
    np.testing.assert_allclose(visual_back_prop(policy, images), singles, atol=tolerance)


def test_a_picture_that_activates_nothing_has_no_marks() -> None:
    saliency = visual_back_prop(silent_on_grey(make_policy()), np.full((1, 66, 200, 3), 127, np.uint8))
    assert np.isfinite(saliency).all()


def test_looking_does_not_change_what_the_network_does() -> None:
    policy, images = make_policy(), pictures(2)
    before = policy.predict(images)
    visual_back_prop(policy, images)
    np.testing.assert_array_equal(policy.predict(images), before)


def test_the_gradient_is_what_a_pixel_s_change_does_to_the_command() -> None:
    policy, images = make_policy(), pictures(1)
    saliency = gradient_saliency(policy, images)[0]
    assert saliency.max() == pytest.approx(1.0)
    rows, columns = np.array([30, 40, 50, 20]), np.array([100, 60, 150, 90])

    def commanded(row: int, column: int, channel: int, change: float) -> float:
        changed = torch.tensor(images, dtype=torch.float64)
        changed[0, row, column, channel] += change
        with torch.no_grad():
            return float(policy.network.double()(changed.double()))

    def effect(row: int, column: int) -> float:
        changes = [commanded(row, column, channel, 0.2) - commanded(row, column, channel, -0.2) for channel in range(3)]
        return sum(map(abs, changes))

    effects = np.array([effect(row, column) for row, column in zip(rows, columns, strict=True)])
    np.testing.assert_allclose(saliency[rows, columns] / saliency[rows[0], columns[0]], effects / effects[0], rtol=0.02)


def test_pictures_of_another_size() -> None:
    camera = Camera().resized(96, 97)
    policy = replace(make_policy("small"), network=make_network("small", 97, 96), camera=camera)
    images = np.zeros((1, 97, 96, 3), np.uint8)
    assert visual_back_prop(policy, images).shape == (1, 97, 96)
