"""The lecture's first step: all frames that the networks have learned from, and the commands that went with them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pygame

from drive_sim.app.canvas import FAINT, GAP, HEADING, INK, MARGIN, PADDING, SHADE, SKY, Box, Canvas, as_surface
from drive_sim.app.hud import draw_wheel
from drive_sim.app.layout import KEY_LINE
from drive_sim.app.lecture_step import LectureStep
from drive_sim.app.steering_wheel import WheelFeel, full_turn_per_m
from drive_sim.app.training_places import ScriptedDemonstration
from drive_sim.arrays import Picture
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import load_recording
from drive_sim.errors import InputError
from drive_sim.lessons.kit.demonstration import demonstrate
from drive_sim.sim.vehicle import VehicleParams

FRAMES_A_TICK = 6
_WORDS_WIDTH = 306.0
"""What stands beside the picture, in units."""
_SHEET_COLUMNS, _MOST_ROWS, _THUMBNAIL_PX = 22, 16, (40, 13)


class DemonstrationStep(LectureStep):
    """The recording plays, ten pictures a second, above a sheet of all of them."""

    def __init__(self, recordings: Sequence[Path], made: ScriptedDemonstration | None = None) -> None:
        """Where there is no recording, `made` says which demonstration of the scripted expert is made again."""
        self.demos = _load_first(recordings)
        if self.demos is None and made is not None:
            self.demos = demonstrate(made.seed, num_ticks=made.num_ticks)
        self._sheet = None if self.demos is None else _contact_sheet(self.demos)
        self._fitted: pygame.Surface | None = None
        self._frame, self._num_recordings = 0, len(recordings)

    @property
    def sentence(self) -> str:
        """What the networks have learned from, as far as it is known."""
        if self.demos is None:
            return "Two networks have learned to drive; what they have learned from is not here."
        if self._num_recordings > 1:
            return f"Two networks have learned from {self._num_recordings} recordings. This is the first of them."
        return "Two networks have learned from this, and from nothing else."

    def advance(self) -> None:
        """The recording plays on."""
        self._frame += 1

    def draw(self, canvas: Canvas, top: float) -> None:
        """The picture of this moment with its command, and all of them small."""
        canvas.surface.fill(SHADE)
        demos, sheet = self.demos, self._sheet
        if demos is None or sheet is None:
            where = MARGIN + PADDING, top + 30.0
            canvas.text("The recording is not there.", where, size=HEADING, colour=FAINT)
            return
        number = self._frame // FRAMES_A_TICK % len(demos)
        beside = canvas.width - 2 * MARGIN - 2 * PADDING - _WORDS_WIDTH
        width = min(0.6 * canvas.width, beside, 3.0 * (canvas.height - top) * 0.5)
        picture = Box(MARGIN, top, width, width * demos.images.shape[1] / demos.images.shape[2])
        canvas.picture(demos.images[number], picture)
        _draw_command(canvas, picture, demos, number)
        self._draw_sheet(canvas, sheet, number * _num_shown(demos) // len(demos), picture.bottom + GAP)

    def _draw_sheet(self, canvas: Canvas, sheet: Picture, number: int, top: float) -> None:
        """All thumbnails, with a frame around one of them."""
        room = Box(MARGIN, top, canvas.width - 2 * MARGIN, canvas.height - KEY_LINE - GAP - top)
        scale = min(room.width / sheet.shape[1], room.height / sheet.shape[0])
        box = Box(room.left, room.top, scale * sheet.shape[1], scale * sheet.shape[0])
        where = canvas.rect_px(box)
        if self._fitted is None or self._fitted.get_size() != where.size:
            self._fitted = pygame.transform.smoothscale(as_surface(sheet), where.size)
        canvas.surface.blit(self._fitted, where)
        row, column = divmod(number, _SHEET_COLUMNS)
        wide, high = scale * _THUMBNAIL_PX[0], scale * _THUMBNAIL_PX[1]
        canvas.frame(Box(box.left + column * wide, box.top + row * high, wide, high), SKY, width=2.0, rounding=0.0)


def _draw_command(canvas: Canvas, picture: Box, demos: Demonstrations, number: int) -> None:
    """What was steered at a frame, and how many frames there are, right of its picture."""
    left = picture.right + 2 * PADDING
    full_per_m = full_turn_per_m(VehicleParams().cruise_mps, WheelFeel())
    share = float(demos.curvature_per_m[number]) / full_per_m
    draw_wheel(canvas, (left + 62.0, picture.top + 62.0), 62.0, share)
    canvas.text(f"{len(demos)} pictures", (left + 144.0, picture.top + 30.0), size=HEADING, bold=True)
    canvas.text(f"{demos.duration_s:.0f} seconds", (left + 144.0, picture.top + 66.0), size=HEADING, bold=True)
    canvas.text("Each with one number: the steering", (left, picture.bottom - 26.0), colour=INK)


def _load_first(recordings: Sequence[Path]) -> Demonstrations | None:
    try:
        return load_recording(recordings[0]).demonstrations() if recordings else None
    except InputError:
        return None


def _num_shown(demos: Demonstrations) -> int:
    """Thumbnails: as many as there are frames, up to a full sheet."""
    return min(len(demos), _MOST_ROWS * _SHEET_COLUMNS)


def _contact_sheet(demos: Demonstrations) -> Picture:
    """All frames as thumbnails, row by row; of very many, evenly chosen ones."""
    num, (width, height) = _num_shown(demos), _THUMBNAIL_PX
    rows = -(-num // _SHEET_COLUMNS)
    sheet = np.full((rows * height, _SHEET_COLUMNS * width, 3), SHADE, np.uint8)
    for place, frame in enumerate(np.arange(num) * len(demos) // num):
        row, column = divmod(place, _SHEET_COLUMNS)
        small = pygame.transform.smoothscale(as_surface(demos.images[frame]), (width - 1, height - 1))
        part = pygame.surfarray.array3d(small).swapaxes(0, 1)
        sheet[row * height : (row + 1) * height - 1, column * width : (column + 1) * width - 1] = part
    return sheet
