"""When somebody would have to take the wheel: the rule, once for all who count interventions or put a car back."""

import numpy as np

from drive_sim.arrays import CarMask, PerCar
from drive_sim.sim.observation import TimeStep
from drive_sim.sim.road_width import road_width_m
from drive_sim.sim.track import LanePose, Tracks

INTERVENTION_M = 1.0
"""How far off its target lane a car may be, as in NVIDIA's simulation (Bojarski et al. 2016, section 6)."""
WIDE_FROM_M = 8.0
"""On roads wider than this the distance grows with the road's width: by then it is an eighth of it."""


def intervention_limit_m(tracks: Tracks, lane: LanePose, intervention_m: float = INTERVENTION_M) -> PerCar:
    """How far off its target lane each car (n,) may be where it is: on wide roads an eighth of the width.

    On roads up to 8 m wide it is `intervention_m`; beyond, that grows in proportion to the width.
    """
    return limit_by_width_m(road_width_m(tracks, lane.track_idx, lane.s_m), intervention_m)


def limit_by_width_m(width_m: PerCar, intervention_m: float = INTERVENTION_M) -> PerCar:
    """The same for roads of these widths."""
    return intervention_m * np.maximum(width_m / WIDE_FROM_M, 1.0)


def needs_intervention(tracks: Tracks, timestep: TimeStep, intervention_m: float = INTERVENTION_M) -> CarMask:
    """Which cars (n,) are farther off their target lane than `intervention_limit_m`, or have left the road."""
    lane = timestep.observation.lane
    return is_off_lane(tracks, lane, intervention_m) | timestep.terminated


def is_off_lane(tracks: Tracks, lane: LanePose, intervention_m: float = INTERVENTION_M) -> CarMask:
    """Which cars (n,) are farther off their target lane than `intervention_limit_m`."""
    return np.abs(lane.offset_m) > intervention_limit_m(tracks, lane, intervention_m)
