"""GAIL on our road: from lane poses and from pixels, beside cloning, shift-and-rotate and DAgger with as many labels.

Nobody has published this. The settings are those of Ho and Ermon (2016), as far as they fit: 1, 4, 7 and 10
trajectories (laps of the expert, each on a road of its own) of which every tenth tick is labelled. Who leaves the lane
has ended, and the end is a state (`data.trials`).
"""

import time
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.data.trials import Trials
from drive_sim.errors import InputError
from drive_sim.learn import regression
from drive_sim.learn.gail import AdversarialRound
from drive_sim.learn.ppo import Config as PpoConfig
from drive_sim.lessons import kit
from drive_sim.lessons.gail.painted_rounds import Painted, painted
from drive_sim.lessons.gail.road_drives import Measured, World, measure
from drive_sim.lessons.gail.road_learners import (
    METHODS,
    Trying,
    adversarial_rounds,
    ask,
    clone,
    clone_pictures,
    clone_shifted,
    demonstrate,
    undecided,
)
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.road_input import LANE_POSE, PIXELS
from drive_sim.policies.steering import SteeringPolicy
from drive_sim.policies.stochastic import TrainableCategorical
from drive_sim.sim.camera import Camera

_LEARNING, _SHOWN = 231, 232
"""Second words of seeds: one of the demonstrations for all who learn from them."""


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """Laps shown, the world, how GAIL tries from lane poses and how from pixels; `looks` measures of the latter.

    `fit`: how those who are labelled fit their networks.
    """

    laps: tuple[int, ...] = (1, 4, 7, 10)
    world: World = field(default_factory=World)
    trying: Trying = field(default_factory=Trying)
    pixels: Trying = field(
        default_factory=lambda: Trying(
            policy=PpoConfig(
                num_rounds=313,
                ticks_per_round=100,
                learning_rate=5e-4,
                num_epochs=3,
                batch_size=256,
                entropy_weight=0.003,
            )
        )
    )
    looks: int = 10
    look_roads: int = 3
    fit: regression.Config = field(default_factory=regression.Config)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.laps and min(self.laps) > 0):
            raise InputError("gail-on-the-road: it takes seeds and laps")
        if not (self.looks > 0 and self.look_roads > 0):
            raise InputError("gail-on-the-road: it takes looks at what learns from pixels, and roads for them")


_SMALL = PpoConfig(num_rounds=16, ticks_per_round=100, entropy_weight=0.003)
QUICK = Config(
    0,
    2,
    quick=True,
    laps=(1,),
    world=World(num_roads=4, distance_m=1000.0),
    trying=Trying(policy=_SMALL),
    pixels=Trying(policy=replace(_SMALL, num_rounds=6, num_epochs=3, batch_size=256)),
    looks=2,
    look_roads=1,
)


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """What the expert earns, and who chooses any unit as often as any other: a scaled return's 1 and 0."""

    expert: Measured
    random: Measured


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """How a method drives after each number of laps, and what each took."""

    measured: list[Measured]
    effort: list[kit.Effort]


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """The same of GAIL; `drawn`: its steering drawn, as it learned, where `measured` steers by the mean.

    `ended`, `accuracy`, `entropy` (laps, rounds): share of ticks in the ended state; C on the right side; in nats.
    """

    measured: list[Measured]
    effort: list[kit.Effort]
    drawn: list[Measured]
    ended: Numbers
    accuracy: Numbers
    entropy: Numbers
    painted: Painted


@dataclass(frozen=True, slots=True, eq=False)
class FromPixels:
    """GAIL from small pictures: looks at it on its way (steps, interventions a kilometre), its end, and a clone of as
    many labels; `ended` (rounds,) as above."""

    steps: list[float]
    per_km: list[float]
    ended: Numbers
    measured: Measured
    effort: kit.Effort
    clone: Measured
    clone_effort: kit.Effort


def parts(config: Config) -> list[kit.Part]:
    """Expert, methods, and GAIL seed by seed; from pixels one seed."""
    asked = kit.parts_by_seed(learn, config, METHODS[:-1], config.seeds)
    tried = kit.parts_by_seed(tries, config, METHODS[-1:], config.seeds)
    pixels = kit.Part("pixels", f"seed {config.seed}", partial(try_from_pixels, config, config.seed))
    return [pixels, *kit.parts_by_seed(measure_ends, config, ["expert"], config.seeds), *tried, *asked]


def measure_ends(config: Config, _stage: str, seed: int, report: kit.Report) -> Ends:
    """A part: the expert drives, and who knows nothing."""
    expert = measure(config.world, PursuitExpert(config.world.unseen_roads.tracks), seed=seed)
    report(0.5, "at random")
    trials = Trials(LANE_POSE)
    random = SteeringPolicy(undecided((4,), trials), LANE_POSE, trials.units_per_m, draws=True)
    return Ends(expert, measure(config.world, random, seed=seed))


def learn(config: Config, method: str, seed: int, report: kit.Report) -> Learned:
    """A part: a method that is labelled learns from each number of laps, and drives."""
    measured, effort = [], []
    for number, laps in enumerate(config.laps):
        report(number / len(config.laps), f"{laps} laps")
        start_s, rng = time.process_time(), np.random.default_rng([seed, _LEARNING, laps])
        shown = demonstrate(config.world, laps, np.random.default_rng([seed, _SHOWN, laps]))
        if method == "dagger":
            policy = ask(config.world, config.fit, laps, rng)
        else:
            policy = {"clone": clone, "shift-rotate": clone_shifted}[method](config.fit, shown, rng)
        cpu_s = time.process_time() - start_s
        measured.append(measure(config.world, policy, seed=seed))
        effort.append(kit.Effort(len(shown), laps * config.world.lap_ticks, measured[-1].steps, cpu_s))
    return Learned(measured, effort)


def tries(config: Config, _stage: str, seed: int, report: kit.Report) -> Tried:
    """A part: GAIL learns from each number of laps, and drives."""
    trials, measured, drawn, effort, told, first = Trials(LANE_POSE), [], [], [], [], None
    for number, laps in enumerate(config.laps):
        start_s, rng = time.process_time(), np.random.default_rng([seed, _LEARNING, laps])
        shown = demonstrate(config.world, laps, np.random.default_rng([seed, _SHOWN, laps]))
        rounds = []
        for latest in adversarial_rounds(config.world, config.trying, laps, shown, rng, trials):
            rounds.append(latest)
            share = len(rounds) / config.trying.policy.num_rounds
            report((number + 0.9 * share) / len(config.laps), f"{laps} laps, round {len(rounds)}")
        cpu_s, last = time.process_time() - start_s, rounds[-1]
        policy = _driver(last, trials)
        measured.append(measure(config.world, policy, seed=seed))
        drawn.append(measure(config.world, replace(policy, draws=True), seed=seed))
        steps = laps * config.world.lap_ticks + last.metrics["num_steps"]
        effort.append(kit.Effort(len(shown), steps, measured[-1].steps + drawn[-1].steps, cpu_s))
        told.append([[_ended(of), of.metrics["accuracy"], of.metrics["entropy"]] for of in rounds])
        first = first or painted(rounds, shown, trials)
    assert first is not None, "there are laps"
    ended, accuracy, entropy = np.moveaxis(np.array(told).round(5), 2, 0)
    return Tried(measured, effort, drawn, ended, accuracy, entropy, first)


def try_from_pixels(config: Config, seed: int, report: kit.Report) -> FromPixels:
    """A part: GAIL and a clone learn from small pictures of the most laps."""
    trials, laps, camera = Trials(PIXELS), max(config.laps), Camera()
    rng = np.random.default_rng([seed, _LEARNING, laps, 1])
    gail_rng, clone_rng = rng.spawn(2)
    shown = demonstrate(config.world, laps, np.random.default_rng([seed, _SHOWN, laps]), camera)
    few = replace(config.world, num_roads=config.look_roads, distance_m=min(config.world.distance_m, 1000.0))
    steps, per_km, ended, cpu_s, last = [], [], [], 0.0, None
    num_rounds = config.pixels.policy.num_rounds
    for last in adversarial_rounds(config.world, config.pixels, laps, shown, gail_rng, trials, camera):
        ended.append(_ended(last))
        cpu_s += last.metrics["cpu_s"]
        if (last.index + 1) * config.looks // num_rounds > last.index * config.looks // num_rounds:
            steps.append(last.metrics["num_steps"])
            per_km.append(measure(few, _driver(last, trials, camera), camera).per_km)
        report(0.9 * len(ended) / num_rounds, f"round {len(ended)}, {100.0 * ended[-1]:.0f} % ended")
    assert last is not None, "there are rounds"
    policy = _driver(last, trials, camera)
    start_s = time.process_time()
    cloned = clone_pictures(config.fit, shown, trials, camera, clone_rng)
    clone_s = time.process_time() - start_s
    both = [measure(config.world, one, camera, seed=seed) for one in (policy, cloned)]
    driven = laps * config.world.lap_ticks
    effort = kit.Effort(len(shown), driven + steps[-1], both[0].steps, cpu_s)
    of_clone = kit.Effort(len(shown), driven, both[1].steps, clone_s)
    return FromPixels(steps, per_km, np.array(ended).round(5), both[0], effort, both[1], of_clone)


def _driver(latest: AdversarialRound, trials: Trials, camera: Camera | None = None) -> SteeringPolicy:
    """A round's policy, which steers by the mean of its choice."""
    assert isinstance(latest.policy, TrainableCategorical)
    return SteeringPolicy(latest.policy, trials.input, trials.units_per_m, camera)


def _ended(latest: AdversarialRound) -> float:
    """The share of a round's ticks in the ended state."""
    rows = latest.rollout.observation
    ended = rows[:, -1] == 1.0 if rows.ndim == 2 else ~rows.reshape(len(rows), -1).any(axis=1)
    return float(ended.mean())
