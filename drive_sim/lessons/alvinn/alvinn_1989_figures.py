"""Pictures of the lesson on ALVINN's first experiment: how answers get better, what hidden units look for."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.lessons import kit
from drive_sim.lessons.alvinn.alvinn_1989 import METHODS, Config, Learned, first_seed, novel_pictures
from drive_sim.lessons.alvinn.alvinn_1989_result import Result
from drive_sim.lessons.alvinn.alvinn_figures import plot_answers
from drive_sim.lessons.alvinn.edge_probes import ONE_EDGE, WHOLE_ROAD
from drive_sim.lessons.alvinn.hidden_film import Learning, write_hidden_film
from drive_sim.policies.alvinn_pictures import as_grey
from drive_sim.report import page, plots, style
from drive_sim.report.video import last_picture


def make_figures(config: Config, found: kit.PartResults, result: Result) -> dict[str, Figure]:
    """All of them; where a network itself is needed the first seed's learns once more."""
    kinds = config.generator.scene_kinds
    some = novel_pictures(config, "one-width").rows(slice(len(kinds)))
    policy = first_seed(config, "one-width")[-1]
    return {
        "learning": _plot_learning(result),
        "answers": plot_answers(policy, some.images, some.curvature_per_m, kinds, 4.1),
        "widths": _plot_widths(config, found, result),
    } | {f"units {name}": _plot_units(config, found.read(name, Learned)[0], name) for name in METHODS}


def _plot_learning(result: Result) -> Figure:
    by_epoch = {name: of.well_by_epoch for name, of in result.methods.items()}
    curves = {name: plots.Curve(np.arange(seeds.shape[1]), seeds) for name, seeds in by_epoch.items()}
    figure = plots.plot_curves({"epoch": curves}, "novel pictures within two units [%]", ylim=(0, 101))
    (axes,) = figure.axes
    axes.locator_params(axis="x", integer=True)
    centre, published = result.methods["one-width"].centre_percent, result.published.well_percent
    plots.mark_level(axes, centre, f"always the centre unit: {centre:.0f} %")
    plots.mark_level(axes, published, f"published, after the last: ≈ {published:.0f} %", side="left")
    return figure


def _plot_widths(config: Config, found: kit.PartResults, result: Result) -> Figure:
    """Roads of each width: how much hidden units tie both edges, and how many pictures are answered well."""
    shares, answers = {}, {}
    for name, of in result.methods.items():
        by_seed = [100.0 * part.place_share.mean(axis=1) for part in found.read(name, Learned)]
        estimates = [share.percent for share in of.place_share_by_width]
        shares[name] = plots.Curve.of_estimates(config.probe_widths_m, by_seed, estimates)
        answers[name] = plots.Curve(config.probe_widths_m, of.well_by_width)
    panels = {"hidden units, on roads so wide [m]": shares, "answers, on roads so wide [m]": answers}
    figure = plots.plot_curves(panels, "for the place; within two units [%]", ylim=(0, 109), marks=True)
    for axes in figure.axes:
        plots.mark_place(axes, config.trained_width_m, "the one width")
    for share, words in ((ONE_EDGE, "a detector of one edge"), (WHOLE_ROAD, "a filter for whole roads")):
        plots.mark_level(figure.axes[0], 100.0 * share, words)
    return figure


def _plot_units(config: Config, part: Learned, method: str) -> Figure:
    """The first seed's hidden units as pictures, those first that tie both edges most at the one width."""
    shares, policy = part.place_share[config.trained], first_seed(config, method)[-1]
    order = np.argsort(shares)[::-1]
    pictures = list(as_grey(policy.network.hidden_weights[order]))
    return plots.plot_pictures(pictures, [f"{share:.2f}" for share in shares[order]], 6, style.COLUMN_IN)


def make_film(config: Config, _found: kit.PartResults, result: Result, folder: Path) -> Mapping[str, kit.Fact]:
    """The film of the first seed's hidden units, in the run's folder."""
    film, learned = folder / "film.mp4", {}
    for name, of in result.methods.items():
        weights = np.stack([policy.network.hidden_weights for policy in first_seed(config, name)])
        learned[name] = Learning(weights, of.well_by_epoch[0])
    if not film.exists():  # whole, of a run that was stopped before its page was written
        write_hidden_film(film, learned)
    return {"film": page.film_uri(film), "poster": page.picture_uri(last_picture(film), "jpeg")}
