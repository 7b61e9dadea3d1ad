"""Why SMILe trails DAgger (Ross and Bagnell 2010, section 4): its mixture, taken apart.

Twenty rounds of SMILe on the kart's road. Then every one of its policies drives alone, the mixture drives, and mixtures
of the same policies with other weights drive, beside DAgger from as many laps of data.
"""

from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np

from drive_sim.errors import InputError
from drive_sim.evaluate.intervals import Estimate, estimate_rate
from drive_sim.learn import smile
from drive_sim.lessons import kit
from drive_sim.lessons.kart.falls import Method, method_of
from drive_sim.lessons.kart.learners import KartConfig, Learned, PartResult, learn_and_drive, train
from drive_sim.lessons.kart.world import Falls, LapFalls, drive_laps, make_world
from drive_sim.policies.mixture import Mixture, Weights
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

AS_IT_IS, WITHOUT_FIRST, EQUAL, REVERSED = "as it is", "without the first", "equal", "reversed"
_SELECTION = 500_000
"""Added to a seed for the laps on which the best policy is chosen."""


@dataclass(frozen=True, slots=True)
class Config(KartConfig):
    """Policies drive `num_laps` laps each; the best of them is chosen on as many other laps."""

    lesson: ClassVar[str] = "smile"
    num_laps: int = 10

    def __post_init__(self) -> None:
        KartConfig.__post_init__(self)
        if self.num_rounds < 2:
            raise InputError(f"{self.lesson}: it takes at least two rounds, got {self.num_rounds}")


QUICK = Config(0, 2, quick=True, num_rounds=6, evaluate_after=(1, 2, 3, 4, 5, 6), num_laps=5)


@dataclass(frozen=True, slots=True, eq=False)
class TakenApart(PartResult):
    """And how often the mixture's policies fell alone, and mixtures with `other_weights`.

    `selection`: the policies alone on other laps, from which the best one is chosen.
    """

    alone: LapFalls
    selection: LapFalls
    reweighted: LapFalls


@dataclass(frozen=True, slots=True)
class Members:
    """A mixture's policies alone: falls a lap of each; and of each seed's best one, chosen on other laps."""

    mean: list[float]
    alone: list[Estimate]
    per_seed: list[list[float]]
    chosen: list[int]
    best: Estimate


@dataclass(frozen=True, slots=True)
class Result:
    """Falls of SMILe's mixture and of DAgger's policy, of the mixture's policies, and of mixtures with other weights.

    `weights` are all policies' after the last round; `shares`, by who drives, are of the steps in each round.
    """

    methods: dict[str, Method]
    members: Members
    reweighted: dict[str, Estimate]
    weights: list[float]
    shares: dict[str, list[float]]


def parts(config: Config) -> list[kit.Part]:
    """SMILe taken apart and DAgger beside it, with every seed."""
    mixtures = kit.parts_by_seed(take_apart, config, ["smile"], config.seeds)
    return mixtures + kit.parts_by_seed(learn_and_drive, config, ["dagger"], config.seeds)


def take_apart(config: Config, method: str, seed: int, report: kit.Report) -> TakenApart:
    """A part: SMILe; its mixture after rounds, its policies alone, and other mixtures of them, all driven."""
    world = make_world(config.conditions)
    trained = train(config, method, seed, kit.between(report, 0.0, 0.4))
    mixture = cast("Mixture[Observation, Command]", trained.policies[-1])
    selection = drive_laps(world, mixture.policies, config.num_laps, seed + _SELECTION)
    report(0.55, "each policy alone")
    alone = drive_laps(world, mixture.policies, config.num_laps, seed)
    report(0.7, "mixtures")
    driven = trained.drive(config, world, seed)
    report(0.9, "other weights")
    others = [Mixture(mixture.policies, w) for w in other_weights(config).values()]
    reweighted = drive_laps(world, others, config.num_laps, seed)
    effort = trained.effort(config, driven, alone, selection, reweighted)
    return TakenApart(driven, effort, alone, selection, reweighted)


def other_weights(config: Config) -> dict[str, Weights]:
    """Weights for the policies of the last round's mixture, its own first; the names say which."""
    n = config.num_rounds
    weights = smile.learned_weights(config.alpha, n)
    named = {
        AS_IT_IS: weights,
        WITHOUT_FIRST: np.append(0.0, weights[1:]),
        EQUAL: np.ones(n),
        REVERSED: weights[::-1],
        "later half, equal": np.where(np.arange(n) >= n // 2, 1.0, 0.0),
    }
    return {name: w / w.sum() for name, w in named.items()}


def result(config: Config, found: kit.PartResults) -> Result:
    """The falls of all that was driven, and the weights by the paper's rule."""
    mixtures = found.read("smile", TakenApart)
    alone, selection, reweighted = (
        np.array([getattr(part, name).falls for part in mixtures]).swapaxes(0, 1)  # (policies, seeds, laps)
        for name in ("alone", "selection", "reweighted")
    )
    return Result(
        {"smile": method_of(mixtures, config), "dagger": method_of(found.read("dagger", Learned), config)},
        _members(alone, selection),
        dict(zip(other_weights(config), map(estimate_rate, reweighted), strict=True)),
        smile.without_expert(config.alpha, config.num_rounds).tolist(),
        shares_by_round(config.alpha, config.num_rounds),
    )


def _members(alone: Falls, selection: Falls) -> Members:
    """From falls (policies, seeds, laps); of equally good ones the latest, which is fitted where the mixture goes."""
    chosen = len(alone) - 1 - np.argmin(selection.mean(axis=2)[::-1], axis=0)
    return Members(
        mean=alone.mean(axis=(1, 2)).tolist(),
        alone=list(map(estimate_rate, alone)),
        per_seed=alone.mean(axis=2).T.tolist(),
        chosen=(chosen + 1).tolist(),
        best=estimate_rate(alone[chosen, np.arange(len(chosen))]),
    )


def shares_by_round(alpha: float, num_rounds: int) -> dict[str, list[float]]:
    """Who drives how many of the steps: the expert by the paper's rule and by a textbook's, and learned policies."""
    rounds = range(1, num_rounds + 1)
    weights = [smile.without_expert(alpha, n).tolist() for n in rounds]
    return {
        "the expert, in training": [smile.expert_share(alpha, n) for n in rounds],
        "the same, one round late": [smile.expert_share(alpha, n - 1) for n in rounds],
        "the first policy, at the end": [of[0] for of in weights],
        "the latest policy, at the end": [of[-1] for of in weights],
    }
