"""The figures of the lecture's exercise: rewards on the grid, cuts through the set of those that explain, walls."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from drive_sim.irl.identifiability import explains, optimal_pairs
from drive_sim.irl.mdp import PerState
from drive_sim.lessons.irl import exercise_world as world
from drive_sim.lessons.irl.exercise_answers import LECTURE, Wall
from drive_sim.report import plots, style
from drive_sim.report.numbers import number

_WORTH = LinearSegmentedColormap.from_list("worth", ["#e69f00", "#fbf3e3", "#ffffff", "#e3eef6", "#56b4e9"])
"""From the worst to the best, white for nothing; the page's dark theme leaves these alone, and the digits on them."""
_DIGITS = "#101418"
_EDGE = 0.003
"""Where a shortfall counts as one in a picture, so that edges are straight between its points."""
_CUTS = ((2, 4), (8, 5), (8, 2), (5, 3), (3, 6), (0, 1), (7, 5), (6, 8))
"""The pairs of cells along which the set is cut, the lecture's tie first."""
_MOVES = ((0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0))
"""Up, right, down and left on the page, where y goes up."""


def plot_rewards(rewards: Mapping[str, PerState]) -> Figure:
    """Every reward (9,) on the grid, with an arrow for each optimal action; a colour scale each."""
    num_columns = 3
    num_rows = -(-len(rewards) // num_columns)
    with plots.panels(style.PAGE_IN, 3.4 * num_rows, num_rows, num_columns) as (figure, all_axes):
        for axes, (name, reward) in zip(all_axes, rewards.items(), strict=False):
            draw_reward(axes, reward)
            axes.set_title(name, loc="center")
        for axes in all_axes[len(rewards) :]:
            axes.set_axis_off()
    return figure


def draw_reward(axes: Axes, reward: PerState) -> None:
    """One reward (9,): a coloured cell each with its number, and arrows."""
    mdp, limit = LECTURE.mdp(), float(np.abs(reward).max())
    axes.imshow(reward.reshape(3, 3), cmap=_WORTH, vmin=-limit, vmax=limit, extent=(0, 3, 0, 3))
    for cell, worth in enumerate(reward):
        x, y = _middle(cell)
        axes.text(x, y, number(worth, 2), ha="center", va="center", color=_DIGITS, fontsize=11)
        axes.text(x - 0.43, y + 0.43, str(cell + 1), ha="left", va="top", color=_DIGITS, fontsize=8)
    best, taken = optimal_pairs(world.plan_of(mdp, reward), mdp), np.isin(np.arange(mdp.num_pairs), LECTURE.pairs())
    for pair in np.flatnonzero(best & ~mdp.is_end[mdp.state]):
        (x, y), (right, up) = _middle(int(mdp.state[pair])), _MOVES[pair - mdp.first[mdp.state[pair]]]
        tail, head = (x + 0.29 * right, y + 0.24 * up), (x + 0.49 * right, y + 0.48 * up)
        colour = style.VERMILION if taken[pair] else "#5c6670"
        axes.annotate("", head, tail, arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.8})
    _grid(axes)


def plot_cuts(margin: PerState, maxent: PerState, points: int) -> Figure:
    """Cuts through the set of explaining rewards and the box, through max-margin's pick scaled into it.

    r(3) and r(5) move together wherever one of them is an axis, but in the first cut.
    """
    centre, other = margin / np.abs(margin).max(), maxent / np.abs(maxent).max()
    with plots.panels(style.PAGE_IN, 5.6, 2, 4) as (figure, all_axes):
        for axes, (a, b) in zip(all_axes, _CUTS, strict=True):
            if (a, b) == (2, 4):
                _draw_tie(axes, centre, other, points)
            else:
                _draw_cut(axes, centre, a, b, points)
            axes.plot(centre[a], centre[b], "s", color=style.ORANGE, markersize=7)
            axes.set(xlim=(-1.02, 1.02), ylim=(-1.02, 1.02), xlabel=_named(a), ylabel=_named(b))
            axes.set_xticks([-1, 0, 1])
            axes.set_yticks([-1, 0, 1])
            axes.set_aspect("equal")
    return figure


def _draw_cut(axes: Axes, centre: PerState, a: int, b: int, points: int) -> None:
    steps = np.linspace(-1.0, 1.0, points)
    x, y = np.meshgrid(steps, steps)
    rewards = np.tile(centre, (x.size, 1))
    for cell, values in ((a, x), (b, y)):
        rewards[:, [2, 4] if cell in (2, 4) else [cell]] = values.reshape(-1, 1)
    short = world.shortfall(LECTURE.mdp(), rewards, LECTURE.pairs()).reshape(x.shape)
    axes.contourf(x, y, short, levels=[-1.0, _EDGE], colors=[style.SKY], alpha=0.55)


def _draw_tie(axes: Axes, centre: PerState, other: PerState, points: int) -> None:
    """Of r(3) against r(5) the set is a line; maximum entropy's pick, elsewhere in other cells, lies beside it."""
    steps = np.linspace(-1.0, 1.0, points)
    rewards = np.tile(centre, (points, 1))
    rewards[:, [2, 4]] = steps[:, None]
    inside = explains(LECTURE.mdp(), rewards, LECTURE.pairs())
    axes.plot(steps[inside], steps[inside], color=style.SKY, linewidth=4)
    axes.plot(other[2], other[4], "o", color=style.BLUE, markersize=7)


def plot_spread(explaining: PerState, margin: PerState, maxent: PerState) -> Figure:
    """Where random rewards (n, 9) that explain lie, cell by cell, with both picks scaled into the box."""
    low, middle, high = np.quantile(explaining, [0.05, 0.5, 0.95], axis=0)
    at = np.arange(1, 10)
    with plots.panels(style.PAGE_IN, 3.0) as (figure, (axes,)):
        axes.vlines(at, low, high, color=style.SKY, linewidth=9, alpha=0.6, label="random rewards that explain")
        axes.hlines(middle, at - 0.16, at + 0.16, color=style.INK, linewidth=2, label="their median")
        for name, reward in (("max-margin", margin), ("maxent", maxent)):
            look = style.LOOKS[name]
            axes.plot(at, reward / np.abs(reward).max(), look.marker, color=look.colour, label=look.label, markersize=6)
        axes.set(ylim=(-1.05, 1.05), ylabel="reward")
        axes.set_xticks(at, [_named(cell) for cell in range(9)])
        axes.grid(visible=False, axis="x")
        plots.legend_above(axes, 4)
    return figure


def plot_walls(walls: Sequence[Wall], seen_without: int) -> Figure:
    """Every place of a wall, three times: what is left if a soft driver is known everywhere, or seen on the walks, and
    which share of the explaining rewards, once somebody has been seen to walk there.
    """
    told = {
        "known everywhere, 9 without": [(str(wall.soft), wall.soft < 9) for wall in walls],
        f"seen on the walks, {seen_without} without": [(str(wall.seen), wall.seen < seen_without) for wall in walls],
        "optimal walks, 100 % without": [(f"{100 * wall.share:.0f} %", wall.share < 1.0) for wall in walls],
    }
    with plots.panels(style.PAGE_IN, 3.8, 1, 3) as (figure, all_axes):
        for axes, (name, marks) in zip(all_axes, told.items(), strict=True):
            _draw_walks(axes)
            for wall, (text, teaches) in zip(walls, marks, strict=True):
                _draw_wall(axes, wall, text, style.VERMILION if teaches else style.FAINT)
            axes.set_title(name, loc="center")
    return figure


def _draw_wall(axes: Axes, wall: Wall, text: str, colour: str) -> None:
    (x, y), (to_x, to_y) = (_middle(cell) for cell in wall.between)
    middle, along = np.array([(x + to_x) / 2, (y + to_y) / 2]), np.array([abs(y - to_y), abs(x - to_x)]) * 0.4
    axes.plot(*zip(middle - along, middle + along, strict=True), color=colour, linewidth=4, solid_capstyle="butt")
    box = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": colour}
    axes.text(float(middle[0]), float(middle[1]), text, ha="center", va="center", fontsize=9, color=_DIGITS, bbox=box)


def _draw_walks(axes: Axes) -> None:
    for walk, colour, shift in zip(world.WALKS, (style.BLUE, style.GREEN), (0.05, -0.05), strict=True):
        x, y = np.array([_middle(cell) for cell in walk]).T
        axes.plot(x + shift, y + shift, color=colour, linewidth=3, alpha=0.5)
    for cell in range(9):
        x, y = _middle(cell)
        axes.text(x - 0.43, y + 0.43, str(cell + 1), ha="left", va="top", color=style.FAINT, fontsize=8)
    _grid(axes)


def _grid(axes: Axes) -> None:
    for at in range(4):
        axes.plot([at, at], [0, 3], color=style.HAIR, linewidth=1, zorder=1.5)
        axes.plot([0, 3], [at, at], color=style.HAIR, linewidth=1, zorder=1.5)
    axes.set(xlim=(-0.03, 3.03), ylim=(-0.03, 3.03))
    style.quiet_axes(axes)


def _middle(cell: int) -> tuple[float, float]:
    return cell % 3 + 0.5, 2.5 - cell // 3


def _named(cell: int) -> str:
    return f"r({cell + 1})"
