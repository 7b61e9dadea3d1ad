"""How a soft policy steers: its exact slopes, and what of a driver they find again."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.irl import steering_fit
from drive_sim.irl.lattice import Drive
from drive_sim.irl.lattice_steering import steering
from drive_sim.policies.corridor import Corridor
from drive_sim.policies.lattice import Grid
from drive_sim.policies.lattice_planning import Lattice
from drive_sim.policies.lattice_reward import FEATURES, RoadReward

WEIGHTS = np.array([0.9, -1.5, 0.6, -0.4, -0.8, -0.5, -0.3])
MIRROR = np.where([name in ("offset",) for name in FEATURES], -1.0, 1.0)


def wandering_drive(num: int, seed: int = 1) -> Drive:
    """Anywhere on a bending road, at every station anew."""
    rng = np.random.default_rng(seed)
    corridor = Corridor(0.02 * np.sin(np.arange(num) / 3.0), np.full(num, 1.8), np.full(num, -1.8))
    lattice = Lattice.make(corridor, Grid.covering(corridor, 15, 9))
    place = rng.uniform(-1.0, 1.0, num), rng.uniform(-0.1, 0.1, num)
    return Drive(lattice, *place, rng.uniform(-0.02, 0.02, num), np.zeros(num), np.arange(num) < num - 15)


def steered_by(weights: np.ndarray, num: int) -> Drive:
    """A drive on which the policy of some weights says at each station what is driven."""
    drive = wandering_drive(num)
    return replace(drive, turn_per_m=steering(drive, RoadReward(tuple(weights))).mean_per_m)


def test_the_slopes_are_those_of_the_mean() -> None:
    drive = wandering_drive(6)
    slopes = steering(drive, RoadReward(tuple(WEIGHTS))).slopes
    for feature, aside in enumerate(1e-5 * np.eye(len(FEATURES))):
        higher, lower = (steering(drive, RoadReward(tuple(WEIGHTS + way * aside))).mean_per_m for way in (1.0, -1.0))
        np.testing.assert_allclose(slopes[:, feature], (higher - lower) / 2e-5, rtol=1e-5, atol=1e-10)


def test_a_mirrored_drive_is_steered_to_the_other_side() -> None:
    drive = wandering_drive(6)
    corridor = drive.lattice.corridor
    other = Drive(
        Lattice.make(replace(corridor, curvature_per_m=-corridor.curvature_per_m), drive.lattice.grid),
        -drive.offset_m,
        -drive.heading_rad,
        -drive.before_per_m,
        -drive.turn_per_m,
        drive.counted,
    )
    one, two = steering(drive, RoadReward(tuple(WEIGHTS))), steering(other, RoadReward(tuple(MIRROR * WEIGHTS)))
    np.testing.assert_allclose(one.mean_per_m, -two.mean_per_m, atol=1e-12)


def test_a_line_is_found_again_in_what_its_policy_steers() -> None:
    true = np.array([1.8, -3.0, 1.2, 0.0, 0.0, -0.6, -0.2])
    found = steering_fit.fit([steered_by(true, 60)], steering_fit.Config(l2=1e-3))
    bends = [0.0, 0.02, -0.02]
    np.testing.assert_allclose(
        found.reward.liked_offset_m(bends), RoadReward(tuple(true)).liked_offset_m(bends), atol=0.02
    )
    assert found.sd_per_m < 1e-4
    np.testing.assert_array_less(found.weights, steering_fit.MOST + 1e-9)


def test_errors_shrink_as_drives_grow_longer_and_none_is_given_at_a_bound() -> None:
    rng, config = np.random.default_rng(2), steering_fit.Config()
    errors = []
    for num in (40, 100):
        drive = steered_by(np.array([1.8, -3.0, 1.2, 0.0, 0.0, -0.6, -0.2]), num)
        noisy = replace(drive, turn_per_m=drive.turn_per_m + 1e-3 * rng.standard_normal(num))
        fitted = steering_fit.fit([noisy], config)
        covariance = steering_fit.covariance([noisy], fitted, config, stations_a_piece=5)
        errors.append(np.sqrt(np.diag(covariance)) / np.abs(fitted.weights).max())
        np.testing.assert_array_equal(errors[-1][fitted.weights > steering_fit.MOST - 1e-3], 0.0)
    assert errors[1][0] < errors[0][0]


def test_what_cannot_be_fitted_is_refused() -> None:
    with pytest.raises(InputError, match="l2"):
        steering_fit.Config(l2=-1.0)
    drive = wandering_drive(16)
    with pytest.raises(InputError, match="nothing to learn"):
        steering_fit.fit([replace(drive, counted=np.zeros(16, dtype=np.bool_))])
    with pytest.raises(InputError, match="two pieces"):
        fitted = steering_fit.Fit(RoadReward(tuple(WEIGHTS)), WEIGHTS, 1e-3, 1)
        steering_fit.covariance([drive], fitted, steering_fit.Config())
