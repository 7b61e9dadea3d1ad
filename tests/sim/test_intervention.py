"""The rule for interventions, which every loop that counts them shares."""

import numpy as np
import pytest

from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.intervention import INTERVENTION_M, needs_intervention
from drive_sim.sim.road_generator import make_straight
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
        return needs_intervention(parked([side * of for of in offset_m]).timestep, limit_m).tolist()

    assert who(0.6, 0.99) == [False, False]
    assert who(0.6, 1.01) == [False, True]
    assert who(0.8, 0.8) == [True, False], "within 1 m, but off a narrow road"
    assert who(0.8, 3.0, limit_m=np.inf) == [True, False], "karts may be anywhere on the road"


def test_who_is_put_back_needs_nobody_any_more() -> None:
    env = parked([0.9, 2.0])
    assert not needs_intervention(env.put_back(needs_intervention(env.timestep))).any()
