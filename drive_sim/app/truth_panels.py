"""What the truth-o-meter draws: the synthetic and the true view with a wipe between them, and their difference."""

from dataclasses import dataclass

import numpy as np
import pygame

from drive_sim.app.canvas import (
    BACKGROUND,
    BODY,
    FAINT,
    HAIR,
    HEADING,
    INK,
    ORANGE,
    PADDING,
    SMALL,
    Box,
    Canvas,
    as_surface,
)
from drive_sim.app.truth_labels import draw_label_arcs, draw_labels
from drive_sim.app.truth_layout import TruthLayout
from drive_sim.app.truth_status import SHIFT, TURN, TruthStatus, frame_slider, side_words
from drive_sim.arrays import Picture
from drive_sim.data.moved_view import MovedView
from drive_sim.sim.camera import Camera

GAIN = 4
"""Times which the difference is drawn stronger than it is."""
_UNKNOWN = np.array([222, 60, 186])
_STRIPE_PX = 3
_HANDLE = 11.0
_THERE_M = 0.03
"""So near to a real camera the view is as from its place."""


@dataclass(frozen=True, slots=True, eq=False)
class _Surfaces:
    """The pictures of one view, at their own size."""

    view: MovedView
    synthetic: pygame.Surface
    marked: pygame.Surface
    """The synthetic one with what the warp cannot know marked."""
    true: pygame.Surface
    difference: pygame.Surface


class TruthPanels:
    """Draws a status; a view's pictures are made once."""

    def __init__(self) -> None:
        self._made: _Surfaces | None = None

    def draw(self, canvas: Canvas, status: TruthStatus) -> None:
        """Everything but the line of keys."""
        canvas.surface.fill(BACKGROUND)
        view = status.view
        layout = TruthLayout.of(canvas, Camera() if view is None else view.frame.camera)
        if view is None:
            canvas.paragraph(status.waits_for, layout.picture.inside(40.0), size=HEADING)
            return
        if self._made is None or self._made.view is not view:
            self._made = _surfaces_of(view)
        _draw_wipe(canvas, layout.picture, self._made, status)
        _draw_sliders(canvas, layout, status)
        _draw_difference(canvas, layout.difference, self._made)
        draw_labels(canvas, layout.labels, view)


def _surfaces_of(view: MovedView) -> _Surfaces:
    synthetic, true = view.synthetic, view.frame.picture if view.true is None else view.true
    stripes = ~view.known & _stripes(view.known.shape)
    marked = synthetic.copy()
    marked[stripes] = (0.35 * marked[stripes] + 0.65 * _UNKNOWN).astype(np.uint8)
    return _Surfaces(view, *map(as_surface, (synthetic, marked, true, _difference(view, stripes))))


def _difference(view: MovedView, stripes: np.ndarray) -> Picture:
    """How far the two are from each other, in grey, where the warp can know; black where nothing true is there."""
    if view.true is None:
        shown = np.zeros_like(view.synthetic)
    else:
        grey = np.abs(view.synthetic.astype(np.int16) - view.true).mean(axis=-1, keepdims=True)
        shown = np.repeat(np.minimum(GAIN * grey, 255.0).astype(np.uint8), 3, axis=-1)
    shown[~view.known] = 24
    shown[stripes] = _UNKNOWN
    return shown


def _stripes(shape: tuple[int, ...]) -> np.ndarray:
    return np.add.outer(np.arange(shape[0]), np.arange(shape[1])) // _STRIPE_PX % 2 == 0


def _draw_wipe(canvas: Canvas, box: Box, made: _Surfaces, status: TruthStatus) -> None:
    """The synthetic view to the left of the wipe, the true one to its right, and the arcs over both."""
    where = canvas.rect_px(box)
    has_truth = made.view.true is not None
    wipe_px = round(status.wipe * where.width) if has_truth else where.width
    synthetic = pygame.transform.scale(made.marked if status.shows_mask else made.synthetic, where.size)
    canvas.surface.blit(synthetic, where, (0, 0, wipe_px, where.height))
    if wipe_px < where.width:
        true = pygame.transform.scale(made.true, where.size)
        canvas.surface.blit(true, (where.left + wipe_px, where.top), (wipe_px, 0, where.width, where.height))
    left = box.left + status.wipe * box.width
    if has_truth:
        canvas.fill(Box(left - 1.5, box.top, 3.0, box.height), INK)
    draw_label_arcs(canvas, box, made.view)
    if has_truth:
        _draw_handle(canvas, box, left)
    _draw_titles(canvas, box, status)


def _draw_handle(canvas: Canvas, box: Box, left: float) -> None:
    """Where the mouse takes hold of the wipe, or anywhere else in the picture."""
    canvas.dot((left, box.bottom - 1.6 * _HANDLE), _HANDLE, INK)
    canvas.text("↔", (left, box.bottom - 1.6 * _HANDLE), size=SMALL, bold=True, colour=BACKGROUND, anchor="center")


def _draw_titles(canvas: Canvas, box: Box, status: TruthStatus) -> None:
    """What each half is, in the corners of the sky."""
    view = status.view
    assert view is not None
    _draw_title(canvas, box, "Synthetic: warped from what was driven", is_left=True)
    if view.true is None:
        _draw_title(canvas, box, "Nothing true to compare with", is_left=False)
    elif view.true_is == "rendered":
        _draw_title(canvas, box, "True: rendered from there", is_left=False)
    else:
        _draw_title(canvas, box, f"True: the real {view.true_is} camera", is_left=False)


def _draw_title(canvas: Canvas, box: Box, text: str, *, is_left: bool) -> None:
    width = canvas.text_width(text, bold=True) + 2 * PADDING
    plate = Box(box.left if is_left else box.right - width, box.top, width, 30.0)
    canvas.panel(plate, rounding=0.0)
    canvas.text(text, plate.centre, bold=True, anchor="center")


def _draw_sliders(canvas: Canvas, layout: TruthLayout, status: TruthStatus) -> None:
    canvas.panel(layout.sliders)
    values = (
        (SHIFT, status.shift_m, side_words(status.shift_m, " m", 2)),
        (TURN, status.turn_deg, side_words(status.turn_deg, "°", 1)),
    )
    for number, (slider, value, words) in enumerate(values):
        slider.draw(canvas, layout.slider(number), value, words, is_held=status.held == slider.name)
    third = layout.slider(2)
    if status.is_live:
        doing = "paused" if status.is_paused else "driving"
        canvas.text("live road", (third.left, third.top), size=SMALL, colour=FAINT)
        canvas.text(doing, (third.right, third.top), size=SMALL, bold=True, anchor="topright")
        name = canvas.fitting(status.source_name, third.width, size=SMALL)
        canvas.text(name, (third.left, third.top + 22.0), size=SMALL)
        return
    slider = frame_slider(status.num_frames)
    words = f"{status.number + 1} of {status.num_frames}"
    slider.draw(canvas, third, float(status.number), words, is_held=status.held == slider.name)


def _draw_difference(canvas: Canvas, box: Box, made: _Surfaces) -> None:
    """The difference, and its mean where the warp can know."""
    canvas.panel(box)
    inner, view = box.inside(), made.view
    canvas.text(f"Difference x {GAIN}", (inner.left, inner.top - 4.0), size=SMALL, colour=FAINT)
    camera = view.frame.camera
    room = Box(inner.left, inner.top + 20.0, inner.width, inner.height - 20.0 - 2 * 22.0)
    scale = min(room.width / camera.width_px, room.height / camera.height_px)
    picture = Box(room.left, room.top, scale * camera.width_px, scale * camera.height_px)
    where = canvas.rect_px(picture)
    canvas.surface.blit(pygame.transform.scale(made.difference, where.size), where)
    canvas.frame(picture, HAIR, width=1.0, rounding=0.0)
    top = picture.bottom + 6.0
    for text, is_bold in _figures(view):
        colour, size = (ORANGE if is_bold and view.true is None else INK), (BODY if is_bold else SMALL)
        below = inner._replace(top=top)
        top = canvas.paragraph(text, below, size=size, colour=colour, bold=is_bold)


def _figures(view: MovedView) -> list[tuple[str, bool]]:
    """The mean difference of what is shown, and what it is beside."""
    unknown = f"striped {view.unknown_share:.0%}"
    if view.difference_grey is None:
        return [("nothing true is known", True), (unknown, False)]
    return [(f"{view.difference_grey:.1f} of 255 in the mask", True), (_beside(view, unknown), False)]


def _beside(view: MovedView, unknown: str) -> str:
    """What the mean difference should be read with: that of the unmoved picture, or where a real camera sits."""
    sides = view.frame.sides
    if sides is None or view.true_is == "rendered":
        return f"unmoved {view.unmoved_grey:.1f}; {unknown}"
    if sides.side_m is None:
        return "where that camera sits is not known"
    is_there = abs(abs(view.shift_m) - sides.side_m) < _THERE_M and view.turn_rad == 0.0
    return f"unmoved {view.unmoved_grey:.1f}; {unknown}" if is_there else f"the camera sits at {sides.side_m:.2f} m: C"
