"""Trials on our road: an end is a state in which a car stays for a while, and demonstrations come in the same terms."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.data.rollout import collect
from drive_sim.data.trials import Trials, with_ends
from drive_sim.errors import InputError
from drive_sim.policies.alvinn import curvature_units
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.regressor import FlatObservation
from drive_sim.policies.road_input import LANE_POSE, PIXELS
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_end import RUN_OUT_M
from drive_sim.sim.road_generator import make_straight
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Track, Tracks

UNITS = curvature_units(31, 0.06)
LEFT, STRAIGHT = 0, 15


def straight() -> Tracks:
    zeros, wide = np.zeros(400), np.full(400, 4.0)
    return Tracks.stack([Track("straight", np.arange(400.0), zeros, zeros, zeros, wide, wide, 1.0, closed=False)])


def env_on(tracks: Tracks, num_cars: int, camera: Camera | None = None) -> DriveEnv:
    index = np.zeros(num_cars, dtype=np.int64)
    scenes = Scenes.stack([Scene()])
    return DriveEnv(tracks, scenes, EnvConfig(camera), np.random.default_rng(0), track_idx=index, scene_idx=index)


class Steers:
    """Chooses one unit for each car, always."""

    def __init__(self, *units: int) -> None:
        self.units = units

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> np.ndarray:
        return np.array(self.units, dtype=np.float64)[:, None]


def test_who_leaves_the_lane_stays_in_the_end_for_some_ticks_and_is_put_back() -> None:
    trials, num = Trials(LANE_POSE, UNITS, ended_ticks=3), 60
    steps = trials.collect(env_on(straight(), 2), Steers(LEFT, STRAIGHT), num, np.random.default_rng(0))
    ended, cut = steps.observation[:num, -1] == 1.0, steps.truncated[:num]
    first = int(np.argmax(ended))
    assert 0 < first < num - 10
    assert ended[first : first + 3].all() and not ended[first + 3]
    np.testing.assert_array_equal(steps.observation[first : first + 3, :3], 0.0)
    # The step that leads there is no cut: whatever the end is worth, it is worth to have gone there.
    assert not cut[first - 1 : first + 2].any() and cut[first + 2]
    assert not steps.terminated.any()
    np.testing.assert_array_equal(steps.observation[1:first], steps.next_observation[: first - 1])
    # Back on the lane, along it.
    np.testing.assert_allclose(steps.observation[first + 3], [0.0, 0.0, 0.0, 0.0], atol=1e-6)
    assert (steps.reward is not None) and (steps.reward[first - 1 : first + 3] == 0.0).all()
    # The other car keeps its lane: a tick pays one, and nothing ends.
    assert steps.observation[num:, -1].max() == 0.0 and steps.truncated[num:].sum() == 1
    np.testing.assert_allclose(steps.reward[num:], 1.0, atol=1e-6)


def test_demonstrations_come_in_the_same_terms() -> None:
    tracks, trials = straight(), Trials(LANE_POSE, UNITS)
    demos = collect(env_on(tracks, 2, Camera()), PursuitExpert(tracks), 12, np.random.default_rng(1))
    shown = trials.shown(demos)
    assert len(shown) == 2 * 11 and shown.num_actions == 31 and shown.reward is None
    assert shown.truncated.sum() == 2 and shown.truncated[[10, 21]].all()
    np.testing.assert_array_equal(shown.observation[1:11], shown.next_observation[:10])
    assert (shown.action == STRAIGHT).all()
    few = trials.shown(demos, every=4)
    np.testing.assert_array_equal(few.observation, shown.observation[::4])
    np.testing.assert_array_equal(few.next_observation, shown.next_observation[::4])
    pixels = Trials(PIXELS, UNITS).shown(demos)
    assert pixels.observation.shape == (22, 30, 32, 3) and pixels.observation.dtype == np.uint8


def test_what_cannot_be_read_is_said() -> None:
    tracks = straight()
    demos = collect(env_on(tracks, 1, Camera()), PursuitExpert(tracks), 5, np.random.default_rng(1))
    with pytest.raises(InputError, match="the lane pose is not known here; learn from pixels"):
        Trials(LANE_POSE).shown(replace(demos, lane=None))
    with pytest.raises(InputError, match="no pictures by a known camera"):
        Trials(PIXELS).shown(replace(demos, camera=None))
    with pytest.raises(InputError, match="no drive of two ticks on end"):
        Trials(LANE_POSE).shown(demos.rows(slice(0, 1)))
    with pytest.raises(InputError, match="ended_ticks must be at least 1"):
        Trials(LANE_POSE, ended_ticks=0)


def test_pairs_of_the_end_stand_behind_what_was_shown() -> None:
    tracks = straight()
    demos = collect(env_on(tracks, 1, Camera()), PursuitExpert(tracks), 9, np.random.default_rng(1))
    shown = Trials(LANE_POSE).shown(demos)
    both = with_ends(shown, 4, np.random.default_rng(0))
    assert len(both) == len(shown) + 4
    np.testing.assert_array_equal(both.observation[-4:], [[0, 0, 0, 1]] * 4)
    np.testing.assert_array_equal(both.next_observation[-4:], both.observation[-4:])


def test_at_the_end_of_an_open_road_a_car_begins_anew_and_that_is_a_cut() -> None:
    env = env_on(Tracks.stack([make_straight(100.0)]), 1)
    steps = Trials(LANE_POSE, UNITS).collect(env, Steers(STRAIGHT), 70, np.random.default_rng(0))
    assert 0.0 <= env.timestep.observation.lane.s_m[0] < 100.0 - RUN_OUT_M
    assert np.flatnonzero(steps.truncated).tolist() == [49, 69]
    assert not steps.terminated.any()
    assert (steps.observation[:, -1] == 0.0).all(), "it is no end"
