"""A highway with traffic (Abbeel and Ng 2004, section 5.2): three lanes, two verges, five actions, fifteen features.

The car drives faster than all others, and steers to a lane or a verge, ten times a second. In each lane the nearest car
comes closer and falls behind, or there is none: a Markov chain a lane, independent of the others and of what the driver
does. So the highway is a finite MDP, and whoever plans on it plans on just what is driven. A state is the driver's
place across and the distance of each lane's nearest car.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

from drive_sim.errors import InputError
from drive_sim.irl.mdp import Mdp

PLACES = ("left verge", "left lane", "middle lane", "right lane", "right verge")
"""Where one can drive, from left to right; each is the aim of an action too."""
DISTANCES = tuple(range(-9, 3))
"""Of a lane's nearest car in car lengths: negative ahead, positive behind; there may be none."""
FELT = tuple(range(-7, 3))
"""The distances that have a feature; 0 is a collision."""
FEATURES = PLACES + tuple("collision" if one == 0 else f"car at {one:+d}" for one in FELT)
NUM_LANES = 3


@dataclass(frozen=True, slots=True)
class Highway:
    """How often a car appears ahead, comes closer by a car length, and how often a change of place is done, in a tick.

    `closing`: lane by lane, from left to right; who overtakes less closes slower. `steering`: the chance that within a
    tick the car arrives at the next place towards its aim.
    """

    arrival: float = 0.05
    closing: tuple[float, float, float] = (0.12, 0.16, 0.2)
    steering: float = 0.2
    discount: float = 0.98

    def __post_init__(self) -> None:
        if not all(0.0 < chance <= 1.0 for chance in (self.arrival, *self.closing, self.steering)):
            raise InputError("a highway's chances must lie above 0 and at most at 1")

    def mdp(self) -> Mdp:
        """Its states, place by place and lane by lane, and what five actions do; it starts in the middle lane."""
        traffic = self._traffic()
        pairs = [sparse.kron(self._across(aim), traffic) for aim in range(len(PLACES))]
        num_states = len(PLACES) * (len(DISTANCES) + 1) ** NUM_LANES
        order = np.arange(len(PLACES) * num_states).reshape(len(PLACES), num_states).T.ravel()
        transition = sparse.csr_array(sparse.vstack(pairs))[order]
        start = np.kron(np.eye(len(PLACES))[2], stationary(traffic))
        return Mdp(np.repeat(np.arange(num_states), len(PLACES)), transition, start, self.discount)

    def _traffic(self) -> sparse.csr_array:
        """The distances in all three lanes, together."""
        left, middle, right = (self._lane(closing) for closing in self.closing)
        return sparse.csr_array(sparse.kron(sparse.kron(left, middle), right))

    def _lane(self, closing: float) -> sparse.csr_array:
        """The nearest car of a lane: at one of the distances, or, last, nowhere."""
        num = len(DISTANCES) + 1
        moves = (1.0 - closing) * np.eye(num) + closing * np.eye(num, k=1)
        moves[-1] = (1.0 - self.arrival) * np.eye(num)[-1] + self.arrival * np.eye(num)[0]
        return sparse.csr_array(moves)

    def _across(self, aim: int) -> npt.NDArray[np.float64]:
        """From place to place, on the way to an aim."""
        places = np.arange(len(PLACES))
        towards = np.eye(len(PLACES))[places + np.sign(aim - places)]
        return self.steering * towards + (1.0 - self.steering) * np.eye(len(PLACES))


def states() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Of each state the driver's place (s,), and the index of each lane's distance (s, 3), the last for no car."""
    num = len(DISTANCES) + 1
    place, *lanes = np.unravel_index(np.arange(len(PLACES) * num**NUM_LANES), (len(PLACES), num, num, num))
    return place, np.stack(lanes, axis=1)


@cache
def features() -> npt.NDArray[np.float64]:
    """The features of each state (s, 15): where one drives, and how far the nearest car of the own lane is.

    Made once, so nobody may write into it.
    """
    place, lanes = states()
    own = np.where((place > 0) & (place <= NUM_LANES), lanes[np.arange(len(place)), np.clip(place - 1, 0, 2)], -1)
    first = DISTANCES.index(FELT[0])
    felt = own[:, None] == np.arange(first, first + len(FELT))
    found = np.hstack((np.eye(len(PLACES))[place], felt))
    found.flags.writeable = False
    return found


def stationary(chain: sparse.csr_array) -> npt.NDArray[np.float64]:
    """The share of time that a Markov chain spends in each state, in the long run."""
    share = chain.T @ np.ones(len(chain.indptr) - 1) / (len(chain.indptr) - 1)
    for _ in range(100_000):
        before, share = share, chain.T @ share
        if np.abs(share - before).max() < 1e-15:
            break
    return share / share.sum()
