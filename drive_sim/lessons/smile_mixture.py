"""Why SMILe trails DAgger (Ross and Bagnell 2010, section 4): its mixture, taken apart.

Twenty rounds of SMILe on the kart's road. Then every one of its policies drives alone, the mixture drives, and mixtures
of the same policies with other weights drive, beside DAgger from as many laps of data.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.errors import InputError
from drive_sim.learn import smile
from drive_sim.lessons import cells as part_store
from drive_sim.lessons import smile_findings, tux_kart
from drive_sim.lessons.kart_world import KART_CONDITIONS, KartConditions, drive_laps, training_world
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part
from drive_sim.lessons.steps import run_parts
from drive_sim.policies.mixture import Mixture

NAME = "smile"
STAGES = {
    "smile": "SMILe: round by round, and then its mixture taken apart",
    "dagger": "DAgger from as many laps of data",
    "page": "Report",
}


@dataclass(frozen=True, slots=True)
class Config(Seeded):
    """Seeds from `seed` on. Policies drive `num_laps` laps each; the best of them is chosen on as many other laps."""

    num_rounds: int = 20
    asked: tuple[int, ...] = (1, 2, 3, 5, 7, 10, 15, 20)
    num_laps: int = 10
    quick: bool = False
    alpha: float = 0.1
    conditions: KartConditions = field(default_factory=lambda: KART_CONDITIONS)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_laps > 0 and self.num_rounds > 1):
            raise InputError(f"{NAME}: it takes seeds, laps to drive and at least two rounds")

    @property
    def kart(self) -> tux_kart.Config:
        """The same for the kart lesson, whose learners and road these are."""
        return tux_kart.Config(
            self.seed,
            self.num_seeds,
            self.num_rounds,
            self.asked,
            self.num_laps,
            0,
            alpha=self.alpha,
            conditions=self.conditions,
        )


QUICK: dict[str, Any] = {"quick": True, "num_seeds": 2, "num_rounds": 6, "asked": (1, 2, 3, 4, 5, 6), "num_laps": 5}
"""What a quick run has less of."""


def make_config(seed: int, *, quick: bool) -> Config:
    """The lesson's settings for a seed."""
    return Config(seed=seed, **QUICK) if quick else Config(seed=seed)


def run(config: Config, folder: Path, *, resume: bool = False) -> Iterator[Progress | Finished]:
    """Run the lesson into `folder`; parts that are finished stay there, and `resume` goes on with them."""
    return run_parts(
        NAME, config, folder, parts_of(config), _said, smile_findings.make_result, _write_page, resume=resume
    )


def parts_of(config: Config) -> list[Part]:
    """SMILe taken apart and DAgger beside it, with every seed."""
    works = {"smile": _take_apart, "dagger": _dagger}
    return [Part(stage, f"seed {seed}", works[stage], (config, seed)) for stage in works for seed in config.seeds]


def _write_page(config: Config, _found: Found, result: Mapping[str, Any], folder: Path) -> None:
    from drive_sim.lessons import smile_report  # noqa: PLC0415 - Matplotlib loads when it is needed

    smile_report.write_page(config, result, folder)


def _said(_stage: str, found: list[dict[str, Any]]) -> str:
    return f"{len(found)} seeds"


def _take_apart(config: Config, seed: int) -> part_store.Work:
    """SMILe once through; its mixture of each round, its policies alone, and other mixtures of them, all driven."""
    world = training_world(config.conditions)
    mixtures: list[Mixture[Any, Any]] = []
    num_labels, learning_cpu_s = 0, 0.0
    for latest in tux_kart.rounds_of(config.kart, world, "smile", seed):
        mixtures.append(latest.policy)
        num_labels, learning_cpu_s = int(latest.metrics["num_labels"]), learning_cpu_s + latest.metrics["cpu_s"]
        yield Progress(
            "smile", 0.4 * len(mixtures) / config.num_rounds, f"{len(mixtures)} of {config.num_rounds} rounds"
        )
    members = mixtures[-1].policies
    tried = drive_laps(world, members, config.num_laps, seed + _ANOTHER)
    yield Progress("smile", 0.55, "each policy alone")
    alone = drive_laps(world, members, config.num_laps, seed)
    yield Progress("smile", 0.7, "mixtures")
    asked = drive_laps(world, tuple(mixtures[n - 1] for n in config.asked), config.num_laps, seed)
    yield Progress("smile", 0.9, "other weights")
    others = other_mixtures(members, config.alpha)
    remixed = drive_laps(world, tuple(others.values()), config.num_laps, seed)
    return {
        "laps_of_data": config.asked,
        "falls": asked.falls,
        "tried": tried.falls,
        "alone": alone.falls,
        "remixed": dict(zip(others, remixed.falls.tolist(), strict=True)),
        "num_labels": num_labels,
        "steps": num_labels,
        "evaluation_steps": config.conditions.ticks_per_lap
        * sum(driven.falls.size for driven in (tried, alone, asked, remixed)),
        "learning_cpu_s": learning_cpu_s,
    }


_ANOTHER = 500_000
"""Added to a seed for the laps on which the best policy is chosen."""


def other_mixtures(members: tuple[Any, ...], alpha: float) -> dict[str, Mixture[Any, Any]]:
    """The same policies with other weights; the names say which."""
    n = len(members)
    weights = smile.learned_weights(alpha, n)
    first_out, same = np.append(0.0, weights[1:]), np.ones(n)
    late = np.where(np.arange(n) >= n // 2, 1.0, 0.0)
    named = {"as it is": weights, "without the first": first_out, "equal": same, "reversed": weights[::-1]}
    named["later half, equal"] = late
    return {name: Mixture(members, w / w.sum()) for name, w in named.items()}


def _dagger(config: Config, seed: int) -> part_store.Work:
    return (yield from tux_kart.learn_and_drive(config.kart, "dagger", seed))
