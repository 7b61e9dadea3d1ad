"""A basin of attraction as a picture: outcomes as colours, first commands as arrows, what was demonstrated as dots."""

import math

import numpy as np
import pygame

from drive_sim.app.canvas import PANEL, SHADE, Box, Canvas, Colour, as_surface
from drive_sim.arrays import Picture
from drive_sim.evaluate.basin import BasinConfig, BasinMap
from drive_sim.evaluate.unaided import LaneErrors
from drive_sim.sim.conditions import CONDITIONS

LOST, FOUND, SHOWN = (58, 64, 84), (244, 232, 158), (0, 96, 178)
"""Told apart by their lightness alone; what was demonstrated."""
_ON_FOUND, _ON_LOST = (70, 66, 40), (136, 144, 166)
"""Arrows."""
_ARROWS, _ARROW_S = 11, 0.5
"""So many arrows a side; where the first command leads the car in this time."""
_DOT = 2.2


class BasinPicture:
    """One policy's map, drawn anew only where more is known, or where it is shown elsewhere."""

    def __init__(self) -> None:
        self._drawn: pygame.Surface | None = None
        self._of: tuple[BasinMap, LaneErrors | None, Box] | None = None

    def draw(
        self, canvas: Canvas, box: Box, known: BasinMap, shown: LaneErrors | None, bend_per_m: float, *, arrows: bool
    ) -> None:
        """Fill `box`: offsets from left to right as the driver sees them, headings to the left above."""
        of, where = (known, shown, box), canvas.rect_px(box)
        if self._drawn is None or self._of is None or self._drawn.get_size() != where.size or not _same(of, self._of):
            self._of, self._drawn = of, pygame.Surface(where.size)
            inner = Canvas(self._drawn)
            # Its own units would follow from its height; the window's count.
            inner.scale = canvas.scale
            _draw(inner, Box(0.0, 0.0, box.width, box.height), known, shown, bend_per_m, arrows)
        canvas.surface.blit(self._drawn, where)


def point_of(config: BasinConfig, box: Box, offset_m: float, heading_rad: float) -> tuple[float, float]:
    """Where an offset and a heading lie, in units; what is farther off than the map lies on its edge."""
    most_rad, cells = math.radians(config.most_turned_deg), config.sides[-1]
    inner = (cells - 1.0) / cells
    across = max(-1.0, min(1.0, inner * offset_m / config.most_off_m))
    up = max(-1.0, min(1.0, inner * heading_rad / most_rad))
    return box.centre[0] - across * box.width / 2, box.centre[1] - up * box.height / 2


def pose_at(config: BasinConfig, box: Box, where: tuple[float, float]) -> tuple[int, int] | None:
    """The pose of the finest grid whose cell holds a point; None outside of the map."""
    if not box.holds(where):
        return None
    cells = config.sides[-1]
    column = int((where[0] - box.left) / box.width * cells)
    row = int((where[1] - box.top) / box.height * cells)
    return cells - 1 - min(column, cells - 1), cells - 1 - min(row, cells - 1)


def pixels_of(known: BasinMap) -> Picture:
    """A map's outcomes as pixels (headings, offsets, 3), a cell each, as they are shown."""
    # From (offsets, headings), both growing to the left, to rows from above and columns from the left.
    share = known.share.T[::-1, ::-1, None]
    mixed = np.where(np.isnan(share), np.array(PANEL), np.array(LOST) + share * (np.array(FOUND) - np.array(LOST)))
    return np.round(np.nan_to_num(mixed)).astype(np.uint8)


def _draw(canvas: Canvas, box: Box, known: BasinMap, shown: LaneErrors | None, bend_per_m: float, arrows: bool) -> None:
    canvas.surface.blit(pygame.transform.scale(as_surface(pixels_of(known)), canvas.surface.get_size()), (0, 0))
    if arrows and known.known.any():
        _draw_arrows(canvas, box, known, bend_per_m)
    for offset_m, heading_rad in [] if shown is None else shown:
        if abs(offset_m) < known.config.most_off_m and abs(heading_rad) < math.radians(known.config.most_turned_deg):
            canvas.dot(point_of(known.config, box, offset_m, heading_rad), _DOT, SHOWN)


def _draw_arrows(canvas: Canvas, box: Box, known: BasinMap, bend_per_m: float) -> None:
    """Where the first command would lead, in offset and heading, on the road's bend at this place."""
    offsets_m, headings_rad = known.config.axes
    step = (known.config.sides[-1] - 1) / (_ARROWS - 1)
    longest = 0.9 * box.width / _ARROWS
    speed_mps = CONDITIONS.vehicle.cruise_mps
    for row, column in np.ndindex(_ARROWS, _ARROWS):
        i, j = round(row * step), round(column * step)
        if not known.known[i, j]:
            continue
        off_m, turned_rad = float(offsets_m[i]), float(headings_rad[j])
        ahead_m = speed_mps * _ARROW_S
        tail = point_of(known.config, box, off_m, turned_rad)
        across = -ahead_m * math.sin(turned_rad) / known.config.most_off_m * box.width / 2
        up = ahead_m * (float(known.first_per_m[i, j]) - bend_per_m) / math.radians(known.config.most_turned_deg)
        colour = _ON_FOUND if 2 * known.found_back[i, j] > known.config.num_drives else _ON_LOST
        _draw_arrow(canvas, tail, (across, -up * box.height / 2), longest, colour)


def _draw_arrow(
    canvas: Canvas, tail: tuple[float, float], along: tuple[float, float], longest: float, colour: Colour
) -> None:
    """A long one is cut, so that none lies on another's tail."""
    length = math.hypot(*along)
    if length < 1.0:
        canvas.dot(tail, 1.5, colour)
        return
    share = min(1.0, longest / length)
    tip = tail[0] + share * along[0], tail[1] + share * along[1]
    angle = math.atan2(along[1], along[0])
    barbs = [(tip[0] - 5.0 * math.cos(angle + turn), tip[1] - 5.0 * math.sin(angle + turn)) for turn in (0.5, -0.5)]
    canvas.lines([tail, tip], colour)
    canvas.lines([barbs[0], tip, barbs[1]], colour)


def draw_car(canvas: Canvas, where: tuple[float, float], trail: list[tuple[float, float]], colour: Colour) -> None:
    """The car's place in a map, and how it came there."""
    canvas.lines(trail, SHADE, width=5.0)
    canvas.lines(trail, colour, width=2.5)
    canvas.dot(where, 9.0, SHADE)
    canvas.dot(where, 7.0, colour)


def _same(a: tuple[BasinMap, LaneErrors | None, Box], b: tuple[BasinMap, LaneErrors | None, Box]) -> bool:
    return a[0] is b[0] and a[1] is b[1] and a[2] == b[2]
