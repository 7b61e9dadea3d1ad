"""What a network's command does when some of a picture's pixels are moved sideways and the others stay.

The experiment by which NVIDIA asked whether salient pixels are the ones that steer (2017, arXiv 1704.07911, section 4):
move the salient pixels, move the others, move all, and see how the command answers.
"""

from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Images, Masks, PerCar

Moved = Literal["these", "others", "all"]
Responses = Annotated[npt.NDArray[np.float64], "k n"]
"""A command in 1/m for each of k shifts and n pictures."""


def shift_pixels(images: Images, these: Masks, left_px: int, moved: Moved) -> Images:
    """Pictures (n, h, w, 3) whose pixels of a mask, or the others, or all are moved so far to the left.

    The pixels of the mask lie before the others, so the picture is two layers. What a layer that is moved uncovers in
    the one behind is filled along the row from both sides, and what comes in at the picture's edge repeats the edge.
    """
    front_px, back_px = (left_px if moved in (layer, "all") else 0 for layer in ("these", "others"))
    if front_px == back_px:
        return _moved(images, front_px)
    behind = _moved(without_pixels(images, these), back_px)
    return np.where(_moved_mask(these, front_px)[..., None], _moved(images, front_px), behind)


def without_pixels(images: Images, these: Masks) -> Images:
    """Pictures whose pixels of a mask are filled along their row, in a straight line between both neighbours."""
    width = images.shape[2]
    column = np.arange(width)
    left = np.maximum.accumulate(np.where(these, -1, column), axis=-1)
    right = np.minimum.accumulate(np.where(these, width, column)[..., ::-1], axis=-1)[..., ::-1]
    gone = (left < 0) & (right == width)  # a whole row: there is nothing to fill it from
    left, right = np.where(gone, column, np.where(left < 0, right, left)), np.where(gone, column, right)
    right = np.where(right == width, left, right)
    share = np.where(right > left, (column - left) / np.maximum(right - left, 1), 0.0)[..., None]
    from_left, from_right = (np.take_along_axis(images, at[..., None], axis=2) for at in (left, right))
    return (from_left * (1.0 - share) + from_right * share + 0.5).astype(np.uint8)


def responses(
    predict: Callable[[Images], PerCar], images: Images, these: Masks, shifts_px: tuple[int, ...], moved: Moved
) -> Responses:
    """The commands (k, n) for each of the shifts to the left."""
    return np.stack([predict(shift_pixels(images, these, shift_px, moved)) for shift_px in shifts_px])


def slopes(shifts_px: tuple[int, ...], commands_per_m: Responses) -> PerCar:
    """The least squares slope of each picture's command (n,), in 1/m for a pixel to the left."""
    centred = np.array(shifts_px, dtype=np.float64) - np.mean(shifts_px)
    return centred @ commands_per_m / (centred @ centred)


def _moved(images: Images, left_px: int) -> Images:
    """Every pixel moved to the left, the edge repeated."""
    width = images.shape[2]
    return images[:, :, np.clip(np.arange(width) + left_px, 0, width - 1)]


def _moved_mask(these: Masks, left_px: int) -> Masks:
    """A mask moved to the left; what comes in at the edge belongs to it where the edge did."""
    width = these.shape[-1]
    return these[..., np.clip(np.arange(width) + left_px, 0, width - 1)]
