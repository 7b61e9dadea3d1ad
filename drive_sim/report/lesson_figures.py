"""Figures of the lessons on learners that ask the expert."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from drive_sim.report import style
from drive_sim.sim.track import Track, Tracks, point_on_lane

PerPixel = Annotated[npt.NDArray[np.float64], "h w"]
PerBar = Annotated[npt.NDArray[np.float64], "k"]
Ends = Annotated[npt.NDArray[np.float64], "2 k"]

_COARSE_M = 3.0


def plot_falls(methods: Mapping[str, Any], published: Mapping[str, tuple[float, float, float, float]]) -> Figure:
    """Falls a lap over laps of data with 95 % intervals, a curve a method; every seed as a faint line.

    `published`: for a method a box (laps from, to, falls from, to) in which the paper's own curve lies, drawn pale.
    """
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.9)
        axes = figure.subplots()
        for name, (laps_from, laps_to, low, high) in published.items():
            colour = style.LOOKS[name].colour
            box = {"facecolor": colour, "alpha": 0.15, "linewidth": 0}
            axes.fill_between([laps_from, laps_to], low, high, **box)
            axes.plot([laps_from, laps_to], 2 * [0.5 * (low + high)], color=colour, linewidth=1, linestyle=(0, (2, 2)))
        for name, method in methods.items():
            _curve(axes, name, method["points"])
        axes.set(xlabel="laps of data (about 1000 labelled pictures each)", ylabel="falls a lap", ylim=(-0.06, None))
        laps = [point["laps_of_data"] for point in next(iter(methods.values()))["points"]]
        axes.set_xlim(0.5, laps[-1] + 0.6)
        axes.set_xticks(laps)
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, borderaxespad=0.2)
    return figure


def _curve(axes: Axes, name: str, points: Sequence[Mapping[str, Any]]) -> None:
    look = style.LOOKS[name]
    laps = [point["laps_of_data"] for point in points]
    mean = np.array([point["mean"] for point in points])
    low = np.array([point["mean"] if point["low"] is None else point["low"] for point in points])
    high = np.array([point["mean"] if point["high"] is None else point["high"] for point in points])
    for seed in np.array([point["per_seed"] for point in points]).T:
        axes.plot(laps, seed, color=look.colour, linewidth=0.7, alpha=0.35)
    axes.errorbar(laps, mean, [mean - low, high - mean], linewidth=2, elinewidth=1.4, label=look.label, **look.line)
    axes.scatter(laps, mean, s=34, marker=look.marker, color=look.colour, linewidths=0, zorder=5, clip_on=False)


def plot_where_they_fall(track: Track, places_m: Mapping[str, Sequence[float]]) -> Figure:
    """The road from above, once for each method, with a mark at every place where it fell."""
    tracks = Tracks.stack([track])
    line_m = np.arange(0.0, track.length_m + _COARSE_M, _COARSE_M) % track.length_m
    path = _points(tracks, line_m)
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.3)
        for axes, (name, places) in zip(figure.subplots(1, len(places_m)), places_m.items(), strict=True):
            style.quiet_axes(axes)
            look = style.LOOKS[name]
            axes.plot(*path.T, color=style.HAIR, linewidth=3.5, zorder=1)
            at = _points(tracks, np.array(places, dtype=np.float64))
            axes.scatter(*at.T, s=26, marker=look.marker, color=look.colour, alpha=0.45, linewidths=0, zorder=2)
            axes.set_title(f"{look.label}: {_times(len(places))}", loc="center")
    return figure


def plot_weights(weights: Mapping[str, Sequence[float]], height_px: int, width_px: int) -> Figure:
    """What each linear policy multiplies the lightness of every pixel with: purple steers left."""
    pictures = {name: np.reshape(w, (height_px, width_px, 3))[..., 0] for name, w in weights.items()}
    limit = max(float(np.abs(picture).max()) for picture in pictures.values())
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 2.4)
        for axes, (name, picture) in zip(figure.subplots(1, len(pictures)), pictures.items(), strict=True):
            _heat(axes, picture, limit)
            axes.set_title(style.LOOKS[name].label, loc="center")
    return figure


def _heat(axes: Axes, picture: PerPixel, limit: float) -> None:
    axes.imshow(picture, cmap="PuOr", vmin=-limit, vmax=limit, interpolation="nearest")
    axes.set_axis_off()


def plot_shares(weights: Mapping[str, Sequence[float]]) -> Figure:
    """Who drives SMILe's steps, round by round: the expert in training, and the first and latest policy without it."""
    rounds = np.arange(1, len(weights["expert"]) + 1)
    shown = {
        "expert": ("the expert, in training", style.GREEN, "-"),
        "expert_textbook": ("the same, one round late", style.GREEN, ":"),
        "first": ("the first policy, at the end", style.VERMILION, "-"),
        "latest": ("the latest policy, at the end", style.BLUE, "-"),
    }
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 3.4)
        axes = figure.subplots()
        for name, (label, colour, dashes) in shown.items():
            axes.plot(rounds, 100 * np.array(weights[name]), color=colour, linestyle=dashes, linewidth=1.8, label=label)
        axes.set(xlabel="round", ylabel="share of the steps [%]", ylim=(0, 102), xlim=(1, len(rounds)))
        axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.2)
    return figure


def plot_remixed(remixed: Mapping[str, Mapping[str, Any]]) -> Figure:
    """Falls a lap of mixtures of the same policies with other weights, with 95 % intervals."""
    place = np.arange(len(remixed))[::-1]
    mean, ends = _means_and_ends(list(remixed.values()))
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 3.4)
        axes = figure.subplots()
        axes.barh(place, mean, 0.62, color=style.PURPLE, xerr=ends, ecolor=style.INK)
        axes.set_yticks(place, list(remixed))
        axes.set(xlabel="falls a lap", xlim=(0, None))
        axes.grid(visible=False, axis="y")
    return figure


def _means_and_ends(estimates: Sequence[Mapping[str, Any]]) -> tuple[PerBar, Ends]:
    """Means (k,) of estimates, and how far the ends of their intervals lie below and above (2, k)."""
    mean = np.array([of["mean"] for of in estimates])
    low, high = (np.array([of["mean"] if of[end] is None else of[end] for of in estimates]) for end in ("low", "high"))
    return mean, np.stack([mean - low, high - mean])


def plot_members(weights: Sequence[float], alone: Sequence[Mapping[str, Any]], mixture: float) -> Figure:
    """Each of a mixture's policies: its weight in the mixture, and its falls a lap alone with a 95 % interval."""
    number = np.arange(1, len(weights) + 1)
    falls, ends = _means_and_ends(alone)
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 4.2)
        above, below = figure.subplots(2, 1, sharex=True)
        above.bar(number, 100 * np.array(weights), 0.72, color=style.PURPLE)
        above.set(ylabel="weight in the mixture [%]")
        below.bar(number, falls, 0.72, color=style.FAINT, yerr=ends, ecolor=style.INK)
        below.axhline(mixture, color=style.PURPLE, linewidth=1.6)
        below.annotate(
            "the mixture",
            (1.0, mixture),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            color=style.PURPLE,
            va="center",
            fontsize=9,
            annotation_clip=False,
        )
        below.set(ylabel="falls a lap, alone", xlabel="policy, by the round in which it was learned", ylim=(0, None))
        below.set_xticks(number)
        for axes in (above, below):
            axes.grid(visible=False, axis="x")
    return figure


def _points(tracks: Tracks, s_m: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points (k, 2) of the first road's middle."""
    if len(s_m) == 0:
        return np.empty((0, 2))
    return point_on_lane(tracks, np.zeros(len(s_m), dtype=np.int64), s_m)[:, :2]


def _times(count: int) -> str:
    return {0: "none", 1: "1 fall"}.get(count, f"{count} falls")
