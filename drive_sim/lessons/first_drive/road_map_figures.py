"""Roads from above: the paths that were driven, and where the car had to be put back."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drive_sim.evaluate import EvalReport
from drive_sim.report import style
from drive_sim.report.road_lines import Points, RoadLines, make_road_lines
from drive_sim.sim.track import Track

Rotation = Annotated[npt.NDArray[np.float64], "2 2"]
"""Turns points that it is multiplied to from the right."""

_COARSE_M = 4.0
"""Between two points of a road that is drawn small."""


def plot_all_roads(tracks: Sequence[Track], reports: Mapping[str, EvalReport], columns: int = 5) -> Figure:
    """Every road of a suite, turned to lie flat, with a mark at each place where a policy had to be put back.

    Over each stands its number and how often each policy was put back there.
    """
    rows = -(-len(tracks) // columns)
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 1.6 * rows)
        for road, axes in enumerate(figure.subplots(rows, columns, squeeze=False).ravel()):
            style.quiet_axes(axes, fill=True)
            if road < len(tracks):
                _small_road(axes, road, tracks[road], reports)
    return figure


def plot_stretch(track: Track, reports: Mapping[str, EvalReport], road: int, ticks: slice) -> Figure:
    """One stretch of a road, true to scale: where each policy drove in the same ticks, and was put back."""
    paths = {name: _path(report, road)[ticks] for name, report in reports.items()}
    everything = np.concatenate(list(paths.values()))
    flat = _flattening(everything)
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.2)
        axes = figure.subplots()
        style.quiet_axes(axes)
        _draw_surface(axes, _lines_around(track, next(iter(reports.values())), road, ticks), flat)
        for name, path in paths.items():
            _draw_path(axes, name, path @ flat, reports[name].intervened[ticks, road])
        _frame(axes, everything @ flat, margin_m=5.0)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=4)
    return figure


def put_back_places(report: EvalReport, road: int) -> Points:
    """Where on a road the car was when it had to be put back."""
    return _path(report, road)[report.intervened[:, road]]


def _small_road(axes: Axes, road: int, track: Track, reports: Mapping[str, EvalReport]) -> None:
    line = make_road_lines(track, 0.0, track.length_m, _COARSE_M).lane
    flat = _flattening(line)
    axes.plot(*(line @ flat).T, color=style.HAIR, linewidth=2.6)
    for name, report in reports.items():
        places = put_back_places(report, road) @ flat
        axes.scatter(*places.T, s=18, zorder=3, **style.LOOKS[name].mark)
    counts = " · ".join(str(report.interventions[road]) for report in reports.values())
    axes.set_title(f"{road + 1}:  {counts}", fontsize=9, color=style.FAINT, fontweight="normal", pad=2)


def _lines_around(track: Track, report: EvalReport, road: int, ticks: slice, margin_m: float = 40.0) -> RoadLines:
    """The lines of the road along what was driven in these ticks, and `margin_m` further at both ends."""
    driven_m = report.driven_m[ticks, road]
    from_s_m = report.s_m[ticks, road][0]
    return make_road_lines(track, from_s_m - margin_m, from_s_m + np.nanmax(driven_m) - driven_m[0] + margin_m)


def _draw_surface(axes: Axes, lines: RoadLines, flat: Rotation) -> None:
    axes.fill(*(lines.surface @ flat).T, color=style.ROAD, linewidth=0)
    for limit in (lines.limit_left, lines.limit_right):
        axes.plot(*(limit @ flat).T, color=style.FAINT, linewidth=0.8, linestyle=(0, (4, 3)))


def _draw_path(axes: Axes, name: str, path: Points, intervened: npt.NDArray[np.bool_]) -> None:
    look = style.LOOKS[name]
    # A put-back is a jump, not a drive: the line is broken there.
    pieces = np.insert(path, np.flatnonzero(intervened) + 1, np.nan, axis=0)
    axes.plot(*pieces.T, color=look.colour, linewidth=1.8, label=look.label)
    if intervened.any():
        axes.scatter(*path[intervened].T, s=70, marker="X", color=look.colour, linewidths=0, zorder=4)


def _frame(axes: Axes, points: Points, margin_m: float) -> None:
    """Limits of the axes around the points, and a scale in their lower left corner."""
    low, high = np.nanmin(points, axis=0) - margin_m, np.nanmax(points, axis=0) + margin_m
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.plot([low[0], low[0] + 10.0], [low[1]] * 2, color=style.INK, linewidth=1.5)
    axes.text(low[0] + 5.0, low[1] + 0.4, "10 m", ha="center", va="bottom", fontsize=9)


def _path(report: EvalReport, road: int) -> Points:
    return np.stack([report.x_m[:, road], report.y_m[:, road]], axis=-1)


def _flattening(points: Points) -> Rotation:
    """The rotation after which the points spread most in x."""
    known = points[np.isfinite(points).all(axis=1)]
    _, _, axes = np.linalg.svd(known - known.mean(axis=0), full_matrices=False)
    along, across = axes[0], np.array([-axes[0][1], axes[0][0]])
    return np.stack([along, across], axis=-1)
