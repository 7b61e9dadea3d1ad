"""Figures of the first drive: its roads one by one, the offsets on one of them, and how the networks learned."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from drive_sim.arrays import Numbers
from drive_sim.evaluate import EvalReport
from drive_sim.lessons.first_drive.learner import Learned
from drive_sim.report import driving_plots, plots, style
from drive_sim.report.road_lines import LIMIT_M

_SPAN_M = 1.6
"""Offsets are shown as far out as this."""
_HEIGHT_IN = 2.9


def plot_interventions(reports: Mapping[str, EvalReport]) -> Figure:
    """Interventions per km on each road: a bar for every policy, a small mark where there were none."""
    with plots.panels(style.COLUMN_IN, _HEIGHT_IN) as (figure, (axes,)):
        num_roads, width = len(next(iter(reports.values())).interventions), 0.8 / len(reports)
        for i, (name, report) in enumerate(reports.items()):
            look, per_km = style.LOOKS[name], report.interventions / report.distance_m * 1000.0
            place = np.arange(num_roads) + 1 + (i - (len(reports) - 1) / 2) * width
            axes.bar(place, per_km, width * 0.9, color=look.colour, label=look.label)
            none = per_km == 0
            axes.scatter(place[none], per_km[none], s=9, clip_on=False, zorder=3, **look.mark)
        axes.set(xlabel="road", ylabel="interventions per km", xlim=(0.4, num_roads + 0.6), ylim=(0, None))
        axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
        axes.grid(visible=False, axis="x")
        plots.legend_above(axes)
    return figure


def plot_offsets(reports: Mapping[str, EvalReport], road: int, shaded: tuple[float, float]) -> Figure:
    """The offset from the target lane over the whole drive on one road; `shaded` marks a span of seconds."""
    with plots.panels(style.PAGE_IN, _HEIGHT_IN) as (figure, (axes,)):
        for name, report in reports.items():
            offset_m, out = report.offset_m[:, road], report.intervened[:, road]
            colour, time_s = style.LOOKS[name].colour, (np.arange(len(offset_m)) + 1) / report.config.control_hz
            axes.plot(time_s, offset_m, color=colour, label=style.LOOKS[name].label, linewidth=1.2)
            axes.scatter(time_s[out], offset_m[out], s=36, marker="X", color=colour, linewidths=0, zorder=3)
        axes.axvspan(*shaded, color=style.ROAD, linewidth=0, zorder=0)
        for limit_m in (-LIMIT_M, LIMIT_M):
            plots.mark_level(axes, limit_m, "")
        axes.set(xlabel="driving time [s]", ylabel="offset [m], left up", ylim=(-_SPAN_M, _SPAN_M))
        axes.set_xlim(0.0, max(report.elapsed_s[road] for report in reports.values()))
        axes.grid(visible=False, axis="x")
        plots.legend_above(axes)
    return figure


def plot_densities(shown_m: Mapping[str, Numbers], reports: Mapping[str, EvalReport]) -> Figure:
    """How often each offset was seen: in training, and while driving."""
    edges_m = np.linspace(-_SPAN_M, _SPAN_M, 65)
    driven_m = {name: reports[name].offset_m[np.isfinite(reports[name].offset_m)] for name in shown_m}
    met = {name: np.histogram(offsets_m, edges_m)[0] for name, offsets_m in driven_m.items()}
    return driving_plots.plot_shown_and_met(shown_m, met, edges_m, width_in=style.COLUMN_IN)


def plot_training(learned: Mapping[str, Learned]) -> Figure:
    """Training error over steps of gradient descent, a curve a network."""
    with plots.panels(style.COLUMN_IN, _HEIGHT_IN) as (figure, (axes,)):
        plots.draw_curves(axes, {name: plots.Curve(of.steps, [of.errors_per_m]) for name, of in learned.items()})
        axes.set_yscale("log")
        axes.set(xlabel="step of gradient descent", ylabel="error in training [1/m]", xlim=(0, None))
        plots.legend_above(axes)
    return figure


def plot_survival(reports: Mapping[str, EvalReport]) -> Figure:
    """The share of roads without an intervention after so many kilometres."""
    end_km = max(float(report.distance_m.max()) for report in reports.values()) / 1000.0
    first_km = {name: report.first_intervention_m / 1000.0 for name, report in reports.items()}
    return driving_plots.plot_first_interventions(first_km, end_km)
