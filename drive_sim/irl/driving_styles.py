"""The five driving styles of Abbeel and Ng 2004, table 1, scripted: what each does in each state of the highway."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from drive_sim.irl.highway import DISTANCES, NUM_LANES, PLACES, states
from drive_sim.irl.mdp import Mdp, PerPair

Place = npt.NDArray[np.int64]
"""A place a state, from 0 on the left verge to 4 on the right one."""
_RIGHT, _MIDDLE, _VERGE = PLACES.index("right lane"), PLACES.index("middle lane"), PLACES.index("right verge")


def _near(lanes: npt.NDArray[np.int64], ahead: int, behind: int) -> npt.NDArray[np.bool_]:
    """Whether a lane's nearest car is at most so many car lengths ahead or behind (s, lanes)."""
    return (lanes >= DISTANCES.index(-ahead)) & (lanes <= DISTANCES.index(behind))


def nice(place: Place, lanes: Place) -> Place:
    """Avoids collisions, and likes the right lane best: where all lanes are taken, the right verge must do."""
    near = _near(lanes, 5, 1)
    taken = np.hstack((np.ones((len(place), 1), dtype=np.bool_), near, np.zeros((len(place), 1), dtype=np.bool_)))
    free = ~taken
    stay = free[np.arange(len(place)), place] & (place != _VERGE) & near[:, NUM_LANES - 1]
    best = np.select([free[:, _RIGHT], free[:, _MIDDLE], free[:, 1]], [_RIGHT, _MIDDLE, 1], _VERGE)
    return np.where(stay, place, best)


def nasty(place: Place, lanes: Place) -> Place:
    """Hits as many cars as it can: it steers to the lane whose car is next to be caught up with."""
    to_go = np.where(lanes <= DISTANCES.index(0), DISTANCES.index(0) - lanes, len(DISTANCES))
    cost = to_go + 0.5 * np.abs(np.arange(1, NUM_LANES + 1) - place[:, None])
    return 1 + np.argmin(cost, axis=1)


def right_lane_nice(place: Place, lanes: Place) -> Place:
    """Keeps to the right lane, and lets cars pass from the right verge."""
    return np.where(_near(lanes, 5, 1)[:, NUM_LANES - 1], _VERGE, _RIGHT) + 0 * place


def right_lane_nasty(place: Place, lanes: Place) -> Place:
    """Keeps to the right verge, and comes back to the right lane for a collision."""
    return np.where(_near(lanes, 2, 0)[:, NUM_LANES - 1], _RIGHT, _VERGE) + 0 * place


def middle_lane(place: Place, lanes: Place) -> Place:
    """Keeps to the middle lane, whatever is there."""
    return np.full_like(place, _MIDDLE) + 0 * lanes[:, 0]


STYLES: dict[str, Callable[[Place, Place], Place]] = {
    "nice": nice,
    "nasty": nasty,
    "right-lane-nice": right_lane_nice,
    "right-lane-nasty": right_lane_nasty,
    "middle-lane": middle_lane,
}


def policy_of_style(mdp: Mdp, style: str) -> PerPair:
    """The policy (k,) of a style: one aim a state."""
    policy = np.zeros(mdp.num_pairs)
    policy[mdp.first + STYLES[style](*states())] = 1.0
    return policy
