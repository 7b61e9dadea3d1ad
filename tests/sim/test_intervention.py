"""The rule for interventions, which every loop that counts them shares."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.sim.circuit_file import TRACK_NAMES, named_track
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.intervention import INTERVENTION_M, intervention_limit_m, limit_by_width_m, needs_intervention
from drive_sim.sim.road_generator import ROAD_KINDS, make_straight
from drive_sim.sim.track import Tracks

NARROW, WIDE = make_straight(500.0, half_width_m=0.7), make_straight(500.0, half_width_m=4.0)


def parked(offset_m: list[float]) -> DriveEnv:
    """Two cars so far from their lanes: one on a road that ends before 1 m, one on a wide road."""
    config = EnvConfig(camera=None, disturbance=Disturbance.none())
    env = DriveEnv(Tracks.stack([NARROW, WIDE]), None, config, np.random.default_rng(0))
    env.reset(start_s_m=50.0, start_offset_m=offset_m)
    return env


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_somebody_helps_off_the_lane_on_either_side_and_off_the_road(side: float) -> None:
    def who(*offset_m: float, limit_m: float = INTERVENTION_M) -> list[bool]:
        env = parked([side * of for of in offset_m])
        return needs_intervention(env.tracks, env.timestep, limit_m).tolist()

    assert who(0.6, 0.99) == [False, False]
    assert who(0.6, 1.01) == [False, True]
    assert who(0.8, 0.8) == [True, False], "within 1 m, but off a narrow road"
    assert who(0.8, 3.0, limit_m=np.inf) == [True, False], "karts may be anywhere on the road"


def test_who_is_put_back_needs_nobody_any_more() -> None:
    env = parked([0.9, 2.0])
    timestep = env.put_back(needs_intervention(env.tracks, env.timestep))
    assert not needs_intervention(env.tracks, timestep).any()


@pytest.mark.parametrize(("width_m", "limit_m"), [(3.0, 1.0), (8.0, 1.0), (8.8, 1.1), (12.0, 1.5), (18.0, 2.25)])
def test_on_wide_roads_an_eighth_of_the_width_is_the_limit(width_m: float, limit_m: float) -> None:
    road = make_straight(200.0, half_width_m=0.5 * width_m)
    config = EnvConfig(camera=None, disturbance=Disturbance.none())
    env = DriveEnv(Tracks.stack([road]), None, config, np.random.default_rng(0), track_idx=np.zeros(2, dtype=np.int64))
    env.reset(start_s_m=50.0, start_offset_m=[limit_m - 0.01, -limit_m - 0.01])
    assert needs_intervention(env.tracks, env.timestep).tolist() == [False, True]
    assert not needs_intervention(env.tracks, env.timestep, 2.0).any(), "in the same proportion"


def test_where_a_road_widens_the_limit_does() -> None:
    width_m = np.linspace(2.0, 10.0, 401)
    flaring = replace(make_straight(200.0), width_left_m=width_m, width_right_m=width_m)
    env = DriveEnv(Tracks.stack([flaring]), None, EnvConfig(camera=None), np.random.default_rng(0))
    for s_m, limit_m in ((-5.0, 1.0), (20.0, 1.0), (100.0, 1.5), (200.0, 2.5), (220.0, 2.5)):
        env.reset(start_s_m=s_m)
        assert intervention_limit_m(env.tracks, env.timestep.observation.lane)[0] == pytest.approx(limit_m)


def test_on_our_own_narrow_roads_it_is_one_metre_to_the_bit() -> None:
    widths = [2.0 * kind.half_width_m for kind in ROAD_KINDS.values()]
    tracks = [named_track(name) for name in TRACK_NAMES[:5]]
    widths += [float((track.width_left_m + track.width_right_m).max()) for track in tracks if track.name != "speedway"]
    assert set(limit_by_width_m(np.array(widths)).tolist()) == {INTERVENTION_M}
