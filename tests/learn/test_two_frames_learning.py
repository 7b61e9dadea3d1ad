"""What a network of two frames learns from, and what it begins with."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn import bc
from drive_sim.learn.base import ImitationTask
from drive_sim.learn.initial_policy import drawn, fitting_layers, taken_over
from drive_sim.learn.preparation import Preparation
from drive_sim.learn.validation_split import HeldOutBlocks
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera

CAMERA = Camera(width_px=60, height_px=50, focal_px=33.0, horizon_px=10.0)
SMALL = bc.Config(
    network="small-two-frames", num_steps=3, batch_size=8, shift_rotate=None, precision="fp32", device="cpu"
)


def moving(n: int = 60, seed: int = 0) -> Demonstrations:
    """A bright stripe anywhere; what is steered is how far it has moved since the row before, and no picture tells."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 40, (n, 50, 60, 3), dtype=np.uint8)
    column = np.zeros(n, dtype=np.int64)
    column[0] = 30
    for i in range(1, n):
        column[i] = np.clip(column[i - 1] + rng.integers(-8, 9), 8, 52)
    for image, u in zip(images, column, strict=True):
        image[10:, u - 6 : u + 6] = 220
    moved = np.diff(column, prepend=column[0]).astype(np.float64)
    return Demonstrations(images, moved / 250.0, np.full(n, 12.0), CAMERA)


def learned(config: bc.Config, demos: Demonstrations, init: NeuralPolicy | None = None) -> NeuralPolicy:
    *_, last = bc.train(config, ImitationTask(demos), np.random.default_rng(0), init=init)
    return last.policy


def test_it_learns_what_moves_and_one_frame_cannot() -> None:
    config = replace(SMALL, num_steps=250, batch_size=32, learning_rate=2e-3, photometric=None)
    shown, unseen = moving(300), moving(120, seed=1)
    before = unseen.images[np.maximum(np.arange(120) - 1, 0)]
    two = learned(config, shown).predict(unseen.images, before)
    one = learned(replace(config, network="small"), shown).predict(unseen.images)
    errors = [np.mean((found - unseen.curvature_per_m) ** 2) / np.var(unseen.curvature_per_m) for found in (two, one)]
    assert errors[0] < 0.4
    assert errors[1] > 0.7


def test_held_out_rows_have_the_row_before_them_though_it_is_learned_from() -> None:
    """And learning is the same to the bit, however the pictures before came to be there."""
    demos = moving(100)
    blocks = HeldOutBlocks(0.2, num_blocks=2, gap_s=0.0)
    config = replace(SMALL, preparation=Preparation(mirror=True, held_out=blocks), steps_per_round=3)
    (last,) = bc.train(config, ImitationTask(demos), np.random.default_rng(0))
    before = demos.images[np.maximum(np.arange(100) - 1, 0)]
    (again,) = bc.train(config, ImitationTask(replace(demos, previous_images=before)), np.random.default_rng(0))
    assert last.metrics["validation_loss"] == again.metrics["validation_loss"]


def test_one_frame_learns_the_same_whether_the_one_before_is_there_or_not() -> None:
    demos, config = moving(), replace(SMALL, network="small")
    weights = [learned(config, of).network.state_dict() for of in (demos, replace(demos, previous_images=demos.images))]
    assert all(torch.equal(array, weights[1][name]) for name, array in weights[0].items())


def test_side_cameras_are_refused_in_a_line() -> None:
    for given in ({"three_cameras": True}, {"preparation": Preparation(side_cameras="fixed")}):
        with pytest.raises(InputError, match="leave side cameras out"):
            replace(SMALL, **given)
        replace(SMALL, network="small", **given)


def begun_with(init: NeuralPolicy) -> NeuralPolicy:
    demos = moving()
    policy = drawn("small-two-frames", demos, np.random.default_rng(3), "cpu")
    return replace(taken_over(policy, init, fitting_layers(init, "small-two-frames", demos)), precision="fp32")


def test_begun_with_one_frame_it_steers_like_it_whatever_was_there_before() -> None:
    demos = moving()
    init = replace(learned(replace(SMALL, network="small"), demos), precision="fp32")
    policy = begun_with(init)
    for before in (None, demos.images[::-1]):
        np.testing.assert_allclose(policy.predict(demos.images, before), init.predict(demos.images), atol=1e-7)


def test_the_other_way_round_and_another_family_are_no_beginnings() -> None:
    two, one = (drawn(name, moving(), np.random.default_rng(3), "cpu") for name in ("small-two-frames", "small"))
    for init, name in ((two, "small"), (one, "thumbnail")):
        with pytest.raises(InputError, match="their layers differ"):
            fitting_layers(init, name, moving())


def test_frozen_convolutions_still_learn_what_moves_in_the_first_layer() -> None:
    init = learned(replace(SMALL, network="small"), moving())
    policy = learned(replace(SMALL, freeze_convolutions=True), moving(), init)
    found, before = policy.network.state_dict(), init.network.state_dict()
    assert (found["convolutions.0.yuv.weight"][:, :3] != 0.0).any()
    assert torch.equal(found["convolutions.2.weight"], before["convolutions.2.weight"])
    assert not torch.equal(found["dense.0.weight"], before["dense.0.weight"])
