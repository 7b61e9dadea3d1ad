"""What lies over every screen: the page that lists its keys, and the line that says what has just happened."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import pygame

from drive_sim.app.canvas import (
    BODY,
    FAINT,
    HAIR,
    HEADING,
    MARGIN,
    PADDING,
    SHADE,
    SKY,
    TITLE,
    Box,
    Canvas,
)
from drive_sim.app.screen import Key
from drive_sim.app.session import Note

_NOTE_ALPHA = 240
_TOP, _LINE, _BETWEEN = 92.0, 20.5, 5.5
"""Where the columns begin; from line to line; between two keys; in units."""
_FIRST_SHARE, _BETWEEN_COLUMNS = 0.56, 30.0
_NOTE_LINES = 3


class _Entry(NamedTuple):
    """A key, or a heading where `lines` is empty."""

    name: str
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        """In units, with the space below."""
        return _LINE * max(1.0, len(self.lines)) + (_BETWEEN if self.lines else 2.0 * _BETWEEN)


def draw_help(canvas: Canvas, title: str, keys: Sequence[Key], keys_everywhere: Sequence[Key]) -> None:
    """Cover the screen with its keys, and with those that work on every screen."""
    canvas.surface.blit(_page(canvas.surface.get_size(), title, tuple(keys), tuple(keys_everywhere)), (0, 0))


def draw_note(canvas: Canvas, note: Note) -> None:
    """A line that has something to say, low in the middle; counts its frames down."""
    if note.num_frames <= 0 or not note.text:
        return
    note.num_frames -= 1
    lines = canvas.wrapped(note.text, 0.7 * canvas.width)[:_NOTE_LINES]
    width = max(canvas.text_width(line) for line in lines) + 3.0 * PADDING
    height = 1.35 * BODY * len(lines) + 1.5 * PADDING
    box = Box((canvas.width - width) / 2, canvas.height - 58.0 - height, width, height)
    canvas.panel(box, alpha=_NOTE_ALPHA)
    canvas.fill(Box(box.left, box.top + 6.0, 4.0, box.height - 12.0), note.colour, rounding=2.0)
    for number, line in enumerate(lines):
        canvas.text(line, (box.left + 1.5 * PADDING, box.top + 0.75 * PADDING + 1.35 * BODY * number))


@lru_cache(maxsize=4)
def _page(
    size_px: tuple[int, int], title: str, keys: tuple[Key, ...], keys_everywhere: tuple[Key, ...]
) -> pygame.Surface:
    """Drawn once for each window size, since laying out text takes longer than a frame may."""
    page = Canvas(pygame.Surface(size_px))
    page.surface.fill(SHADE)
    left = 3.0 * MARGIN
    page.text(title, (left, 28.0), size=TITLE, bold=True)
    page.text("F1 or Esc closes this page", (page.width - left, 42.0), colour=FAINT, anchor="topright")
    page.lines([(left, 78.0), (page.width - left, 78.0)], HAIR)
    widths = [share * (page.width - 2.0 * left - _BETWEEN_COLUMNS) for share in (_FIRST_SHARE, 1.0 - _FIRST_SHARE)]
    names = [_names_width(page, some, width) for some, width in zip((keys, keys_everywhere), widths, strict=True)]
    first = _fitting(_entries(page, keys, widths[0] - names[0]), page.height - _TOP - MARGIN)
    rest = _entries(page, keys[len(first) :], widths[1] - names[1])
    second = [*rest, _Entry("On every screen", ()), *_entries(page, keys_everywhere, widths[1] - names[1])]
    _draw_entries(page, first, left, names[0])
    _draw_entries(page, second, left + widths[0] + _BETWEEN_COLUMNS, names[1])
    return page.surface


def _names_width(page: Canvas, keys: Sequence[Key], width: float) -> float:
    widest = max((page.text_width(key.name, bold=True) for key in keys), default=0.0)
    return min(widest + 1.5 * PADDING, 0.45 * width)


def _entries(page: Canvas, keys: Sequence[Key], width: float) -> list[_Entry]:
    return [_Entry(key.name, tuple(page.wrapped(key.does, width))) for key in keys]


def _fitting(entries: list[_Entry], height: float) -> list[_Entry]:
    """As many as fit into a column of `height` units."""
    bottoms = accumulate(entry.height for entry in entries)
    return [entry for entry, bottom in zip(entries, bottoms, strict=True) if bottom <= height]


def _draw_entries(page: Canvas, entries: list[_Entry], left: float, names_width: float) -> None:
    top = _TOP
    for entry in entries:
        if entry.lines:
            page.text(entry.name, (left, top), bold=True, colour=SKY)
        else:
            top += 0.0 if top == _TOP else 3.0 * _BETWEEN
            page.text(entry.name, (left, top - 5.0), size=HEADING, bold=True)
        for number, line in enumerate(entry.lines):
            page.text(line, (left + names_width, top + _LINE * number))
        top += entry.height
