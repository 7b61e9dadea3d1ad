"""A network's hidden units as grey pictures, and the frames of a film of how they grow."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from drive_sim.arrays import Picture
from drive_sim.report import style
from drive_sim.report.film_panels import DIM, HAIR, NIGHT, PANEL, write

SIZE_PX = (1280, 720)
BRIGHT = {"one-width": (86, 180, 233), "varying": (240, 184, 64)}
"""The house's colours of both, lightened for a dark screen."""
_COLUMNS, _ZOOM, _GAP_PX = 6, 3, 4
_MARGIN_PX, _NEXT_PX, _SHEET_TOP_PX, _CURVE_TOP_PX, _CURVE_HEIGHT_PX = 28, 628, 104, 592, 100

Weights = Annotated[npt.NDArray[np.float32], "k h w"]
"""The weights of k hidden units as pictures."""


@dataclass(frozen=True, slots=True, eq=False)
class Learning:
    """Weights (e, k, h, w) and the share of pictures answered well (e,), in percent, after each of e epochs."""

    weights: Annotated[npt.NDArray[np.float32], "e k h w"]
    well_percent: Annotated[npt.NDArray[np.float64], "e"]


def as_grey(weights: Weights, most: npt.NDArray[np.float32] | None = None) -> npt.NDArray[np.uint8]:
    """Weights (k, h, w) as grey pictures (k, h, w): grey is 0, white excites, black inhibits.

    Each unit is as bright as its strongest weight makes it, or as `most` (k,) says, for one scale over time.
    """
    largest = np.abs(weights).max(axis=(1, 2)) if most is None else most
    return np.clip(127.5 + 127.5 * weights / np.maximum(largest, 1e-9)[:, None, None], 0.0, 255.0).astype(np.uint8)


def _sheet(units: npt.NDArray[np.uint8]) -> Picture:
    """Grey pictures (k, h, w) on one sheet, row by row, each pixel as large as a screen needs it."""
    count, height_px, width_px = units.shape
    step_y, step_x = height_px * _ZOOM + _GAP_PX, width_px * _ZOOM + _GAP_PX
    num_rows = math.ceil(count / _COLUMNS)
    picture = np.full((num_rows * step_y - _GAP_PX, _COLUMNS * step_x - _GAP_PX, 3), NIGHT, np.uint8)
    for number, unit in enumerate(units):
        top, left = number // _COLUMNS * step_y, number % _COLUMNS * step_x
        large = np.kron(unit, np.ones((_ZOOM, _ZOOM), np.uint8))
        picture[top : top + large.shape[0], left : left + large.shape[1]] = large[..., None]
    return picture


def draw_frame(seen: Mapping[str, Learning], epoch: int) -> Picture:
    """Every network's hidden units after an epoch, on the scale of each unit's last weights, and the curves so far."""
    frame = Image.new("RGB", SIZE_PX, NIGHT)
    draw = ImageDraw.Draw(frame)
    num_epochs = len(next(iter(seen.values())).well_percent) - 1
    write(draw, (_MARGIN_PX, 18), f"Epoch {epoch} of {num_epochs}", 30, bold=True)
    write(
        draw, (SIZE_PX[0] - _MARGIN_PX, 26), "hidden units: white excites, black inhibits", 18, colour=DIM, anchor="ra"
    )
    for number, (name, learning) in enumerate(seen.items()):
        left_px = _MARGIN_PX + number * _NEXT_PX
        most = np.abs(learning.weights[-1]).max(axis=(1, 2))
        units = _sheet(as_grey(learning.weights[epoch], most))
        write(draw, (left_px, 68), style.LOOKS[name].label, 22, colour=BRIGHT[name], bold=True)
        frame.paste(Image.fromarray(units), (left_px, _SHEET_TOP_PX))
        _draw_curve(draw, left_px, units.shape[1], learning.well_percent, epoch, BRIGHT[name])
    return np.asarray(frame)


def _draw_curve(
    draw: ImageDraw.ImageDraw,
    left_px: int,
    width_px: int,
    percent: npt.NDArray[np.float64],
    epoch: int,
    colour: tuple[int, int, int],
) -> None:
    """The share of novel pictures within two units, from the first epoch to this one, and its number."""
    bottom_px = _CURVE_TOP_PX + _CURVE_HEIGHT_PX
    draw.rectangle((left_px, _CURVE_TOP_PX, left_px + width_px, bottom_px), fill=PANEL)
    for level in (50, 90):
        row = bottom_px - level / 100.0 * _CURVE_HEIGHT_PX
        draw.line((left_px, row, left_px + width_px, row), fill=HAIR)
        write(draw, (left_px + 6, round(row) - 2), f"{level} %", 14, colour=DIM, anchor="lb")
    places = left_px + np.arange(len(percent)) / (len(percent) - 1) * width_px
    rows = bottom_px - percent / 100.0 * _CURVE_HEIGHT_PX
    points = [(float(x), float(y)) for x, y in zip(places, rows, strict=True)][: epoch + 1]
    if epoch:
        draw.line(points, fill=colour, width=3, joint="curve")
    x, y = points[-1]
    draw.ellipse((x - 5, y - 5, x + 5, y + 5), fill=colour)
    words = "novel pictures within two units"
    write(draw, (left_px + width_px - 124, bottom_px - 14), words, 16, colour=DIM, anchor="rb")
    write(draw, (left_px + width_px - 8, bottom_px - 8), f"{percent[epoch]:.0f} %", 36, bold=True, anchor="rb")
