"""A steady wind shows in where a car goes; whether its driver likes it there depends on what he reckons with."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.irl import learned_reward
from drive_sim.irl.lattice_drives import drives_from
from drive_sim.irl.sideslip import Sideslip, sideslip
from drive_sim.lessons.irl.reward_on_the_road import Config, demonstrate
from drive_sim.policies.lattice import STATION_M, drive_to_next_station
from drive_sim.sim.disturbance import Push
from drive_sim.sim.vehicle import Command, VehicleParams, VehicleState, step

WIND_MPS = 0.4
SLIP_RAD = float(np.arctan(WIND_MPS / VehicleParams().cruise_mps))


@pytest.mark.parametrize("wind_mps", [0.0, WIND_MPS, -WIND_MPS])
def test_the_angle_from_heading_to_course_is_the_winds(wind_mps: float) -> None:
    slip = sideslip(drives_from([demonstrate(Config(), "likes-inside", 7, seconds=70.0, wind_mps=wind_mps)[0]]))
    assert slip.standard_error_rad is not None
    assert abs(slip.mean_rad - SLIP_RAD * np.sign(wind_mps)) < 3.0 * slip.standard_error_rad
    assert slip.is_steady == (wind_mps != 0.0)


def test_in_a_wind_a_car_goes_by_its_course_as_in_calm_by_its_heading() -> None:
    rng = np.random.default_rng(3)
    offset_m, heading_rad, turn_per_m = rng.uniform(-1, 1, 20), rng.uniform(-0.1, 0.1, 20), rng.uniform(-0.03, 0.03, 20)
    params = VehicleParams(lag_s=0.0, rate_per_m_s=1e6)
    # Along a straight that is the x axis; in wind a car needs a little longer for a station of it.
    state = VehicleState.at(np.stack([np.zeros(20), offset_m, heading_rad], axis=-1), params)
    push, passed = replace(Push.none(20), drift_mps=np.full(20, WIND_MPS)), np.full((2, 20), np.nan)
    for _ in range(400):
        state = step(state, Command.steer(turn_per_m), params, 0.01 / params.cruise_mps, push=push)
        now = np.isnan(passed[0]) & (state.poses[:, 0] >= STATION_M)
        passed[:, now] = state.poses[now, 1], state.poses[now, 2]
    by_course = drive_to_next_station(offset_m, heading_rad + SLIP_RAD, turn_per_m, 0.0)
    np.testing.assert_allclose(passed, [by_course[0], by_course[1] - SLIP_RAD], atol=2e-3)


def test_a_push_is_called_steady_only_where_it_is_known_and_large() -> None:
    assert not Sideslip(0.1, None).is_steady
    assert not Sideslip(0.005, 0.0001).is_steady
    assert Sideslip(-0.03, 0.002).is_steady


@pytest.mark.slow
def test_who_ignores_the_wind_likes_the_middle_and_who_reckons_with_it_likes_it_where_he_is() -> None:
    trace, _ = demonstrate(Config(), "likes-middle", 7, seconds=45.0, wind_mps=WIND_MPS)
    ignoring = learned_reward.learn([trace], learned_reward.Config())
    knowing = learned_reward.learn([trace], learned_reward.Config(knows_wind=True))
    assert ignoring.preferences.straight.liked_m == pytest.approx(0.0, abs=0.05)
    assert knowing.preferences.straight.liked_m == pytest.approx(float(trace.offset_m.mean()), abs=0.05)
    assert "pushes this car 3." in ignoring.warnings[0] and "left of the lane's middle" in ignoring.warnings[0]
    assert "reckon with that (--knows-wind)" in knowing.warnings[0]
