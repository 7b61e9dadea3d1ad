"""Curves and counts: each function takes what was measured and returns a Figure."""

from collections.abc import Callable, Mapping
from typing import Annotated

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from drive_sim.evaluate import EvalReport
from drive_sim.report import style

Samples = Annotated[npt.NDArray[np.float64], "k"]

_SPAN_M = 1.6
"""Offsets are shown as far out as this."""


def plot_interventions(reports: Mapping[str, EvalReport]) -> Figure:
    """Interventions per km on each road: a bar for every policy, a small mark where there were none."""
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 2.9)
        axes = figure.subplots()
        num_roads, width = len(next(iter(reports.values())).track_names), 0.8 / len(reports)
        for i, (name, report) in enumerate(reports.items()):
            look, per_km = style.LOOKS[name], report.interventions / report.distance_m * 1000.0
            place = np.arange(num_roads) + 1 + (i - (len(reports) - 1) / 2) * width
            axes.bar(place, per_km, width * 0.9, color=look.colour, label=look.label)
            none = per_km == 0
            axes.scatter(place[none], per_km[none], s=9, marker=look.marker, color=look.colour, clip_on=False, zorder=3)
        axes.set(xlabel="road", ylabel="interventions per km", xlim=(0.4, num_roads + 0.6), ylim=(0, None))
        axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
        axes.grid(visible=False, axis="x")
        _legend_above(axes)
    return figure


def plot_offsets(reports: Mapping[str, EvalReport], road: int, shaded: tuple[float, float] | None = None) -> Figure:
    """The offset from the target lane over the whole drive on one road; `shaded` marks a span of seconds."""
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 2.9)
        axes = figure.subplots()
        for name, report in reports.items():
            look, offset_m = style.LOOKS[name], report.offset_m[:, road]
            time_s = (np.arange(len(offset_m)) + 1) * tick_s(report)
            axes.plot(time_s, offset_m, color=look.colour, label=look.label, linewidth=1.2)
            out = report.intervened[:, road]
            axes.scatter(time_s[out], offset_m[out], s=36, marker="X", color=look.colour, linewidths=0, zorder=3)
        if shaded is not None:
            axes.axvspan(*shaded, color=style.ROAD, linewidth=0, zorder=0)
        _limits(axes.axhline)
        axes.set(xlabel="driving time [s]", ylabel="offset [m], left up", ylim=(-_SPAN_M, _SPAN_M))
        axes.set_xlim(0.0, np.nanmax([np.isfinite(r.offset_m[:, road]).sum() * tick_s(r) for r in reports.values()]))
        axes.grid(visible=False, axis="x")
        _legend_above(axes)
    return figure


def plot_offset_densities(shown_m: Mapping[str, Samples], reports: Mapping[str, EvalReport]) -> Figure:
    """How often each offset was seen: in training (filled, per network) and while driving (lines), on a log scale."""
    edges = np.linspace(-_SPAN_M, _SPAN_M, 65)
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 2.9)
        panels = figure.subplots(1, len(shown_m), sharex=True, sharey=True, squeeze=False)[0]
        for axes, (name, offsets_m) in zip(panels, shown_m.items(), strict=True):
            look, driven = style.LOOKS[name], reports[name].offset_m
            axes.stairs(_share_per_m(offsets_m, edges), edges, fill=True, color=style.HAIR, label="in training")
            axes.stairs(_share_per_m(driven, edges), edges, color=look.colour, linewidth=1.5, label="driving")
            _limits(axes.axvline)
            axes.set_yscale("log")
            axes.set(title=look.label, xlabel="offset [m], left positive", xlim=(-_SPAN_M, _SPAN_M), ylim=(1e-4, 40))
            axes.legend(loc="upper left", handlelength=1.2)
        panels[0].set_ylabel("share per metre")
    return figure


def plot_training(errors: Mapping[str, tuple[Samples, Samples]]) -> Figure:
    """Training error (root mean square, 1/m) over steps of gradient descent, a curve a network: (steps, errors)."""
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 2.9)
        axes = figure.subplots()
        for name, (step, error_per_m) in errors.items():
            axes.plot(step, error_per_m, color=style.LOOKS[name].colour, label=style.LOOKS[name].label)
        axes.set_yscale("log")
        axes.set(xlabel="step of gradient descent", ylabel="error in training [1/m]", xlim=(0, None))
        _legend_above(axes)
    return figure


def plot_survival(reports: Mapping[str, EvalReport]) -> Figure:
    """The share of roads without an intervention after so many kilometres."""
    with style.house_style():
        figure = style.new_figure(style.COLUMN_IN, 2.9)
        axes = figure.subplots()
        for name, report in reports.items():
            look, first_km = style.LOOKS[name], first_intervention_m(report) / 1000.0
            end_km = float(report.distance_m.max()) / 1000.0
            falls = np.sort(first_km[np.isfinite(first_km)])
            left = 100.0 * (1.0 - np.arange(len(falls) + 1) / len(first_km))
            axes.stairs(
                left,
                np.concatenate([[0.0], falls, [end_km]]),
                baseline=None,
                color=look.colour,
                linewidth=2,
                label=look.label,
            )
        axes.set(xlabel="driven from the start [km]", ylabel="roads without intervention [%]", ylim=(0, 103))
        axes.set_xlim(0, None)
        _legend_above(axes)
    return figure


def first_intervention_m(report: EvalReport) -> Samples:
    """How far each road (r,) was driven before the first intervention; infinite where there was none."""
    first = report.intervened.argmax(axis=0)
    reached_m = report.driven_m[first, np.arange(len(first))]
    return np.where(report.intervened.any(axis=0), reached_m, np.inf)


def tick_s(report: EvalReport) -> float:
    """The time from one row of the traces to the next."""
    return 1.0 / report.config.control_hz


def _share_per_m(offsets_m: npt.NDArray[np.float64], edges_m: Samples) -> Samples:
    """A histogram as a density; what lies outside counts into the whole."""
    known = offsets_m[np.isfinite(offsets_m)]
    return np.histogram(known, edges_m)[0] / (len(known) * np.diff(edges_m))


def _limits(draw_line: Callable[..., object]) -> None:
    """The offsets beyond which the car is put back."""
    for limit_m in (-1.0, 1.0):
        draw_line(limit_m, color=style.FAINT, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)


def _legend_above(axes: Axes) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.2, columnspacing=1.4)
