"""A neural policy: it reads pictures only, one at a time or many at once, and says what its numbers mean."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch

from drive_sim.arrays import Images
from drive_sim.errors import InputError
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import LanePose
from drive_sim.sim.vehicle import VehicleState


def make_policy(name: str = "pilotnet", precision: str = "auto") -> NeuralPolicy:
    torch.manual_seed(0)
    return NeuralPolicy(make_network(name, 66, 200), name, Camera(), 0.02, precision)


def pictures(n: int) -> Images:
    return np.random.default_rng(0).integers(0, 256, (n, 66, 200, 3), dtype=np.uint8)


def observation(images: Images | None, privileged: float, n: int = 8) -> Observation:
    numbers = np.full(n, privileged)
    lane = LanePose(np.zeros(n, dtype=np.int64), numbers, numbers, numbers, numbers, numbers)
    return Observation(
        images, numbers, lane, VehicleState(np.full((n, 3), privileged), numbers, numbers, numbers[:, None])
    )


def test_it_computes_where_its_network_lies() -> None:
    policy = make_policy("small")
    assert policy.device == torch.device("cpu")
    policy.network.to("meta")
    assert policy.device == torch.device("meta")


def test_reads_pictures_only() -> None:
    policy, rng = make_policy(), np.random.default_rng(0)
    told = policy.act(observation(pictures(8), 0.3), rng)
    blind = policy.act(observation(pictures(8), np.nan), rng)
    np.testing.assert_array_equal(told.curvature_per_m, blind.curvature_per_m)
    np.testing.assert_array_equal(told.acceleration_mps2, np.zeros(8))
    assert np.isfinite(told.curvature_per_m).all()


@pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 1e-5), ("bf16", 2e-2), ("auto", 2e-2)])
def test_batch_equals_its_singles(precision: str, tolerance: float) -> None:
    policy = make_policy(precision=precision)
    batch = policy.predict(pictures(8))
    singles = np.concatenate([policy.predict(picture[None]) for picture in pictures(8)])
    np.testing.assert_allclose(batch, singles, atol=tolerance * np.abs(batch).max(), rtol=0)


def test_same_picture_same_command() -> None:
    policy = make_policy()
    np.testing.assert_array_equal(policy.predict(pictures(4)), policy.predict(pictures(4)))


def test_output_is_in_the_policys_unit() -> None:
    policy = make_policy(precision="fp32")
    doubled = replace(policy, curvature_unit_per_m=2.0 * policy.curvature_unit_per_m)
    np.testing.assert_allclose(doubled.predict(pictures(3)), 2.0 * policy.predict(pictures(3)), rtol=1e-12)


def test_pictures_that_cannot_be_written_to_are_read() -> None:
    images = pictures(2)
    images.flags.writeable = False
    assert make_policy().predict(images).shape == (2,)


def test_other_pictures_and_no_pictures_are_refused() -> None:
    with pytest.raises(InputError, match=r"200x66 pictures and got an array of \(2, 96, 96, 3\)"):
        make_policy().predict(np.zeros((2, 96, 96, 3), dtype=np.uint8))
    with pytest.raises(InputError, match="no camera"):
        make_policy().act(observation(None, 0.0), np.random.default_rng(0))


def test_survives_a_journey_to_another_process() -> None:
    policy = make_policy("small")
    twin = pickle.loads(pickle.dumps(policy))
    np.testing.assert_array_equal(twin.predict(pictures(4)), policy.predict(pictures(4)))
