"""The linear policy: LAB as OpenCV has it, loaded as saved; and a policy that draws around another."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from drive_sim.arrays import Images
from drive_sim.errors import InputError
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.gaussian import GaussianPolicy, likeliest_around
from drive_sim.policies.linear import KART_CAMERA, LinearPolicy, lab_features, num_features_of
from drive_sim.policies.mixture import Mixture
from drive_sim.policies.model_folder import load_model, save_model
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.track import Tracks
from tests.policies.test_mixture import seen


def pictures(n: int = 8, seed: int = 0) -> Images:
    return np.random.default_rng(seed).integers(0, 256, (n, 19, 25, 3), dtype=np.uint8)


def make_linear(seed: int = 0) -> LinearPolicy:
    return LinearPolicy(np.random.default_rng(seed).normal(0.0, 0.001, 1425), 0.01)


def test_lab_is_opencvs() -> None:
    images = pictures()
    ours = 255.0 * lab_features(images).reshape(images.shape)
    in_bytes = np.stack([cv2.cvtColor(image, cv2.COLOR_RGB2LAB) for image in images])
    # Its tables for bytes are off by up to two levels where the light is low.
    assert np.abs(ours - in_bytes).max() < 3.0
    assert np.abs(ours - in_bytes).mean() < 0.3
    as_floats = np.stack([cv2.cvtColor(image.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB) for image in images])
    assert np.abs(ours - (as_floats * [2.55, 1.0, 1.0] + [0.0, 128.0, 128.0])).max() < 0.6


def test_grey_has_no_colour() -> None:
    grey = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None, None], 3, axis=3)
    lab = lab_features(grey)
    np.testing.assert_allclose(lab[:, 1:], 128.0 / 255.0, atol=1e-12)
    np.testing.assert_allclose(lab[[0, 255], 0], [0.0, 1.0], atol=1e-12)
    assert (np.diff(lab[:, 0]) > 0.0).all()


def test_a_batch_equals_its_singles() -> None:
    policy, images = make_linear(), pictures()
    singles = np.concatenate([policy.predict(image[None]) for image in images])
    np.testing.assert_allclose(policy.predict(images), singles, rtol=0, atol=1e-15)
    assert num_features_of(KART_CAMERA) == 1425


def test_pictures_of_another_size_are_refused() -> None:
    with pytest.raises(InputError, match="25x19"):
        make_linear().predict(np.zeros((1, 66, 200, 3), np.uint8))
    with pytest.raises(InputError, match="1425 weights"):
        LinearPolicy(np.zeros(3), 0.0)


def test_loaded_policies_act_as_the_saved_ones(tmp_path: Path) -> None:
    linear = make_linear()
    mixture = Mixture((linear, make_linear(1)), np.array([0.25, 0.75]))
    for name, policy in {"linear": linear, "mixture": mixture, "gaussian": GaussianPolicy(mixture, 0.01)}.items():
        loaded = load_model(save_model(tmp_path / name, policy, {"ridge": 1e-3}, {"seed": 3}))
        assert type(loaded) is type(policy)
        assert loaded.camera == KART_CAMERA
        observation = seen(8)
        object.__setattr__(observation, "images", pictures())
        rngs = np.random.default_rng(4), np.random.default_rng(4)
        a, b = (p.act(observation, rng).curvature_per_m for p, rng in zip((policy, loaded), rngs, strict=True))
        np.testing.assert_array_equal(a, b)


def test_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    folder = save_model(tmp_path / "model", Mixture((make_linear(), make_linear(1)), np.array([0.5, 0.5])), {}, {})
    config = json.loads((folder / "config.json").read_text())
    cameras = [{**config["policies"][0]["camera"], "width_px": 24}, config["policies"][0]["camera"]]
    for wrong, message in [
        ({"kind": "soup"}, "'soup' is unknown"),
        ({"weights": [0.5, 0.6]}, "sum to 1"),
        ({"policies": config["policies"][:1]}, "as many weights"),
        ({"policies": [{**config["policies"][0], "camera": cameras[0]}, config["policies"][1]]}, "does not fit"),
        ({"policies": 3}, r"Expected `array`, got `int` - at `\$.policies`"),
    ]:
        (folder / "config.json").write_text(json.dumps({**config, **wrong}))
        with pytest.raises(InputError, match=message):
            load_model(folder)


def test_the_expert_cannot_be_saved(tmp_path: Path) -> None:
    expert = PursuitExpert(Tracks.stack([make_circle(40.0)]))
    with pytest.raises(InputError, match="PursuitExpert cannot be saved"):
        save_model(tmp_path / "model", Mixture((expert, make_linear()), np.array([0.5, 0.5])), {}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_gaussian_draws_around_the_mean() -> None:
    mean = make_linear()
    observation = seen(8)
    object.__setattr__(observation, "images", pictures())
    rng = np.random.default_rng(0)
    drawn = np.array([GaussianPolicy(mean, 0.02).act(observation, rng).curvature_per_m for _ in range(4000)])
    np.testing.assert_allclose(drawn.mean(axis=0), mean.predict(pictures()), atol=0.002)
    np.testing.assert_allclose(drawn.std(axis=0), 0.02, rtol=0.05)
    learned = likeliest_around(mean, pictures(), mean.predict(pictures()) + np.array([0.03, -0.03] * 4))
    assert learned.width_per_m == pytest.approx(0.03)
    assert learned.camera == KART_CAMERA
    with pytest.raises(InputError, match="width_per_m"):
        GaussianPolicy(mean, -1.0)
