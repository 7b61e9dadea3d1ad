import json

import numpy as np
import pytest

from drive_sim.evaluate import EvalConfig, evaluate, time_and_comfort
from drive_sim.evaluate.unaided import Starts, drive_unaided
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.speed_profile import SpeedLimits
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.road_generator import ROAD_KINDS, make_circle, make_circuit, make_straight
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.suites import Suite
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command, VehicleParams

KICKS = Disturbance(kick_rate_hz=0.5, kick_shift_m=1.2, kick_turn_rad=0.1)


def suite_of(*roads, distance_m=300.0, disturbance=None):
    tracks = Tracks.stack(roads)
    return Suite("roads", tracks, Scenes.stack([Scene()] * len(roads)), distance_m, disturbance or Disturbance.none())


class Pulses:
    """Speeds up by 1 m/s^2 and brakes by 2 m/s^2, each for a second, then keeps its speed, and so on."""

    gives_acceleration = True

    def __init__(self):
        self.tick = -1

    def act(self, observation, rng):
        self.tick += 1
        acceleration = (1.0, -2.0, 0.0)[self.tick // 10 % 3]
        return Command(observation.lane.curvature_per_m, np.full(len(observation.speed_mps), acceleration))


def test_a_kept_speed_on_a_circle_is_felt_as_speed_squared_over_radius():
    suite = suite_of(make_circle(40.0))
    figures = time_and_comfort(evaluate(PursuitExpert(suite.tracks), suite, EvalConfig(camera=None)))
    assert figures["mean_speed_mps"] == pytest.approx(12.0, rel=1e-3)
    assert figures["lateral_acceleration_max_mps2"] == pytest.approx(144.0 / 40.0, rel=1e-3)
    assert figures["longitudinal_jerk_rms_mps3"] == figures["braking_max_mps2"] == 0.0
    assert figures["roads"][0]["lap_s"] == pytest.approx(300.0 / 12.0, rel=1e-3)


def test_grip_bounds_what_is_felt():
    suite, config = suite_of(make_circle(30.0), distance_m=30.0), EvalConfig(VehicleParams(grip_mps2=4.0), camera=None)
    figures = time_and_comfort(evaluate(PursuitExpert(suite.tracks), suite, config))
    assert figures["lateral_acceleration_max_mps2"] == 4.0


def test_accelerations_and_jerk_are_those_that_were_commanded():
    config = EvalConfig(camera=None, speed=SpeedLimits())
    figures = time_and_comfort(evaluate(Pulses(), suite_of(make_straight(1000.0)), config))
    assert figures["acceleration_max_mps2"] == pytest.approx(1.0)
    assert figures["braking_max_mps2"] == pytest.approx(2.0)
    # Three jumps in thirty ticks: by -3, 2 and 1 m/s^2, each within a tenth of a second.
    assert figures["longitudinal_jerk_rms_mps3"] == pytest.approx(np.sqrt((900 + 400 + 100) / 30.0), rel=0.1)


def test_at_a_kept_speed_accelerations_are_not_heard():
    report = evaluate(Pulses(), suite_of(make_straight(1000.0)), EvalConfig(camera=None))
    assert np.all(report.speed_mps[np.isfinite(report.speed_mps)] == 12.0)


def test_being_put_back_is_no_acceleration():
    suite = suite_of(make_circuit(np.random.default_rng(0), kind=ROAD_KINDS["path"]), disturbance=KICKS)
    report = evaluate(PursuitExpert(suite.tracks), suite, EvalConfig(camera=None, speed=SpeedLimits()))
    assert report.interventions.sum() > 0
    figures = time_and_comfort(report)
    assert figures["braking_max_mps2"] <= 5.0 + 1e-9
    assert figures["acceleration_max_mps2"] <= 1.5 + 1e-9


@pytest.mark.slow
def test_at_its_own_speed_the_expert_starts_and_drives_within_its_limits_to_the_end():
    roads = [make_circuit(np.random.default_rng([7, i]), kind=kind) for i, kind in enumerate(ROAD_KINDS.values())]
    suite, limits = suite_of(*roads, make_circle(8.0), distance_m=600.0), SpeedLimits()
    car = VehicleParams(max_curvature_per_m=0.2)
    report = evaluate(PursuitExpert(suite.tracks), suite, EvalConfig(car, camera=None, speed=limits))
    figures = time_and_comfort(report)
    assert report.interventions.sum() == 0
    assert np.all(report.distance_m >= 600.0)
    assert figures["lateral_acceleration_max_mps2"] < 1.25 * limits.lateral_mps2
    assert figures["acceleration_max_mps2"] <= limits.acceleration_mps2 + 1e-9
    assert figures["longitudinal_jerk_rms_mps3"] < 2.0
    assert figures["roads"][-1]["lap_s"] == pytest.approx(600.0 / np.sqrt(2.5 * 8.0), rel=0.01)
    json.dumps(figures, allow_nan=False)


def test_who_stands_still_is_given_up():
    class Stops(Pulses):
        def act(self, observation, rng):
            return Command(observation.lane.curvature_per_m, np.full(len(observation.speed_mps), -5.0))

    config = EvalConfig(camera=None, speed=SpeedLimits())
    figures = time_and_comfort(evaluate(Stops(), suite_of(make_straight(1000.0)), config))
    assert figures["roads"][0]["lap_s"] is None
    assert figures["mean_speed_mps"] < 3.0


def test_who_is_left_alone_keeps_the_speed_too():
    suite = suite_of(make_straight(400.0))
    starts = Starts(np.zeros(1, np.int64), np.zeros(1), np.zeros(1), np.zeros(1))
    config = EvalConfig(camera=None)
    lanes = [*drive_unaided(Pulses(), suite, starts, 20, config, Disturbance.none())]
    np.testing.assert_allclose(np.diff([lane.s_m[0] for lane in lanes]), 1.2, atol=1e-9)
