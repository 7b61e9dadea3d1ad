"""Figures of the saliency lesson: how far maps agree with the truth, and what moving the pixels that they name does."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter

from drive_sim.report import style

KIND_COLOURS = {"country": style.BLUE, "two-lane": style.ORANGE}
KIND_MARKERS = {"country": "o", "two-lane": "s"}
MAP_COLOURS = {
    "vbp": style.PURPLE,
    "gradient": style.GREEN,
    "vbp-untrained": style.PURPLE,
    "gradient-untrained": style.GREEN,
    "contrast": style.ORANGE,
    "usual": style.SKY,
    "centre": style.INK,
    "random": style.FAINT,
}
UNTRAINED_DASHES = (0, (2, 1.5))


def plot_scores(
    kinds: Mapping[str, Any],
    maps: Sequence[str],
    *,
    within_px: int,
    labels: Mapping[str, str],
    kind_labels: Mapping[str, str],
) -> Figure:
    """For every map: IoU, how often its strongest pixel hits, and what its strongest pixels carry; 95 % intervals.

    Dotted: what chance gives on each kind of road.
    """
    scores = {
        "iou": "IoU with the true markings",
        "points": f"points within {within_px} px of one",
        "these": "answer carried",
    }
    names = list(maps)[::-1]
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 0.9 + 0.42 * len(names))
        for axes, (score, title) in zip(figure.subplots(1, 3, sharey=True), scores.items(), strict=True):
            for side, (kind, found) in enumerate(kinds.items()):
                if score in found["chance"]:
                    axes.axvline(found["chance"][score], color=KIND_COLOURS[kind], linewidth=1.2, linestyle=(0, (1, 2)))
                for row, name in enumerate(names):
                    if score in found["maps"][name]:
                        _interval(axes, row + 0.15 - 0.3 * side, found["maps"][name][score], kind)
            axes.axvline(0.0, color=style.HAIR, linewidth=1)
            axes.set_title(title, loc="left")
            axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
            axes.set_yticks(range(len(names)), [labels[name] for name in names])
            axes.grid(visible=False, axis="y")
        _legend(figure, kind_labels)
    return figure


def _interval(axes: Axes, row: float, of: Mapping[str, Any], kind: str) -> None:
    colour = KIND_COLOURS[kind]
    if of["low"] is not None:
        axes.plot([of["low"], of["high"]], [row, row], color=colour, linewidth=3, alpha=0.4)
    axes.scatter([of["mean"]], [row], s=26, marker=KIND_MARKERS[kind], color=colour, linewidths=0, zorder=3)


def _legend(figure: Figure, kind_labels: Mapping[str, str]) -> None:
    handles = [
        figure.axes[0].scatter([], [], s=26, marker=KIND_MARKERS[kind], color=KIND_COLOURS[kind], label=label)
        for kind, label in kind_labels.items()
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=2)


def plot_answers(
    kinds: Mapping[str, Any],
    maps: Sequence[str],
    shifts_px: Sequence[int],
    *,
    label_per_m_px: float,
    labels: Mapping[str, str],
    kind_labels: Mapping[str, str],
) -> Figure:
    """How the command answers when pixels are moved: those that a map names, the others, and all; a row a kind of road.

    Dotted: what the label law asks for the turn that moves the whole picture so far.
    """
    shifts = np.array(shifts_px)
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 2.3 * len(kinds) + 0.4)
        rows = figure.subplots(len(kinds), len(maps), sharex=True, sharey=True, squeeze=False)
        for panels, (kind, found) in zip(rows, kinds.items(), strict=True):
            for axes, name in zip(panels, maps, strict=True):
                of = found["maps"][name]
                axes.plot(shifts, 1e3 * label_per_m_px * shifts, color=style.FAINT, linewidth=1, linestyle=(0, (1, 2)))
                for answers, colour, text in (
                    (found["all_answers"], style.INK, "all"),
                    (of["these_answers"], style.PURPLE, "these"),
                    (of["others_answers"], style.ORANGE, "the others"),
                ):
                    axes.plot(shifts, 1e3 * np.array(answers), color=colour, linewidth=2, label=text)
                axes.set_title(labels[name], loc="center")
            panels[0].set_ylabel(f"{kind_labels[kind]}\ncommand [1/km]")
        for axes in rows[-1]:
            axes.set_xlabel("moved to the left [pixels]")
        rows[0, 0].legend(loc="upper left", handlelength=1.2)
    return figure


def plot_carried(
    kinds: Mapping[str, Any],
    maps: Sequence[str],
    shares: Sequence[float],
    *,
    labels: Mapping[str, str],
    kind_labels: Mapping[str, str],
) -> Figure:
    """How much of the answer to the whole picture the strongest pixels carry, over how many of them are moved."""
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 3.4)
        panels = figure.subplots(1, len(kinds), sharey=True, squeeze=False)[0]
        for axes, (kind, found) in zip(panels, kinds.items(), strict=True):
            for name in maps:
                dashes = UNTRAINED_DASHES if name.endswith("untrained") else "solid"
                carried = found["maps"][name]["carried"]
                axes.plot(shares, carried, color=MAP_COLOURS[name], linestyle=dashes, linewidth=2, label=labels[name])
            axes.set(xscale="log", xlabel="share of the picture that is moved, strongest first")
            axes.set_xticks(list(shares), [f"{share:.0%}" for share in shares])
            axes.xaxis.set_minor_locator(NullLocator())
            axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
            axes.set_title(kind_labels[kind], loc="left")
        panels[0].set_ylabel("answer carried")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right center")
    return figure
