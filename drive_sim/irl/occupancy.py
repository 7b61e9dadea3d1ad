"""How often a policy does what, what features it meets, and paths drawn from it.

Occupancies count each pair, discounted from the path's start; they sum to the horizon, or to 1 / (1 - discount).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.irl.arguments import starts, whole_number, whole_numbers
from drive_sim.irl.mdp import Features, Mdp, PairIndex, PerPair, PerState
from drive_sim.irl.planning import solve_discounted


@dataclass(frozen=True, slots=True, eq=False)
class Demonstrations:
    """Paths as the pairs that were taken, one array a path; made by `from_states`, or drawn by `sample`.

    Raises InputError where a path is no row of whole numbers.
    """

    paths: tuple[PairIndex, ...]

    def __post_init__(self) -> None:
        rows = (whole_numbers(path, f"demonstration {number}") for number, path in enumerate(_paths(self.paths)))
        object.__setattr__(self, "paths", tuple(rows))

    @classmethod
    def from_states(cls, mdp: Mdp, paths: Iterable[Sequence[int]]) -> Self:
        """From the states of each path, where only one action leads from each to the next.

        A path that stops short of an end has no action in its last state, which then doesn't count. Raises InputError
        for a step that the dynamics cannot produce or that several actions may have made, and where there is no path.
        """
        rows = (whole_numbers(path, f"demonstration {number}") for number, path in enumerate(_paths(paths)))
        made = tuple(_pairs_between(mdp, number, states.tolist()) for number, states in enumerate(rows))
        return cls(made).checked(mdp)

    def checked(self, mdp: Mdp) -> Self:
        """Itself. Raises InputError where a step can't follow the one before, or there is no path."""
        if not self.paths:
            raise InputError("there are no demonstrations; give at least one path")
        if min(self.lengths()) == 0:
            raise InputError(f"demonstration {np.argmin(self.lengths())} has no step; leave it out, or give it one")
        pairs, path = np.concatenate(self.paths), np.repeat(np.arange(len(self.paths)), self.lengths())
        strange = np.flatnonzero((pairs < 0) | (pairs >= mdp.num_pairs))
        if len(strange):
            first = strange[0]
            raise InputError(
                f"demonstration {path[first]}, step {first - np.argmax(path == path[first])}: there is no pair "
                f"{pairs[first]}; they lie in 0..{mdp.num_pairs - 1}"
            )
        follows = path[1:] == path[:-1]
        impossible = np.flatnonzero(follows & (mdp.chance(pairs[:-1], mdp.state[pairs[1:]]) == 0.0))
        if len(impossible):
            first = impossible[0]
            raise InputError(
                f"demonstration {path[first]}, step {first - np.argmax(path == path[first])}: from state "
                f"{mdp.state[pairs[first]]} by pair {pairs[first]} the dynamics never lead to state "
                f"{mdp.state[pairs[first + 1]]}"
            )
        return self

    def checked_to_ends(self, mdp: Mdp) -> Self:
        """Itself, checked. Raises InputError, too, where a path stops short of an end, and names it."""
        for number, path in enumerate(self.checked(mdp).paths):
            if not mdp.is_end[mdp.state[path[-1]]]:
                raise InputError(
                    f"demonstration {number} stops in state {mdp.state[path[-1]]}, which is no end, so what it is "
                    f"worth isn't known; let it go on to an end"
                )
        return self

    def lengths(self) -> PairIndex:
        """How many steps each path has."""
        return np.array([len(path) for path in self.paths])

    def starts(self, mdp: Mdp, horizon: int | None = None) -> PerState:
        """The share of paths that begin in each state (s,); with a horizon, by their steps to go, (horizon + 1, s)."""
        shares = np.zeros((1 if horizon is None else horizon + 1, mdp.num_states))
        row = np.zeros(len(self.paths), dtype=np.int64) if horizon is None else self.lengths()
        np.add.at(shares, (row, [mdp.state[path[0]] for path in self.paths]), 1.0 / len(self.paths))
        return shares[0] if horizon is None else shares

    def counts(self, mdp: Mdp) -> PerPair:
        """How often a path takes each pair in the mean (k,), discounted from its start."""
        return np.bincount(np.concatenate(self.paths), self._weights(mdp), mdp.num_pairs) / len(self.paths)

    def features(self, mdp: Mdp, features: Features) -> Features:
        """The sum of each path's features (paths, f), discounted from its start, of the features of pairs (k, f)."""
        met = features[np.concatenate(self.paths)] * self._weights(mdp)[:, None]
        return np.add.reduceat(met, np.cumsum(self.lengths()) - self.lengths())

    def _weights(self, mdp: Mdp) -> PerPair:
        return mdp.discount ** np.concatenate([np.arange(length) for length in self.lengths()])


def occupancy(mdp: Mdp, policy: PerPair, start: PerState | None = None) -> PerPair:
    """How often a policy (k,) takes each pair (k,), without a horizon, from `start` or the MDP's own."""
    policy = mdp.policy_of_pairs(policy)
    visits = solve_discounted(mdp, policy, starts(start, mdp.start), transposed=True)
    return visits[mdp.state] * policy


def sample(
    mdp: Mdp,
    policy: PerPair,
    num_paths: int,
    rng: np.random.Generator,
    horizon: int,
    start: PerState | None = None,
) -> Demonstrations:
    """Paths of a policy, (k,) or by steps to go (horizon + 1, k), of at most `horizon` steps or until an end.

    Raises InputError for a policy that isn't one or has fewer steps to go, and for no paths or no steps.
    """
    policy = mdp.policy_of_pairs(policy, num_axes=max(1, np.ndim(policy)))
    whole_number(num_paths, "the number of paths", 1)
    if policy.ndim > 2 or (policy.ndim == 2 and len(policy) <= whole_number(horizon, "the horizon", 1)):
        raise InputError(f"for a horizon of {horizon} the policy must have {horizon + 1} rows, got {policy.shape}")
    taken = np.full((whole_number(horizon, "the horizon", 1), num_paths), -1)
    first = starts(start, mdp.start)
    if np.any(first < 0.0) or abs(first.sum() - 1.0) > 1e-9:
        raise InputError(f"the start must be probabilities that sum to 1, got a sum of {first.sum():.6g}")
    state = rng.choice(mdp.num_states, num_paths, p=first)
    arrival = _Cumulative(mdp.transition.data, mdp.transition.indptr)
    leads_on = np.diff(mdp.transition.indptr) > 0
    actions = [_Cumulative(now, [*mdp.first, mdp.num_pairs]) for now in np.atleast_2d(policy)]
    alive = np.ones(num_paths, dtype=np.bool_)
    for step in range(horizon):
        pair = actions[0 if policy.ndim == 1 else horizon - step].draw(state[alive], rng)
        taken[step, alive] = pair
        goes_on = leads_on[pair]
        alive[alive] = goes_on
        state[alive] = mdp.transition.indices[arrival.draw(pair[goes_on], rng)]
        if not alive.any():
            break
    return Demonstrations(tuple(path[path >= 0] for path in taken.T))


def _paths(paths: Iterable[npt.ArrayLike]) -> Iterable[npt.ArrayLike]:
    try:
        return iter(paths)
    except TypeError:
        raise InputError(f"demonstrations must be a list of paths, got {type(paths).__name__}") from None


class _Cumulative:
    """Draws from many distributions that lie one after the other in one array, by one binary search."""

    def __init__(self, chances: npt.ArrayLike, bounds: npt.ArrayLike) -> None:
        self._bounds = np.asarray(bounds)
        self._sums = np.concatenate(([0.0], np.cumsum(np.asarray(chances))))

    def draw(self, which: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """The place in the array of a draw from each of the named distributions."""
        first, last = self._bounds[which], self._bounds[which + 1]
        low, high = self._sums[first], self._sums[last]
        place = np.searchsorted(self._sums, low + rng.random(len(which)) * (high - low), side="right") - 1
        return np.clip(place, first, last - 1)


def _pairs_between(mdp: Mdp, number: int, states: list[int]) -> PairIndex:
    pairs: list[int] = []
    for step, (state, following) in enumerate(zip(states, [*states[1:], None], strict=False)):
        if not 0 <= state < mdp.num_states:
            raise InputError(f"demonstration {number}, step {step}: there is no state {state}")
        own = np.flatnonzero(mdp.state == state)
        if following is None:
            pairs += own.tolist() if mdp.is_end[state] else []
            continue
        if not 0 <= following < mdp.num_states:
            raise InputError(f"demonstration {number}, step {step + 1}: there is no state {following}")
        leads = own[mdp.chance(own, np.full(len(own), following)) > 0.0]
        if len(leads) != 1:
            why = "no action leads" if len(leads) == 0 else f"{len(leads)} actions lead"
            raise InputError(f"demonstration {number}, step {step}: {why} from state {state} to state {following}")
        pairs.append(int(leads[0]))
    return np.array(pairs, dtype=np.int64)
