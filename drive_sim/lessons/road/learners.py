"""Three ways to learn to drive on roads like the first drive's from equally many labelled pictures.

    clone           the expert drives; what it did is cloned
    shift-rotate    the same drives and pictures, seen from shifted and turned places as well
    dagger          the first drive is the expert's; then the learner drives, and the expert says what it would do

Each drive is on a road of the suite "train", drawn anew, from a place and with a look of its own, and in the weather in
which all will be driven. Roads, places, weather, the number of labels, the network, the jitter of colours, the steps of
gradient descent and the streams of draws are the same for all of them: they differ in who drives, or in the views.
"""

import time
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn import dagger
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.lessons.kit import Effort, Report
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import ROAD_KINDS
from drive_sim.sim.suites import Suite, make_suite
from drive_sim.sim.track import Tracks

Task: TypeAlias = ImitationTask[Demonstrations, Any]
METHODS = ("clone", "shift-rotate", "dagger")
DRIVERS = ("expert", *METHODS)
STAGES = {
    "expert": "The expert drives, for comparison",
    "clone": "Cloning",
    "shift-rotate": "Cloning with shift-and-rotate",
    "dagger": "DAgger: the learner drives, the expert labels",
}
"""What the lessons on them do, one after the other."""
_LEARNING = 41
"""Second word of the learners' seed: one for all, so that they draw alike where they do the same."""


@dataclass(frozen=True, slots=True)
class DataBudget:
    """The drives (DAgger's rounds; in cloning the expert drives them all) and how is learned from them.

    Long drives matter to DAgger: in a short one its errors have no time to lead it anywhere. By default they last 5, 5,
    10 and 20 seconds. None takes the first drive's number of steps and network.
    """

    drives: dagger.Config = field(default_factory=lambda: dagger.Config(4, 50, growth=2.0))
    num_steps: int | None = None
    network: str | None = None
    conditions: Conditions = field(default_factory=lambda: CONDITIONS)

    def unseen_roads(self, num_roads: int | None = None) -> Suite:
        """The first roads of the suite "held-out", or all of them."""
        return make_suite("held-out", num_roads=num_roads, conditions=self.conditions)

    @property
    def half_width_m(self) -> float:
        """Half the width of the roads."""
        return ROAD_KINDS[self.conditions.road_kind].half_width_m

    @property
    def num_labels(self) -> tuple[int, ...]:
        """Pictures that the expert has labelled after each drive, the same for each method."""
        ticks = [self.drives.ticks(i) for i in range(1, self.drives.num_rounds + 1)]
        return tuple(int(total) for total in np.cumsum(ticks))

    @property
    def seconds(self) -> tuple[float, ...]:
        """How long they are."""
        return tuple(labels / EnvConfig().control_hz for labels in self.num_labels)


SMALL_BUDGET = DataBudget(num_steps=150, network="small")
"""For quick runs."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What a method learned, from what, and in how many seconds of processor time, driving included."""

    policy: Policy
    data: Demonstrations | None = None
    cpu_s: float = 0.0

    @property
    def camera(self) -> Camera | None:
        """What it sees through; None for the expert."""
        return None if self.data is None else Camera()

    def effort(self, evaluation_steps: int) -> Effort:
        """What it took, in a lesson that drives so many ticks to measure it."""
        count = 0 if self.data is None else len(self.data)
        return Effort(count, count, evaluation_steps, self.cpu_s)


def train(budget: DataBudget, method: str, seed: int, tracks: Tracks, report: Report) -> Trained:
    """Learn by one of METHODS; the seed draws roads, places, weather and weights. "expert" is the one of `tracks`."""
    if method == "expert":
        return Trained(PursuitExpert(tracks))
    start_s = time.process_time()
    num_drives = budget.drives.num_rounds
    data: Demonstrations | None = None
    policy: Policy | None = None
    rounds = rounds_of(budget, task_of(budget, method), learning_rng(seed), method=method, fitted_after=(num_drives,))
    for latest in rounds:
        policy, done = latest.policy, latest.index + 1
        data = latest.rollout if data is None else data + latest.rollout
        report(done / num_drives, f"{done} of {num_drives} drives")
    assert policy is not None
    assert data is not None
    return Trained(policy, data, time.process_time() - start_s)


def learning_rng(seed: int) -> np.random.Generator:
    """The stream that every method draws from."""
    return np.random.default_rng([seed, _LEARNING])


def rounds_of(
    budget: DataBudget, task: Task, rng: np.random.Generator, *, method: str, fitted_after: Container[int]
) -> Iterator[Round[Any]]:
    """A method's rounds, a drive each, and its seconds of processor time as `cpu_s`.

    Cloning is fitted only after as many drives as `fitted_after` says, in `fit_cpu_s`: each fit replaces the last.
    """
    if method == "dagger":
        yield from dagger.train(budget.drives, task, rng)
        return
    expert = task.require(method, dagger.NEEDS).expert
    data: Demonstrations | None = None
    for i in range(1, budget.drives.num_rounds + 1):
        rollout_rng, fit_rng = rng.spawn(2)
        start_s = time.process_time()
        rollout = task.labelled_rollout(i, expert, budget.drives.ticks(i), rollout_rng, expert_alone=True)
        data = rollout if data is None else data + rollout
        driven_s = time.process_time()
        policy = task.fit(i, data, fit_rng) if i in fitted_after else None
        cpu_s = {"cpu_s": driven_s - start_s, "fit_cpu_s": time.process_time() - driven_s}
        yield Round(i - 1, policy, {"num_labels": float(len(data))} | cpu_s, rollout)


def task_of(budget: DataBudget, method: str) -> Task:
    """The roads, the expert beside, and the base learner: cloning, with shifted and rotated views or without."""
    if method not in METHODS:
        raise InputError(f"no method {method!r}; there are {', '.join(METHODS)}")
    from drive_sim.learn import bc  # noqa: PLC0415 - torch loads only where a network learns
    from drive_sim.lessons.kit.training import training_config  # noqa: PLC0415

    suite = make_suite("train", conditions=budget.conditions)
    env_config = EnvConfig(vehicle=budget.conditions.vehicle, disturbance=suite.disturbance)

    def make_env(rng: np.random.Generator) -> DriveEnv:
        env_rng, place_rng = rng.spawn(2)
        road = place_rng.integers(len(suite.tracks), size=1)
        env = DriveEnv(suite.tracks, suite.scenes, env_config, env_rng, track_idx=road, scene_idx=road)
        env.reset(start_s_m=suite.tracks.length_m[road] * place_rng.random(1))
        return env

    name = "shift-rotate" if method == "shift-rotate" else "plain"
    cloning = training_config(name, budget.num_steps, budget.network)
    return ImitationTask(None, make_env, PursuitExpert(suite.tracks), partial(bc.fit, cloning))
