"""DAgger: dataset aggregation (Ross, Gordon and Bagnell 2011, AISTATS, arXiv 1011.0686, Algorithm 3.1).

    Initialise D <- {}, and pi_hat_1 to any policy.
    for i = 1 to N:
        pi_i = beta_i pi* + (1 - beta_i) pi_hat_i           who drives: each tick is a draw between the two
        D_i = {(s, pi*(s))}, s visited by pi_i              the expert says what it would have done
        D <- D + D_i                                        nothing is forgotten
        pi_hat_{i+1} = the policy that fits D best
    Return the best pi_hat_i on validation.

pi* is the expert. Cloning learns where the expert goes and is then sent where it goes itself; here every round gathers
states that the policy of the round before goes to, so that its mistakes are in the data, with the way back as label.
With T ticks to drive and an error of eps a tick under its own states the cost is J(pi*) + u T eps + O(1) after enough
rounds (Theorem 3.2), where cloning's is J(pi*) + T^2 eps (Theorem 2.1) with eps under the expert's states. u is what
one deviation may cost in the ticks after it: little where the way back is known, up to T where lost is lost.

The mean of beta over the rounds must go to zero. The paper's simplest schedule, best in its experiments and the default
here, is the indicator beta_i = [i = 1]: the expert drives the first round and never again. The other is p^(i-1).

Round i's policy is pi_hat_{i+1}; which of them to keep is for whoever iterates, by driving each (`evaluate`). Round 1
is plain cloning of the expert's own drive, so the clone to compare with comes for free.

To see what matters, change one line: leave out `data +` and each round forgets the last; set beta_i to 1 and more data
comes from the expert alone; label with what was driven instead (`ImitationTask.labelled_rollout`) and the mistakes are
learned as well.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from drive_sim.errors import InputError
from drive_sim.learn.base import DataT, ImitationTask, Need, PolicyT, Round
from drive_sim.policies.mixture import mixed

NEEDS: tuple[Need, ...] = ("make_env", "expert", "base_learner")


def indicator(i: int, p: float) -> float:  # noqa: ARG001 - one signature for all schedules
    """The share beta_i = [i = 1]: the expert drives the first round and never again."""
    return float(i == 1)


def exponential(i: int, p: float) -> float:
    """The share beta_i = p^(i-1): the expert lets go by a factor of p a round."""
    return p ** (i - 1)


SCHEDULES: dict[str, Callable[[int, float], float]] = {"indicator": indicator, "exponential": exponential}
"""beta_i by round i, counted from 1, and the rate p."""


@dataclass(frozen=True, slots=True)
class Config:
    """N rounds of a drive each, so many ticks long for every car, and the expert's share of the driving.

    From the third round on each is `growth` times as long as the one before: at 2 the data double with every round.
    """

    num_rounds: int = 10
    ticks_per_round: int = 300
    schedule: str = "indicator"
    p: float = 0.5
    growth: float = 1.0

    def __post_init__(self) -> None:
        if self.num_rounds < 1 or self.ticks_per_round < 1:
            raise InputError(f"dagger: num_rounds ({self.num_rounds}) and ticks_per_round must be at least 1")
        if self.schedule not in SCHEDULES:
            raise InputError(f"dagger: schedule {self.schedule!r} is unknown; use one of {', '.join(SCHEDULES)}")
        if not 0.0 <= self.p < 1.0:
            raise InputError(f"dagger: p must be in [0, 1), or the expert never lets go; got {self.p}")
        if not 1.0 <= self.growth <= 10.0:
            raise InputError(f"dagger: growth must be from 1 to 10, got {self.growth}")

    def beta(self, i: int) -> float:
        """The probability that the expert drives a tick of round i."""
        return SCHEDULES[self.schedule](i, self.p)

    def ticks(self, i: int) -> int:
        """How long the drive of round i is, for every car."""
        return round(self.ticks_per_round * self.growth ** max(i - 2, 0))


def train(config: Config, task: ImitationTask[DataT, PolicyT], rng: np.random.Generator) -> Iterator[Round[PolicyT]]:
    """Algorithm 3.1, a Round an iteration. Each round draws from streams of its own, so a longer run begins alike.

    A drive of the expert alone is the task's demonstrations, where it has some. Raises InputError without NEEDS.
    """
    expert = task.require("dagger", NEEDS).expert
    data: DataT | None = None
    policy: Any = expert  # pi_hat_1 may be any policy: with beta_1 = 1 it never drives
    for i in range(1, config.num_rounds + 1):
        start_s = time.process_time()
        rollout_rng, fit_rng = rng.spawn(2)
        beta = config.beta(i)

        # pi_i = beta_i pi* + (1 - beta_i) pi_hat_i
        driver = mixed((expert, policy), (beta, 1.0 - beta))
        # D_i = {(s, pi*(s))}, s visited by pi_i
        rollout = task.labelled_rollout(i, driver, config.ticks(i), rollout_rng, expert_alone=beta == 1.0)
        # D <- D + D_i
        data = rollout if data is None else data + rollout
        # pi_hat_{i+1} = the policy that fits D best
        policy = task.fit(i, data, fit_rng)

        metrics = {"round": i, "num_rounds": config.num_rounds, "num_frames": len(data), "num_labels": len(data)}
        yield Round(i - 1, policy, metrics | {"beta": beta, "cpu_s": time.process_time() - start_s}, rollout)
