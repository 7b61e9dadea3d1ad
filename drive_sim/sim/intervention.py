"""When somebody would have to take the wheel: the rule, once for all who count interventions or put a car back."""

import numpy as np

from drive_sim.arrays import CarMask
from drive_sim.sim.observation import TimeStep

INTERVENTION_M = 1.0
"""How far off its target lane a car may be, as in NVIDIA's simulation (Bojarski et al. 2016, section 6)."""


def needs_intervention(timestep: TimeStep, intervention_m: float = INTERVENTION_M) -> CarMask:
    """Which cars (n,) are more than `intervention_m` off their target lane, or have left the road."""
    return (np.abs(timestep.observation.lane.offset_m) > intervention_m) | timestep.terminated
