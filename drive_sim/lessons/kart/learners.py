"""Cloning, SMILe and DAgger on the kart's road, a lap of data a round, and how often what they learned falls.

All of them begin with the same lap of the expert, draw from streams that are alike, and differ in who drives while the
data are gathered, and in what they do with them.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from operator import add
from typing import Any, ClassVar, TypeAlias

import numpy as np

from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn import dagger, ridge, smile
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.learn.ridge_sums import SummedDemonstrations as Laps
from drive_sim.learn.road import road_task
from drive_sim.lessons import kit
from drive_sim.lessons.kart.world import KartConditions, KartWorld, LapFalls, drive_laps, expert_laps, make_world
from drive_sim.policies.base import Policy
from drive_sim.policies.linear import LinearPolicy
from drive_sim.sim.env import DriveEnv

BaseLearner: TypeAlias = Callable[[Laps, np.random.Generator], Policy]
METHODS = ("clone", "smile", "dagger")
_LEARNING = 31
"""Second word of the learners' seed: one for all, so that they draw alike where they do the same."""


@dataclass(frozen=True, slots=True)
class KartConfig(kit.SeedConfig):
    """After how many laps of data (`evaluate_after`) policies are driven, `num_laps` laps each, and what is learned."""

    lesson: ClassVar[str]
    num_rounds: int = 20
    evaluate_after: tuple[int, ...] = (1, 2, 3, 5, 7, 10, 15, 20)
    num_laps: int = 20
    alpha: float = 0.1
    ridge: float = 1e-3
    conditions: KartConditions = field(default_factory=KartConditions)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_laps > 0 and self.evaluate_after):
            raise InputError(f"{self.lesson}: it takes seeds, laps to drive and laps of data to evaluate after")
        if min(self.evaluate_after) < 1 or max(self.evaluate_after) != self.num_rounds:
            raise InputError(f"{self.lesson}: evaluate_after must lie in 1..num_rounds and end with num_rounds")


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """The policy after each round of a method, from how many labels, in how many seconds of processor time."""

    policies: Sequence[Policy]
    num_labels: int
    cpu_s: float

    def drive(self, config: KartConfig, world: KartWorld, seed: int) -> LapFalls:
        """Let those drive whose falls are asked for, lap by lap of data."""
        return drive_laps(world, [self.policies[n - 1] for n in config.evaluate_after], config.num_laps, seed)

    def effort(self, config: KartConfig, *driven: LapFalls) -> kit.Effort:
        """What it took, and to count these falls; what is driven in training is labelled, the expert's lap too."""
        num_laps = sum(of.falls.size for of in driven)
        return kit.Effort(self.num_labels, self.num_labels, num_laps * config.conditions.ticks_per_lap, self.cpu_s)


@dataclass(frozen=True, slots=True, eq=False)
class PartResult:
    """What every part found: how often its policies fell, after each number of laps of data, and its effort."""

    driven: LapFalls
    effort: kit.Effort


@dataclass(frozen=True, slots=True, eq=False)
class Learned(PartResult):
    """And how often the last policy fell elsewhere; what a linear one multiplies each pixel's L, A and B with."""

    held_out: LapFalls
    weights: list[float] | None


def learn_and_drive(
    config: KartConfig, method: str, seed: int, report: kit.Report, network_steps: int | None = None
) -> Learned:
    """A part: one method with one seed, the falls of its policies, and of the last one on roads never seen."""
    trained = train(config, method, seed, kit.between(report, 0.0, 0.8), network_steps)
    driven = trained.drive(config, make_world(config.conditions), seed)
    report(0.95, "driving roads that it has not seen")
    elsewhere, last = make_world(config.conditions, config.conditions.held_out_seeds), trained.policies[-1]
    held_out = drive_laps(elsewhere, [last], len(elsewhere.tracks), seed)
    weights = last.weights.tolist() if isinstance(last, LinearPolicy) else None
    return Learned(driven, trained.effort(config, driven, held_out), held_out, weights)


def train(config: KartConfig, method: str, seed: int, report: kit.Report, network_steps: int | None = None) -> Trained:
    """All rounds of a method."""
    start_s, policies, num_labels = time.process_time(), [], 0
    for latest in rounds_of(config, method, seed, network_steps):
        policies.append(latest.policy)
        num_labels = int(latest.metrics["num_labels"])
        report(len(policies) / config.num_rounds, f"{len(policies)} of {config.num_rounds} laps of data")
    return Trained(policies, num_labels, time.process_time() - start_s)


def rounds_of(config: KartConfig, method: str, seed: int, network_steps: int | None = None) -> Iterator[Round[Any]]:
    """The rounds of a method, of the linear policy or, with so many steps a fit, of a small network."""
    world, ticks = make_world(config.conditions), config.conditions.ticks_per_lap
    laps = expert_laps(world, config.num_rounds if method == "clone" else 1, seed)
    fit = partial(ridge.fit, ridge.Config(config.ridge)) if network_steps is None else _network_fit(network_steps)
    task = kart_task(world, laps[0], fit)
    rng = np.random.default_rng([seed, _LEARNING])
    if method == "clone":
        return _clone(config, laps, task, rng)
    if method == "smile":
        return smile.train(smile.Config(config.num_rounds, ticks, config.alpha), task, rng)
    return dagger.train(dagger.Config(config.num_rounds, ticks), task, rng)


def kart_task(world: KartWorld, lap: Demonstrations, base_learner: BaseLearner) -> ImitationTask[Laps, Policy]:
    """What DAgger and SMILe are given: the road, the expert and its lap, with which every method begins.

    A kart is put back onto the middle of the road only once it has fallen off.
    """

    def collect(env: DriveEnv, policy: Policy, num_ticks: int, rng: np.random.Generator, *, labeller: Policy) -> Laps:
        return Laps((rollout.collect(env, policy, num_ticks, rng, labeller=labeller, intervention_m=np.inf),))

    task = road_task(world.tracks, world.scenes, world.env_config, lookahead_m=world.conditions.lookahead_m)
    return ImitationTask(Laps((lap.with_expert_labels(),)), task.make_env, task.expert, base_learner, collect)


def _clone(
    config: KartConfig, laps: Sequence[Demonstrations], task: ImitationTask[Laps, Policy], rng: np.random.Generator
) -> Iterator[Round[Any]]:
    """Supervised learning: all that the expert has driven so far, and nothing else; fitted only where it is driven."""
    data: Laps | None = None
    for number, lap in enumerate(laps, 1):
        data = Laps((lap,)) if data is None else data + Laps((lap,))
        _, fit_rng = rng.spawn(2)  # as the others, whose first stream is for the drive
        policy = task.fit(number, data, fit_rng) if number in config.evaluate_after else None
        yield Round(number - 1, policy, {"num_labels": float(len(data))})


def _network_fit(num_steps: int) -> BaseLearner:
    from drive_sim.learn import bc  # noqa: PLC0415 - torch loads only where a network learns

    plain = bc.Config("thumbnail", num_steps, shift_rotate=None, photometric=None, precision="fp32", device="cpu")
    config = replace(plain, steps_per_round=num_steps)
    return lambda laps, rng: bc.fit(config, reduce(add, laps.drives), rng)
