"""ALVINN's policy: hills say where they are, light does not matter, and it is loaded as it was saved."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from drive_sim.arrays import Images
from drive_sim.errors import InputError
from drive_sim.policies.alvinn import (
    ACTIVATIONS,
    ALVINN_CAMERA,
    DECODE_RULES,
    HILL_SHAPES,
    PUBLISHED_HILL,
    AlvinnPolicy,
    curvature_units,
    decode,
    hill,
    make_alvinn,
    nearest_unit,
    retina,
)
from drive_sim.policies.model_folder import load_model, save_model
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import make_straight
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Tracks
from tests.policies.test_mixture import seen

UNITS = curvature_units(45, 0.11)


def pictures(n: int = 8, seed: int = 0) -> Images:
    return np.random.default_rng(seed).integers(0, 256, (n, 30, 32, 3), dtype=np.uint8)


def make_policy(seed: int = 0, rule: str = "argmax", activation: str = "sigmoid") -> AlvinnPolicy:
    network = make_alvinn(np.random.default_rng(seed), 6, 45, activation=activation)
    return AlvinnPolicy(network, UNITS, rule)


def test_the_camera_sees_both_edges_from_aside() -> None:
    """From 1.5 m to either side of a road 4.4 m wide, both edges cross many of the rows."""
    tracks, scenes = Tracks.stack([make_straight(200.0)]), Scenes.stack([Scene(texture_amplitude=0.0)])
    poses = np.array([[20.0, -1.5, 0.0], [20.0, 1.5, 0.0]])
    images = render(tracks, scenes, ALVINN_CAMERA, poses, np.zeros(2, np.int64), np.zeros(2, np.int64))
    grass = images[..., 1].astype(int) > images[..., 2] + 30
    both = grass[:, :, 0] & grass[:, :, -1] & ~grass.all(axis=2)
    assert (both.sum(axis=1) >= 8).all()
    # The ground of the lowest and the highest row: a few metres to some tens of metres ahead.
    rows = np.array([[15.5, 29.0, 1.0], [15.5, 0.0, 1.0]]) @ np.linalg.inv(ALVINN_CAMERA.image_from_ground).T
    near_m, far_m = rows[:, 0] / rows[:, 2]
    assert 2.0 < near_m < 4.0
    assert 30.0 < far_m < 60.0


def test_the_retina_sees_blue_and_not_how_light_it_is() -> None:
    images = pictures() // 2
    other = images.copy()
    other[..., :2] = 255 - other[..., :2]
    np.testing.assert_array_equal(retina(other), retina(images))
    np.testing.assert_allclose(retina(2 * images), retina(images), atol=1e-5)
    np.testing.assert_allclose(retina(images + np.uint8(100)), retina(images), atol=1e-5)
    np.testing.assert_allclose(retina(images).mean(axis=1), 0.0, atol=1e-5)
    np.testing.assert_allclose(retina(images).std(axis=1), 1.0, atol=1e-5)
    assert retina(images).shape == (8, 960)
    assert retina(images).dtype == np.float32
    assert (retina(np.full((1, 30, 32, 3), 77, np.uint8)) == 0.0).all()


def test_units_run_from_left_to_right_with_one_spacing() -> None:
    np.testing.assert_allclose(UNITS, -UNITS[::-1], atol=1e-15)
    np.testing.assert_allclose(np.diff(UNITS), -0.22 / 44)
    assert UNITS[0] == 0.11
    np.testing.assert_array_equal(nearest_unit(UNITS + 0.4 * 0.005, UNITS), np.arange(45))
    np.testing.assert_array_equal(nearest_unit(np.array([9.0, -9.0]), UNITS), [0, 44])
    with pytest.raises(InputError, match="at least two units"):
        curvature_units(1, 0.1)
    with pytest.raises(InputError, match="max_curvature_per_m"):
        curvature_units(45, -0.1)


def test_the_published_hill_is_as_printed() -> None:
    asked = hill(np.array([0.0, 0.11, -9.0]), UNITS)
    np.testing.assert_array_equal(asked[0, 18:27], PUBLISHED_HILL)
    assert asked[0].sum() == pytest.approx(sum(PUBLISHED_HILL))
    np.testing.assert_array_equal(asked[1, :5], PUBLISHED_HILL[4:])
    np.testing.assert_array_equal(asked[2], asked[1, ::-1])


@pytest.mark.parametrize("shape", HILL_SHAPES)
@pytest.mark.parametrize("rule", DECODE_RULES)
def test_a_decoded_hill_is_where_it_was_put(shape: str, rule: str) -> None:
    curvature_per_m = np.random.default_rng(0).uniform(-0.08, 0.08, 200)
    error_units = np.abs(decode(hill(curvature_per_m, UNITS, shape), UNITS, rule) - curvature_per_m) / 0.005
    # The published hill and the most active unit know the nearest unit only; nine units cut a Gaussian off askew.
    assert error_units.max() < (0.51 if "published" in shape or rule == "argmax" else 0.15)


@pytest.mark.parametrize("rule", DECODE_RULES)
def test_mirrored_outputs_negate_the_command(rule: str) -> None:
    outputs = np.random.default_rng(0).random((50, 45))
    np.testing.assert_allclose(
        decode(outputs[:, ::-1], UNITS, rule), -decode(outputs, UNITS, rule), atol=1.01 * 0.005 / 20
    )


def test_centre_of_mass_hears_the_highest_hill_only() -> None:
    outputs = hill(np.array([0.05]), UNITS) + 0.5 * hill(np.array([-0.05]), UNITS)
    np.testing.assert_allclose(decode(outputs, UNITS, "centre-of-mass"), [0.05], atol=1e-12)
    np.testing.assert_array_equal(decode(np.zeros((1, 45)), UNITS, "centre-of-mass"), UNITS[:1])


def test_unknown_words_are_refused() -> None:
    with pytest.raises(InputError, match="hill 'square' is unknown"):
        hill(np.zeros(1), UNITS, "square")
    with pytest.raises(InputError, match="rule 'median' is unknown"):
        decode(np.zeros((1, 45)), UNITS, "median")
    with pytest.raises(InputError, match="rule 'median' is unknown"):
        make_policy(rule="median")
    with pytest.raises(InputError, match="activation 'step' is unknown"):
        make_policy(activation="step")
    with pytest.raises(InputError, match="as many curvatures"):
        AlvinnPolicy(make_policy().network, UNITS[::-1])
    with pytest.raises(InputError, match="32x30 pictures and the camera makes 200x66"):
        AlvinnPolicy(make_policy().network, UNITS, camera=Camera())


def test_a_hidden_unit_s_picture_is_what_excites_it() -> None:
    network = make_policy().network
    assert network.hidden_weights.shape == (6, 30, 32)
    with torch.inference_mode():
        retinas = torch.from_numpy(retina(pictures(3)))
        by_hand = np.tensordot(retinas.numpy().reshape(3, 30, 32), network.hidden_weights, axes=([1, 2], [1, 2]))
        np.testing.assert_allclose(network.hidden(retinas).numpy(), by_hand, atol=1e-4)
        np.testing.assert_allclose(network(retinas).numpy(), torch.sigmoid(network.logits(retinas)).numpy())


def test_weights_come_from_the_generator_alone() -> None:
    before = torch.random.get_rng_state()
    first, again, other = (make_alvinn(np.random.default_rng(seed), 5, 30) for seed in (3, 3, 4))
    assert torch.equal(first.hidden.weight, again.hidden.weight)
    assert not torch.equal(first.hidden.weight, other.hidden.weight)
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_batch_equals_its_singles_and_nothing_else_is_read() -> None:
    policy, images = make_policy(rule="gaussian"), pictures()
    singles = np.concatenate([policy.predict(image[None]) for image in images])
    np.testing.assert_allclose(policy.predict(images), singles, atol=0.005 / 20)
    observation = seen(8)
    object.__setattr__(observation, "images", images)
    acted = policy.act(observation, np.random.default_rng(0))
    np.testing.assert_array_equal(acted.curvature_per_m, policy.predict(images))
    with pytest.raises(InputError, match="32x30 pictures and got"):
        policy.predict(np.zeros((1, 66, 200, 3), np.uint8))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("rule", DECODE_RULES)
def test_a_loaded_policy_acts_as_the_saved_one(activation: str, rule: str, tmp_path: Path) -> None:
    policy = make_policy(2, rule, activation)
    loaded = load_model(save_model(tmp_path / "model", policy, {"epochs": 40}, {"seed": 2}))
    assert isinstance(loaded, AlvinnPolicy)
    assert (loaded.rule, loaded.camera, loaded.network.activation) == (rule, ALVINN_CAMERA, activation)
    np.testing.assert_array_equal(loaded.units, policy.units)
    np.testing.assert_array_equal(loaded.activity(pictures()), policy.activity(pictures()))
    np.testing.assert_array_equal(loaded.predict(pictures()), policy.predict(pictures()))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(num_hidden=7), "does not fit"),
        (lambda c: c.update(num_hidden="six"), r"Expected `int`, got `str` - at `\$.num_hidden`"),
        (lambda c: c.update(num_hidden=10**30), r"out of range - at `\$.num_hidden`|<= 4096 - at `\$.num_hidden`"),
        (lambda c: c.update(units_per_m=c["units_per_m"][:30]), "does not fit"),
        (lambda c: c.update(units_per_m=c["units_per_m"][::-1]), "from the left to the right"),
        (lambda c: c.update(units_per_m=[*c["units_per_m"][:-1], float("-inf")]), "is damaged"),
        (lambda c: c.update(units_per_m=3), r"Expected `array`, got `int` - at `\$.units_per_m`"),
        (lambda c: c.update(rule="median"), "'median' is unknown"),
        (lambda c: c.update(activation="step"), "'step' is unknown"),
        (lambda c: c["camera"].update(width_px=33), "does not fit"),
        (lambda c: c.pop("rule"), "`rule`"),
    ],
)
def test_files_that_do_not_fit_are_refused(
    change: Callable[[dict[str, Any]], object], message: str, tmp_path: Path
) -> None:
    folder = save_model(tmp_path / "model", make_policy(), {}, {})
    config = json.loads((folder / "config.json").read_text())
    change(config)
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match=message) as raised:
        load_model(folder)
    assert "\n" not in str(raised.value)
