"""Whether something pushed a driver aside that the lattice doesn't know of: a wind, a camber, a crooked wheel.

Maximum entropy takes the offset at which a driver stays for the one that he likes. But what he does at each place
speaks too: who is blown to the left and stays there keeps heading to the right. So the liked offset is sought a second
time, all else as learned, as that under which his actions are likeliest where he was. In calm weather the two are one.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import optimize

from drive_sim.irl.lattice import Drive, log_probabilities
from drive_sim.policies.lattice_reward import FEATURES, RoadReward

WORTH_TELLING_M = 0.15
_REACH_M, _EXACT_M = 1.0, 0.01
_OFFSET, _SQUARE = FEATURES.index("offset"), FEATURES.index("offset^2")


def steady_disturbance_m(drives: Sequence[Drive], reward: RoadReward) -> float:
    """How far left of where his actions aim a driver stays in straights, negative to the right; 0 without a line.

    The size is no measure of the wind: it depends on how stiffly the learned reward steers. That it is not 0 is told.
    """
    square = reward.weights[_SQUARE]
    if square >= 0.0:
        return 0.0
    stays_m = -0.5 * reward.weights[_OFFSET] / square

    def less_likely(aims_m: float) -> float:
        weights = np.array(reward.weights)
        weights[_OFFSET] = -2.0 * square * aims_m
        return -sum(float(log_probabilities(drive, weights)[drive.counted].sum()) for drive in drives)

    bounds = stays_m - _REACH_M, stays_m + _REACH_M
    found: Any = optimize.minimize_scalar(less_likely, bounds=bounds, method="bounded", options={"xatol": _EXACT_M})
    return stays_m - float(found.x)
