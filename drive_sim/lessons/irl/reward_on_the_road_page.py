"""The page of the lesson on rewards on our road."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.lessons import kit
from drive_sim.lessons.irl.changed_roads import WORLDS
from drive_sim.lessons.irl.picture_clones import PictureClone, picture_parts
from drive_sim.lessons.irl.reward_on_the_road import (
    BEND_PER_M,
    DRIVERS,
    POLICIES,
    QUICK,
    WINDY,
    Config,
    Read,
    driving_parts,
    parts,
)
from drive_sim.lessons.irl.reward_on_the_road_figures import plot_liked, plot_painted
from drive_sim.lessons.irl.reward_on_the_road_result import Result, mean_error_cm, result
from drive_sim.report.numbers import number

STAGES = {"read": "What they like", "pictures": "Clones from pictures", "drive": "Driven by it"}
_REWARD, _ALONE = POLICIES.index("reward"), POLICIES.index("weights alone")
_CLONE, _PICTURES = POLICIES.index("lane-pose clone"), len(POLICIES)
_GAP_CM = {"likes-middle": 15.0, "likes-right": 15.0, "likes-inside": 30.0}


@dataclass(frozen=True, slots=True)
class Changed:
    """A line of the table of changed worlds: what happened to each policy of a driver, as words."""

    world: str
    driver: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Windy:
    """A line of the table of the wind: what says where the driver likes to be, and how far off it is, in cm."""

    name: str
    mean: str
    by_seed: str


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    if stage == "read":
        errors = [
            abs(liked - true)
            for part in found.read(stage, Read)
            for name in DRIVERS
            for liked, true in zip(part.liked_m[name], part.true_m[name], strict=True)
        ]
        return f"peaks off by {100 * float(np.mean(errors)):.1f} cm in the mean"
    if stage == "pictures":
        errors = [part.error_per_m for part in found.read(stage, PictureClone)]
        return f"commands off by {1000 * float(np.mean(errors)):.1f} /km in the mean"
    return "unseen roads, changed and not"


def _headline(config: Config, result: Result) -> str:
    closed = result.lost["half closed"]
    lost = [sum(closed[name][which] for name in DRIVERS) for which in (_REWARD, _CLONE)]
    of = len(DRIVERS) * result.roads
    return (
        f"From {config.seconds:.0f}\u00a0s of driving the lattice reads where a driver likes to be, to "
        f"{number(mean_error_cm(result).mean)}\u00a0cm in the mean. Where half the road is closed, as no demonstration "
        f"showed, the reward's policy enters on {lost[0]} of {of} drives, a clone that reads the same lane pose on "
        f"{lost[1]}."
    )


def _claims(_config: Config, result: Result) -> list[kit.Claim]:
    peaks = np.array([of.peak_error_cm for of in result.drivers.values()])
    inside, gaps = result.drivers["likes-inside"], _gaps(result)
    wind_peak, wind_mean, *_ = np.mean(np.array(result.windy_cm), axis=0)
    lost = sum(result.lost[WORLDS[0]][name][_REWARD] for name in DRIVERS)
    closed = {
        which: sum(result.lost["half closed"][name][which] for name in DRIVERS)
        for which in (_REWARD, _ALONE, _PICTURES)
    }
    of = len(DRIVERS) * result.roads
    return [
        kit.Claim("peaks off by at most 10 cm in the mean", mean_error_cm(result).in_words(1), peaks.mean() <= 10.0),
        kit.Claim("no peak off by more than 15 cm", f"{peaks.max():.1f} cm", peaks.max() <= 15.0),
        kit.Claim(
            "the inside line: the plain mean misleads, the reward does not",
            f"{np.mean(np.array(inside.mean_error_cm)[:, 1]):.0f} cm against "
            f"{np.mean(np.array(inside.peak_error_cm)[:, 1]):.0f} cm in bends",
            bool(np.mean(inside.peak_error_cm) < np.mean(inside.mean_error_cm)),
        ),
        kit.Claim(
            "a steady side wind: the plain mean misleads, the reward does not",
            f"{wind_mean:.0f} cm against {wind_peak:.1f} cm, if he steers as one without the wind",
            bool(wind_peak <= 15.0 < wind_mean),
        ),
        kit.Claim(
            "held-out minutes told apart, 95 %", f"{result.known.percent.in_words(1)} %", result.known.mean >= 0.95
        ),
        kit.Claim("driven by the reward on unseen roads, never off the surface", f"{lost} of {of}", lost == 0),
        kit.Claim(
            "there the mean offset within 15 cm of the driver's, inside line 30 cm",
            ", ".join(f"{gap:.0f} cm" for gap in gaps.values()),
            all(gap <= _GAP_CM[name] for name, gap in gaps.items()),
        ),
        kit.Claim(
            "half the road closed: the learned weights alone drive in, with a price on ends they don't",
            f"{closed[_ALONE]} and {closed[_REWARD]} of {of} drives",
            closed[_REWARD] == 0 < closed[_ALONE],
        ),
        kit.Claim(
            "where nothing is closed, no worse than the clone that reads the lane pose",
            f"times lost or more than 1 m off: {_troubles(result, _REWARD)} against {_troubles(result, _CLONE)}",
            _troubles(result, _REWARD) <= _troubles(result, _CLONE),
        ),
        kit.Claim(
            "half the road closed: the clone with shift-and-rotate drives in, the reward's policy does not",
            f"{closed[_PICTURES]} and {closed[_REWARD]} of {of} drives",
            closed[_REWARD] < closed[_PICTURES],
        ),
        kit.Claim(
            "where nothing is closed, no worse than the clone from pictures",
            f"times lost or more than 1 m off: {_troubles(result, _REWARD)} against {_troubles(result, _PICTURES)}",
            _troubles(result, _REWARD) <= _troubles(result, _PICTURES),
        ),
    ]


def _troubles(result: Result, policy: int) -> int:
    """How often a policy left the surface or its driver's line where nothing is closed, over all drivers."""
    worlds = [world for world in WORLDS if world != "half closed"]
    return sum(
        of[world][name][policy] for of in (result.lost, result.interventions) for world in worlds for name in DRIVERS
    )


def _gaps(result: Result) -> dict[str, float]:
    """The largest difference over seeds between a driver's mean offset and his reward's, straight or inward, in cm."""
    return {name: max(*of.offset_gap_cm, *of.inward_gap_cm) for name, of in result.drivers.items()}


def _rows(config: Config, result: Result) -> list[kit.Row]:
    drivers = result.drivers.values()
    peaks, means = ([np.array(getattr(of, field)) for of in drivers] for field in ("peak_error_cm", "mean_error_cm"))
    interventions = result.interventions[WORLDS[0]]
    return [
        kit.Row("Published", kit.words("–" for _ in drivers)),
        kit.Row(
            "Peak off by, cm",
            kit.numbers([float(of.mean()) for of in peaks]),
            "straight and bends",
            kit.Tile("\u00a0cm", "between the learned peak and the line that the script likes"),
        ),
        kit.Row("Straight, seed by seed", kit.series([of[:, 0] for of in peaks])),
        kit.Row("In bends, seed by seed", kit.series([of[:, 1] for of in peaks])),
        kit.Row("The plain mean off by, cm: straight", kit.numbers([float(of[:, 0].mean()) for of in means])),
        kit.Row("The plain mean off by, cm: bends", kit.numbers([float(of[:, 1].mean()) for of in means])),
        kit.Row("Held-out minutes known for his", kit.words(str(of.known) for of in drivers)),
        kit.Row("Driven: mean offset off by, cm", kit.numbers(_gaps(result).values()), "the largest, unseen roads"),
        kit.Row(
            "Interventions, by his own line",
            kit.words(str(interventions[name][_REWARD]) for name in DRIVERS),
            f"the reward's, on {result.roads} drives of {config.distance_m:.0f} m",
        ),
    ]


def _figures(config: Config, found: kit.PartResults, _result: Result) -> Mapping[str, Figure]:
    readings = found.read("read", Read)
    return {"liked": plot_liked(readings), "painted": plot_painted(config.seed, readings[0])}


def _facts(_config: Config, result: Result) -> Mapping[str, kit.Fact]:
    changed = [
        Changed(world, name, _cells(result.lost[world][name], result.interventions[world][name]))
        for world in WORLDS
        for name in DRIVERS
    ]
    return {
        "changed": changed,
        "policies": [*POLICIES, "clone from pictures"],
        "roads": result.roads,
        "radius": 1.0 / BEND_PER_M,
        "windy": [
            Windy(name, number(float(errors.mean())), ", ".join(f"{error:.1f}" for error in errors))
            for name, errors in zip(WINDY, np.array(result.windy_cm).T, strict=True)
        ],
        "troubles_reward": _troubles(result, _REWARD),
        "troubles_clone": _troubles(result, _CLONE),
        "troubles_pictures": _troubles(result, _PICTURES),
    }


def _cells(lost: list[int], off: list[int]) -> tuple[str, ...]:
    return tuple(f"{num} / {times}" for num, times in zip(lost, off, strict=True))


def _parts(config: Config) -> list[kit.Part]:
    """What builds on nothing: readings and clones from pictures."""
    return [*parts(config), *picture_parts(config)]


PAGE = kit.Page(Path(__file__), DRIVERS, _headline, _claims, _rows, _figures, _facts)
LESSON = kit.Lesson("reward-on-the-road", QUICK, STAGES, _parts, _summary, result, PAGE, (driving_parts,))
