"""`python -m bench.road_sheet FILE`: a picture of all roads of `assets/roads` from above, each with what it is."""

import argparse
from pathlib import Path
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from drive_sim.sim.circuit_file import named_track
from drive_sim.sim.named_roads import NAMED_ROADS
from drive_sim.sim.track import Track, Tracks, point_on_lane

COLUMNS = 5
_GROUND, _ROAD, _LINE, _INK = "#e9efe2", "#4a4f57", "#f4f4f0", "#1c2430"
_PANEL_SHAPE = 0.8


def draw_sheet() -> Figure:
    """All roads, a panel each, to scale in itself: a bar says 100 m."""
    rows = -(-len(NAMED_ROADS) // COLUMNS)
    figure = Figure(figsize=(COLUMNS * 4.2, rows * 4.1), layout="constrained", facecolor="white")
    axes = figure.subplots(rows, COLUMNS).ravel()
    for ax, (name, what) in zip(axes, NAMED_ROADS.items(), strict=False):
        _draw(ax, named_track(name))
        ax.set_title(name, fontsize=15, fontweight="bold", color=_INK)
        ax.set_xlabel(fill(what, 38), fontsize=11, color=_INK)
    for ax in axes[len(NAMED_ROADS) :]:
        ax.set_visible(False)
    return figure


def _draw(ax: Axes, track: Track) -> None:
    s_m = np.float64(track.spacing_m) * np.arange(len(track.x_m))
    if track.closed:
        s_m = np.append(s_m, 0.0)
    at = (np.rint(s_m / track.spacing_m).astype(int)) % len(track.x_m)
    tracks, only = Tracks.stack([track]), np.zeros(len(s_m), dtype=np.int64)
    lane = track.lane_offset_m
    left = point_on_lane(tracks, only, s_m, track.width_left_m[at] - lane)[:, :2]
    right = point_on_lane(tracks, only, s_m, -track.width_right_m[at] - lane)[:, :2]
    # Piece by piece, so that a road may cross itself.
    for start in range(0, len(s_m) - 1, 20):
        part = slice(start, start + 22)
        ax.add_patch(Polygon(np.vstack([left[part], right[part][::-1]]), facecolor=_ROAD, edgecolor="none", zorder=2))
    if track.lines == "two-lane":
        middle = point_on_lane(tracks, only, s_m, -lane)[:, :2]
        ax.plot(*middle.T, color=_LINE, lw=0.8, dashes=(6, 4), zorder=3)
    x_m, y_m, heading = point_on_lane(tracks, only[:1], np.array([2.0]))[0]
    size = 0.035 * max(np.ptp(track.x_m), np.ptp(track.y_m))
    nose = np.array([[1.6, 0.0], [-0.8, 0.8], [-0.8, -0.8]]) * size
    turned = nose @ np.array([[np.cos(heading), np.sin(heading)], [-np.sin(heading), np.cos(heading)]])
    ax.add_patch(Polygon(turned + np.array([x_m, y_m]), facecolor="#e5332a", edgecolor="white", zorder=4))
    _frame(ax, track)


def _frame(ax: Axes, track: Track) -> None:
    """The road in the middle of a panel, with a bar of 100 m in its corner."""
    wide_m, high_m = float(np.ptp(track.x_m)), float(np.ptp(track.y_m))
    half_m = 0.58 * max(wide_m, high_m / _PANEL_SHAPE)
    x_m, y_m = float(np.min(track.x_m)) + 0.5 * wide_m, float(np.min(track.y_m)) + 0.5 * high_m
    ax.set(xticks=[], yticks=[], facecolor=_GROUND, aspect="equal", xlim=(x_m - half_m, x_m + half_m))
    ax.set_ylim(y_m - _PANEL_SHAPE * half_m, y_m + _PANEL_SHAPE * half_m)
    left_m, low_m = x_m - 0.95 * half_m, y_m - 0.93 * _PANEL_SHAPE * half_m
    ax.plot([left_m, left_m + 100.0], [low_m, low_m], color=_INK, lw=4, solid_capstyle="butt", zorder=5)
    ax.text(left_m, low_m + 0.03 * half_m, "100 m", fontsize=9, color=_INK, va="bottom", zorder=5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    draw_sheet().savefig(parser.parse_args().file, dpi=70)
