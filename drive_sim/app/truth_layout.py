"""Where things lie on the truth-o-meter: the large picture with its wipe, and three panels below."""

from dataclasses import dataclass

from drive_sim.app.canvas import GAP, MARGIN, PADDING, Box, Canvas
from drive_sim.app.layout import KEY_LINE
from drive_sim.app.slider import HEIGHT
from drive_sim.sim.camera import Camera

_PANELS_HEIGHT = 178.0
_SHARES = (0.27, 0.31, 0.42)
"""Of the width: sliders, difference, labels."""


@dataclass(frozen=True, slots=True)
class TruthLayout:
    """The boxes, in units."""

    picture: Box
    sliders: Box
    difference: Box
    labels: Box

    @classmethod
    def of(cls, canvas: Canvas, camera: Camera) -> "TruthLayout":
        """The picture is as large as the window lets it be."""
        width, bottom = canvas.width - 2 * MARGIN, canvas.height - KEY_LINE - GAP
        room = Box(MARGIN, GAP, width, bottom - GAP - _PANELS_HEIGHT - GAP)
        scale = min(room.width / camera.width_px, room.height / camera.height_px)
        size = scale * camera.width_px, scale * camera.height_px
        picture = Box(room.centre[0] - size[0] / 2, room.top, *size)
        top = picture.bottom + GAP
        left, boxes, spare = MARGIN, list[Box](), width - 2 * GAP
        for share in _SHARES:
            boxes.append(Box(left, top, share * spare, bottom - top))
            left = boxes[-1].right + GAP
        return cls(picture, *boxes)

    def slider(self, number: int) -> Box:
        """Where a slider lies, counted from 0 at the top."""
        inner = self.sliders.inside()
        return Box(inner.left, inner.top + number * (HEIGHT + 0.25 * PADDING), inner.width, HEIGHT)
