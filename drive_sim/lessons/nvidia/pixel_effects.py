"""What moving the pixels that a map names does to the command, and moving the others."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import Images, Masks, Numbers, PerCar
from drive_sim.evaluate.pixel_shifts import responses, slopes
from drive_sim.evaluate.saliency_scores import Maps, strongest
from drive_sim.lessons.nvidia.saliency_maps import Views

Predict = Callable[[Images], PerCar]


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """What the command does when some pixels are moved, or the others, or all.

    The slopes (v,) are each view's, in 1/m for a pixel to the left; the answers (k,) are mean changes of the command in
    1/m against no shift. `carried`: the mean slope when the strongest pixels of a map are moved, for each share of the
    picture that they make up; nothing for the truth, which has no strongest ones.
    """

    share: float
    these: Numbers
    others: Numbers
    these_answers: Numbers
    others_answers: Numbers
    carried: Numbers


def effect_of(predict: Predict, views: Views, these: Masks, shifts_px: tuple[int, ...], carried: Numbers) -> Effect:
    """What the command does when these pixels are moved, and when the others are."""
    moved, beside = (responses(predict, views.images, these, shifts_px, which) for which in ("these", "others"))
    return Effect(
        share=float(these.mean()),
        these=slopes(shifts_px, moved),
        others=slopes(shifts_px, beside),
        these_answers=_answers(shifts_px, moved),
        others_answers=_answers(shifts_px, beside),
        carried=carried,
    )


def effect_of_all(predict: Predict, views: Views, shifts_px: tuple[int, ...]) -> tuple[Numbers, Numbers]:
    """Slopes (v,) and answers (k,) when whole pictures are moved."""
    commands_per_m = responses(predict, views.images, views.truth, shifts_px, "all")
    return slopes(shifts_px, commands_per_m), _answers(shifts_px, commands_per_m)


def carried(
    predict: Predict, views: Views, values: Maps, shares: tuple[float, ...], shifts_px: tuple[int, ...]
) -> Numbers:
    """The mean slope when the strongest pixels of a map are moved, for each share of the picture that they make up."""
    masks = (strongest_share(values, share) for share in shares)
    commands_per_m = (responses(predict, views.images, these, shifts_px, "these") for these in masks)
    return np.array([slopes(shifts_px, commands).mean() for commands in commands_per_m])


def strongest_share(values: Maps, share: float) -> Masks:
    """The strongest pixels of each map, so many of the whole."""
    num_pixels = values.shape[1] * values.shape[2]
    return strongest(values, np.full(len(values), round(share * num_pixels)))


def _answers(shifts_px: tuple[int, ...], commands_per_m: Numbers) -> Numbers:
    """The mean change of commands (k, v) against no shift (k,)."""
    return (commands_per_m - commands_per_m[shifts_px.index(0)]).mean(axis=1)
