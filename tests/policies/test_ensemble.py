"""An ensemble steers by the mean, errs no more than its networks do on average, and comes back from disk the same."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.policies.ensemble import Ensemble
from drive_sim.policies.model_folder import load_model, save_model
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera

CAMERA = Camera(width_px=25, height_px=19, focal_px=14.0, horizon_px=3.0)


def network(camera: Camera = CAMERA) -> NeuralPolicy:
    return NeuralPolicy(make_network("thumbnail", 19, 25), "thumbnail", camera, precision="fp32")


def test_the_mean_errs_no_more_than_its_networks_do_on_average() -> None:
    rng = np.random.default_rng(0)
    images, truth = rng.integers(0, 256, (40, 19, 25, 3), dtype=np.uint8), rng.normal(0.0, 0.02, 40)
    ensemble = Ensemble((network(), network(), network()))
    each = [policy.predict(images) for policy in ensemble.policies]
    np.testing.assert_allclose(ensemble.predict(images), np.mean(each, axis=0))
    errors = [np.mean((one - truth) ** 2) for one in each]
    assert np.mean((ensemble.predict(images) - truth) ** 2) < np.mean(errors)


def test_saved_and_loaded_it_steers_the_same(tmp_path: Path) -> None:
    images = np.random.default_rng(1).integers(0, 256, (5, 19, 25, 3), dtype=np.uint8)
    ensemble = Ensemble((network(), network()))
    save_model(tmp_path / "model", ensemble, {}, {})
    again = load_model(tmp_path / "model", device="cpu")
    assert isinstance(again, Ensemble) and again.camera == CAMERA
    np.testing.assert_allclose(again.predict(images), ensemble.predict(images), atol=2e-4)  # bfloat16 where there is


def test_one_network_or_two_cameras_are_none() -> None:
    for policies in ((network(),), (network(), network(replace(CAMERA, horizon_px=5.0)))):
        with pytest.raises(InputError, match="two networks at least"):
            Ensemble(policies)
