"""Figures of how policies drove roads: what they were shown and what they met, and how far they came without help."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from drive_sim.arrays import Counts, Numbers
from drive_sim.report import plots, style

_DASHES = (0, (4, 3))
_BELOW_PT = 2.6
"""Lines that may lie on each other are drawn so many points apart."""


def plot_shown_and_met(
    shown_m: Mapping[str, Numbers], counts: Mapping[str, Counts], edges_m: Numbers, *, width_in: float = style.PAGE_IN
) -> Figure:
    """Offsets from the lane, log scale: as a method's samples showed them (filled) and as its car met them (line)."""
    widths = np.diff(edges_m)
    with plots.panels(width_in, 3.0, 1, len(shown_m), sharex=True, sharey=True) as (figure, all_axes):
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
