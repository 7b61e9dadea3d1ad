"""Whether a maximum entropy objective has a maximum; if not, a direction in which it rises for ever, as a certificate.

Without an l2 there is none just where some direction d of the weights makes the demonstrations at least as good as the
best policy, less the l1, and better than the policy that takes all actions alike: d . f_demonstrated - l1 |d| >=
max over policies of d . f_policy > d . f_uniform. The maximum is written by values V >= features @ d + g E V
(d'Epenoux 1963), so that such a d is found by a linear program. Worlds that share weights add up.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from drive_sim.irl.horizon import occupancy_horizon
from drive_sim.irl.mdp import Features, Mdp
from drive_sim.irl.occupancy import occupancy
from drive_sim.irl.path_likelihood import World

_CERTAIN = 1e-7


def rising_direction(worlds: Sequence[World], l1: float) -> npt.NDArray[np.float64] | None:
    """A direction (f,) of weights between -1 and 1, or None where the objective of these worlds has a maximum."""
    num, share = worlds[0].features.shape[1], np.array([world.num for world in worlds])
    share = share / share.sum()
    gained = share @ [world.likelihood.demonstrated @ world.features for world in worlds]
    anyhow = share @ [_uniform(world) for world in worlds]
    bellman = sparse.block_diag([_bellman(world.likelihood.mdp, world.likelihood.horizon) for world in worlds])
    features = np.vstack([_repeated(world.features, world.likelihood.horizon) for world in worlds])
    starts = np.concatenate([one * _starts(world) for one, world in zip(share, worlds, strict=True)])
    to_halves = np.hstack((np.eye(num), -np.eye(num)))
    found = linprog(
        np.concatenate((-(gained - anyhow) @ to_halves, np.zeros(len(starts)))),
        A_ub=sparse.vstack(
            (
                sparse.hstack((sparse.csr_array(features @ to_halves), -bellman)),
                sparse.csr_array(np.concatenate((l1 - gained @ to_halves, starts))[None]),
            )
        ),
        b_ub=np.zeros(len(features) + 1),
        bounds=[(0.0, 1.0)] * (2 * num) + [(None, None)] * len(starts),
        method="highs",
    )
    if not found.success or -found.fun <= _CERTAIN * (1.0 + np.abs(gained).max(initial=0.0)):
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


def _starts(world: World) -> npt.NDArray[np.float64]:
    start = world.likelihood.start
    return start if world.likelihood.horizon is None else start[1:].ravel()


def _uniform(world: World) -> npt.NDArray[np.float64]:
    """The expected features of the policy that takes all actions alike."""
    likelihood, policy = world.likelihood, world.likelihood.mdp.uniform_policy()
    if likelihood.horizon is None:
        return occupancy(likelihood.mdp, policy, likelihood.start) @ world.features
    return (
        occupancy_horizon(likelihood.mdp, np.tile(policy, (likelihood.horizon + 1, 1)), likelihood.start)
        @ world.features
    )
