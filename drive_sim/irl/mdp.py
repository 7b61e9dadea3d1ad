"""Finite Markov decision processes, without a reward: that is what is sought.

Conventions, held by tests:

- What is done is a *pair*: a state with one of its actions. All pairs lie in one list, state after state, so that
  states may have different actions. Rewards are numbers a pair, r(s, a); a reward of states is `reward[mdp.state]`.
- V(s) = r(s) + g max V(s'): a state pays when it is left, and also where the path ends in it. An *end* has exactly one
  action, pays once, and leads nowhere, so V = r there; four copies of that action would add log 4 to every soft value.
- Without a horizon paths go on until an end, or for ever at a discount below 1. With a horizon they have so many steps,
  or fewer where they come to an end; what depends on time is then indexed by the *steps to go*.
- A soft policy is the exponential of its advantage, pi(a|s) = exp((Q(s, a) - V(s)) / temperature), and
  V = temperature log sum exp(Q / temperature) counts sequences of actions. Without chance and at temperature and
  discount 1 this is P(path) = exp R(path) / Z (Ziebart and others 2008, eq. 2); with chance it is maximum causal
  entropy (Ziebart and others 2010), which doesn't let a path's probability grow with its luck.
- Whatever is compared, such as an expert's and a learner's features, has one discount and one distribution of starts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from drive_sim.errors import InputError
from drive_sim.irl.arguments import numbers, whole_numbers

PerPair = Annotated[npt.NDArray[np.float64], "... k"]
"""A number a pair, such as a reward, an action value, or the probability of the action in the state."""
PerState = Annotated[npt.NDArray[np.float64], "... s"]
"""A number a state."""
Features = Annotated[npt.NDArray[np.float64], "k f"]
"""The features of each pair."""
PairIndex = Annotated[npt.NDArray[np.int64], "k"]
_SUM_TOLERANCE = 1e-9
_POLICY_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Mdp:
    """States 0 to s - 1 and their k pairs.

    `state` (k,): the state of each pair, ascending. `transition` (k, s): where each pair leads with which probability,
    a row of zeros at an end. `start` (s,): the distribution of first states. `first` (s,): each state's first pair.
    Raises InputError where a row or `start` doesn't sum to 1, or a state has no pair, and names it.
    """

    state: PairIndex
    transition: sparse.csr_array
    start: PerState
    discount: float = 1.0
    first: PairIndex = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", whole_numbers(self.state, "`state`"))
        object.__setattr__(self, "start", numbers(self.start, "the start"))
        stored = sparse.csr_array(self.transition, dtype=np.float64, copy=True)
        stored.eliminate_zeros()  # a row without entries is an end
        object.__setattr__(self, "transition", stored)
        if self.start.ndim != 1:
            raise InputError(f"the start must be a probability a state, got {self.start.shape}")
        num_states, shape = len(self.start), stored.shape
        if shape != (len(self.state), num_states):
            raise InputError(
                f"`transition` must have a row for each of {len(self.state)} pairs, and a column for each of the "
                f"{num_states} states in `start`, got {shape}"
            )
        if not np.array_equal(np.unique(self.state), np.arange(num_states)) or np.any(np.diff(self.state) < 0):
            raise InputError("`state` must list the states of all pairs in ascending order, each state at least once")
        if not 0.0 < numbers(self.discount, "the discount") <= 1.0:
            raise InputError(f"the discount must lie above 0 and at most at 1, got {self.discount}")
        object.__setattr__(self, "first", np.searchsorted(self.state, np.arange(num_states)))
        self._check_probabilities()

    @classmethod
    def from_arrays(
        cls, transitions: npt.ArrayLike, start: npt.ArrayLike, discount: float = 1.0, *, ends: Sequence[int] = ()
    ) -> Self:
        """From P(s'|s, a) as (states, actions, states), every state with every action, but for ends: they have one."""
        dense = np.array(_probabilities(transitions))
        if dense.ndim != 3 or dense.shape[0] != dense.shape[2]:
            raise InputError(f"transitions must be (states, actions, states), got {dense.shape}")
        num_states, num_actions, _ = dense.shape
        outside = [end for end in np.ravel(ends).tolist() if end not in range(num_states)]
        if outside:
            raise InputError(f"there is no state {outside[0]} to be an end; they lie in 0..{num_states - 1}")
        is_end = np.isin(np.arange(num_states), ends)
        kept = ~is_end[:, None] | (np.arange(num_actions) == 0)
        state = np.repeat(np.arange(num_states), num_actions)[kept.ravel()]
        dense[is_end] = 0.0
        return cls(state, sparse.csr_array(dense[kept]), numbers(start, "the start"), discount)

    @property
    def num_states(self) -> int:
        """How many states there are."""
        return len(self.start)

    @property
    def num_pairs(self) -> int:
        """How many pairs there are."""
        return len(self.state)

    @property
    def is_end(self) -> npt.NDArray[np.bool_]:
        """Which states are ends (s,): they pay once, and lead nowhere."""
        return np.diff(self.transition.indptr)[self.first] == 0

    @property
    def is_deterministic(self) -> bool:
        """Whether chance has no part in what follows an action."""
        return bool(np.all(self.transition.data == 1.0))

    def chance(self, pairs: PairIndex, states: PairIndex) -> npt.NDArray[np.float64]:
        """The probability with which each of some pairs leads to each of as many states (n,)."""
        shape = (len(pairs), self.num_states)
        sought = sparse.csr_array((np.ones(len(pairs)), (np.arange(len(pairs)), states)), shape=shape)
        return np.asarray((self.transition[pairs] * sought).sum(axis=1))

    def expected(self, values: PerState) -> PerPair:
        """The mean of values (..., s) over the next state of each pair; nothing comes after an end."""
        flat = np.reshape(values, (-1, self.num_states))
        return (self.transition @ flat.T).T.reshape(*np.shape(values)[:-1], self.num_pairs)

    def matrix(self, policy: PerPair) -> sparse.csr_array:
        """From state to state under a policy (k,): a row a state, zero at ends."""
        chosen = sparse.csr_array((policy, np.arange(self.num_pairs), [*self.first, self.num_pairs]))
        return sparse.csr_array(chosen @ self.transition)

    def uniform_policy(self) -> PerPair:
        """The policy (k,) that takes all actions of a state alike."""
        return 1.0 / np.diff([*self.first, self.num_pairs])[self.state]

    def features_of_pairs(self, features: npt.ArrayLike) -> Features:
        """Features of states (s, f) or of pairs (k, f), as those of pairs. Raises InputError for another length."""
        checked = numbers(features, "features")
        if checked.ndim != 2 or checked.shape[0] not in (self.num_states, self.num_pairs):
            raise InputError(
                f"features must be a row for each of {self.num_states} states or {self.num_pairs} pairs, got "
                f"{checked.shape}"
            )
        return checked if len(checked) == self.num_pairs else checked[self.state]

    def reward_of_pairs(self, reward: npt.ArrayLike, what: str = "the reward", num_axes: int | None = None) -> PerPair:
        """A number a pair (..., k), of one axis or as many as are told. Raises InputError for other numbers of them."""
        checked = numbers(reward, what)
        if checked.ndim == 0 or checked.shape[-1] != self.num_pairs or checked.ndim != (num_axes or checked.ndim):
            also = "; write reward[mdp.state] for one of states" if checked.shape == (self.num_states,) else ""
            raise InputError(f"{what} must be a number for each of {self.num_pairs} pairs, got {checked.shape}{also}")
        return checked

    def policy_of_pairs(self, policy: npt.ArrayLike, num_axes: int = 1) -> PerPair:
        """Probabilities of pairs (k,), or by steps to go (n, k). Raises InputError where a state's don't sum to 1."""
        checked = self.reward_of_pairs(policy, "the policy", num_axes)
        sums = np.add.reduceat(checked, self.first, axis=-1)
        wrong = np.flatnonzero((np.abs(sums - 1.0) > _POLICY_TOLERANCE).reshape(-1, self.num_states).any(axis=0))
        if np.any(checked < 0.0) or len(wrong):
            where = f": of state {wrong[0]} they don't" if len(wrong) else ", and none may be negative"
            raise InputError(f"the policy must be probabilities that sum to 1 in each state{where}")
        return checked

    def checked_pairs(self, pairs: npt.ArrayLike) -> PairIndex:
        """Pairs by their numbers (n,). Raises InputError where there is no such pair."""
        checked = whole_numbers(pairs, "pairs")
        strange = checked[(checked < 0) | (checked >= self.num_pairs)]
        if len(strange):
            raise InputError(f"there is no pair {strange[0]}; they lie in 0..{self.num_pairs - 1}")
        return checked

    def _check_probabilities(self) -> None:
        sums = np.asarray(self.transition.sum(axis=1))
        is_end = np.diff(self.transition.indptr) == 0
        rows = np.flatnonzero(~is_end & ~(np.abs(sums - 1.0) <= _SUM_TOLERANCE))
        if len(rows):
            raise InputError(
                f"row {rows[0]} of the transitions (state {self.state[rows[0]]}) sums to {sums[rows[0]]:.6g}, not to 1"
            )
        if np.any(~(self.transition.data >= 0.0)):
            row = np.searchsorted(self.transition.indptr, np.argmin(self.transition.data), side="right") - 1
            raise InputError(f"row {row} of the transitions (state {self.state[row]}) has a negative probability")
        counts = np.diff([*self.first, self.num_pairs])
        several = np.flatnonzero(is_end[self.first] & (counts > 1) | (np.add.reduceat(is_end, self.first) > 1))
        if len(several):
            raise InputError(f"state {several[0]} is an end and must have exactly one action")
        if np.any(~(self.start >= 0.0)) or not abs(self.start.sum() - 1.0) <= _SUM_TOLERANCE:
            raise InputError(f"the start must be probabilities that sum to 1, got a sum of {self.start.sum():.6g}")


def _probabilities(transitions: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """As an array; that they are finite is checked by the sums of rows, which can be named."""
    try:
        return np.asarray(transitions, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("transitions must be numbers, as (states, actions, states), in rows of one length") from None
