"""Standard errors of maximum entropy weights, over demonstrations (the sandwich; White 1982, Huber 1967).

With dQ/dw = phi(s, a), the features expected from a pair on, and dV/dw = psi(s) their mean, the curvature of L is the
sum over states visited of the covariance of phi under the policy. The sandwich doesn't believe that the demonstrator is
the soft policy: the middle is the covariance of single demonstrations' gradients.
"""

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.irl.maxent import Config, Fit
from drive_sim.irl.mdp import Features, Mdp, PerState
from drive_sim.irl.occupancy import Demonstrations, occupancy
from drive_sim.irl.path_likelihood import PathLikelihood, Weights
from drive_sim.irl.planning import solve_discounted


def standard_errors(
    mdp: Mdp, features: npt.ArrayLike, demonstrations: Demonstrations, fit: Fit, config: Config
) -> Weights:
    """The standard error of each weight (f,) of a fit to independent demonstrations.

    Directions of which the objective says nothing, such as a constant, have none. Raises InputError for fewer than two.
    """
    if len(demonstrations.paths) < 2:
        raise InputError("standard errors need at least two demonstrations")
    by_pair = mdp.features_of_pairs(features)
    if by_pair.shape[1] != len(fit.weights) or config.horizon != (fit.plan.policy.ndim == 2):
        raise InputError("standard errors need the features and the horizon that the weights were fitted with")
    likelihood = PathLikelihood.make(mdp, demonstrations, horizon=config.horizon)
    curvature, expected = _curvature(likelihood, by_pair, fit)
    rows = demonstrations.lengths() if config.horizon else np.zeros(len(demonstrations.paths), dtype=np.int64)
    starts = np.array([mdp.state[path[0]] for path in demonstrations.paths])
    gradients = demonstrations.features(mdp, by_pair) - expected[rows, starts]
    bread = np.linalg.pinv(curvature + config.l2 * np.eye(len(curvature)), rcond=1e-9, hermitian=True)
    middle = np.atleast_2d(np.cov(gradients.T))
    return np.sqrt(np.diag(bread @ middle @ bread) / len(gradients))


def _curvature(likelihood: PathLikelihood, features: Features, fit: Fit) -> tuple[Features, Features]:
    """The curvature (f, f), and the expected features from each state on, by steps to go (1 or horizon + 1, s, f)."""
    mdp, policy = likelihood.mdp, fit.plan.policy
    if likelihood.horizon is None:
        paid = np.add.reduceat(policy[:, None] * features, mdp.first)
        psi = solve_discounted(mdp, policy, paid).reshape(mdp.num_states, -1)
        taken = occupancy(mdp, policy, likelihood.start)
        return _covariance(mdp, features, psi, psi, policy, np.add.reduceat(taken, mdp.first)), psi[None]
    psi = np.zeros((likelihood.horizon + 1, mdp.num_states, features.shape[1]))
    for to_go in range(1, len(psi)):
        phi = features + mdp.discount * (mdp.transition @ psi[to_go - 1])
        psi[to_go] = np.add.reduceat(policy[to_go][:, None] * phi, mdp.first)
    curvature, visits = np.zeros((features.shape[1],) * 2), np.zeros(mdp.num_states)
    for to_go in range(len(psi) - 1, 0, -1):
        visits = visits + likelihood.start[to_go]
        curvature += _covariance(mdp, features, psi[to_go - 1], psi[to_go], policy[to_go], visits)
        visits = mdp.discount * (mdp.transition.T @ (visits[mdp.state] * policy[to_go]))
    return curvature, psi


def _covariance(
    mdp: Mdp, features: Features, after: Features, now: Features, policy: PerState, visits: PerState
) -> Features:
    """The sum over visits of the covariance of phi under the policy (f, f)."""
    apart = features + mdp.discount * (mdp.transition @ after) - now[mdp.state]
    return (apart * (visits[mdp.state] * policy)[:, None]).T @ apart
