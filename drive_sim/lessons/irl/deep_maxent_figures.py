"""Figures of rewards of objectworlds: what they lose over demonstrations, and what they are, cell by cell."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from drive_sim.irl.worlds.objectworld import Objectworld
from drive_sim.report import plots, style

_ASIDE = 1.04
"""Points of several methods stand so many times apart, so that none hides another."""


def plot_losses(nums: Sequence[int], panels: Mapping[str, Mapping[str, plots.Curve]]) -> Figure:
    """Values lost over the number of demonstrations, a panel a kind of world, a curve a method."""
    with plots.panels(style.PAGE_IN, 3.9, 1, len(panels), sharey=True) as (figure, all_axes):
        for axes, (title, curves) in zip(all_axes, panels.items(), strict=True):
            for number, (name, curve) in enumerate(curves.items()):
                aside = _ASIDE ** (number - (len(curves) - 1) / 2)
                plots.draw_curves(axes, {name: replace(curve, x=aside * np.array(nums))}, marks=True)
            axes.set_xscale("log")
            axes.set_xticks(nums, [str(num) for num in nums])
            axes.xaxis.set_minor_locator(NullLocator())
            axes.set_xlabel(f"demonstrations; {title}")
        most = max(np.max(curve.seeds) for curves in panels.values() for curve in curves.values())
        all_axes[0].set_ylim(0.0, 1.06 * most)
        all_axes[0].set_ylabel("expected value difference")
        figure.legend(*all_axes[0].get_legend_handles_labels(), loc="outside upper left", ncols=4)
    return figure


def plot_rewards(rows: Mapping[str, tuple[Objectworld, Mapping[str, npt.NDArray[np.float64]]]]) -> Figure:
    """Rewards (s,) as pictures: a row a world, the true one first and each learned one fitted to it, and the objects.

    Behaviour leaves shift and scale of a reward open, so each learned one has those that bring it nearest the true one.
    """
    num_columns = 1 + len(next(iter(rows.values()))[1])
    with plots.panels(style.PAGE_IN, 3.75 * len(rows), len(rows), num_columns) as (figure, all_axes):
        left = iter(all_axes)
        for row, (where, (world, learned)) in enumerate(rows.items()):
            true = world.reward()
            for name, reward in {"": true, **learned}.items():
                axes = next(left)
                _draw_world(axes, world, _fitted(reward, true), objects=not name)
                if row == 0:
                    axes.set_title(style.LOOKS[name].label if name else "The true reward", loc="center")
                if not name:
                    axes.set_ylabel(where)
        figure.legend(*all_axes[0].get_legend_handles_labels(), loc="outside lower left", ncols=2)
    return figure


def _fitted(reward: npt.NDArray[np.float64], true: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shifted, and scaled by a number that is not negative, to lie nearest the true reward."""
    apart = reward - reward.mean()
    scale = max(float(apart @ true), 0.0) / max(float(apart @ apart), 1e-12)
    return scale * apart + true.mean()


def _draw_world(axes: Axes, world: Objectworld, reward: npt.NDArray[np.float64], *, objects: bool) -> None:
    size = world.config.size
    axes.imshow(reward.reshape(size, size), cmap="PuOr", vmin=-1.2, vmax=1.2, interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    if objects:
        row, column = np.divmod(world.cells, size)
        for colour, marker in enumerate("o^"):
            of = world.outer == colour
            mark = {"marker": marker, "s": 26, "color": style.INK, "linewidths": 0}
            name = f"objects of the {('first', 'second')[colour]} outer colour"
            axes.scatter(column[of], row[of], label=name, **mark)
