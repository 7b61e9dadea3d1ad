"""What F7 shows: the view that a text opens, and over it the text, where it is kept, and what to type."""

from contextlib import suppress
from pathlib import Path

import pygame

from drive_sim.app.canvas import BODY, FAINT, GAP, GREEN, HEADING, INK, MARGIN, PADDING, SKY, SMALL, Box, Canvas
from drive_sim.app.layout import KEY_LINE, TIMELINE
from drive_sim.app.screen import Screen

UTF8_TEXT = "text/plain;charset=utf-8"
"""What X11 takes instead of plain text."""
_LINE, _LETTERS_WIDTH = 1.35, 880.0
_OPENS = "run_sim.py open TEXT shows it anywhere: road, sky, drivers, knobs, place and time."
_LACKS = "What was driven and counted before is not in it. Any key goes on."


class SharePanel:
    """Shown until a key or a click; `preview` is the screen as the text opens it."""

    def __init__(self, text: str, file: Path, preview: Screen, *, is_copied: bool) -> None:
        self.text, self.file, self.preview, self.is_copied = text, file, preview, is_copied

    def draw(self, canvas: Canvas) -> None:
        """The view, and the text over it."""
        self.preview.draw(canvas)
        width = min(_LETTERS_WIDTH, canvas.width - 2 * MARGIN) - 2 * PADDING
        kept = f"{'Copied, and kept' if self.is_copied else 'Kept'} in {self.file}"
        rows = [
            ("This view as a text", HEADING, INK),
            (canvas.fitting(kept, width), BODY, GREEN),
            *((line, SMALL, SKY) for line in _broken(canvas, self.text, width)),
            *((line, BODY, INK) for line in canvas.wrapped(_OPENS, width)),
            *((line, BODY, FAINT) for line in canvas.wrapped(_LACKS, width)),
        ]
        height = sum(_LINE * size for _, size, _ in rows) + 2 * PADDING
        top = canvas.height - KEY_LINE - TIMELINE - GAP - height
        box = Box((canvas.width - width) / 2 - PADDING, top, width + 2 * PADDING, height)
        canvas.panel(box, alpha=255)
        top += PADDING
        for words, size, colour in rows:
            where = box.left + PADDING, top + _LINE * size / 2
            canvas.text(words, where, size=size, colour=colour, bold=size == HEADING, anchor="midleft")
            top += _LINE * size

    def close(self) -> None:
        """It is looked at no more."""
        self.preview.close()


def copy(text: str) -> bool:
    """Put a text onto the clipboard; whether there is one."""
    for kind in (pygame.SCRAP_TEXT, UTF8_TEXT):
        with suppress(pygame.error, NotImplementedError, AttributeError):
            if not pygame.scrap.get_init():
                pygame.scrap.init()
            pygame.scrap.put(kind, text.encode())
            return True
    return False


def _broken(canvas: Canvas, text: str, width: float) -> list[str]:
    """Letters in lines that are at most so wide."""
    lines = [""]
    for letter in text:
        if canvas.text_width(lines[-1] + letter, size=SMALL) > width:
            lines.append("")
        lines[-1] += letter
    return lines
