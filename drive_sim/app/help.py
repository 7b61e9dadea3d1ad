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
    SMALL,
    TITLE,
    Box,
    Canvas,
)
from drive_sim.app.layout import KEY_LINE
from drive_sim.app.screen import Key
from drive_sim.app.session import Note

_TOP, _BETWEEN, _ABOVE_HEADING = 86.0, 4.5, 12.0
"""Where the columns begin; between two keys; above a heading; in units."""
_LINE = 1.14
"""From line to line, for each unit of the text's size."""
_FIRST_SHARE, _BETWEEN_COLUMNS = 0.56, 26.0
_NARROW = 800.0
_ALL_LINES = 99
_NOTE_LINES, _NOTE_LINE = 2, 1.12


class _Entry(NamedTuple):
    """A key, or a heading where `lines` is empty."""

    name: str
    lines: tuple[str, ...]

    def height(self, size: float) -> float:
        """In units, with the space below."""
        return _LINE * size * len(self.lines) + _BETWEEN if self.lines else 1.3 * HEADING


class _Column(NamedTuple):
    """Entries below each other, with their names `names_width` units wide."""

    left: float
    names_width: float
    size: float
    entries: list[_Entry]

    @property
    def bottom(self) -> float:
        """Where it ends, in units."""
        return _TOP + _ABOVE_HEADING + sum(entry.height(self.size) for entry in self.entries)


def draw_help(canvas: Canvas, title: str, keys: Sequence[Key], keys_everywhere: Sequence[Key]) -> None:
    """Cover the screen with its keys, and with those that work on every screen."""
    canvas.surface.blit(_page(canvas.surface.get_size(), title, tuple(keys), tuple(keys_everywhere)), (0, 0))


def draw_note(canvas: Canvas, note: Note) -> None:
    """What there is to say, in the place of the line of keys, and nowhere else; counts its frames down."""
    if note.num_frames <= 0 or not note.text:
        return
    note.num_frames -= 1
    box = Box(0.0, canvas.height - KEY_LINE, canvas.width, KEY_LINE)
    canvas.panel(box, colour=SHADE, alpha=255, rounding=0.0)
    canvas.fill(Box(0.0, box.top, 8.0, box.height), note.colour)
    width = box.width - 2 * MARGIN - 8.0
    size = BODY if canvas.text_width(note.text, bold=True) <= width else SMALL
    lines = _shortened(canvas, note.text, width, size)
    for number, line in enumerate(lines):
        middle = box.centre[1] + (number - (len(lines) - 1) / 2) * _NOTE_LINE * size
        canvas.text(line, (MARGIN + 8.0, middle), size=size, bold=size == BODY, anchor="midleft")


def _shortened(canvas: Canvas, text: str, width: float, size: float) -> list[str]:
    """As many lines as there is room for; what is left out are three dots."""
    if size == BODY:
        return [text]
    lines = canvas.wrapped(text, width, size=size)
    if len(lines) > _NOTE_LINES:
        lines = [*lines[: _NOTE_LINES - 1], f"{lines[_NOTE_LINES - 1]} ..."]
    return [canvas.fitting(line, width, size=size) for line in lines]


@lru_cache(maxsize=4)
def _page(
    size_px: tuple[int, int], title: str, keys: tuple[Key, ...], keys_everywhere: tuple[Key, ...]
) -> pygame.Surface:
    """Drawn once for each window size, since laying out text takes longer than a frame may."""
    page = Canvas(pygame.Surface(size_px))
    page.surface.fill(SHADE)
    left = _left(page)
    page.text(title, (left, 24.0), size=TITLE, bold=True)
    page.text("F1 or Esc closes this page", (page.width - left, 38.0), colour=FAINT, anchor="topright")
    page.lines([(left, 74.0), (page.width - left, 74.0)], HAIR)
    ways = [(BODY, _ALL_LINES), (SMALL, _ALL_LINES), (SMALL, 2), (SMALL, 1)]
    columns = _columns(page, keys, keys_everywhere, *ways[-1])
    for size, most_lines in reversed(ways):
        larger = _columns(page, keys, keys_everywhere, size, most_lines)
        columns = larger if larger[1].bottom <= page.height - MARGIN else columns
    for column in columns:
        _draw_column(page, column)
    return page.surface


def _columns(
    page: Canvas, keys: Sequence[Key], keys_everywhere: Sequence[Key], size: float, most_lines: int = _ALL_LINES
) -> tuple[_Column, _Column]:
    """The screen's own keys, and those of every screen; what does not fit into the first stands atop the second."""
    widths = [
        share * (page.width - 2.0 * _left(page) - _BETWEEN_COLUMNS) for share in (_FIRST_SHARE, 1.0 - _FIRST_SHARE)
    ]
    names = _names_width(page, keys, widths[0], size)
    entries = _entries(page, keys, widths[0] - names, size, most_lines)
    bottoms = accumulate((entry.height(size) for entry in entries), initial=_TOP)
    num_first = sum(bottom <= page.height - MARGIN for bottom in bottoms) - 1
    first = _Column(_left(page), names, size, entries[:num_first])
    names = _names_width(page, [*keys[num_first:], *keys_everywhere], widths[1], size)
    rest, everywhere = (
        _entries(page, some, widths[1] - names, size, most_lines) for some in (keys[num_first:], keys_everywhere)
    )
    return first, _Column(
        _left(page) + widths[0] + _BETWEEN_COLUMNS, names, size, [*rest, _Entry("On every screen", ()), *everywhere]
    )


def _left(page: Canvas) -> float:
    """The margin to both sides."""
    return MARGIN if page.width < _NARROW else 3.0 * MARGIN


def _names_width(page: Canvas, keys: Sequence[Key], width: float, size: float) -> float:
    widest = max((page.text_width(key.name, size=size, bold=True) for key in keys), default=0.0)
    return min(widest + 1.5 * PADDING, 0.45 * width)


def _entries(page: Canvas, keys: Sequence[Key], width: float, size: float, most_lines: int) -> list[_Entry]:
    """What each key does, in so many lines at most; where that is not all of it, it ends in three dots."""
    entries = []
    for key in keys:
        lines = page.wrapped(key.does, width, size=size)
        if len(lines) > most_lines:
            words = lines[most_lines - 1].split()
            while len(words) > 1 and page.text_width(f"{' '.join(words)} ...", size=size) > width:
                words.pop()
            lines = [*lines[: most_lines - 1], f"{' '.join(words)} ..."]
        entries.append(_Entry(key.name, tuple(lines)))
    return entries


def _draw_column(page: Canvas, column: _Column) -> None:
    top, size = _TOP, column.size
    for entry in column.entries:
        if entry.lines:
            page.text(entry.name, (column.left, top), size=size, bold=True, colour=SKY)
        else:
            top += 0.0 if top == _TOP else _ABOVE_HEADING
            page.text(entry.name, (column.left, top - 5.0), size=HEADING, bold=True)
        for number, line in enumerate(entry.lines):
            page.text(line, (column.left + column.names_width, top + _LINE * size * number), size=size)
        top += entry.height(size)
