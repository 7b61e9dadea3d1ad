"""Figures of the ALVINN lesson: how answers get better, what pictures bring forth, what hidden units want."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from drive_sim.arrays import Images
from drive_sim.report import style

Activity = Annotated[npt.NDArray[np.float64], "n u"]
"""A number a picture and unit, 0 to 1."""
_DASHES = (0, (3, 3))


def plot_learning(methods: Mapping[str, Any], published_percent: float) -> Figure:
    """The share of novel pictures within two units over epochs: the mean, seeds as faint lines, what is to beat."""
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.7)
        axes = figure.subplots()
        epochs = np.arange(len(next(iter(methods.values()))["well_by_epoch"][0]))
        for name, method in methods.items():
            look, seeds = style.LOOKS[name], np.array(method["well_by_epoch"])
            axes.plot(epochs, seeds.T, color=look.colour, linewidth=0.7, alpha=0.4)
            axes.plot(epochs, seeds.mean(axis=0), color=look.colour, linewidth=2.2, label=look.label)
        centre = next(iter(methods.values()))["centre_percent"]
        published = f"published, after the last epoch: about {published_percent:.0f} %"
        axes.axhline(published_percent, color=style.FAINT, linewidth=1, linestyle=_DASHES, label=published)
        _level(axes, centre, f"always the centre unit: {centre:.0f} %")
        axes.set(xlabel="epoch", ylabel="novel pictures within two units", ylim=(0, 101), xlim=(0, epochs[-1]))
        axes.yaxis.set_major_formatter(PercentFormatter(100.0, decimals=0, symbol=" %"))
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        axes.legend(loc="center right")
    return figure


def _level(axes: Axes, percent: float, words: str) -> None:
    axes.axhline(percent, color=style.FAINT, linewidth=1, linestyle=_DASHES)
    axes.annotate(
        words,
        (1.0, percent),
        xycoords=("axes fraction", "data"),
        xytext=(-4, 3),
        textcoords="offset points",
        ha="right",
        va="bottom",
        color=style.FAINT,
        fontsize=9,
    )


def plot_answers(images: Images, retinas: Images, asked: Activity, activity: Activity, titles: Sequence[str]) -> Figure:
    """A column a picture: as it was taken, what the network reads of it, and its units beside what was asked of them.

    The first unit, on the left, stands for the sharpest left.
    """
    count, units = activity.shape
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 4.1)
        rows = figure.subplots(3, count, height_ratios=(1.0, 1.0, 1.0), squeeze=False)
        for column, title in enumerate(titles):
            for axes, picture in ((rows[0][column], images[column]), (rows[1][column], retinas[column])):
                axes.imshow(picture, interpolation="nearest")
                axes.set_axis_off()
            rows[0][column].set_title(title, loc="center")
            axes = rows[2][column]
            axes.fill_between(np.arange(units), asked[column], color=style.HAIR, linewidth=0, step="mid")
            axes.plot(np.arange(units), activity[column], color=style.BLUE, linewidth=1.6)
            axes.set(ylim=(0, 1.05), xlim=(0, units - 1))
            axes.set_xticks([0, units // 2, units - 1], ["left", "", "right"])
            axes.set_yticks([0, 1], ["0", "1"] if column == 0 else ["", ""])
        rows[2][0].set_ylabel("activity")
    return figure


def plot_widths(methods: Mapping[str, Any], widths_m: Sequence[float], trained_m: float, one_edge: float) -> Figure:
    """Roads of each width: how much hidden units tie both edges, and how many pictures are answered well."""
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.6)
        left, right = figure.subplots(1, 2)
        for name, method in methods.items():
            look, points = style.LOOKS[name], method["place_share_by_width"]
            mean = np.array([of["mean"] for of in points])
            ends = np.array([[of["mean"] if of[end] is None else of[end] for of in points] for end in ("low", "high")])
            left.fill_between(widths_m, ends[0], ends[1], color=look.colour, alpha=0.2, linewidth=0)
            left.plot(widths_m, mean, color=look.colour, marker=look.marker, markersize=5, linewidth=2)
            seeds = np.array(method["well_by_width"])
            right.plot(widths_m, seeds.T, color=look.colour, linewidth=0.7, alpha=0.4)
            right.plot(widths_m, seeds.mean(axis=0), color=look.colour, marker=look.marker, markersize=5, linewidth=2)
        one = left.axhline(one_edge, color=style.FAINT, linewidth=1, linestyle=_DASHES)
        left.set(ylim=(0, 1), ylabel="share of the answer for the place")
        left.set_title("Hidden units: both edges together")
        right.set(ylim=(0, 101), ylabel="pictures within two units")
        right.set_title("The network's answers")
        right.yaxis.set_major_formatter(PercentFormatter(100.0, decimals=0, symbol=" %"))
        for axes in (left, right):
            axes.axvline(trained_m, color=style.HAIR, linewidth=6, zorder=0)
            axes.set(xlabel="width of the roads shown [m]")
        handles, labels = _legend(left, methods)
        labels.append("a detector of one edge")
        figure.legend([*handles, one], labels, loc="outside upper right", ncols=3)
    return figure


def _legend(axes: Axes, methods: Mapping[str, Any]) -> tuple[list[Any], list[str]]:
    looks = [style.LOOKS[name] for name in methods]
    handles = [axes.plot([], [], color=look.colour, marker=look.marker, markersize=5, linewidth=2)[0] for look in looks]
    return handles, [look.label for look in looks]


def plot_shares(methods: Mapping[str, Any], untrained: Mapping[str, Any], one_edge: float) -> Figure:
    """The share of the answer that is for the place, a mark a seed, with 95 % intervals over units."""
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 0.8 + 0.95 * len(methods))
        axes = figure.subplots()
        for row, (name, method) in enumerate(list(methods.items())[::-1]):
            look, seeds = style.LOOKS[name], method["place_share_per_seed"]
            places = row + 0.28 * np.linspace(1.0, -1.0, len(seeds)) if len(seeds) > 1 else [row]
            for place, seed in zip(places, seeds, strict=True):
                if seed["low"] is not None:
                    axes.plot([seed["low"], seed["high"]], [place, place], color=look.colour, linewidth=3, alpha=0.35)
                axes.scatter(seed["mean"], place, s=26, marker=look.marker, color=look.colour, linewidths=0, zorder=3)
        for at, words in ((one_edge, "one edge"), (1.0, "whole road")):
            axes.axvline(at, color=style.FAINT, linewidth=1, linestyle=_DASHES)
            axes.annotate(
                words, (at, len(methods) - 0.45), color=style.FAINT, fontsize=9, ha="center", annotation_clip=False
            )
        if untrained["low"] is not None:
            axes.axvspan(untrained["low"], untrained["high"], color=style.HAIR, linewidth=0, zorder=0)
        axes.set_yticks(range(len(methods)), [style.LOOKS[name].label for name in list(methods)[::-1]])
        axes.set(xlim=(0.3, 1.03), ylim=(-0.5, len(methods) - 0.5), xlabel="share of the answer for the place")
        axes.grid(visible=False, axis="y")
    return figure
