"""What maps are worth: how far they agree with the true markings, and what moving the pixels that they name does."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from drive_sim.arrays import Images, Masks, PerCar
from drive_sim.evaluate.pixel_shifts import responses, slopes
from drive_sim.evaluate.saliency_scores import Maps, intersection_over_union, points_at, strongest
from drive_sim.lessons.saliency_maps import Views

Predict = Callable[[Images], PerCar]


def agreement(maps: Mapping[str, Maps], truth: Masks, within_px: int) -> dict[str, Any]:
    """For each map, view by view: intersection over union with the truth, and whether its strongest pixel hits it."""
    return {
        "iou": {name: intersection_over_union(values, truth) for name, values in maps.items()},
        "points": {name: points_at(values, truth, within_px=within_px) for name, values in maps.items()},
    }


def effects(predict: Predict, views: Views, these: Masks, shifts_px: tuple[int, ...]) -> dict[str, Any]:
    """What the command does when these pixels are moved, and when the others are: a slope a view, a mean a shift.

    Slopes are in 1/m for a pixel to the left; `answers` are mean changes of the command in 1/m against no shift.
    """
    found: dict[str, Any] = {"share": float(these.mean())}
    for moved in ("these", "others"):
        commands_per_m = responses(predict, views.images, these, shifts_px, moved)
        found[moved] = slopes(shifts_px, commands_per_m)
        found[f"{moved}_answers"] = (commands_per_m - commands_per_m[shifts_px.index(0)]).mean(axis=1)
    return found


def effects_of_all(predict: Predict, views: Views, shifts_px: tuple[int, ...]) -> dict[str, Any]:
    """The same for whole pictures."""
    commands_per_m = responses(predict, views.images, views.truth, shifts_px, "all")
    change_per_m = commands_per_m - commands_per_m[shifts_px.index(0)]
    return {"all": slopes(shifts_px, commands_per_m), "all_answers": change_per_m.mean(axis=1)}


def carried(
    predict: Predict, views: Views, values: Maps, shares: tuple[float, ...], shifts_px: tuple[int, ...]
) -> list[float]:
    """The mean slope when the strongest pixels of a map are moved, for each share of the picture that they make up."""
    return [
        float(
            slopes(shifts_px, responses(predict, views.images, strongest_share(values, s), shifts_px, "these")).mean()
        )
        for s in shares
    ]


def strongest_share(values: Maps, share: float) -> Masks:
    """The strongest pixels of each map, so many of the whole."""
    num_pixels = values.shape[1] * values.shape[2]
    return strongest(values, np.full(len(values), round(share * num_pixels)))
