"""A task without a world, which writes down who drove and what was fitted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from drive_sim.learn.base import ImitationTask


@dataclass(frozen=True)
class Rows:
    """Names of what was visited."""

    names: tuple[str, ...]
    labelled: bool = False

    def __len__(self) -> int:
        return len(self.names)

    def __add__(self, other: Self) -> "Rows":
        return Rows(self.names + other.names, self.labelled and other.labelled)

    def with_expert_labels(self) -> "Rows":
        return Rows(self.names, labelled=True)


@dataclass(frozen=True)
class Named:
    """A policy that is only a name."""

    name: str

    def act(self, observation: Any, rng: np.random.Generator) -> Any:
        return observation


EXPERT = Named("expert")


@dataclass
class Log:
    drivers: list[Any] = field(default_factory=list)
    fitted: list[Rows] = field(default_factory=list)


def toy_task(demonstrations: Rows | None = None) -> tuple[ImitationTask[Rows, Named], Log]:
    """A task, and the log of what is done in it; drive k visits `num_ticks` rows called "k"."""
    log = Log()

    def collect(env: object, policy: object, num_ticks: int, rng: np.random.Generator, *, labeller: object) -> Rows:
        assert env == "a new world"
        assert labeller is EXPERT
        log.drivers.append(policy)
        return Rows((str(len(log.drivers)),) * num_ticks)

    def base_learner(data: Rows, rng: np.random.Generator) -> Named:
        log.fitted.append(data)
        return Named(f"policy {len(log.fitted)}")

    make_env: Callable[[np.random.Generator], str] = lambda rng: "a new world"  # noqa: E731
    return ImitationTask(demonstrations, make_env, EXPERT, base_learner, collect), log
