"""Figures on recovery: from which offsets and headings a policy finds back."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure

from drive_sim.report import style

SHARES = LinearSegmentedColormap.from_list("share", colormaps["viridis"](np.linspace(0.1, 0.93, 64)))
"""From 0 to 100 %: ever lighter, so for colour-blind eyes too; no share has a page's colour, light or dark.

The page's dark theme leaves these colours alone, and the frame's two as well.
"""
_FRAME = (("#ffffff", 3.6), ("#101010", 1.4))
"""Colours and widths of the frame's line, the lower one first: one of them stands out from any share."""


def plot_recovery_maps(
    shares: Mapping[str, npt.ArrayLike],
    offsets_m: Sequence[float],
    headings_rad: Sequence[float],
    box: tuple[float, float],
) -> Figure:
    """The share recovered over offset and heading at the start, a map a policy; the box (m, rad) is what was asked."""
    degrees = np.degrees(headings_rad)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * (box[0], np.degrees(box[1]))
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.4)
        panels = figure.subplots(1, len(shares), sharey=True, squeeze=False)[0]
        for axes, (name, share) in zip(panels, shares.items(), strict=True):
            percent = 100.0 * np.asarray(share).T
            axes.pcolormesh(
                offsets_m, degrees, percent, cmap=SHARES, vmin=0, vmax=100, shading="nearest", rasterized=True
            )
            for colour, width in _FRAME:
                axes.plot(*corners.T, color=colour, linewidth=width)
            axes.set_title(style.LOOKS[name].label, loc="center")
            axes.set_xlabel("metres left of the lane")
            axes.grid(visible=False)
        panels[0].set_ylabel("degrees left of the lane")
        figure.colorbar(
            ScalarMappable(Normalize(0, 100), SHARES), ax=list(panels), fraction=0.03, pad=0.01, label="recovered [%]"
        )
    return figure


def plot_recovery_cuts(
    shares: Mapping[str, Sequence[npt.ArrayLike]], offsets_m: Sequence[float], headings_rad: Sequence[float]
) -> Figure:
    """Two cuts through the maps: over the offset at no turn, and over the turn at no offset; every seed thin.

    `shares`: for each policy the map (offsets, headings) of every seed.
    """
    degrees = np.degrees(headings_rad)
    straight, middle = int(np.argmin(np.abs(degrees))), int(np.argmin(np.abs(offsets_m)))
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.2)
        left, right = figure.subplots(1, 2, sharey=True)
        for name, maps in shares.items():
            look, percent = style.LOOKS[name], 100.0 * np.array(maps)
            for axes, place, cut in ((left, offsets_m, percent[:, :, straight]), (right, degrees, percent[:, middle])):
                axes.plot(place, cut.T, color=look.colour, linewidth=0.7, alpha=0.45)
                axes.plot(place, cut.mean(axis=0), linewidth=2.4, label=look.label, **look.line)
        left.set(xlabel="metres left of the lane, along it", ylabel="recovered [%]", ylim=(-3, 103))
        right.set(xlabel="degrees left of the lane, on it")
        left.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.2)
    return figure
