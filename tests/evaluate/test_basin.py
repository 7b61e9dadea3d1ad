"""The basin of attraction: laws of its grids, its maps and its winds."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.evaluate.basin import BasinConfig, BasinMap, basin_maps, drive_poses, pose_batches
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import make_scene
from drive_sim.sim.suites import Suite, suite_from_track
from drive_sim.sim.vehicle import Command

BLIND = EvalConfig(camera=None)
SMALL = BasinConfig(sides=(3, 5), num_ticks=40)


class StraightOn:
    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


@pytest.fixture(scope="module")
def suite() -> Suite:
    scene = make_scene("day", np.random.default_rng(1))
    return suite_from_track(make_circle(60.0), scene, disturbance=Disturbance(gust_mps=0.5))


def last(policy: object, suite: Suite, config: BasinConfig) -> BasinMap:
    return list(basin_maps(policy, suite, 30.0, config, BLIND))[-1]  # pyright: ignore[reportArgumentType]


def test_every_pose_is_driven_from_once_and_coarse_ones_first():
    config = BasinConfig()
    batches = pose_batches(config)
    poses = np.concatenate(batches)
    assert len(poses) == len(np.unique(poses, axis=0)) == 41 * 41
    assert np.array_equal(batches[0], np.argwhere(np.ones((5, 5))) * 10)
    assert max(len(batch) for batch in batches) <= 64


def test_maps_grow_finer_and_what_is_known_stays(suite: Suite):
    maps = list(basin_maps(PursuitExpert(suite.tracks), suite, 30.0, SMALL, BLIND))
    assert [some.side for some in maps] == [3, 5]
    kept = maps[0].known
    np.testing.assert_array_equal(maps[1].found_back[kept], maps[0].found_back[kept])
    np.testing.assert_array_equal(maps[1].first_per_m[kept], maps[0].first_per_m[kept])


def test_the_expert_finds_back_from_near_and_who_steers_straight_on_does_not(suite: Suite):
    expert, straight = last(PursuitExpert(suite.tracks), suite, SMALL), last(StraightOn(), suite, SMALL)
    assert expert.share_within(1.0, 8.0) == 1.0
    assert straight.share_within(2.0, 16.0) == 0.0
    assert not straight.first_per_m.any()
    # Turned to the left, the expert steers to the right, and beside the lane towards it.
    assert (np.diff(expert.first_per_m, axis=1) < 0.0).all()
    assert (np.diff(expert.first_per_m, axis=0) < 0.0).all()


def test_a_pose_is_what_it_is_among_the_starts_of_any_batch(suite: Suite):
    poses, expert = np.argwhere(np.ones((5, 5))), PursuitExpert(suite.tracks)
    config = replace(SMALL, num_winds=3)
    together = drive_poses(expert, suite, 30.0, poses, config, BLIND)
    alone = drive_poses(expert, suite, 30.0, poses[7:8], config, BLIND)
    assert alone.found_back[0] == together.found_back[7]
    assert alone.first_per_m[0] == together.first_per_m[7]


def test_shares_count_winds(suite: Suite):
    rough = replace(suite, disturbance=Disturbance(gust_mps=0.6))
    shares = last(PursuitExpert(suite.tracks), rough, replace(SMALL, num_winds=6)).share
    assert ((shares > 0.0) & (shares < 1.0)).any()
    np.testing.assert_allclose(shares * 6, np.round(shares * 6), atol=1e-12)


def test_what_is_not_known_yet_is_as_its_nearest_neighbour():
    config = BasinConfig(sides=(2, 5))
    known = BasinMap.empty(config).found_back.copy()
    known[0, 0], known[0, 4], known[4, 0], known[4, 4] = 1, 1, 0, 0
    share = BasinMap(config, known, np.zeros((5, 5))).share
    assert share[1, 1] == 1.0
    assert share[3, 3] == 0.0


@pytest.mark.parametrize("bad", [{"sides": (4, 6)}, {"sides": ()}, {"num_ticks": 0}, {"most_off_m": 0.0}])
def test_grids_that_cannot_be_are_refused(bad: dict[str, object]):
    with pytest.raises(InputError, match="basin"):
        BasinConfig(**bad)  # pyright: ignore[reportArgumentType]
