"""Figures of the lesson on ALVINN on the fly: help over frames, views of a frame, the buffer, hidden units, hills."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drive_sim.arrays import Images, PerCar
from drive_sim.report import style

Activity = Annotated[npt.NDArray[np.float64], "n u"]
"""A number a picture and unit, 0 to 1."""
Weights = Annotated[npt.NDArray[np.float32], "r k h w"]
"""The weights of k hidden units as pictures, a row each time that they were looked at."""

_FLOOR_PER_KM = 0.01
_DASHES = (0, (3, 3))


def plot_help_over_frames(methods: Mapping[str, Any], published_frames: int) -> Figure:
    """Interventions a km over frames, with 95 % intervals, a curve a method; every seed as a faint line."""
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 4.4)
        axes = figure.subplots()
        axes.set_yscale("symlog", linthresh=_FLOOR_PER_KM, linscale=0.6)
        aside = np.linspace(-0.6, 0.6, len(methods))
        for place, (name, method) in enumerate(methods.items()):
            # The first, which the page is about, lies over the others; a dashed one lies over it and lets it through.
            is_dashed = style.LOOKS[name].dashes != "solid"
            _curve(axes, name, method["points"], float(aside[place]), 4.0 if is_dashed else 3.0 - 0.1 * place)
        frames = [point["frames"] for point in next(iter(methods.values()))["points"]]
        axes.axvline(published_frames, color=style.FAINT, linewidth=1, linestyle=_DASHES, zorder=0)
        axes.annotate(
            f"published: drives after about {published_frames}",
            (published_frames, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(5, -4),
            textcoords="offset points",
            va="top",
            color=style.FAINT,
            fontsize=9,
        )
        axes.set(xlabel="frames watched", ylabel="interventions a km", ylim=(-0.002, 120))
        axes.set_yticks([0, 0.01, 0.1, 1, 10, 100], ["0", "0.01", "0.1", "1", "10", "100"])
        axes.set_xticks(frames)
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=6, borderaxespad=0.2, columnspacing=1.2)
    return figure


def with_sign(value: float, digits: int) -> str:
    """A number with its sign; what is rounded to nothing has none."""
    text = f"{value:+.{digits}f}".replace("-", "−")
    return text if text.strip("+−0.") else text[1:]


def _curve(axes: Axes, name: str, points: Sequence[Mapping[str, Any]], aside: float, layer: float) -> None:
    look = style.LOOKS[name]
    frames = np.array([point["frames"] for point in points]) + aside
    mean = np.array([point["mean"] for point in points])
    low, high = (np.array([p["mean"] if p[key] is None else p[key] for p in points]) for key in ("low", "high"))
    for seed in np.array([point["per_seed"] for point in points]).T:
        axes.plot(frames, seed, color=look.colour, linewidth=0.6, alpha=0.25)
    drawn: dict[str, Any] = {"color": look.colour, "zorder": layer}
    ends = [mean - low, high - mean]
    axes.errorbar(frames, mean, ends, linewidth=2, linestyle=look.dashes, elinewidth=1.3, label=look.label, **drawn)
    axes.scatter(frames, mean, s=34, marker=look.marker, linewidths=0, clip_on=False, **drawn)


def plot_views(images: Images, labels: Sequence[str], num_columns: int = 5) -> Figure:
    """Pictures in rows, each with a line above it."""
    num_rows = -(-len(images) // num_columns)
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 2.15 * num_rows * 5 / num_columns)
        panels = np.atleast_1d(figure.subplots(num_rows, num_columns)).ravel()
        for axes in panels:
            axes.set_axis_off()
        for axes, image, label in zip(panels, images, labels, strict=False):
            axes.imshow(image, interpolation="nearest")
            axes.set_title(label, loc="center", fontsize=9, fontweight="normal")
    return figure


def plot_buffers(buffers: Mapping[str, Mapping[str, PerCar]], max_per_m: float) -> Figure:
    """What is to be steered in the patterns of a buffer: a row a moment, a column a rule; a line marks the mean."""
    edges = np.linspace(-max_per_m, max_per_m, 31)
    with style.house_style():
        rows = list(buffers.items())
        figure = style.new_figure(style.PAGE_IN, 1.9 * len(rows) + 0.3)
        panels = figure.subplots(len(rows), len(rows[0][1]), sharex=True, sharey=True, squeeze=False)
        for row, (moment, by_rule) in enumerate(rows):
            for axes, (rule, curvature_per_m) in zip(panels[row], by_rule.items(), strict=True):
                axes.hist(1000 * curvature_per_m, 1000 * edges, color=style.BLUE, alpha=0.75)
                mean = 1000 * float(curvature_per_m.mean())
                axes.axvline(mean, color=style.VERMILION, linewidth=1.6)
                axes.annotate(
                    f"mean {with_sign(mean, 1)}",
                    (0.98, 0.93),
                    xycoords="axes fraction",
                    ha="right",
                    va="top",
                    color=style.VERMILION,
                    fontsize=9,
                )
                axes.xaxis.set_inverted(True)  # left is on the left
                if row == 0:
                    axes.set_title(rule, loc="center")
            panels[row][0].set_ylabel(moment)
        for axes in panels[-1]:
            axes.set_xlabel("to be steered [1/km], left positive")
    return figure


def plot_hidden(weights: Weights, rows: Sequence[str]) -> Figure:
    """What the hidden units multiply the pixels with: a row a moment, a column a unit; purple is positive."""
    num_rows, num_units = weights.shape[:2]
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 1.02 * num_rows + 0.2)
        panels = figure.subplots(num_rows, num_units, squeeze=False)
        for row, label in enumerate(rows):
            for unit in range(num_units):
                axes, picture = panels[row, unit], weights[row, unit]
                limit = float(np.abs(picture).max())
                axes.imshow(picture, cmap="PuOr", vmin=-limit, vmax=limit, interpolation="nearest")
                axes.set(xticks=[], yticks=[])
                axes.spines[:].set_visible(False)
            panels[row, 0].set_ylabel(label, rotation=0, ha="right", va="center")
    return figure


def plot_hills(
    images: Images,
    activity: Activity,
    asked: Activity,
    units_per_m: PerCar,
    steered_per_m: PerCar,
    titles: Sequence[str],
) -> Figure:
    """A column a picture: what the camera saw, and under it the units' activity, what was asked, what is steered."""
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 4.6)
        panels = figure.subplots(2, len(images), height_ratios=(1.2, 1.0), sharey="row")
        place = 1000 * units_per_m
        for number, title in enumerate(titles):
            above, below = panels[:, number]
            above.imshow(images[number], interpolation="nearest")
            above.set_axis_off()
            above.set_title(title, loc="center")
            below.bar(place, activity[number], 0.8 * abs(place[1] - place[0]), color=style.BLUE, label="what comes out")
            below.step(place, asked[number], where="mid", color=style.INK, linewidth=1.1, label="what is asked for")
            below.axvline(1000 * steered_per_m[number], color=style.VERMILION, linewidth=1.8, label="what is steered")
            below.xaxis.set_inverted(True)  # left is on the left
            below.set(xlabel="the unit's curvature [1/km], left positive", ylim=(0, 1.05))
        panels[1, 0].set_ylabel("activity")
        panels[1, -1].legend(loc="upper left", fontsize=8)
    return figure
