"""What the lesson on driving styles found, over all seeds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drive_sim.evaluate.intervals import Count, Estimate, estimate_mean, estimate_share
from drive_sim.irl.driving_styles import STYLES
from drive_sim.irl.highway import PLACES
from drive_sim.lessons import kit
from drive_sim.lessons.irl.driving_styles_2004 import TOLD, TOLD_APART, Config, Learned, Shares, ToldApart


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """A style's figures: shares of samples in per cent, as demonstrated and as learned, and how far they lie apart.

    `gap_per_seed`: how far what was learned lies from its demonstration; `twin`: the 90th percentile of how far two
    drives of the one driver lie apart. `collision`: the weight of a collision by maximum entropy, seed by seed, and
    `collision_margin` by max-margin's last iteration. `places`: the weights of the five places, less their mean.
    """

    demonstrated: list[float]
    learned: list[float]
    gap: Estimate
    gap_per_seed: list[float]
    twin: float
    margins: list[float]
    collision: Estimate
    collision_per_seed: list[float]
    collision_margin: list[float]
    places: list[Estimate]
    told_apart: Count
    told_apart_share: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The figures of every style, and for whose driving held-out drives were taken (rows: whose they are)."""

    styles: dict[str, Style]
    taken_for: npt.NDArray[np.int64]


def result(_config: Config, found: kit.PartResults) -> Result:
    """What was learned of each style, and how well they are told apart."""
    taken_for = np.sum([part.taken_for for part in found.read(TOLD_APART, ToldApart)], axis=0)
    styles = {
        style: _style(found.read(style, Learned), Count(int(taken_for[row, row]), int(taken_for[row].sum())))
        for row, style in enumerate(STYLES)
    }
    return Result(styles, taken_for)


def _style(parts: tuple[Learned, ...], told_apart: Count) -> Style:
    places = np.array([part.weights[: len(PLACES)] - part.weights[: len(PLACES)].mean() for part in parts])
    collisions = [float(part.weights[TOLD[0]]) for part in parts]
    gaps = [part.gap for part in parts]
    return Style(
        demonstrated=(100.0 * np.mean([part.demonstrated for part in parts], axis=0)).tolist(),
        learned=(100.0 * np.mean([part.learned for part in parts], axis=0)).tolist(),
        gap=estimate_mean(gaps, least=0.0),
        gap_per_seed=gaps,
        twin=float(np.quantile(np.concatenate([part.twin_gaps for part in parts]), 0.9)),
        margins=np.mean([_padded(part.margins, parts) for part in parts], axis=0).tolist(),
        collision=estimate_mean(collisions),
        collision_per_seed=collisions,
        collision_margin=[float(part.collision_margin[-1]) for part in parts],
        places=[estimate_mean(column) for column in places.T],
        told_apart=told_apart,
        told_apart_share=estimate_share(told_apart.num, told_apart.of),
    )


def _padded(margins: Shares, parts: tuple[Learned, ...]) -> Shares:
    """A search that ended early stays where it was."""
    return np.pad(margins, (0, max(len(part.margins) for part in parts) - len(margins)), mode="edge")
