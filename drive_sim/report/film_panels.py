"""The parts of a film's frame: the road from above, the offset over time, and words."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from drive_sim.arrays import PerPoint, Picture
from drive_sim.report.road_lines import LIMIT_M, Points, RoadLines
from drive_sim.report.stretch import Take

Colour = tuple[int, int, int]
Pair = tuple[int, int]
Pixels = Annotated[npt.NDArray[np.float64], "k 2"]
"""Column and row of points of a line."""

NIGHT, PANEL, ROAD = (18, 22, 26), (30, 36, 41), (58, 66, 74)
HAIR, TEXT, DIM = (120, 130, 140), (240, 243, 246), (164, 172, 180)
BRIGHT = {"expert": (0, 190, 140), "driver": (240, 122, 40), "plain": (240, 122, 40), "shift-rotate": (86, 180, 233)}
"""The house's colours of policies, lightened for a dark screen."""
SHARP = 2
"""Plans and traces are drawn this many times larger, to be averaged down: their edges are smooth."""

_PX_PER_M = 11.0 * SHARP
_BEHIND = 0.4
"""The share of the plan's length that lies behind the car."""
_CAR_M = np.array([[-0.9, -0.9], [-0.9, 0.9], [3.0, 0.9], [3.6, 0.5], [3.6, -0.5], [3.0, -0.9]])
"""The car's outline, forward and left of its rear axle."""
_TRACE_SPAN_M = 1.5


def draw_plan(size_px: Pair, take: Take, i: int, lines: RoadLines, *, colour: Colour) -> Picture:
    """The road around the car at frame i from above, the car heading right, true to scale."""
    plan, draw = _new_panel(size_px)
    origin_px = np.array([plan.width * _BEHIND, plan.height / 2])
    reach_m = plan.width / _PX_PER_M
    s_m = take.s_m[i]
    near = lines.between(s_m - reach_m * _BEHIND - 8.0, s_m + reach_m * (1.0 - _BEHIND) + 8.0)
    x_m, y_m, heading_rad = take.poses[i]
    car_from_ground = np.array(
        [[np.cos(heading_rad), -np.sin(heading_rad)], [np.sin(heading_rad), np.cos(heading_rad)]]
    )

    def seen(points: Points) -> Pixels:
        forward_left = (points - (x_m, y_m)) @ car_from_ground
        return origin_px + forward_left * (_PX_PER_M, -_PX_PER_M)

    draw.polygon(_flat(seen(near.surface)), fill=ROAD)
    for limit in (near.limit_left, near.limit_right):
        _draw_dashes(draw, seen(limit))
    for piece in _unbroken(take.put_back, max(0, i - 120), i):
        draw.line(_flat(seen(take.poses[piece, :2])), fill=colour, width=2 * SHARP, joint="curve")
    draw.polygon(_flat(origin_px + _CAR_M * (_PX_PER_M, -_PX_PER_M)), fill=colour, outline=NIGHT, width=SHARP)
    return np.asarray(plan.reduce(SHARP))


def draw_trace(size_px: Pair, take: Take, i: int, *, colour: Colour) -> Picture:
    """The offset from the film's start to frame i, between its limits."""
    trace, draw = _new_panel(size_px)

    def row_px(offset_m: PerPoint) -> PerPoint:
        return trace.height * (0.5 - 0.5 * np.clip(offset_m / _TRACE_SPAN_M, -1.0, 1.0))

    dash_px = np.arange(0.0, trace.width, 6.0 * SHARP)
    for limit_m in (-LIMIT_M, LIMIT_M):
        _draw_dashes(draw, np.stack([dash_px, row_px(np.full(len(dash_px), limit_m))], axis=-1))
    column_px = np.linspace(0.0, trace.width - 1.0, len(take.offset_m))
    for piece in _unbroken(take.put_back, 0, i):
        points = np.stack([column_px[piece], row_px(take.offset_m[piece])], axis=-1)
        draw.line(_flat(points), fill=colour, width=2 * SHARP, joint="curve")
    return np.asarray(trace.reduce(SHARP))


def write(
    draw: ImageDraw.ImageDraw,
    at_px: Pair,
    words: str,
    size_px: int,
    *,
    colour: Colour = TEXT,
    bold: bool = False,
    anchor: str = "la",
) -> None:
    """Words on a frame; the anchor is Pillow's (left ascender by default)."""
    draw.text(at_px, words, fill=colour, font=_font(size_px, bold), anchor=anchor)


def offset_in_words(offset_m: float) -> str:
    """How far off its lane a car is, and on which side."""
    return f"{abs(offset_m):.2f} m {'left' if offset_m > 0 else 'right'}"


def words_on_a_strip(size_px: Pair, words: str, font_px: int, *, right: bool = False) -> Picture:
    """One line of words on the film's ground, at its left or right end."""
    strip = Image.new("RGB", size_px, NIGHT)
    write(ImageDraw.Draw(strip), (size_px[0] if right else 0, 0), words, font_px, anchor="ra" if right else "la")
    return np.asarray(strip)


def alarmed(picture: Picture, words: str, *, colour: Colour) -> Picture:
    """The picture in a frame of colour, with words on a patch of it."""
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=colour, width=6)
    middle_px, half_px = image.width // 2, draw.textlength(words, font=_font(20, bold=True)) / 2 + 16
    draw.rounded_rectangle((middle_px - half_px, 14, middle_px + half_px, 50), radius=18, fill=colour)
    write(draw, (middle_px, 32), words, 20, colour=NIGHT, bold=True, anchor="mm")
    return np.asarray(image)


def _new_panel(size_px: Pair) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    panel = Image.new("RGB", (size_px[0] * SHARP, size_px[1] * SHARP), PANEL)
    return panel, ImageDraw.Draw(panel)


def _unbroken(put_back: npt.NDArray[np.int64], first: int, last: int) -> Iterator[slice]:
    """Frames first..last, cut where the car was put back; pieces of at least two frames."""
    cuts = np.flatnonzero(np.diff(put_back[first : last + 1])) + first + 1
    for start, stop in zip([first, *cuts], [*cuts, last + 1], strict=True):
        if stop - start >= 2:
            yield slice(int(start), int(stop))


def _draw_dashes(draw: ImageDraw.ImageDraw, points: Pixels) -> None:
    """Every other piece of a line."""
    xy = _flat(points)
    for start in range(0, len(xy) - 3, 4):
        draw.line(xy[start : start + 4], fill=HAIR, width=SHARP)


def _flat(points: Pixels) -> list[float]:
    return points.ravel().tolist()


@cache
def _font(size_px: int, bold: bool) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which Matplotlib brings along."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name), size_px)
