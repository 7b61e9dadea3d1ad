"""Where the panels lie that several screens share, and the one that shows a network's picture."""

from drive_sim.app.canvas import FAINT, HAIR, MARGIN, PADDING, SMALL, Box, Canvas
from drive_sim.arrays import Picture
from drive_sim.sim.camera import Camera

KEY_LINE = 40.0
"""Units at the window's bottom that belong to the line of keys, or to a note as long as one stands there."""
TIMELINE = 26.0
"""Units above it that belong to the timeline, where there is one."""
MAP_SIDE, NETWORK_WIDTH, DIALS_WIDTH, LEFT_WIDTH = 180.0, 324.0, 236.0, 396.0
"""Sides of the panels in the upper right, lower right and left corners (the last where networks drive); in a narrow
window the second one shrinks."""


def map_box(canvas: Canvas) -> Box:
    """Where the map lies on every screen: the upper right corner."""
    return Box(canvas.width - MARGIN - MAP_SIDE, MARGIN, MAP_SIDE, MAP_SIDE)


def network_box(canvas: Canvas, footer: float = KEY_LINE) -> Box:
    """Where the network's own picture lies on every screen: the lower right corner, above so many units."""
    width = min(NETWORK_WIDTH, canvas.width - DIALS_WIDTH - 3 * MARGIN)
    usual = Camera()
    height = (width - 2 * PADDING) * usual.height_px / usual.width_px + SMALL + 2.5 * PADDING
    return Box(canvas.width - MARGIN - width, canvas.height - footer - MARGIN - height, width, height)


def draw_network_picture(canvas: Canvas, box: Box, picture: Picture, title: str = "") -> Box:
    """Draw the picture that the network gets, with a line above it; returns where the picture itself lies.

    One that is less wide than the car's usual camera's leaves room to its right.
    """
    canvas.panel(box)
    title = title or f"What a network sees: {picture.shape[1]} x {picture.shape[0]} pixels"
    canvas.text(title, (box.left + PADDING, box.top + 0.6 * PADDING), size=SMALL, colour=FAINT)
    height = box.height - SMALL - 2.5 * PADDING
    width = min(box.width - 2 * PADDING, height * picture.shape[1] / picture.shape[0])
    height = width * picture.shape[0] / picture.shape[1]
    where = Box(box.left + PADDING, box.bottom - PADDING - height, width, height)
    canvas.picture(picture, where)
    canvas.frame(where, HAIR, width=1.0, rounding=0.0)
    return where
