"""A reward's driver: keeps the road, stays out of closed parts, and is the same after a trip to the disk."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.policies.corridor import Closed
from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.policies.model_folder import load_model, save_model
from drive_sim.policies.reward_policy import RewardPolicy
from drive_sim.policies.road_plan import lane_lengths_m
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_generator import ROAD_KINDS, make_circle, make_circuit, make_straight
from drive_sim.sim.track import LanePose, Track, Tracks

REWARD = RoadReward.named(offset=-1.0, offset_squared=-2.5, turning=-2.5, jerking=-1.5)


def driven(policy: RewardPolicy, track: Track, num_ticks: int) -> list[LanePose]:
    env = DriveEnv(Tracks.stack([track]), None, EnvConfig(camera=None), np.random.default_rng(0))
    driver = policy.on(env.tracks) if not policy.closed else policy.on(env.tracks, policy.closed)
    return [env.step(driver.act(env.timestep.observation)).observation.lane for _ in range(num_ticks)]


@pytest.mark.parametrize("kind", ["country", "two-lane"])
def test_it_keeps_what_it_likes_on_a_road_nobody_drove(kind: str) -> None:
    track = make_circuit(np.random.default_rng(1), kind=ROAD_KINDS[kind], length_m=1000.0)
    lanes = driven(RewardPolicy(REWARD), track, 400)
    offset_m = np.concatenate([lane.offset_m for lane in lanes[50:]])
    assert np.mean(offset_m) == pytest.approx(-0.2, abs=0.12)
    assert min(float(lane.edge_m[0]) for lane in lanes) > 0.5


def test_it_keeps_out_of_a_closed_part() -> None:
    straight = make_straight(400.0)
    closed = {0: (Closed(100.0, 160.0, right_m=-3.0, left_m=0.4),)}
    for lane in driven(RewardPolicy(REWARD, closed=closed), straight, 200):
        if 100.0 < lane.s_m[0] < 160.0:
            assert lane.offset_m[0] > 0.4
        assert lane.edge_m[0] > 0.0


def test_a_mirrored_road_negates_the_command() -> None:
    track = make_circuit(np.random.default_rng(2), kind=ROAD_KINDS["country"], length_m=600.0)
    one, two = (
        DriveEnv(Tracks.stack([road]), None, EnvConfig(camera=None), np.random.default_rng(0))
        for road in (track, track.mirrored())
    )
    one.reset(start_s_m=200.0, start_offset_m=0.5, start_heading_rad=0.05)
    two.reset(start_s_m=200.0, start_offset_m=-0.5, start_heading_rad=-0.05)
    other = replace(REWARD, weights=(1.0, *REWARD.weights[1:]))
    left = RewardPolicy(REWARD).on(one.tracks).act(one.timestep.observation).curvature_per_m
    right = RewardPolicy(other).on(two.tracks).act(two.timestep.observation).curvature_per_m
    np.testing.assert_allclose(left, -right, atol=1e-5)


def test_saved_and_loaded_it_acts_the_same(tmp_path: Path) -> None:
    policy = RewardPolicy(REWARD)
    again = load_model(save_model(tmp_path / "model", policy, {}, {}))
    assert isinstance(again, RewardPolicy)
    env = DriveEnv(Tracks.stack([make_circle(60.0)]), None, EnvConfig(camera=None), np.random.default_rng(0))
    seen: Observation = env.timestep.observation
    first, second = (each.on(env.tracks).act(seen).curvature_per_m for each in (policy, again))
    np.testing.assert_array_equal(first, second)


def test_without_a_road_it_says_so() -> None:
    env = DriveEnv(Tracks.stack([make_circle(60.0)]), None, EnvConfig(camera=None), np.random.default_rng(0))
    with pytest.raises(InputError, match="plans on the road"):
        RewardPolicy(REWARD).act(env.timestep.observation)
    tight = Tracks.stack([make_circle(9.0)])
    with pytest.raises(InputError, match=r"one of 9\.0 m"):
        RewardPolicy(REWARD).on(tight).plan(0)


def test_a_lane_beside_the_centre_line_is_shorter_inside() -> None:
    circle = make_circle(50.0, lane_offset_m=2.0)
    assert lane_lengths_m(circle)[-1] == pytest.approx(2 * np.pi * 48.0)
