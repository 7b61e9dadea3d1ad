"""A film of the discriminator: C over angle and angular velocity, for either push, round after round."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from drive_sim.arrays import Picture
from drive_sim.lessons.gail.discriminator_map import ANGLES, VELOCITIES, Dots, Map
from drive_sim.report.film_panels import DIM, NIGHT, TEXT, Colour, write
from drive_sim.report.video import write_film

SIZE_PX, FPS, FRAMES_A_ROUND = (1280, 720), 24, 5
_LEFT_PX, _TOP_PX, _WIDTH_PX, _HEIGHT_PX = (70, 690), 130, 520, 430
_POLICY: Colour = (0, 140, 110)
_SHOWN: Colour = (20, 22, 26)
_PUSHES = ("pushing left", "pushing right")
_COLOURS = np.array([(84, 39, 136), (178, 171, 210), (247, 247, 247), (253, 184, 99), (179, 88, 6)], dtype=np.float64)
"""Evenly over `_RANGE`: purple the demonstrator's, orange the policy's."""
_RANGE = (30.0, 70.0)
"""Of C in per cent; what lies beyond has the colours of the ends."""


def write_discriminator_film(
    path: Path, maps: Sequence[Map], shown: Dots, means: npt.NDArray[np.float64], fps: int = FPS
) -> None:
    """A new film; `means` are the policy's scores, one a round, and `shown` what the demonstrator did."""
    write_film(path, frames(maps, shown, means), fps)


def frames(maps: Sequence[Map], shown: Dots, means: npt.NDArray[np.float64]) -> Iterator[Picture]:
    """Frame by frame; maps of neighbouring rounds are mixed, dots are the later round's. The last one stays."""
    for before, after, mean in zip([maps[0], *maps[:-1]], maps, means, strict=True):
        for frame in range(FRAMES_A_ROUND):
            share = (frame + 1) / FRAMES_A_ROUND
            yield _frame((1.0 - share) * before.percent + share * after.percent, after, shown, float(mean))
    for _ in range(FPS):
        yield _frame(maps[-1].percent.astype(np.float64), maps[-1], shown, float(means[-1]))


def _frame(percent: npt.NDArray[np.float64], at: Map, shown: Dots, mean: float) -> Picture:
    picture = Image.new("RGB", SIZE_PX, NIGHT)
    draw = ImageDraw.Draw(picture)
    write(draw, (28, 18), "Whose is this pair? The discriminator C", 32, bold=True)
    told = f"{at.num_steps:,} steps tried; the pole stands for {mean:.0f} of 200"
    write(draw, (28, 62), told, 22, colour=DIM)
    for action, left_px in enumerate(_LEFT_PX):
        write(draw, (left_px, _TOP_PX - 30), _PUSHES[action], 20, bold=True)
        picture.paste(_painted(percent[action]), (left_px, _TOP_PX))
        for dots, size_px, colour in ((at.policy, 4, _POLICY), (shown, 7, _SHOWN)):
            _draw_dots(draw, left_px, dots[dots[:, 2] == action], size_px, colour)
        write(draw, (left_px, _TOP_PX + _HEIGHT_PX + 8), "leans left", 17, colour=DIM)
        write(draw, (left_px + _WIDTH_PX, _TOP_PX + _HEIGHT_PX + 8), "leans right", 17, colour=DIM, anchor="ra")
    _draw_legend(draw, picture)
    return np.asarray(picture)


def _painted(percent: npt.NDArray[np.float64]) -> Image.Image:
    """C (angle, velocity) in per cent: the angle to the right, the angular velocity upwards."""
    at = np.linspace(*_RANGE, len(_COLOURS))
    channels = [np.interp(percent.T[::-1], at, channel) for channel in _COLOURS.T]
    return Image.fromarray(np.stack(channels, axis=-1).astype(np.uint8)).resize(
        (_WIDTH_PX, _HEIGHT_PX), Image.Resampling.BICUBIC
    )


def _draw_dots(draw: ImageDraw.ImageDraw, left_px: int, dots: Dots, size_px: int, colour: Colour) -> None:
    across = (dots[:, 0] - ANGLES[0]) / (ANGLES[-1] - ANGLES[0])
    up = (dots[:, 1] - VELOCITIES[0]) / (VELOCITIES[-1] - VELOCITIES[0])
    for x, y in zip(across, up, strict=True):
        if 0.0 < x < 1.0 and 0.0 < y < 1.0:
            column, row = left_px + x * _WIDTH_PX, _TOP_PX + (1.0 - y) * _HEIGHT_PX
            box = (column - size_px, row - size_px, column + size_px, row + size_px)
            draw.ellipse(box, fill=colour, outline=TEXT if colour == _SHOWN else None, width=2)


def _draw_legend(draw: ImageDraw.ImageDraw, picture: Image.Image) -> None:
    top_px = SIZE_PX[1] - 62
    write(draw, (28, top_px), "C up to 0.3: the demonstrator's", 18)
    ramp = _painted(np.tile(np.linspace(*_RANGE, 200)[:, None], (1, 2))).resize((200, 22))
    picture.paste(ramp, (302, top_px))
    write(draw, (512, top_px), "from 0.7: the policy's", 18)
    for column, size_px, colour, words in (
        (760, 5, _POLICY, "what the policy did"),
        (1000, 7, _SHOWN, "what was shown"),
    ):
        box = (column - size_px, top_px + 11 - size_px, column + size_px, top_px + 11 + size_px)
        draw.ellipse(box, fill=colour, outline=TEXT if colour == _SHOWN else None, width=2)
        write(draw, (column + 16, top_px), words, 18)
    note = "right: the pole's angle; upwards: how fast it turns to the right; the cart at rest in the middle"
    write(draw, (28, SIZE_PX[1] - 32), note, 16, colour=DIM)
