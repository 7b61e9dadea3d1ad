"""What every learner yields, and the task that it is given: whatever there is to imitate, and to drive in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, Self, TypeVar, cast

import numpy as np

from drive_sim.data import rollout
from drive_sim.errors import InputError
from drive_sim.policies.base import Actor, StochasticActor

if TYPE_CHECKING:
    from drive_sim.learn.learner_state import LearnerState

PolicyT = TypeVar("PolicyT", bound=Actor[Any, Any])


class Rows(Protocol):
    """What was seen and done: rows that can be counted and put together (`Demonstrations`, `Transitions`)."""

    def __len__(self) -> int: ...

    def __add__(self, other: Self, /) -> Self: ...

    def with_expert_labels(self) -> Self:
        """The same rows, labelled with what the expert would have done there."""
        ...


DataT = TypeVar("DataT", bound=Rows)
Need = Literal["demonstrations", "make_env", "expert", "base_learner", "initial_policy"]
"""What a task may offer, by the name of its field."""
_WORDS: dict[Need, str] = {
    "demonstrations": "demonstrations",
    "make_env": "an environment to drive in (make_env)",
    "expert": "an expert who can be asked (expert)",
    "base_learner": "a base learner to fit policies (base_learner)",
    "initial_policy": "a policy that draws, to begin with (initial_policy)",
}


@dataclass(frozen=True, slots=True, eq=False)
class Round(Generic[PolicyT]):
    """One round of learning: the policy as it is now, not touched by later rounds, and numbers about it.

    `rollout`: what this round drove and had labelled, where the learner drives (`Demonstrations` in our world).
    """

    index: int
    policy: PolicyT
    metrics: dict[str, float]
    rollout: Any = None


class Offer(Protocol[DataT, PolicyT]):
    """A task of which nothing is missing that a learner needs; see `ImitationTask.require`."""

    demonstrations: DataT
    expert: Actor[Any, Any]

    def initial_policy(self, rng: np.random.Generator, /) -> StochasticActor:
        """What a learner from reward begins with."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ImitationTask(Generic[DataT, PolicyT]):
    """What there is to learn from: every learner is given one, and takes what it needs. What is not there is None.

    `demonstrations`: what the expert has driven already. `make_env(rng)` makes the world anew. `expert`: who can be
    asked what to do anywhere in it. `base_learner(data, rng)` returns the policy that fits labelled data best: the
    papers' class of policies, which is given to a learner that reduces imitation to supervised learning. A world that
    is not ours brings a `collect` of its own, `collect(env, policy, num_ticks, rng, labeller=expert)`.
    `initial_policy(rng)` draws what a learner from reward begins with; one that was cloned may stand there.
    """

    demonstrations: DataT | None = None
    make_env: Callable[[np.random.Generator], Any] | None = None
    expert: Actor[Any, Any] | None = None
    base_learner: Callable[[DataT, np.random.Generator], PolicyT] | None = None
    collect: Callable[..., DataT] = rollout.collect  # pyright: ignore[reportAssignmentType] - DataT is ours then
    initial_policy: Callable[[np.random.Generator], StochasticActor] | None = None

    def require(self, learner: str, needs: tuple[Need, ...]) -> Offer[DataT, PolicyT]:
        """This task, which has all that a learner needs. Raises InputError that names what is missing."""
        missing = [_WORDS[need] for need in needs if getattr(self, need) is None]
        if missing:
            raise InputError(f"{learner} needs {' and '.join(missing)}, which the task does not offer; add it")
        return cast("Offer[DataT, PolicyT]", self)

    def rollout(self, i: int, policy: Actor[Any, Any], num_ticks: int, rng: np.random.Generator) -> DataT:  # noqa: ARG002
        """What a policy sees and does in a drive of its own, what the expert would have done beside.

        `i` is the round, counted from 1, for whoever keeps rounds (`learn/resume.py`).
        """
        assert self.make_env is not None, "the learner requires it"
        env_rng, drive_rng = rng.spawn(2)
        return self.collect(self.make_env(env_rng), policy, num_ticks, drive_rng, labeller=self.expert)

    def labelled_rollout(
        self, i: int, policy: Actor[Any, Any], num_ticks: int, rng: np.random.Generator, *, expert_alone: bool
    ) -> DataT:
        """The same, each state labelled with what the expert would have done there.

        Where the expert drives alone and there are demonstrations, these are its drive.
        """
        if expert_alone and self.demonstrations is not None:
            return self.demonstrations
        return self.rollout(i, policy, num_ticks, rng).with_expert_labels()

    def fit(self, i: int, data: DataT, rng: np.random.Generator) -> PolicyT:  # noqa: ARG002
        """The policy of round `i` that fits the data best, by the base learner."""
        assert self.base_learner is not None, "the learner requires it"
        return self.base_learner(data, rng)

    def learn(
        self,
        i: int,  # noqa: ARG002
        state: "LearnerState",  # noqa: ARG002
        update: Callable[[], dict[str, float]],
    ) -> dict[str, float]:
        """What a learner from reward learns in round `i`: `update()` changes its state in place, and tells numbers.

        Whoever keeps rounds (`learn/kept_trials.py`) may put the state to what it was after it, and tell its numbers.
        """
        return update()


def better_round(best: Round[PolicyT] | None, latest: Round[PolicyT], key: str = "validation_loss") -> Round[PolicyT]:
    """The round to keep: the one with the lower metric of that name, or the latest where it is not measured."""
    if best is None or key not in latest.metrics or key not in best.metrics:
        return latest
    return latest if latest.metrics[key] <= best.metrics[key] else best
