import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.evaluate.unaided import (
    CarTicks,
    Starts,
    constant_risk_exponent,
    drive_unaided,
    excess_exponent,
    growth_exponent,
    growth_interval,
    lane_errors,
    nearest_distances_m,
    recovered,
    squared_offset_cost,
    starts_on_lane,
    wasserstein_distance_m,
)
from drive_sim.policies.alvinn import AlvinnPolicy, curvature_units, make_alvinn
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv
from drive_sim.sim.observation import Observation, TimeStep
from drive_sim.sim.suites import Suite, make_suite
from drive_sim.sim.vehicle import Command

BLIND = EvalConfig(camera=None)


class StraightOn:
    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


@pytest.fixture(scope="module")
def suite() -> Suite:
    return make_suite("held-out", num_roads=2)


def lanes(policy: object, suite: Suite, starts: Starts, num_ticks: int, seed: int = 0):
    config = EvalConfig(camera=None, seed=seed)
    return list(drive_unaided(policy, suite, starts, num_ticks, config, Disturbance(gust_mps=0.1)))  # pyright: ignore[reportArgumentType]


def test_whoever_does_not_steer_is_lost_and_stays_lost(suite: Suite):
    starts = starts_on_lane(suite, 3, np.random.default_rng(0))
    driven = lanes(StraightOn(), suite, starts, 120)
    assert len(driven) == 121
    np.testing.assert_allclose(driven[0].offset_m, 0.0, atol=1e-9)
    assert (np.abs(driven[-1].offset_m) > 2.2).all()
    assert not recovered(driven, 0.5).any()


def test_the_expert_finds_back_and_an_edge_that_was_crossed_is_not_forgotten(suite: Suite):
    road, zero = np.zeros(3, dtype=np.int64), np.zeros(3)
    starts = Starts(road, zero + 50.0, np.array([0.0, 1.5, 3.0]), zero)
    driven = lanes(PursuitExpert(suite.tracks), suite, starts, 60)
    assert (np.abs(driven[-1].offset_m) < 0.5).all()
    np.testing.assert_array_equal(recovered(driven, 0.5), [True, True, False])


def test_the_same_seed_drives_the_same_again_and_another_meets_other_gusts(suite: Suite):
    starts = starts_on_lane(suite, 2, np.random.default_rng(0))
    expert = PursuitExpert(suite.tracks)
    one, again, other = (lanes(expert, suite, starts, 20, seed)[-1].offset_m for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_every_policy_meets_the_same_gusts_with_a_camera_and_without(suite: Suite, monkeypatch: pytest.MonkeyPatch):
    starts, met = starts_on_lane(suite, 2, np.random.default_rng(0)), []
    step = DriveEnv.step

    def noted(env: DriveEnv, command: Command) -> TimeStep:
        seen = step(env, command)
        met[-1].append(env.push.drift_mps)
        return seen

    monkeypatch.setattr(DriveEnv, "step", noted)
    cases = [(StraightOn(), None), (PursuitExpert(suite.tracks), None), (StraightOn(), Camera(40, 20, 22.0, 3.0))]
    for policy, camera in cases:
        met.append([])
        list(drive_unaided(policy, suite, starts, 8, EvalConfig(camera=camera), Disturbance(gust_mps=0.1)))
    np.testing.assert_array_equal(met[0], met[1])
    np.testing.assert_array_equal(met[0], met[2])
    assert np.ptp(met[0]) > 0.0


ROUGH = Disturbance(gust_mps=0.2, kick_rate_hz=0.5, kick_shift_m=0.2, kick_turn_rad=0.05, wheel_noise_per_m=0.002)


@pytest.mark.parametrize("kind", ["expert", "network"])
def test_cars_drive_alike_in_one_batch_and_in_chunks(suite: Suite, kind: str):
    network = AlvinnPolicy(make_alvinn(np.random.default_rng(0), 5, 30), curvature_units(30, 0.12), "centre-of-mass")
    policy = PursuitExpert(suite.tracks) if kind == "expert" else network
    starts, config = starts_on_lane(suite, 20, np.random.default_rng(0)), EvalConfig(camera=network.camera)

    def places(cars: Starts) -> CarTicks:
        return np.stack([lane.offset_m for lane in drive_unaided(policy, suite, cars, 6, config, ROUGH)])

    chunks = [starts.rows(slice(first, first + 7)) for first in range(0, 40, 7)]
    if kind == "network":  # its sums depend on the number of pictures in their last digits: so that is one number
        in_one, apart = places(starts.filled_up(64))[:, :40], [places(chunk.filled_up(64)) for chunk in chunks]
    else:
        in_one, apart = places(starts), [places(chunk) for chunk in chunks]
    together = np.concatenate([some[:, : len(chunk)] for some, chunk in zip(apart, chunks, strict=True)], axis=1)
    np.testing.assert_array_equal(in_one, together)


def test_who_only_crosses_the_lane_at_the_end_has_not_recovered(suite: Suite):
    starts = Starts(np.zeros(1, dtype=np.int64), np.full(1, 50.0), np.full(1, 1.6), np.full(1, -0.1))
    driven = lanes(StraightOn(), suite, starts, 60)
    crossing = int(np.argmin([abs(lane.offset_m[0]) for lane in driven]))
    assert abs(driven[crossing].offset_m[0]) < 0.5
    assert not recovered(driven[: crossing + 1], 0.5).any()
    assert recovered(driven[: crossing + 1], 0.5, num_ticks=1).all()


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_a_cost_that_grows_with_a_power_of_time_has_that_exponent(power: float):
    ticks = np.arange(1, 301)
    cost = np.diff(ticks**power, prepend=0.0)[:, None] * np.ones(4) / 1e3
    assert growth_exponent(cost, 50, 200) == pytest.approx(power, abs=1e-9)


def test_the_interval_holds_the_exponent_and_needs_groups_that_differ():
    rng = np.random.default_rng(0)
    cost = np.cumsum(rng.random((200, 40)) * rng.random(40), axis=0) / 200
    group = np.repeat(np.arange(10), 4)
    low, high = growth_interval(cost, group, 50, 200)
    assert low < growth_exponent(cost, 50, 200) < high
    same = np.tile(cost[:, :1], 40)
    assert np.ptp(growth_interval(same, group, 50, 200)) == pytest.approx(0.0, abs=1e-12)


def test_no_cost_has_no_exponent_and_no_ticks_are_refused():
    assert np.isnan(growth_exponent(np.zeros((200, 3)), 50, 200))
    with pytest.raises(InputError, match="nothing to fit"):
        growth_exponent(np.ones((40, 3)), 50, 200)


def test_who_is_no_worse_than_the_expert_has_no_exponent_and_who_is_lost_has_one():
    expert, group = np.full((300, 4), 0.1), np.repeat(np.arange(2), 2)
    assert excess_exponent(expert, expert, group, 50, 200) is None
    lost = excess_exponent(expert + np.arange(300)[:, None] / 300, expert, group, 50, 200)
    assert lost is not None
    assert lost.mean == pytest.approx(2.0, abs=0.25)


def test_a_small_constant_risk_of_being_lost_grows_like_time_squared():
    rare, common, nobody = (constant_risk_exponent(lost, 600, 50, 200) for lost in (0.01, 0.8, 0.0))
    assert rare == pytest.approx(2.0, abs=0.02)
    assert common is not None
    assert 1.5 < common < 1.95
    assert nobody is None


def test_the_cost_is_the_square_of_the_way_to_the_edge_and_never_more_than_one():
    offset_m = np.array([[0.0, -1.1, 2.2, 50.0]])
    np.testing.assert_allclose(squared_offset_cost(offset_m, 2.2), [[0.0, 0.25, 1.0, 1.0]])


def test_a_shifted_cloud_is_as_far_away_as_it_was_shifted():
    rng = np.random.default_rng(0)
    cloud = rng.normal(size=(200, 2)) * [1.0, 0.1]
    assert wasserstein_distance_m(cloud, cloud, 9.0, 500, np.random.default_rng(1)) == pytest.approx(0.0, abs=1e-12)
    aside = cloud + np.array([3.0, 0.0])
    assert wasserstein_distance_m(cloud, aside, 9.0, 200, np.random.default_rng(1)) == pytest.approx(3.0, rel=1e-9)
    turned = cloud + np.array([0.0, 0.5])
    assert wasserstein_distance_m(cloud, turned, 9.0, 200, np.random.default_rng(1)) == pytest.approx(4.5, rel=1e-9)


def test_places_are_offset_and_heading(suite: Suite):
    starts = Starts(np.zeros(1, dtype=np.int64), np.full(1, 80.0), np.full(1, 0.7), np.full(1, -0.1))
    (lane,) = drive_unaided(StraightOn(), suite, starts, 0, BLIND, Disturbance.none())
    np.testing.assert_allclose(lane_errors(lane), [[0.7, -0.1]], atol=1e-6)


def test_what_was_seen_is_no_way_from_what_was_seen():
    rng = np.random.default_rng(0)
    seen = rng.normal(size=(300, 2))
    np.testing.assert_allclose(nearest_distances_m(seen, seen[:20], 9.0), 0.0, atol=1e-12)
    np.testing.assert_allclose(nearest_distances_m(np.zeros((1, 2)), np.array([[3.0, 4.0 / 9.0]]), 9.0), [5.0])
