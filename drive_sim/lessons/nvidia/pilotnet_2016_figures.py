"""Figures of the PilotNet lesson: who needs help, what was shown and what was met, and the way back by each label."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from drive_sim.lessons.nvidia.autonomy import OFFSET_EDGES_M, Driving
from drive_sim.lessons.nvidia.label_laws import WayBack
from drive_sim.report import plots, style

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
_DASHES = (0, (4, 3))
_BELOW_PT = 2.6
"""Lines that may lie on each other are drawn so many points apart."""


def plot_autonomy(drivings: Mapping[str, Driving], published_percent: float) -> Figure:
    """Interventions a km and NVIDIA's autonomy: a row a method, a mark a seed, a bar over the 95 % interval."""
    names = list(drivings)[::-1]
    with plots.panels(style.PAGE_IN, 0.9 + 0.55 * len(names), 1, 2, sharey=True) as (figure, (left, right)):
        for row, name in enumerate(names):
            of, look = drivings[name], style.LOOKS[name]
            plots.draw_estimate(left, row, of.per_km, look, of.per_km_per_seed)
            plots.draw_estimate(right, row, of.autonomy, look, of.autonomy_per_seed)
        right.axvline(published_percent, color=style.FAINT, linewidth=1, linestyle=_DASHES)
        left.set_xscale("symlog", linthresh=0.01, linscale=0.5)
        most = max(max(of.per_km_per_seed) for of in drivings.values())
        left.set(xlabel="interventions a km", xlim=(-0.002, max(1.5 * most, 0.1)))
        left.set_xticks([0, 0.01, 0.1, 1, 10], ["0", "0.01", "0.1", "1", "10"])
        right.set(xlabel=f"autonomy [%]; dashed: {published_percent:.0f} %, NVIDIA on the road", xlim=(None, 101))
        plots.name_rows([left, right], [style.LOOKS[name].label for name in names])
    return figure


def plot_shown_and_met(
    shown_m: Mapping[str, Numbers], counts: Mapping[str, Integers], edges_m: Numbers = OFFSET_EDGES_M
) -> Figure:
    """Offsets from the lane, log scale: as a method's samples showed them (filled) and as its car met them (line)."""
    widths = np.diff(edges_m)
    with plots.panels(style.PAGE_IN, 3.0, 1, len(shown_m), sharex=True, sharey=True) as (figure, all_axes):
        for axes, (name, offsets_m) in zip(all_axes, shown_m.items(), strict=True):
            look, met = style.LOOKS[name], counts[name]
            shown = np.histogram(offsets_m, edges_m)[0] / (len(offsets_m) * widths)
            axes.stairs(shown, edges_m, fill=True, color=style.HAIR)
            axes.stairs(met / (met.sum() * widths), edges_m, color=look.colour, linewidth=1.6)
            for limit_m in (-1.0, 1.0):
                axes.axvline(limit_m, color=style.FAINT, linewidth=0.8, linestyle=_DASHES)
            axes.set_yscale("log")
            axes.set(xlabel="offset [m], left positive", xlim=(edges_m[0], edges_m[-1]), ylim=(1e-5, 40))
            axes.set_title(look.label, loc="center")
        all_axes[0].set_ylabel("share per metre")
        met_key = Line2D([], [], color=style.INK, linewidth=1.6, label="met while driving")
        keys = [Patch(color=style.HAIR, label="shown in training"), met_key]
        figure.legend(handles=keys, loc="outside upper left", ncols=2)
    return figure


def plot_first_interventions(first_km: Mapping[str, Numbers], end_km: float) -> Figure:
    """The share of roads driven so far without help, over kilometres from the start; all seeds together.

    `first_km` is NaN where nobody had to help. Each line lies a little below the one before, and hides none.
    """
    with plots.panels(style.COLUMN_IN, 3.0) as (figure, (axes,)):
        for i, (name, places_km) in enumerate(first_km.items()):
            look, falls = style.LOOKS[name], np.sort(places_km[np.isfinite(places_km)])
            percent = 100.0 * (1.0 - np.arange(len(falls) + 1) / len(places_km))
            edges_km = np.concatenate([[0.0], np.minimum(falls, end_km), [end_km]])
            below = axes.transData + ScaledTranslation(0.0, -i * _BELOW_PT / 72.0, figure.dpi_scale_trans)
            steps = axes.stairs(percent, edges_km, baseline=None, color=look.colour, linewidth=2, clip_on=False)
            steps.set(transform=below, label=f"{look.label}: {percent[-1]:.0f} %")
        axes.set(xlabel="driven from the start [km]", ylabel="roads without help [%]", ylim=(-5, 103))
        axes.set_xlim(0, end_km)
        plots.legend_above(axes, 2)
    return figure


def plot_ways_back(ways: Iterable[WayBack]) -> Figure:
    """The offsets over time of cars that always steer by a label, from a metre beside a straight road."""
    with plots.panels(style.COLUMN_IN, 3.0) as (figure, (axes,)):
        for way, colour in zip(ways, (style.BLUE, style.PURPLE, style.FAINT), strict=True):
            axes.plot(way.time_s, way.offset_m, color=colour, linewidth=2, label=way.name)
            axes.set_xlim(0, way.time_s[-1])
        axes.axvline(2.0, color=style.FAINT, linewidth=0.8, linestyle=_DASHES)
        axes.axhline(0.0, color=style.HAIR, linewidth=1)
        axes.set(xlabel="seconds from a metre off", ylabel="offset [m]")
        axes.legend(loc="upper right")
    return figure
