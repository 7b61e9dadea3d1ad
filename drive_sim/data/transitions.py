"""Transitions: what was seen, done, and seen then, as learners read it that learn from what actions lead to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Any, Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Images
from drive_sim.data.rollout import Tick, car_by_car, drive
from drive_sim.errors import InputError
from drive_sim.policies.base import Actions, Observations, PerAction, Policy
from drive_sim.sim.env import DriveEnv
from drive_sim.sim.intervention import INTERVENTION_M
from drive_sim.sim.observation import Observation

StepMask = Annotated[npt.NDArray[np.bool_], "n"]
PerStep = Annotated[npt.NDArray[np.float64], "n"]
_COLUMNS = ("observation", "action", "next_observation", "terminated", "truncated", "expert_action", "reward")


@dataclass(frozen=True, slots=True, eq=False)
class Transitions:
    """n steps in the order in which they were taken, episode after episode, and the bounds (a,) of actions.

    `observation` (n, ...) was seen, `action` (n, a) done there, and `next_observation` (n, ...) seen then, before any
    reset. `terminated` (n,): the episode ended with it, so nothing more can be earned. `truncated` (n,): it was cut
    off, by a time limit, an intervention or the rollout's end, and would have gone on from `next_observation`.
    `expert_action` (n, a): what the expert would have done there; None where nobody was asked. `num_actions`: how many
    actions there are to choose from where an action (n, 1) is an index; None where it is numbers. `reward` (n,): what
    the environment paid for each step; None wherever a learner is not to know it.
    """

    observation: Observations
    action: Actions
    next_observation: Observations
    terminated: StepMask
    truncated: StepMask
    low: PerAction
    high: PerAction
    expert_action: Actions | None = None
    num_actions: int | None = None
    reward: PerStep | None = None

    def __post_init__(self) -> None:
        if any(column is not None and len(column) != len(self) for column in self._columns().values()):
            raise InputError(
                f"transitions: {len(self)} observations, but another number of actions or of what followed"
            )

    def __len__(self) -> int:
        return len(self.observation)

    def __add__(self, other: "Transitions") -> "Transitions":
        if self.num_actions != other.num_actions:
            raise InputError(f"transitions: {self.num_actions} and {other.num_actions} actions are two worlds")
        ours, theirs = self._columns(), other._columns()
        return replace(self, **{name: _joined(column, theirs[name]) for name, column in ours.items()})

    def rows(self, index: npt.NDArray[np.int64 | np.bool_]) -> "Transitions":
        """Some of them, by number (m,) or by a mask (n,): what a mini-batch holds, or one step in ten."""
        return replace(self, **{name: None if c is None else c[index] for name, c in self._columns().items()})

    def _columns(self) -> dict[str, npt.NDArray[Any] | None]:
        return {name: getattr(self, name) for name in _COLUMNS}

    @property
    def done(self) -> StepMask:
        """Where the row after this one belongs to another episode."""
        return self.terminated | self.truncated

    @property
    def mean_return(self) -> float:
        """What the environment paid in an episode on average, those cut off too; NaN where that is not told."""
        if self.reward is None or not self.done.any():
            return float("nan")
        sums = np.diff(np.cumsum(self.reward)[np.flatnonzero(self.done)], prepend=0.0)
        return float(sums.mean())

    def with_expert_labels(self) -> Self:
        """The same rows, their actions what the expert would have done there, and no longer what led on from there."""
        if self.expert_action is None:
            raise InputError("transitions: no expert was asked beside; roll out with a labeller")
        return replace(self, action=self.expert_action)


def _joined(first: npt.NDArray[Any] | None, second: npt.NDArray[Any] | None) -> npt.NDArray[Any] | None:
    return None if first is None or second is None else np.concatenate([first, second])


def collect_transitions(
    env: DriveEnv,
    policy: Policy,
    num_ticks: int,
    rng: np.random.Generator,
    *,
    labeller: Policy | None = None,
    intervention_m: float = INTERVENTION_M,
) -> Transitions:
    """Drive on our own road for so many ticks and keep pictures (n, h, w, 3) and curvatures (n, 1); see `drive`."""
    # What a tick leads to is seen in the tick after it.
    ticks = drive(env, policy, num_ticks + 1, rng, labeller=labeller, intervention_m=intervention_m)
    return transitions_from(ticks, env)


def transitions_from(ticks: Iterable[Tick], env: DriveEnv) -> Transitions:
    """Ticks of n cars as transitions, one car after the other, without the last tick: what it led to is not known.

    A car that is put back has another episode from there. Raises InputError where there are no pictures.
    """
    steps = [(before, after.arrival, after.intervention) for before, after in pairwise(ticks) if after.arrival]
    if not steps:
        raise InputError("no transitions: drive at least two ticks on end")
    seen, led_to, put_back = zip(*steps, strict=True)
    experts = [tick.expert_curvature_per_m for tick in seen if tick.expert_curvature_per_m is not None]
    limit, terminated = np.array([env.config.vehicle.max_curvature_per_m]), [step.terminated for step in led_to]
    cut_off = [step.truncated | back for step, back in zip(led_to, put_back, strict=True)]
    cut_off[-1] = np.ones(env.num_cars, dtype=np.bool_)
    return Transitions(
        observation=car_by_car([_images(tick.observation) for tick in seen]),
        action=car_by_car([tick.command.curvature_per_m for tick in seen])[:, None],
        next_observation=car_by_car([_images(step.observation) for step in led_to]),
        terminated=car_by_car(terminated),
        truncated=car_by_car(cut_off) & ~car_by_car(terminated),
        low=-limit,
        high=limit,
        expert_action=car_by_car(experts)[:, None] if experts else None,
    )


def _images(observation: Observation) -> Images:
    if observation.images is None:
        raise InputError("no transitions: the environment has no camera; give EnvConfig one")
    return observation.images
