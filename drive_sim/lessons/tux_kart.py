"""The kart experiment (Ross, Gordon and Bagnell 2011, section 5.1): cloning, SMILe and DAgger, lap by lap of data.

One road for training and test, a lap of about 1000 labelled pictures a round, a linear policy on 25x19 LAB pixels. How
often does each method's policy fall off the road in a lap?
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn import dagger, ridge, smile
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.learn.ridge_sums import SummedDemonstrations
from drive_sim.lessons import cells as part_store
from drive_sim.lessons import tux_kart_findings
from drive_sim.lessons.kart_world import (
    KART_CONDITIONS,
    KartConditions,
    KartWorld,
    drive_laps,
    expert_laps,
    held_out_world,
    kart_task,
    training_world,
)
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part
from drive_sim.lessons.steps import run_parts
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.linear import LinearPolicy

NAME = "tux-kart-2011"
METHODS = ("clone", "smile", "dagger")
STAGES = {
    "expert": "The expert drives",
    "clone": "Cloning: more and more laps of the expert",
    "smile": "SMILe: a mixture that lets go of the expert lap by lap",
    "dagger": "DAgger: the learner drives, the expert labels",
    "network clone": "A small network instead of the linear policy: cloning",
    "network smile": "A small network: SMILe",
    "network dagger": "A small network: DAgger",
    "page": "Report",
}
_LEARNING = 31
"""Second word of the learners' seed: one for all, so that they draw alike where they do the same."""


@dataclass(frozen=True, slots=True)
class Config(Seeded):
    """Seeds from `seed` on; `asked`: after how many laps of data policies are driven, `num_laps` laps each.

    The small network is run on the first `num_network_seeds` of the seeds.
    """

    num_rounds: int = 20
    asked: tuple[int, ...] = (1, 2, 3, 5, 7, 10, 15, 20)
    num_laps: int = 20
    num_network_seeds: int = 3
    network_steps: int = 600
    quick: bool = False
    alpha: float = 0.1
    ridge: float = 1e-3
    conditions: KartConditions = field(default_factory=lambda: KART_CONDITIONS)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_laps > 0 and self.asked and self.num_network_seeds >= 0):
            raise InputError(f"{NAME}: it takes seeds, laps to drive and laps of data to ask at")
        if max(self.asked) != self.num_rounds or min(self.asked) < 1:
            raise InputError(f"{NAME}: asked must lie in 1..num_rounds and end with num_rounds, got {self.asked}")

    @property
    def network_seeds(self) -> tuple[int, ...]:
        """Those on which the small network is run too."""
        return self.seeds[: self.num_network_seeds]


QUICK: dict[str, Any] = {
    "quick": True,
    "num_seeds": 2,
    "num_rounds": 6,
    "asked": (1, 2, 3, 4, 5, 6),
    "num_laps": 10,
    "num_network_seeds": 0,
}
"""What a quick run has less of."""


def make_config(seed: int, *, quick: bool) -> Config:
    """The lesson's settings for a seed."""
    return Config(seed=seed, **QUICK) if quick else Config(seed=seed)


def run(config: Config, folder: Path, *, resume: bool = False) -> Iterator[Progress | Finished]:
    """Run the lesson into `folder`; parts that are finished stay there, and `resume` goes on with them."""
    return run_parts(
        NAME, config, folder, parts_of(config), _said, tux_kart_findings.make_result, _write_page, resume=resume
    )


def parts_of(config: Config) -> list[Part]:
    """Every stage with every seed that it is run on."""
    parts = [Part("expert", f"seed {seed}", _drive_expert, (config, seed)) for seed in config.seeds]
    for network, seeds in ((False, config.seeds), (True, config.network_seeds)):
        for method in METHODS:
            stage = f"network {method}" if network else method
            parts += [Part(stage, f"seed {seed}", learn_and_drive, (config, method, seed, network)) for seed in seeds]
    return parts


def _write_page(config: Config, found: Found, result: Mapping[str, Any], folder: Path) -> None:
    from drive_sim.lessons import tux_kart_report  # noqa: PLC0415 - Matplotlib loads when it is needed

    tux_kart_report.write_page(config, found, result, folder)


def _said(_stage: str, parts: list[dict[str, Any]]) -> str:
    falls = np.mean([np.mean(part["falls"][-1]) for part in parts])
    return f"{falls:.2f} falls a lap at the end"


def _drive_expert(config: Config, seed: int) -> part_store.Work:
    """The expert's own falls, under the same conditions; also for the road's hardness."""
    yield Progress("expert", 0.0, "")
    world = training_world(config.conditions)
    expert = PursuitExpert(world.tracks, config.conditions.lookahead_m)
    driven = drive_laps(world, (expert,), config.num_laps, seed)
    return {"falls": driven.falls, "steps": config.num_laps * config.conditions.ticks_per_lap}


def learn_and_drive(config: Config, method: str, seed: int, network: bool = False) -> part_store.Work:
    """One method with one seed: its policies after so many laps of data, and how often each falls.

    `num_labels` are pictures that the expert labelled, `steps` those driven in training; both include its first lap.
    """
    start_s, world = time.process_time(), training_world(config.conditions)
    policies: dict[int, Any] = {}
    num_labels = 0
    for latest in rounds_of(config, world, method, seed, network=network):
        number = latest.index + 1
        num_labels = int(latest.metrics["num_labels"])
        if number in config.asked:
            policies[number] = latest.policy
        yield Progress(method, 0.8 * number / config.num_rounds, f"{number} of {config.num_rounds} laps of data")
    learning_cpu_s = time.process_time() - start_s
    driven = drive_laps(world, tuple(policies.values()), config.num_laps, seed)
    yield Progress(method, 0.95, "driving roads that it has not seen")
    elsewhere = held_out_world(config.conditions)
    others = drive_laps(elsewhere, (policies[config.num_rounds],), len(elsewhere.road_seeds), seed)
    return {
        "method": method,
        "seed": seed,
        "laps_of_data": list(policies),
        "falls": driven.falls,
        "places_m": driven.places_m[-1],
        "held_out_falls": others.falls[0],
        "num_labels": num_labels,
        "steps": num_labels,
        "evaluation_steps": (driven.falls.size + others.falls.size) * config.conditions.ticks_per_lap,
        "learning_cpu_s": learning_cpu_s,
        "weights": _weights(policies[config.num_rounds]),
    }


def rounds_of(
    config: Config, world: KartWorld, method: str, seed: int, *, network: bool = False
) -> Iterator[Round[Any]]:
    """The rounds of a method; all of them begin with the same lap of the expert, and each adds one lap."""
    ticks, num_rounds = config.conditions.ticks_per_lap, config.num_rounds
    laps = expert_laps(world, num_rounds if method == "clone" else 1, seed)
    fit = _network_fit(config) if network else partial(ridge.fit, ridge.Config(config.ridge))
    task = kart_task(world, fit, laps[0], summed=not network)
    rng = np.random.default_rng([seed, _LEARNING])
    if method == "clone":
        return _clone(config, laps, task, rng, summed=not network)
    if method == "smile":
        return smile.train(smile.Config(num_rounds, ticks, config.alpha), task, rng)
    return dagger.train(dagger.Config(num_rounds, ticks), task, rng)


def _clone(
    config: Config, laps: list[Demonstrations], task: ImitationTask[Any, Any], rng: np.random.Generator, *, summed: bool
) -> Iterator[Round[Any]]:
    """Supervised learning: all that the expert has driven so far, and nothing else; fitted only where it is asked."""
    data: Any = None
    policy: Any = None
    for index, lap in enumerate(laps):
        new = SummedDemonstrations((lap,)) if summed else lap
        data = new if data is None else data + new
        _, fit_rng = rng.spawn(2)  # as the others, whose first stream is for the drive
        if index + 1 in config.asked:
            policy = task.fit(index + 1, data, fit_rng)
        yield Round(index, policy, {"num_labels": float(len(data))})


def _network_fit(config: Config) -> Callable[..., Any]:
    from drive_sim.learn import bc  # noqa: PLC0415 - torch loads only where a network learns

    cloning = bc.Config(
        "thumbnail",
        num_steps=config.network_steps,
        steps_per_round=config.network_steps,
        shift_rotate=None,
        photometric=None,
        precision="fp32",
        device="cpu",
    )
    return partial(bc.fit, cloning)


def _weights(policy: Any) -> list[float] | None:
    """What a single linear policy multiplies each pixel's L, A and B with."""
    return policy.weights.tolist() if isinstance(policy, LinearPolicy) else None
