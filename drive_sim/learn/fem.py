"""FEM: feature expectation matching with a linear class of rewards (Ho, Gupta and Ermon 2016, arXiv 1605.08478).

    min over theta, max over |w| <= 1 of  w . (E_demonstrations[phi(s, a)] - E_policy[phi(s, a)])

which is GAIL's problem with a unit ball of linear rewards (Abbeel and Ng 2004) in the discriminator's place. The best w
is known: the direction from the policy's features to the demonstrations'. There is nothing to train but the policy.

    repeat: run the policy pi_theta for some time
            w = (E_demonstrations[phi] - E_policy[phi]) / its length
            theta: PPO (`ppo.py`) with w . phi(s, a) as reward

As GAIL, it was reported with a reward that is never negative: less the lowest that any step has earned so far. That
pays for each step that does not end an episode, whatever w says; `is_shifted=False` leaves it away.

Features are those of the authors' code: what was seen, standardised by the demonstrations' statistics, and the square
of a hundredth of it, in a block of their own for each action that may be chosen (zeros in the blocks of others); where
an action is numbers these stand beside what was seen. They and the 1 at the end are averaged over steps, undiscounted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.data.transitions import PerStep, Transitions
from drive_sim.errors import InputError
from drive_sim.learn import ppo
from drive_sim.learn.base import ImitationTask, Need, Round
from drive_sim.learn.regression import spread
from drive_sim.policies.base import StochasticActor

NEEDS: tuple[Need, ...] = ("demonstrations", "make_env", "initial_policy")
SQUARED_SHARE = 0.01
"""Of a standardised number, which is then squared."""
Features = npt.NDArray[np.float64]
"""Of steps (n, k), or their mean (k,)."""


@dataclass(frozen=True, slots=True)
class Config:
    """The policy step (PPO), and whether rewards are shifted so that none is negative."""

    policy: ppo.Config = field(default_factory=lambda: ppo.Config(num_rounds=63, ticks_per_round=400))
    is_shifted: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMap:
    """Phi: rows as features (n, k), in units of what the demonstrations hold."""

    mean: Features
    width: Features

    @classmethod
    def of(cls, demonstrations: Transitions) -> "FeatureMap":
        """The map that is standardised by these. Raises InputError where what was seen are no rows of numbers."""
        rows = _numbers(demonstrations)
        return cls(rows.mean(axis=0), spread(rows))

    def __call__(self, rows: Transitions) -> Features:
        """Phi(s, a) of each step (n, k)."""
        standard = (_numbers(rows) - self.mean) / self.width
        features = np.concatenate([standard, (SQUARED_SHARE * standard) ** 2], axis=1)
        if rows.num_actions is not None:
            chosen = np.eye(rows.num_actions)[rows.action[:, 0].astype(np.int64)]
            features = (chosen[:, :, None] * features[:, None, :]).reshape(len(rows), -1)
        return np.concatenate([features, np.ones((len(rows), 1))], axis=1)


def train(
    config: Config, task: ImitationTask[Transitions, Any], rng: np.random.Generator
) -> Iterator[Round[StochasticActor]]:
    """A Round an iteration, with the distance `gap` between both expectations. Raises InputError without NEEDS."""
    demonstrations = task.require("fem", NEEDS).demonstrations
    features = FeatureMap.of(demonstrations)
    wanted, lowest, gap = features(demonstrations).mean(axis=0), 0.0, 0.0

    def reward(rollout: Transitions) -> PerStep:
        nonlocal lowest, gap
        found = features(rollout)
        w, gap = direction(wanted, found.mean(axis=0))
        earned = found @ w / len(w)
        lowest = min(lowest, float(earned.min()))
        return earned - lowest if config.is_shifted else earned

    for latest in ppo.train(config.policy, task, rng, reward=reward):
        yield replace(latest, metrics=latest.metrics | {"gap": gap})


def direction(wanted: Features, found: Features) -> tuple[Features, float]:
    """The best w (k,), of length 1, and what it is worth: how far apart the expectations are. Zeros where they meet."""
    apart = wanted - found
    gap = float(np.linalg.norm(apart))
    return (apart / gap if gap > 0.0 else apart), gap


def _numbers(rows: Transitions) -> Features:
    """What was seen (n, f), and beside it what was done where that is numbers."""
    if rows.observation.ndim != 2:
        raise InputError(f"fem: it sees rows of numbers, not {rows.observation.shape[1:]}; give features")
    seen = rows.observation.astype(np.float64)
    return seen if rows.num_actions is not None else np.concatenate([seen, rows.action], axis=1)
