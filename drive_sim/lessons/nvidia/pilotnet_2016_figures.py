"""Figures of the PilotNet lesson: who needs help, and the way back by each label."""

from collections.abc import Iterable, Mapping

from matplotlib.figure import Figure

from drive_sim.lessons.nvidia.autonomy import Driving
from drive_sim.lessons.nvidia.label_laws import WayBack
from drive_sim.report import plots, style

_DASHES = (0, (4, 3))


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
