"""What a screen has drawn where: its texts and panels with their boxes, and what is wrong with them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import pygame
import pytest

from drive_sim.app import canvas as canvas_module
from drive_sim.app.canvas import BODY, INK, SMALL, Box, Canvas

_TOLERANCE = 1.0
"""In units: what rounding to pixels may do."""


class Drawn(NamedTuple):
    """A text or a panel (without text), in units of the whole window."""

    box: Box
    text: str | None
    size: float = 0.0

    def __str__(self) -> str:
        left, top, right, bottom = self.box.left, self.box.top, self.box.right, self.box.bottom
        what = "a panel" if self.text is None else repr(self.text)
        return f"{what} ({left:.0f}, {top:.0f} to {right:.0f}, {bottom:.0f})"


@contextmanager
def recorded(before: Sequence[Drawn] = ()) -> Iterator[list[Drawn]]:
    """All texts and panels that any canvas draws meanwhile, on top of those from before.

    What is covered wholly by an opaque panel is none.
    """
    drawn = list(before)
    draw_text, draw_panel = Canvas.text, Canvas.panel

    def panel(self: Canvas, rect: Box, **settings: Any) -> None:
        draw_panel(self, rect, **settings)
        box = _on_window(self, rect)
        if settings.get("alpha") == 255:
            drawn[:] = [thing for thing in drawn if not _holds(box, thing.box)]
        drawn.append(Drawn(box, None))

    def text(self: Canvas, words: str, where: tuple[float, float], **settings: Any) -> Box:
        box = draw_text(self, words, where, **settings)
        size = settings.get("size", BODY)
        picture = canvas_module._written(words, self.px(size), settings.get("colour", INK), settings.get("bold", False))
        ink = picture.get_bounding_rect()
        ink_box = Box(
            box.left + ink.x / self.scale, box.top + ink.y / self.scale, ink.w / self.scale, ink.h / self.scale
        )
        if words.strip():
            drawn.append(Drawn(_on_window(self, ink_box), words, size))
        return box

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Canvas, "text", text)
        patch.setattr(Canvas, "panel", panel)
        yield drawn


def faults(drawn: list[Drawn], canvas: Canvas) -> list[str]:
    """A line on each text or panel that lies on another, leaves its panel or the canvas, or is too small to read."""
    whole = Box(0.0, 0.0, canvas.width, canvas.height)
    found = [f"{thing} leaves the window" for thing in drawn if not _holds(whole, thing.box)]
    found += [f"{thing} is smaller than {SMALL:g}" for thing in drawn if thing.text is not None and thing.size < SMALL]
    for number, thing in enumerate(drawn):
        for other in drawn[:number]:
            if (thing.text is None) == (other.text is None):
                if _meet(thing.box, other.box):
                    found.append(f"{thing} lies on {other}")
            elif thing.text is None and _meet(thing.box, other.box):
                found.append(f"{thing} covers {other}")
            elif other.text is None and _meet(thing.box, other.box) and not _holds(other.box, thing.box):
                found.append(f"{thing} leaves {other}")
    return found


def _on_window(canvas: Canvas, box: Box) -> Box:
    """A canvas may be a part of the window's surface."""
    left_px, top_px = canvas.surface.get_abs_offset()
    return box._replace(left=box.left + left_px / canvas.scale, top=box.top + top_px / canvas.scale)


def _meet(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > _TOLERANCE and down > _TOLERANCE


def _holds(outer: Box, inner: Box) -> bool:
    return (
        inner.left >= outer.left - _TOLERANCE
        and inner.right <= outer.right + _TOLERANCE
        and inner.top >= outer.top - _TOLERANCE
        and inner.bottom <= outer.bottom + _TOLERANCE
    )


def new_canvas(size_px: tuple[int, int]) -> Canvas:
    """A canvas that nobody sees."""
    return Canvas(pygame.Surface(size_px))
