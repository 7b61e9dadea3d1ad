"""A film of turned starts from above: one panel a driver, all test roads laid over each other in their lane's frame."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from drive_sim.arrays import Numbers, Picture
from drive_sim.report.film_panels import DIM, HAIR, NIGHT, PANEL, ROAD, TEXT, Colour, write
from drive_sim.report.style import LOOKS
from drive_sim.report.video import write_film

SIZE_PX = (1280, 720)
FPS, FRAMES_A_TICK = 20, 2
_COLUMNS, _TOP_PX, _GAP_PX = 3, 64, 10
_AHEAD_M, _ASIDE_M = (-15.0, 75.0), 26.0
_LANE_M, _LEFT_EDGE_M, _RIGHT_EDGE_M = 0.0, 5.25, -1.75
_LOST: Colour = (96, 104, 112)
_TRAIL_TICKS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The drives of a driver (cars, t): how far along their lanes and to the left of them, and who found back."""

    ahead_m: Numbers
    offset_m: Numbers
    found: Numbers


def write_turned_film(path: Path, drivers: Mapping[str, Seen], tick_s: float, num_ticks: int) -> None:
    """A new film of the first ticks of all drivers, in the order that they are given in."""
    write_film(path, frames(drivers, tick_s, num_ticks), FPS)


def frames(drivers: Mapping[str, Seen], tick_s: float, num_ticks: int) -> Iterator[Picture]:
    """Its frames: ticks of `tick_s`, and moments between them."""
    num_ticks = min(num_ticks, *(of.ahead_m.shape[1] for of in drivers.values()))
    for tick in np.arange(0.0, num_ticks - 1, 1.0 / FRAMES_A_TICK):
        picture = Image.new("RGB", SIZE_PX, NIGHT)
        draw = ImageDraw.Draw(picture)
        write(draw, (24, 16), "Starts turned to the left, roads laid straight", 26, bold=True)
        write(draw, (SIZE_PX[0] - 24, 22), f"{tick * tick_s:.1f} s", 20, colour=DIM, anchor="ra")
        for number, (name, of) in enumerate(drivers.items()):
            _draw_panel(picture, _place(number, len(drivers)), name, of, tick)
        yield np.asarray(picture)


def _place(number: int, count: int) -> tuple[int, int, int, int]:
    """Where a panel is: left, top, width and height."""
    rows = -(-count // _COLUMNS)
    width, height = (SIZE_PX[0] - _GAP_PX) // _COLUMNS, (SIZE_PX[1] - _TOP_PX) // rows
    row, column = divmod(number, _COLUMNS)
    return _GAP_PX + column * width, _TOP_PX + row * height, width - _GAP_PX, height - _GAP_PX


def _draw_panel(picture: Image.Image, place: tuple[int, int, int, int], name: str, of: Seen, tick: float) -> None:
    left, top, width, height = place
    panel = Image.new("RGB", (width, height), PANEL)
    draw = ImageDraw.Draw(panel)
    px_per_m = width / (_AHEAD_M[1] - _AHEAD_M[0])

    def seen(ahead_m: Numbers, offset_m: Numbers) -> list[tuple[float, float]]:
        x, y = (ahead_m - _AHEAD_M[0]) * px_per_m, height / 2.0 - offset_m * px_per_m
        return list(zip(x.tolist(), y.tolist(), strict=True))

    edges = seen(np.array([_AHEAD_M[0], _AHEAD_M[1]]), np.array([_LEFT_EDGE_M, _RIGHT_EDGE_M]))
    draw.rectangle((0, edges[0][1], width, edges[1][1]), fill=ROAD)
    lane = height / 2.0 - _LANE_M * px_per_m
    draw.line((0, lane, width, lane), fill=HAIR, width=1)
    colour = _bright(LOOKS[name].colour)
    first = max(0, int(tick) - _TRAIL_TICKS)
    times = np.append(np.arange(first, int(tick) + 1.0), tick)
    for ahead_m, offset_m, found in zip(of.ahead_m, of.offset_m, of.found, strict=True):
        ticks = np.arange(len(ahead_m))
        trail = seen(np.interp(times, ticks, ahead_m), np.interp(times, ticks, offset_m))
        shade = colour if found else _LOST
        draw.line(trail, fill=shade, width=1)
        x, y = trail[-1]
        draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill=shade)
    write(draw, (10, 8), LOOKS[name].label, 19, colour=colour, bold=True)
    write(draw, (width - 10, 10), f"{int(of.found.sum())} of {len(of.found)} find back", 16, colour=TEXT, anchor="ra")
    picture.paste(panel, (left, top))


def _bright(colour: str) -> Colour:
    """A colour of the page, lightened for a dark screen."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return tuple(min(255, round(0.75 * c + 75)) for c in (red, green, blue))  # pyright: ignore[reportReturnType]
