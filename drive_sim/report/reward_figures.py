"""What a driver likes, as figures: the reward over the offset, and the road painted from above."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from drive_sim.irl.lattice_drives import Trace
from drive_sim.irl.preferences import STRAIGHT_PER_M, Preferences
from drive_sim.policies.corridor import Corridor
from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.report import style
from drive_sim.report.paint import OfPlace, colours
from drive_sim.sim.track import Track, Tracks, point_on_lane

_PAINT = ListedColormap((colours(np.linspace(0.0, 1.0, 256)) / 255.0).tolist())
_STEP_M, _STRETCH_M = 1.0, 350.0


def plot_reward_over_offset(
    reward: RoadReward, traces: Sequence[Trace], preferences: Preferences, half_width_m: float
) -> Figure:
    """How much is liked where, in straights and in bends, above where the car was."""
    offset_m = np.linspace(-half_width_m, half_width_m, 241)
    curvature, driven_m = (np.concatenate([getattr(t, n) for t in traces]) for n in ("curvature_per_m", "offset_m"))
    kinds = (
        ("right bends", -preferences.bend_per_m, curvature < -STRAIGHT_PER_M, style.ORANGE),
        ("straights", 0.0, np.abs(curvature) <= STRAIGHT_PER_M, style.INK),
        ("left bends", preferences.bend_per_m, curvature > STRAIGHT_PER_M, style.BLUE),
    )
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.6)
        (top, below) = figure.subplots(2, 1, sharex=True, height_ratios=(2.2, 1.0))
        for name, bend_per_m, ticks, colour in kinds:
            corridor = Corridor(np.array([bend_per_m]), np.array([half_width_m]), np.array([-half_width_m]))
            at = reward.at(corridor, offset_m)[0]
            top.plot(-offset_m, np.exp(at - at.max()), color=colour, label=name)
            if ticks.any():
                below.hist(
                    -driven_m[ticks],
                    bins=60,
                    range=(-half_width_m, half_width_m),
                    density=True,
                    color=colour,
                    alpha=0.45,
                )
                below.axvline(-float(driven_m[ticks].mean()), color=colour, linestyle=(0, (4, 2)))
        top.set_ylabel("liked, of the most")
        top.legend(loc="upper right")
        below.set_ylabel("driven")
        below.set_yticks([])
        below.xaxis.set_major_formatter(lambda value, _place: f"{abs(value):g}")
        below.set_xlabel("left of the lane's middle  ←   m   →  right of it (dashed: the mean)")
    return figure


def plot_painted_road(track: Track, of_place: OfPlace, driven: npt.NDArray[np.float64] | None = None) -> Figure:
    """A function of the place on the stretch that bends most, from above and wider than it is.

    `driven` (t, 2): arc lengths and offsets from the lane where a car was.
    """
    tracks, from_m, wide = Tracks.stack([track]), _most_bending_m(track), widening(track)
    s_m = np.arange(from_m, min(from_m + _STRETCH_M, track.length_m), _STEP_M)
    right_m = -float(track.width_right_m.min()) - track.lane_offset_m
    left_m = float(track.width_left_m.min()) - track.lane_offset_m
    edges_m = np.linspace(right_m, left_m, 41)
    middle_m = 0.5 * (edges_m[1:] + edges_m[:-1])
    grid = np.stack([_beside(tracks, s_m, np.full(len(s_m), wide * edge)) for edge in edges_m], axis=1)
    values = of_place(np.repeat(s_m[:-1], len(middle_m)), np.tile(middle_m, len(s_m) - 1))
    values = np.ma.masked_invalid(values.reshape(len(s_m) - 1, len(middle_m)))
    # The longer side lies across the page.
    turn = np.linalg.svd(grid.reshape(-1, 2) - grid.mean(axis=(0, 1)), full_matrices=False)[2].T
    turned = grid @ turn
    height_in = style.PAGE_IN * float(np.ptp(turned[..., 1]) / np.ptp(turned[..., 0]))
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, float(np.clip(height_in, 2.0, 7.0)))
        axes = figure.subplots()
        axes.pcolormesh(turned[..., 0], turned[..., 1], values, cmap=_PAINT, vmin=0.0, vmax=1.0, rasterized=True)
        if driven is not None:
            near = driven[(driven[:, 0] >= s_m[0]) & (driven[:, 0] <= s_m[-1])]
            axes.plot(*(_beside(tracks, near[:, 0], wide * near[:, 1]) @ turn).T, color="white", linewidth=2.0)
        style.quiet_axes(axes)
    return figure


def widening(track: Track) -> float:
    """How much wider a road is drawn than it is, so that its paint is seen, and its bends don't fold."""
    half_m = float(max(track.width_left_m.max(), track.width_right_m.max())) + abs(track.lane_offset_m)
    return float(np.floor(np.clip(0.8 / (half_m * max(np.abs(track.curvature_per_m).max(), 1e-3)), 1.0, 4.0)))


def _most_bending_m(track: Track) -> float:
    """Where the stretch begins that bends most."""
    num = max(1, min(round(_STRETCH_M / track.spacing_m), len(track.x_m)))
    bends = np.convolve(np.square(track.curvature_per_m), np.ones(num), mode="valid")
    return float(np.argmax(bends)) * track.spacing_m


def _beside(tracks: Tracks, s_m: npt.NDArray[np.float64], offset_m: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return point_on_lane(tracks, np.zeros(len(s_m), dtype=np.int64), s_m, offset_m)[:, :2]
