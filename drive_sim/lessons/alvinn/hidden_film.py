"""A film of how a network's hidden units grow as it learns."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from drive_sim.arrays import Images, Picture
from drive_sim.policies.alvinn_pictures import as_grey
from drive_sim.report import style
from drive_sim.report.film_panels import DIM, NIGHT, PANEL, Colour, write
from drive_sim.report.video import write_film

SIZE_PX = (1280, 720)
BRIGHT: dict[str, Colour] = {"one-width": (86, 180, 233), "varying": (240, 184, 64)}
"""The house's colours of both, lightened for a dark screen."""
HELD_FRAMES = 18
"""The last epoch stays in sight so long."""
_FRAMES_A_SECOND = 6
_COLUMNS, _ZOOM, _GAP_PX = 6, 3, 4
_LEFT_PX, _TOP_PX, _WIDTH_PX = (28, 656), 104, _COLUMNS * (32 * _ZOOM + _GAP_PX) - _GAP_PX
_CURVE_PX = (592, 692)
"""Top and bottom of the curves."""
Percent = Annotated[npt.NDArray[np.float64], "e"]


@dataclass(frozen=True, slots=True, eq=False)
class Learning:
    """Weights (e, k, h, w) and the share of pictures answered well (e,), in per cent, after each of e epochs."""

    weights: Annotated[npt.NDArray[np.float32], "e k h w"]
    well_percent: Percent


def write_hidden_film(path: Path, learned: Mapping[str, Learning]) -> None:
    """A new film of two networks side by side, an epoch a frame."""
    last = len(next(iter(learned.values())).well_percent) - 1
    epochs = chain(range(last), repeat(last, HELD_FRAMES))
    write_film(path, (draw_frame(learned, epoch) for epoch in epochs), _FRAMES_A_SECOND)


def draw_frame(learned: Mapping[str, Learning], epoch: int) -> Picture:
    """Both networks' hidden units after an epoch, on the scale of each unit's last weights, and the curves so far."""
    frame = Image.new("RGB", SIZE_PX, NIGHT)
    draw = ImageDraw.Draw(frame)
    num_epochs = len(next(iter(learned.values())).well_percent) - 1
    write(draw, (_LEFT_PX[0], 18), f"Epoch {epoch} of {num_epochs}", 30, bold=True)
    words = "hidden units: white excites, black inhibits"
    write(draw, (SIZE_PX[0] - _LEFT_PX[0], 26), words, 18, colour=DIM, anchor="ra")
    for left_px, (name, learning) in zip(_LEFT_PX, learned.items(), strict=True):
        write(draw, (left_px, 68), style.LOOKS[name].label, 22, colour=BRIGHT[name], bold=True)
        units = as_grey(learning.weights[epoch], learning.weights[-1])
        frame.paste(Image.fromarray(_sheet(units)), (left_px, _TOP_PX))
        _draw_curve(draw, left_px, learning.well_percent, epoch, BRIGHT[name])
    return np.asarray(frame)


def _sheet(units: Images) -> Picture:
    """Pictures (k, h, w, 3) on one sheet, row by row, each pixel as large as a screen needs it."""
    large = np.kron(units, np.ones((1, _ZOOM, _ZOOM, 1), np.uint8))
    count, height_px, width_px, _ = large.shape
    cells = np.full((count + -count % _COLUMNS, height_px + _GAP_PX, width_px + _GAP_PX, 3), NIGHT, np.uint8)
    cells[:count, :height_px, :width_px] = large
    rows = cells.reshape(-1, _COLUMNS, *cells.shape[1:]).swapaxes(1, 2)
    return rows.reshape(-1, _COLUMNS * cells.shape[2], 3)[:-_GAP_PX, :-_GAP_PX]


def _draw_curve(draw: ImageDraw.ImageDraw, left_px: int, percent: Percent, epoch: int, colour: Colour) -> None:
    """The share of novel pictures answered well, from the first epoch to this one, and its number."""
    (top_px, bottom_px), right_px = _CURVE_PX, left_px + _WIDTH_PX
    columns = np.linspace(left_px, right_px, len(percent)).tolist()
    rows = (bottom_px - percent / 100.0 * (bottom_px - top_px)).tolist()
    draw.rectangle((left_px, top_px, right_px, bottom_px), fill=PANEL)
    draw.line(list(zip(columns, rows, strict=True))[: epoch + 1], fill=colour, width=3, joint="curve")
    draw.ellipse((columns[epoch] - 5, rows[epoch] - 5, columns[epoch] + 5, rows[epoch] + 5), fill=colour)
    words = "novel pictures within two units"
    write(draw, (right_px - 124, bottom_px - 14), words, 16, colour=DIM, anchor="rb")
    write(draw, (right_px - 8, bottom_px - 8), f"{percent[epoch]:.0f} %", 36, bold=True, anchor="rb")
