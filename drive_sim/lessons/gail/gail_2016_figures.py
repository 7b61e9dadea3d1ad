"""The figures and the film of the lesson on GAIL."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.evaluate.intervals import estimate_mean
from drive_sim.gym.cart_pole import LIMIT
from drive_sim.lessons import kit
from drive_sim.lessons.gail.demonstrators import Demonstrator
from drive_sim.lessons.gail.discriminator_film import write_discriminator_film
from drive_sim.lessons.gail.gail_2016 import DEMONSTRATORS, FILMED, Config
from drive_sim.lessons.gail.gail_2016_result import SOLVED, Result, Scored, by_arm
from drive_sim.report import page, plots, style
from drive_sim.report.video import last_picture

COMPARED = ("clone", "clone-greedy", "gail")
"""Those that learn from 1, 4, 7 and 10 trajectories; FEM learns from one."""
PUBLISHED: dict[str, tuple[float, ...]] = {"clone": (72, 169, 189, 177), "gail": (200,) * 4, "fem": (200,) * 4}
"""From 1, 4, 7 and 10 trajectories."""
ENDING = ("gail", "constant", "left", "logit", "penalty", "flipped-survival")
"""Whose curves are shown in the world where a fall ends an episode."""
_REWARDS = {
    "survival": ("survival, −log C", lambda C: -np.log(C), style.BLUE, "solid"),
    "logit": ("logit, log((1 − C) / C)", lambda C: np.log((1.0 - C) / C), style.SKY, "solid"),
    "penalty": ("penalty, log(1 − C)", lambda C: np.log(1.0 - C), style.VERMILION, "solid"),
    "flipped": ("survival, flipped", np.log, style.ORANGE, (0, (3, 2))),
}


def make_figures(config: Config, _found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    """Scores over trajectories, learning in both worlds, and the rewards over C."""
    return {
        "trajectories": _plot_trajectories(config, result),
        "learning": _plot_learning(result),
        "rewards": _plot_rewards(),
    }


def make_film(config: Config, found: kit.PartResults, _result: Result, folder: Path) -> Mapping[str, kit.Fact]:
    """The discriminator over the rounds of the first seed, in the run's folder."""
    film = folder / "film.mp4"
    if not film.exists():
        first = by_arm(config, found)[FILMED][0]
        shown = found.read(DEMONSTRATORS, Demonstrator)[0].sampled.first(1)
        means = np.interp([of.num_steps for of in first.maps], first.steps, first.means)
        write_discriminator_film(
            film, first.maps, np.column_stack([shown.seen[:, 2:4], shown.done.astype(np.float64)]), means
        )
    return {"film": page.film_uri(film), "poster": page.picture_uri(last_picture(film), "jpeg")}


def curve(of: Scored) -> plots.Curve:
    """An arm's scores over the steps that it tried."""
    estimates = [estimate_mean(look, least=0.0, most=LIMIT) for look in of.means.T]
    return plots.Curve.of_estimates(of.steps.mean(axis=0) / 1000.0, of.means, estimates)


def _plot_trajectories(config: Config, result: Result) -> Figure:
    with plots.panels(style.PAGE_IN, 3.4) as (figure, (axes,)):
        curves = {}
        for name in COMPARED:
            some = {num: arm for num in config.trajectories if (arm := result.arms.get(f"{name}-{num}")) is not None}
            per_seed = np.transpose([of.per_seed for of in some.values()])
            curves[name] = plots.Curve.of_estimates([*some], per_seed, [of.score for of in some.values()])
        plots.draw_curves(axes, curves, marks=True)
        for name, values in PUBLISHED.items():
            look = style.LOOKS[name]
            hollow = {"marker": look.marker, "facecolors": "none", "edgecolors": look.colour, "s": 70, "clip_on": False}
            axes.scatter((1, 4, 7, 10), values, zorder=6, **hollow)
        axes.set(xlabel="trajectories of 20 pairs", ylabel="steps before the fall", ylim=(0, 205))
        plots.legend_above(axes, 4)
    return figure


def _plot_learning(result: Result) -> Figure:
    with plots.panels(style.PAGE_IN, 3.6, 1, 2, sharey=True) as (figure, all_axes):
        for axes, (title, arms) in zip(all_axes, _worlds(result).items(), strict=True):
            plots.draw_curves(axes, {name: curve(of) for name, of in arms.items()})
            plots.mark_level(axes, SOLVED, "195", side="left")
            axes.set(xlabel="environment steps, thousands", ylim=(0, 205))
            axes.set_title(title, pad=34)
            plots.legend_above(axes, 3)
        all_axes[1].set(xscale="log", xticks=(1, 10, 100), xticklabels=("1", "10", "100"))
        all_axes[0].set_ylabel("steps before the fall")
    return figure


def _worlds(result: Result) -> dict[str, dict[str, Scored]]:
    """By title, the arms that are shown in each, by the name of their look."""
    fixed = {name.removeprefix("fixed-"): of for name, of in result.arms.items() if name.startswith("fixed-")}
    ending = {name: result.arms["gail-1" if name == "gail" else name] for name in ENDING}
    return {"A fall ends the episode": ending, "Fixed horizon: who falls stays down": fixed}


def _plot_rewards() -> Figure:
    C = np.linspace(0.02, 0.98, 97)
    with plots.panels(style.PAGE_IN, 3.2) as (figure, (axes,)):
        for label, reward, colour, dashes in _REWARDS.values():
            axes.plot(C, reward(C), color=colour, linestyle=dashes, linewidth=2.2, label=label)
        axes.axhline(0.0, color=style.FAINT, linewidth=1)
        axes.set(xlabel="C: surely the demonstrator's (0) to surely the policy's (1)", ylabel="reward of a step")
        plots.legend_above(axes, 4)
    return figure
