"""The kinds of figures that lessons share: curves with seeds and intervals, bars, heat maps, places on a road.

`panels` gives axes in the house style, `draw_...` draws on them, `plot_...` makes a whole figure. Policies are named
as in `style.LOOKS`, from which they have their colour, mark, dashes and label.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure

from drive_sim.arrays import Picture
from drive_sim.evaluate.intervals import Estimate
from drive_sim.report import style
from drive_sim.report.numbers import counted
from drive_sim.sim.track import Track, Tracks, point_on_lane

Values = Annotated[npt.NDArray[np.float64], "k"]
Grid = Annotated[npt.NDArray[np.float64], "x y"]

SHARES = LinearSegmentedColormap.from_list("share", colormaps["viridis"](np.linspace(0.1, 0.93, 64)))
"""From 0 to 100 %: ever lighter, so for colour-blind eyes too; no share has a page's colour, light or dark.

The page's dark theme leaves these colours alone, and the frame's two as well.
"""
_FRAME = (("#ffffff", 3.6), ("#101010", 1.4))
"""Colours and widths of a frame's line, the lower one first: one of them stands out from any share."""
_COARSE_M = 3.0
_DASHES = (0, (3, 3))


@contextmanager
def panels(
    width_in: float,
    height_in: float,
    num_rows: int = 1,
    num_columns: int = 1,
    *,
    sharex: bool = False,
    sharey: bool = False,
) -> Iterator[tuple[Figure, list[Axes]]]:
    """A figure and its axes, row by row, in the house style."""
    with style.house_style():
        figure = style.new_figure(width_in, height_in)
        axes = figure.subplots(num_rows, num_columns, squeeze=False, sharex=sharex, sharey=sharey)
        yield figure, list(axes.flat)


def legend_above(axes: Axes, num_columns: int = 3, *, reverse: bool = False) -> None:
    """The legend over the axes, where it hides nothing; `reverse`: what was drawn last, on top, comes first."""
    place = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0.2}
    axes.legend(**place, ncols=num_columns, columnspacing=1.4, reverse=reverse)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A policy's curve: values of every seed (s, k) at x (k,); its mean is theirs unless given, as its interval is."""

    x: npt.ArrayLike
    seeds: npt.ArrayLike
    mean: npt.ArrayLike | None = None
    interval: tuple[Sequence[float | None], Sequence[float | None]] | None = None
    """Lower and upper ends (k,); None where there is none."""

    @classmethod
    def of_estimates(cls, x: npt.ArrayLike, seeds: npt.ArrayLike, estimates: Sequence[Estimate]) -> Self:
        """The curve whose means and intervals were estimated, one at each x."""
        low, high = [of.low for of in estimates], [of.high for of in estimates]
        return cls(x, seeds, [of.mean for of in estimates], (low, high))

    @property
    def means(self) -> Values:
        """The thick line."""
        return np.asarray(np.mean(np.asarray(self.seeds), axis=0) if self.mean is None else self.mean, dtype=np.float64)

    @property
    def error(self) -> npt.NDArray[np.float64] | None:
        """How far the interval's ends lie below and above the mean (2, k)."""
        if self.interval is None:
            return None
        mean = self.means
        low, high = (np.where([b is None for b in end], mean, np.array(end, dtype=np.float64)) for end in self.interval)
        return np.stack([mean - low, high - mean])


def draw_curves(axes: Axes, curves: Mapping[str, Curve], *, marks: bool = False) -> None:
    """A thick line a policy with its interval, its seeds as faint ones; `marks` at every point."""
    for name, curve in curves.items():
        look = style.LOOKS[name]
        axes.plot(curve.x, np.transpose(curve.seeds), color=look.colour, linewidth=0.7, alpha=0.4)
        axes.errorbar(curve.x, curve.means, curve.error, linewidth=2.2, elinewidth=1.4, label=look.label, **look.line)
        if marks:
            axes.scatter(curve.x, curve.means, s=34, zorder=5, clip_on=False, **look.mark)


def draw_estimate(axes: Axes, row: float, of: Estimate, look: style.Look, seeds: Sequence[float] = ()) -> None:
    """In a row: a pale bar over the interval, and a mark at the mean; or a line there, and a mark a seed."""
    if of.low is not None and of.high is not None:
        axes.plot([of.low, of.high], [row, row], color=look.colour, linewidth=6, alpha=0.3)
    marked = seeds or [of.mean]
    places = row + 0.22 * np.linspace(-1.0, 1.0, len(marked)) if len(marked) > 1 else [row]
    axes.scatter(marked, places, s=24, zorder=3, clip_on=False, **look.mark)
    if seeds:
        axes.plot([of.mean] * 2, [row - 0.3, row + 0.3], color=look.colour, linewidth=2)


def name_rows(all_axes: Sequence[Axes], labels: Sequence[str]) -> None:
    """Labels of rows, the lowest first, at 0, 1, 2 and so on, of axes that share them."""
    all_axes[0].set_yticks(range(len(labels)), labels)
    all_axes[0].set_ylim(-0.6, len(labels) - 0.4)
    for axes in all_axes:
        axes.grid(visible=False, axis="y")


def mark_level(axes: Axes, at: float, words: str, *, side: Literal["left", "right"] = "right") -> None:
    """A thin dashed line across the axes at a y, and what it stands for at one of its ends."""
    axes.axhline(at, color=style.FAINT, linewidth=1, linestyle=_DASHES, zorder=0)
    place, offset = ((0.0, at), (4, 3)) if side == "left" else ((1.0, at), (-4, 3))
    drawn = {"color": style.FAINT, "fontsize": 9, "ha": side, "va": "bottom"}
    axes.annotate(words, place, offset, ("axes fraction", "data"), "offset points", **drawn)


def mark_place(axes: Axes, at: float, words: str) -> None:
    """A thin dashed line up the axes at an x, and at its top what it stands for."""
    axes.axvline(at, color=style.FAINT, linewidth=1, linestyle=_DASHES, zorder=0)
    drawn = {"color": style.FAINT, "fontsize": 9, "ha": "left", "va": "top"}
    axes.annotate(words, (at, 1.0), (5, -4), ("data", "axes fraction"), "offset points", **drawn)


def plot_curves(
    curves: Mapping[str, Mapping[str, Curve]],
    ylabel: str,
    *,
    height_in: float = 3.2,
    ylim: tuple[float | None, float | None] = (None, None),
    marks: bool = False,
) -> Figure:
    """A panel an x label, the curves of each by policy, one scale of y."""
    with panels(style.PAGE_IN, height_in, 1, len(curves), sharey=True) as (figure, all_axes):
        for axes, (xlabel, some) in zip(all_axes, curves.items(), strict=True):
            draw_curves(axes, some, marks=marks)
            axes.set(xlabel=xlabel, ylim=ylim)
        all_axes[0].set_ylabel(ylabel)
        legend_above(all_axes[0], 4)
    return figure


def draw_bars(axes: Axes, bars: Curve, colour: str, *, horizontal: bool = False) -> None:
    """Bars with their intervals, at x or, if they are horizontal, at y."""
    if horizontal:
        axes.barh(bars.x, bars.means, 0.7, color=colour, xerr=bars.error, ecolor=style.INK)
    else:
        axes.bar(bars.x, bars.means, 0.7, color=colour, yerr=bars.error, ecolor=style.INK)
    axes.grid(visible=False, axis="y" if horizontal else "x")


def plot_signed_maps(pictures: Mapping[str, Grid], *, height_in: float = 2.4) -> Figure:
    """Pictures (h, w) of numbers, one a policy: purple above zero, orange below, on one scale."""
    limit = max(float(np.abs(picture).max()) for picture in pictures.values())
    with panels(style.COLUMN_IN, height_in, 1, len(pictures)) as (figure, all_axes):
        for axes, (name, picture) in zip(all_axes, pictures.items(), strict=True):
            axes.imshow(picture, cmap="PuOr", vmin=-limit, vmax=limit, interpolation="nearest")
            axes.set_axis_off()
            axes.set_title(style.LOOKS[name].label, loc="center")
    return figure


def plot_percent_maps(
    shares: Mapping[str, Grid],
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    labels: tuple[str, str, str],
    box: tuple[float, float],
    *,
    height_in: float = 3.4,
) -> Figure:
    """Shares (x, y) as colours, a map a policy; `labels` of x, y and the shares; the box, to either side, is framed."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * box
    with panels(style.PAGE_IN, height_in, 1, len(shares), sharey=True) as (figure, all_axes):
        for axes, (name, share) in zip(all_axes, shares.items(), strict=True):
            percent = 100.0 * np.asarray(share).T
            axes.pcolormesh(x, y, percent, cmap=SHARES, vmin=0, vmax=100, shading="nearest", rasterized=True)
            for colour, width in _FRAME:
                axes.plot(*corners.T, color=colour, linewidth=width)
            axes.set_title(style.LOOKS[name].label, loc="center")
            axes.set_xlabel(labels[0])
            axes.grid(visible=False)
        all_axes[0].set_ylabel(labels[1])
        scale = ScalarMappable(Normalize(0, 100), SHARES)
        figure.colorbar(scale, ax=all_axes, fraction=0.03, pad=0.01, label=f"{labels[2]} [%]")
    return figure


def plot_pictures(
    pictures: Sequence[Picture], labels: Sequence[str], num_columns: int, width_in: float = style.PAGE_IN
) -> Figure:
    """Pictures of one size in rows, each pixel as it is, with a line above each."""
    num_rows = -(-len(pictures) // num_columns)
    height_px, width_px = pictures[0].shape[:2]
    panel_in = width_in / num_columns
    height_in = num_rows * (panel_in * height_px / width_px + 0.2)
    with panels(width_in, height_in, num_rows, num_columns) as (figure, all_axes):
        for axes in all_axes:
            axes.set_axis_off()
        for axes, picture, label in zip(all_axes, pictures, labels, strict=False):
            axes.imshow(picture, interpolation="nearest")
            axes.set_title(label, loc="center", fontsize=9, fontweight="normal")
    return figure


def plot_places(track: Track, places_m: Mapping[str, Sequence[float]], what: str) -> Figure:
    """A road from above, once a policy, with a mark wherever something happened to it; `what` is one of these."""
    with panels(style.PAGE_IN, 3.3, 1, len(places_m)) as (figure, all_axes):
        for axes, (name, places) in zip(all_axes, places_m.items(), strict=True):
            look = style.LOOKS[name]
            draw_road(axes, track)
            axes.scatter(*points_on(track, places).T, s=26, alpha=0.45, zorder=2, **look.mark)
            axes.set_title(f"{look.label}: {counted(len(places), what)}", loc="center")
    return figure


def draw_road(axes: Axes, track: Track, width: float = 3.5) -> None:
    """A road's middle as a line, without axes."""
    style.quiet_axes(axes)
    line_m = np.arange(0.0, track.length_m + _COARSE_M * track.closed, _COARSE_M) % track.length_m
    axes.plot(*points_on(track, line_m).T, color=style.HAIR, linewidth=width, zorder=1)


def points_on(track: Track, s_m: npt.ArrayLike) -> Annotated[npt.NDArray[np.float64], "k 2"]:
    """Points of a road's lane at these arc lengths."""
    places = np.asarray(s_m, dtype=np.float64)
    if len(places) == 0:
        return np.empty((0, 2))
    return point_on_lane(Tracks.stack([track]), np.zeros(len(places), dtype=np.int64), places)[:, :2]
