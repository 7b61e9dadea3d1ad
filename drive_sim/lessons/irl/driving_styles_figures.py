"""The figures and the film of the lesson on driving styles."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.irl.driving_styles import STYLES
from drive_sim.irl.highway import states
from drive_sim.lessons import kit
from drive_sim.lessons.irl.driving_styles_2004 import Config, Learned
from drive_sim.lessons.irl.driving_styles_result import Result
from drive_sim.lessons.irl.highway_film import Drive, write_highway_film
from drive_sim.report import page, plots, style
from drive_sim.report.video import last_picture

SHORT_NAMES = ("collision", "left verge", "left lane", "middle lane", "right lane", "right verge")
"""Of the features in `TOLD`."""


def make_figures(_config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    """Shares of samples, the margin over the iterations, and what each driver minds."""
    return {"shares": _plot_shares(result), "margins": _plot_margins(found), "weights": _plot_weights(result)}


def make_film(_config: Config, found: kit.PartResults, _result: Result, folder: Path) -> Mapping[str, kit.Fact]:
    """The film of every style and what was learned from it, of the first seed, in the run's folder."""
    film, (place, lanes) = folder / "film.mp4", states()
    if not film.exists():
        shown = {name: found.read(name, Learned)[0].shown for name in STYLES}
        both = {name: tuple(Drive(place[drive], lanes[drive]) for drive in of) for name, of in shown.items()}
        write_highway_film(film, {style.LOOKS[name].label: (of[0], of[1]) for name, of in both.items()})
    return {"film": page.film_uri(film), "poster": page.picture_uri(last_picture(film), "jpeg")}


def _plot_shares(result: Result) -> Figure:
    """A panel a style: the share of samples with each feature, demonstrated and learned."""
    rows = np.arange(len(SHORT_NAMES))[::-1]
    with plots.panels(style.PAGE_IN, 2.6, 1, len(STYLES), sharey=True) as (figure, all_axes):
        for axes, (name, of) in zip(all_axes, result.styles.items(), strict=True):
            axes.barh(rows + 0.19, of.demonstrated, 0.36, color=style.FAINT, label="demonstrated")
            axes.barh(rows - 0.19, of.learned, 0.36, color=style.LOOKS[name].colour, label="learned")
            axes.set(title=style.LOOKS[name].label, xlim=(0, 100), xlabel="% of samples")
            axes.grid(visible=False, axis="y")
        all_axes[0].set_yticks(rows, SHORT_NAMES)
    return figure


def _plot_margins(found: kit.PartResults) -> Figure:
    """How far the demonstration lies from the nearest mixture, over the iterations."""
    margins = {name: [part.margins for part in found.read(name, Learned)] for name in STYLES}
    longest = max(len(one) for of in margins.values() for one in of)
    curves = {
        name: plots.Curve(np.arange(longest), [np.pad(one, (0, longest - len(one)), mode="edge") for one in of])
        for name, of in margins.items()
    }
    with plots.panels(style.PAGE_IN, 3.0) as (figure, (axes,)):
        plots.draw_curves(axes, curves)
        axes.set(xlabel="policies planned so far", ylabel="margin", yscale="log")
        plots.legend_above(axes, 5)
    return figure


def _plot_weights(result: Result) -> Figure:
    """The weight of a collision, seed by seed: by maximum entropy, and by max-margin's last iteration."""
    labels = [style.LOOKS[name].label for name in STYLES][::-1]
    with plots.panels(style.PAGE_IN, 2.6, 1, 2, sharey=True) as (figure, all_axes):
        for row, (name, of) in enumerate(reversed(result.styles.items())):
            plots.draw_estimate(all_axes[0], row, of.collision, style.LOOKS[name], of.collision_per_seed)
            mark = {"color": style.LOOKS[name].colour, "marker": style.LOOKS[name].marker, "linewidths": 0}
            places = row + 0.22 * np.linspace(-1.0, 1.0, len(of.collision_margin))
            all_axes[1].scatter(of.collision_margin, places, s=24, **mark)
        for axes, title in zip(all_axes, ("Maximum entropy", "Max-margin, last iteration"), strict=True):
            axes.axvline(0.0, color=style.FAINT, linewidth=1)
            axes.set(title=title, xlabel="weight of a collision")
        plots.name_rows(all_axes, labels)
    return figure
