"""SMILe: stochastic mixing iterative learning (Ross and Bagnell 2010, AISTATS, section 4).

    pi_0 = pi*                                              the expert
    for n = 1 to N:
        D = {(s, pi*(s))}, s visited by pi_{n-1}            only this round's drive: nothing is aggregated
        pi^n = the policy that fits D best
        pi_n = (1 - a)^n pi* + a sum_{j=1..n} (1 - a)^(j-1) pi^j
    Return pi_N without the expert: (pi_N - (1 - a)^N pi*) / (1 - (1 - a)^N).

A mixture draws which of its policies to follow anew at every step. The expert lets go of the wheel by a share `a` a
round, so that each new policy meets states that are only a little different from those of the round before.

Why it trails DAgger: the weights of the learned policies *fall* with j. At a = 0.1 and N = 20 the first, a plain clone
of the expert's drive, is still followed in 11.4 % of all steps, and the last, which knows best where this mixture goes,
in 1.5 %. And each policy is fitted to one round's data, DAgger's to everything.

An off-by-one to know of: a textbook's code gives the expert (1 - a)^(k-1) once k policies are learned, as if the latest
one did not count yet. Here it is the paper's (1 - a)^k; the textbook's mixture after k + 1 rounds has this expert's
share after k.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from drive_sim.errors import InputError
from drive_sim.learn.base import DataT, ImitationTask, Need, PolicyT, Round
from drive_sim.policies.mixture import Mixture, Weights, mixed

NEEDS: tuple[Need, ...] = ("make_env", "expert", "base_learner")


@dataclass(frozen=True, slots=True)
class Config:
    """N rounds of a drive each, so many ticks long for every car, and the share `alpha` that a round takes over."""

    num_rounds: int = 20
    ticks_per_round: int = 300
    alpha: float = 0.1

    def __post_init__(self) -> None:
        if self.num_rounds < 1 or self.ticks_per_round < 1:
            raise InputError(f"smile: num_rounds ({self.num_rounds}) and ticks_per_round must be at least 1")
        if not 0.0 < self.alpha <= 1.0:
            raise InputError(f"smile: alpha must be in (0, 1], got {self.alpha}")


def expert_share(alpha: float, n: int) -> float:
    """The expert's weight in pi_n."""
    return (1.0 - alpha) ** n


def learned_weights(alpha: float, n: int) -> Weights:
    """The weights (n,) of pi^1 to pi^n in pi_n; with the expert's share they sum to 1."""
    return alpha * np.power(1.0 - alpha, np.arange(n, dtype=np.float64))


def without_expert(alpha: float, n: int) -> Weights:
    """The weights (n,) of pi^1 to pi^n once the expert's share is removed and the rest renormalised."""
    return learned_weights(alpha, n) / (1.0 - expert_share(alpha, n))


def train(
    config: Config, task: ImitationTask[DataT, PolicyT], rng: np.random.Generator
) -> Iterator[Round[Mixture[Any, Any]]]:
    """A Round an iteration, its policy pi_n without the expert; `policy.policies[-1]` is pi^n, fitted in that round.

    The expert's drive in the first is the task's demonstrations, where it has some. Raises InputError without NEEDS.
    """
    expert = task.require("smile", NEEDS).expert
    learned: list[PolicyT] = []
    driver: Any = expert
    num_labels = 0
    for n in range(1, config.num_rounds + 1):
        start_s = time.process_time()
        rollout_rng, fit_rng = rng.spawn(2)

        # D = {(s, pi*(s))}, s visited by pi_{n-1}
        rollout = task.labelled_rollout(n, driver, config.ticks_per_round, rollout_rng, expert_alone=n == 1)
        # pi^n = the policy that fits D best
        learned.append(task.fit(n, rollout, fit_rng))
        # pi_n = (1 - a)^n pi* + a sum_{j=1..n} (1 - a)^(j-1) pi^j
        share = expert_share(config.alpha, n)
        driver = mixed((expert, *learned), (share, *learned_weights(config.alpha, n)))
        # pi_n without the expert: (pi_n - (1 - a)^n pi*) / (1 - (1 - a)^n)
        policy = Mixture(tuple(learned), without_expert(config.alpha, n))

        num_labels += len(rollout)
        metrics = {"round": n, "num_rounds": config.num_rounds, "num_frames": len(rollout), "num_labels": num_labels}
        yield Round(n - 1, policy, metrics | {"beta": share, "cpu_s": time.process_time() - start_s}, rollout)
