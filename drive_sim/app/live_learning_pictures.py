"""What a network learns from and has learned, as pictures: its exemplars sorted by steering, and its first layer."""

import numpy as np
import pygame

from drive_sim.app.canvas import PANEL, Box, Canvas, as_surface
from drive_sim.app.live_learning_twin import LiveTwin
from drive_sim.arrays import Images, Picture
from drive_sim.learn.live import Weights
from drive_sim.policies.alvinn_pictures import as_grey

SIZE_OF_BUFFER = 200
_ALVINN_UNITS, _FIRST_FILTERS = "hidden.weight", "convolutions.0.yuv.weight"


class ExemplarSheet:
    """The exemplars of a twin on one sheet, which is made anew where there are others."""

    def __init__(self) -> None:
        self._made: tuple[int, int, tuple[int, int]] | None = None
        self._surface: pygame.Surface | None = None

    def draw(self, canvas: Canvas, box: Box, twin: LiveTwin) -> None:
        """From steering left at the left to steering right at the right; the newest have a frame."""
        if not len(twin.pictures):
            return
        where = canvas.rect_px(box)
        made = id(twin), twin.num_learned, where.size
        if made != self._made or self._surface is None:
            sheet = as_surface(sheet_of(twin, _num_rows(twin.pictures, box)))
            self._made, self._surface = made, pygame.transform.smoothscale(sheet, where.size)
        canvas.surface.blit(self._surface, where)


def sheet_of(twin: LiveTwin, num_rows: int) -> Picture:
    """Exemplars column by column, as many columns as a full buffer takes."""
    order = np.argsort(-twin.curvature_per_m, kind="stable")
    height_px, width_px = twin.pictures.shape[1] + 4, twin.pictures.shape[2] + 4
    cells = np.full((len(order), height_px, width_px, 3), PANEL, np.uint8)
    is_new = np.isin(order, list(twin.newest))
    cells[is_new] = twin.colour
    cells[:, 2:-2, 2:-2] = twin.pictures[order]
    num_columns = -(-SIZE_OF_BUFFER // num_rows)
    sheet = np.full((num_rows * num_columns, *cells.shape[1:]), PANEL, np.uint8)
    # Few exemplars stand in the middle of the sheet, where many would have those that steer straight on.
    first = max(0, (len(sheet) - len(cells)) // 2 // num_rows * num_rows)
    sheet[first : first + len(cells)] = cells
    grid = sheet.reshape(num_columns, num_rows, *cells.shape[1:]).transpose(1, 2, 0, 3, 4)
    return grid.reshape(num_rows * height_px, num_columns * width_px, 3)


def first_layer(weights: Weights) -> Images:
    """What the units of the first layer look for, as grey pictures (k, h, w, 3): ALVINN's hidden units, or filters."""
    if _ALVINN_UNITS in weights:
        units = weights[_ALVINN_UNITS]
        return as_grey(units.reshape(len(units), 30, 32))
    return as_grey(weights[_FIRST_FILTERS][:, 0])


def _num_rows(pictures: Images, box: Box) -> int:
    """So many that a full sheet is about as wide and high as its box."""
    height_px, width_px = pictures.shape[1:3]
    shares = [(rows, (rows * height_px) / (-(-SIZE_OF_BUFFER // rows) * width_px)) for rows in range(2, 41)]
    return min(shares, key=lambda share: abs(np.log(share[1] / (box.height / box.width))))[0]
