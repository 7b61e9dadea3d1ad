"""Whether a maximum entropy objective has a maximum; if not, a direction in which it rises for ever, as a certificate.

Without an l2 there is none just where some direction d of the weights makes the demonstrations at least as good as the
best policy, less the l1, and better than the policy that takes all actions alike: d . f_demonstrated - l1 |d| >=
max over policies of d . f_policy > d . f_uniform. The maximum is written by values V >= features @ d + g E V
(d'Epenoux 1963), so that such a d is found by a linear program.
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from drive_sim.irl.mdp import Features, Mdp, PerPair, PerState
from drive_sim.irl.occupancy import occupancy, occupancy_horizon

_CERTAIN = 1e-7


def rising_direction(
    mdp: Mdp, features: Features, demonstrated: PerPair, start: PerState, horizon: int | None, l1: float
) -> npt.NDArray[np.float64] | None:
    """A direction (f,) of weights between -1 and 1, or None where the objective has a maximum.

    `demonstrated` (k,): how often a demonstration takes each pair; `start` (s,) or (horizon + 1, s).
    """
    num, num_values = features.shape[1], mdp.num_states * (horizon or 1)
    gained = demonstrated @ features
    bellman = sparse.hstack((sparse.csr_array(_repeated(features, horizon)), -_bellman(mdp, horizon)))
    spread = sparse.csr_array(np.vstack((np.eye(num), -np.eye(num))).T)
    to_halves = sparse.block_diag((spread, sparse.eye_array(num_values)))
    at_best = np.concatenate((l1 - gained, l1 + gained, start[1:].ravel() if horizon else start))
    found = linprog(
        np.concatenate((-(gained - _uniform(mdp, features, start, horizon)), np.zeros(num_values))) @ to_halves,
        A_ub=sparse.vstack((bellman @ to_halves, sparse.csr_array(at_best[None]))),
        b_ub=np.zeros(mdp.num_pairs * (horizon or 1) + 1),
        bounds=[(0.0, 1.0)] * (2 * num) + [(None, None)] * (num_values),
        method="highs",
    )
    if not found.success or -found.fun <= _CERTAIN * (1.0 + np.abs(gained).max()):
        return None
    return found.x[:num] - found.x[num : 2 * num]


def _repeated(features: Features, horizon: int | None) -> Features:
    return np.tile(features, (horizon or 1, 1))


def _bellman(mdp: Mdp, horizon: int | None) -> sparse.csr_array:
    """V(s) - g E V(s') of each pair, for values (s,), or by 1 to `horizon` steps to go (horizon s,)."""
    own = sparse.csr_array((np.ones(mdp.num_pairs), (np.arange(mdp.num_pairs), mdp.state)))
    if horizon is None:
        return sparse.csr_array(own - mdp.discount * mdp.transition)
    one_less = sparse.eye_array(horizon, k=-1)
    return sparse.csr_array(
        sparse.kron(sparse.eye_array(horizon), own) - sparse.kron(one_less, mdp.discount * mdp.transition)
    )


def _uniform(mdp: Mdp, features: Features, start: PerState, horizon: int | None) -> npt.NDArray[np.float64]:
    """The expected features of the policy that takes all actions alike."""
    policy = mdp.uniform_policy()
    if horizon is None:
        return occupancy(mdp, policy, start) @ features
    return occupancy_horizon(mdp, np.tile(policy, (horizon + 1, 1)), start) @ features
