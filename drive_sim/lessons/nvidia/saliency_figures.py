"""Figures of the saliency lesson: how far maps agree with the truth, and what moving the pixels that they name does."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter

from drive_sim.arrays import Picture
from drive_sim.lessons.nvidia.saliency import Pictures
from drive_sim.lessons.nvidia.saliency_estimates import KindFigures
from drive_sim.lessons.nvidia.saliency_maps import MAPS
from drive_sim.report import plots, style
from drive_sim.report.style import LOOKS, Look

_UNTRAINED = (0, (2, 1.5))
MAP_LOOKS = {
    "vbp": Look("VisualBackProp", style.PURPLE, "o"),
    "gradient": Look("Gradient", style.GREEN, "o"),
    "vbp-untrained": Look("VisualBackProp, untrained", style.PURPLE, "o", _UNTRAINED),
    "gradient-untrained": Look("Gradient, untrained", style.GREEN, "o", _UNTRAINED),
    "contrast": Look("Contrast of the picture", style.ORANGE, "o"),
    "usual": Look("Where markings usually lie", style.SKY, "o"),
    "centre": Look("Middle of the picture", style.INK, "o"),
    "random": Look("Blobs of noise", style.FAINT, "o"),
    "truth": Look("The true markings", style.VERMILION, "o"),
}
ANSWERS = ("vbp", "gradient", "truth", "random")
"""The maps whose pixels are moved in the figure."""
VIEWS = ("images", "truth", "vbp", "gradient", "vbp-untrained")
_GLOW = (255, 60, 190)
"""As in the window: nothing on a road has it."""
_DIMMED = 0.55
_DOTS = (0, (1, 2))


def plot_views(shown: Mapping[str, Pictures]) -> Figure:
    """Views in rows: each as the network sees it, and dimmed, marked by the truth and by maps."""
    views = shown["images"]
    marked = [
        view if name == "images" else marks_on(view, shown[name][i]) for i, view in enumerate(views) for name in VIEWS
    ]
    titles = ["What the network sees", *(MAP_LOOKS[name].label for name in VIEWS[1:])]
    return plots.plot_pictures(marked, titles + [""] * (len(marked) - len(titles)), len(VIEWS))


def marks_on(view: Picture, marks: Pictures) -> Picture:
    """A dimmed picture (h, w, 3) with marks (h, w) of 0 to 255 glowing on it."""
    return np.maximum(_DIMMED * view, marks[..., None] / 255.0 * np.array(_GLOW)).astype(np.uint8)


def plot_scores(kinds: Mapping[str, KindFigures], within_px: int) -> Figure:
    """For every map: IoU, how often its strongest pixel hits, and what its strongest pixels carry; 95 % intervals.

    Dotted: what chance gives on each kind of road.
    """
    scores = {"iou": "IoU with the true markings", "points": f"points within {within_px} px of one"}
    names = list(MAP_LOOKS)[::-1]
    with plots.panels(style.PAGE_IN, 0.9 + 0.42 * len(names), 1, 3, sharey=True) as (figure, all_axes):
        for side, (kind, found) in enumerate(kinds.items()):
            for axes, score in zip(all_axes, scores, strict=False):
                axes.axvline(found.chance[score], color=LOOKS[kind].colour, linewidth=1.2, linestyle=_DOTS)
            for row, name in enumerate(names):
                of = found.maps[name]
                for axes, estimate in zip(
                    all_axes, [of.scores.get(score) for score in scores] + [of.these], strict=True
                ):
                    if estimate is not None:
                        plots.draw_estimate(axes, row + 0.15 - 0.3 * side, estimate, LOOKS[kind])
        for axes, title in zip(all_axes, [*scores.values(), "answer carried"], strict=True):
            axes.axvline(0.0, color=style.HAIR, linewidth=1)
            axes.set_title(title, loc="left")
            axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        plots.name_rows(all_axes, [MAP_LOOKS[name].label for name in names])
        looks = [LOOKS[kind] for kind in kinds]
        keys = [all_axes[0].scatter([], [], marker=of.marker, color=of.colour, label=of.label) for of in looks]
        figure.legend(handles=keys, loc="outside upper right", ncols=2)
    return figure


def plot_answers(kinds: Mapping[str, KindFigures], shifts_px: Sequence[int], label_per_m_px: float) -> Figure:
    """How the command answers when pixels are moved: those that a map names, the others, and all; a row a kind of road.

    Dotted: what the label law asks for the turn that moves the whole picture so far.
    """
    shifts = np.array(shifts_px)
    shape = len(kinds), len(ANSWERS)
    with plots.panels(style.PAGE_IN, 2.3 * len(kinds) + 0.4, *shape, sharex=True, sharey=True) as (figure, all_axes):
        for axes, (kind, name) in zip(all_axes, [(kind, name) for kind in kinds for name in ANSWERS], strict=True):
            found, of = kinds[kind], kinds[kind].maps[name]
            axes.plot(shifts, 1e3 * label_per_m_px * shifts, color=style.FAINT, linewidth=1, linestyle=_DOTS)
            drawn = (("all", found.all_answers), ("these", of.these_answers), ("the others", of.others_answers))
            for (text, answers), colour in zip(drawn, (style.INK, style.PURPLE, style.ORANGE), strict=True):
                axes.plot(shifts, 1e3 * np.array(answers), color=colour, linewidth=2, label=text)
            axes.set_title(MAP_LOOKS[name].label, loc="center")
        for axes, kind in zip(all_axes[:: len(ANSWERS)], kinds, strict=True):
            axes.set_ylabel(f"{LOOKS[kind].label.lower()}\ncommand [1/km]")
        for axes in all_axes[-len(ANSWERS) :]:
            axes.set_xlabel("moved to the left [pixels]")
        all_axes[0].legend(loc="upper left", handlelength=1.2)
    return figure


def plot_carried(kinds: Mapping[str, KindFigures], shares: Sequence[float]) -> Figure:
    """How much of the answer to the whole picture the strongest pixels carry, over how many of them are moved."""
    with plots.panels(style.PAGE_IN, 3.4, 1, len(kinds), sharey=True) as (figure, all_axes):
        for axes, (kind, found) in zip(all_axes, kinds.items(), strict=True):
            for name in MAPS:
                look = MAP_LOOKS[name]
                axes.plot(shares, found.maps[name].carried, linewidth=2, label=look.label, **look.line)
            axes.set(xscale="log", xlabel="share of the picture that is moved, strongest first")
            axes.set_xticks(list(shares), [f"{share:.0%}" for share in shares])
            axes.xaxis.set_minor_locator(NullLocator())
            axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
            axes.set_title(LOOKS[kind].label, loc="left")
        all_axes[0].set_ylabel("answer carried")
        figure.legend(*all_axes[0].get_legend_handles_labels(), loc="outside right center")
    return figure
