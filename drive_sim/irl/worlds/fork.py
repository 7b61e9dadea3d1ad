r"""The fork of Ziebart and others 2008 (figure 2): three routes of one length, two of which share their first road.

    start -+- shared -+- upper --- end
           |          +- lower --- end
           +- alone --- bypass --- end

All three pay the same. A driver who decides at each junction by the value of what lies beyond at best sees two roads at
the start, and takes each half of the time: label bias.
"""

from enum import IntEnum

import numpy as np
from scipy import sparse

from drive_sim.irl.mdp import Mdp, PerPair
from drive_sim.irl.occupancy import Demonstrations

ROUTES = ("upper", "lower", "bypass")


class Place(IntEnum):
    """The fork's states."""

    START = 0
    SHARED = 1
    ALONE = 2
    UPPER = 3
    LOWER = 4
    BYPASS = 5
    END = 6


_ROADS = ((0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (3, 6), (4, 6), (5, 6))


def fork() -> Mdp:
    """The fork: every path begins at the start and comes to the end after four steps."""
    state = np.array([tail for tail, _ in _ROADS] + [Place.END])
    transition = np.zeros((len(state), len(Place)))
    transition[np.arange(len(_ROADS)), [head for _, head in _ROADS]] = 1.0
    return Mdp(state, sparse.csr_array(transition), np.eye(len(Place))[Place.START])


def routes(mdp: Mdp) -> Demonstrations:
    """The three routes, in the order of `ROUTES`."""
    by_name = {"upper": Place.SHARED, "lower": Place.SHARED, "bypass": Place.ALONE}
    return Demonstrations.from_states(mdp, [(0, first, Place[name.upper()], 6) for name, first in by_name.items()])


def route_probabilities(mdp: Mdp, policy: PerPair) -> PerPair:
    """How likely each of `ROUTES` is under a policy of pairs."""
    return np.array([np.prod(policy[path]) for path in routes(mdp).paths], dtype=np.float64)
