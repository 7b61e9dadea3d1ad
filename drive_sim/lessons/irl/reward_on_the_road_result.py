"""What the parts of the lesson on rewards on our road found, put together."""

from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.evaluate.intervals import Count, Estimate, estimate_mean, estimate_share
from drive_sim.lessons import kit
from drive_sim.lessons.irl.changed_roads import WORLDS
from drive_sim.lessons.irl.picture_clones import PictureClone
from drive_sim.lessons.irl.reward_on_the_road import DRIVERS, POLICIES, Config, Drove, Read


@dataclass(frozen=True, slots=True, eq=False)
class Liked:
    """One driver: errors of the peaks and of the plain mean, in cm, seed by seed, straight and in bends; how many of
    his pieces are known for his; how far apart his and his reward's mean offsets on unseen roads are, seed by seed."""

    peak_error_cm: Numbers
    mean_error_cm: Numbers
    known: Count
    offset_gap_cm: list[float]
    inward_gap_cm: list[float]


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Each driver's figures; what happened in each world to each driver's policies, his clone from pictures last: roads
    on which the world ended under them, and interventions; and in the wind, seed by seed, how far in cm each of WINDY
    is off the line that the script likes."""

    drivers: dict[str, Liked]
    lost: dict[str, dict[str, list[int]]]
    interventions: dict[str, dict[str, list[int]]]
    roads: int
    known: Estimate
    windy_cm: Numbers


def result(config: Config, found: kit.PartResults) -> Result:
    """What was read right, and what came of it on the road."""
    readings, drives = found.read("read", Read), found.read("drive", Drove)
    guessed = np.sum([np.array(reading.guessed) for reading in readings], axis=0)
    drivers = {name: _driver(name, row, readings, drives, guessed) for row, name in enumerate(DRIVERS)}
    windy = 100.0 * np.abs([reading.windy_m for reading in readings])
    pictures = found.read("pictures", PictureClone)
    return Result(
        drivers,
        {world: _summed([of.lost[world] for of in drives], _counted(pictures, "lost", world)) for world in WORLDS},
        {
            world: _summed([of.interventions[world] for of in drives], _counted(pictures, "interventions", world))
            for world in WORLDS
        },
        len(drives) * config.num_roads,
        estimate_share(int(np.trace(guessed)), int(guessed.sum())),
        windy,
    )


def _driver(name: str, row: int, readings: tuple[Read, ...], drives: tuple[Drove, ...], guessed: Numbers) -> Liked:
    liked, means, true = (
        np.array([getattr(of, field)[name] for of in readings]) for field in ("liked_m", "mean_m", "true_m")
    )
    unseen = WORLDS[0]
    himself, reward = POLICIES.index("himself"), POLICIES.index("reward")
    return Liked(
        100.0 * np.abs(liked - true),
        100.0 * np.abs(means - true),
        Count(int(guessed[row, row]), int(guessed[row].sum())),
        [100.0 * abs(of.mean_m[unseen][name][reward] - of.mean_m[unseen][name][himself]) for of in drives],
        [100.0 * abs(of.inward_m[unseen][name][reward] - of.inward_m[unseen][name][himself]) for of in drives],
    )


def _summed(counts: list[dict[str, list[int]]], pictures: dict[str, int]) -> dict[str, list[int]]:
    return {name: [*np.sum([of[name] for of in counts], axis=0).tolist(), pictures[name]] for name in DRIVERS}


def _counted(clones: tuple[PictureClone, ...], of: str, world: str) -> dict[str, int]:
    """What befell each driver's clones from pictures in a world."""
    return {name: sum(getattr(clone, of)[world] for clone in clones if clone.driver == name) for name in DRIVERS}


def mean_error_cm(result: Result) -> Estimate:
    """The mean error of all peaks, over seeds."""
    by_seed = np.mean([of.peak_error_cm for of in result.drivers.values()], axis=(0, 2))
    return estimate_mean(by_seed, least=0.0)
