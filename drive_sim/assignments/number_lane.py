"""A lane of whole numbers: a world in which all that imitation learning by asking does can be read off.

A car stands on a whole number and steers by -1, 0 or 1; the lane's middle is 0. The expert steers back to it and never
leaves it. Whoever has learned drives clumsily: in one tick of five it swerves. What it does on a number that nobody has
shown it is 0, straight on, so a plain clone, which has seen nothing but the middle, wanders off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Self

import numpy as np
import numpy.typing as npt

from drive_sim.learn.base import ImitationTask
from drive_sim.policies.mixture import Mixture

Whole = Annotated[npt.NDArray[np.int64], "n"]
"""A whole number a row."""
FARTHEST = 30
NUM_CARS = 5
_SWERVES = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Where a car was, what was driven there, what the expert would have done, and the label to learn, (n,) each.

    `drive`: the number of the drive that a row is of, counted from 1; 0 for what was recorded before.
    """

    drive: Whole
    state: Whole
    driven: Whole
    expert: Whole
    label: Whole

    def __len__(self) -> int:
        return len(self.state)

    def __add__(self, other: Self) -> "Rows":
        return joined([self, other])

    def with_expert_labels(self) -> "Rows":
        """The same rows, labelled with what the expert would have done there."""
        return replace(self, label=self.expert)


def joined(parts: Sequence[Rows]) -> Rows:
    """All rows, one part after the other."""
    names = ("drive", "state", "driven", "expert", "label")
    return Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True, slots=True)
class Expert:
    """Steers back to the middle."""

    def act(self, observation: Whole, rng: np.random.Generator) -> Whole:  # noqa: ARG002
        """A step towards 0 from each state (n,)."""
        return -np.sign(observation)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Does what it has been shown most often on that number, 0 where it has been shown nothing; swerves at times.

    `number`: which fit it came of, counted from 1.
    """

    number: int
    table: dict[int, int]

    def act(self, observation: Whole, rng: np.random.Generator) -> Whole:
        """What it does in each state (n,)."""
        meant = np.array([self.table.get(state, 0) for state in observation.tolist()], dtype=np.int64)
        swerves = rng.random(len(observation)) < _SWERVES
        return np.where(swerves, rng.choice([-1, 1], len(observation)), meant)


@dataclass(slots=True)
class Log:
    """Who drove, and what was fitted, in the order in which it was done."""

    drivers: list[Any] = field(default_factory=list)
    fitted: list[Rows] = field(default_factory=list)


def make_task(demonstrations: Rows | None = None) -> tuple[ImitationTask[Rows, Learned], Log]:
    """The task, and a log of what is done in it."""
    log = Log()

    def collect(env: Whole, policy: Any, num_ticks: int, rng: np.random.Generator, *, labeller: Expert) -> Rows:
        log.drivers.append(policy)
        state, ticks = env, []
        for _ in range(num_ticks):
            driven, expert = policy.act(state, rng), labeller.act(state, rng)
            ticks.append(Rows(np.full(len(state), len(log.drivers)), state, driven, expert, driven))
            state = np.clip(state + driven, -FARTHEST, FARTHEST)
        return joined(ticks)

    def base_learner(data: Rows, rng: np.random.Generator) -> Learned:  # noqa: ARG001
        log.fitted.append(data)
        states = np.unique(data.state).tolist()
        table = {state: _most_often(data.label[data.state == state]) for state in states}
        return Learned(len(log.fitted), table)

    return ImitationTask(demonstrations, lambda _: np.zeros(NUM_CARS, np.int64), Expert(), base_learner, collect), log


def _most_often(labels: Whole) -> int:
    values, counts = np.unique(labels, return_counts=True)
    return int(values[np.argmax(counts)])


def offset(policy: Any, num_ticks: int = 300) -> float:
    """How far from the middle a policy drives in the mean, from the middle on, with draws of its own."""
    log_task, _ = make_task()
    rows = log_task.rollout(1, policy, num_ticks, np.random.default_rng(99))
    return float(np.abs(rows.state).mean())


def shares(driver: Any) -> list[tuple[Any, float]]:
    """Who drives by which share: each policy of a mixture with its weight, or one alone."""
    if isinstance(driver, Mixture):
        return list(zip(driver.policies, np.asarray(driver.weights).tolist(), strict=True))
    return [(driver, 1.0)]


def is_readable(driver: Any) -> bool:
    """Whether it can be read off who drives: the expert, what was learned, or a mixture of such."""
    return all(isinstance(policy, Expert | Learned) for policy, _ in shares(driver))


def share_of_expert(driver: Any) -> float:
    """The share of the ticks that the expert drives."""
    return sum(weight for policy, weight in shares(driver) if isinstance(policy, Expert))
