"""The sentence above a lecture's picture, in letters for the back of a room."""

from drive_sim.app.canvas import BODY, FAINT, GAP, HEADING, INK, MARGIN, PADDING, SKY, Box, Canvas

_HEIGHT, _LINE, _MOST_LINES = 62.0, 1.15, 2
BELOW_CAPTION = MARGIN + _HEIGHT + GAP
"""Where the picture's panels begin."""


def draw_caption(canvas: Canvas, sentence: str, number: tuple[int, int] | None) -> None:
    """A sentence, and the number of the step and how many there are, where there are some."""
    box = Box(MARGIN, MARGIN, canvas.width - 2 * MARGIN, _HEIGHT)
    canvas.panel(box, alpha=235)
    middle = box.centre[1]
    left = box.left + PADDING
    if number is not None:
        step = canvas.text(str(number[0]), (left, middle), size=HEADING, bold=True, colour=SKY, anchor="midleft")
        of = canvas.text(f" of {number[1]}", (step.right, middle + 2.0), size=BODY, colour=FAINT, anchor="midleft")
        left = of.right + 2 * PADDING
    width = box.right - PADDING - left
    size = next((size for size in (HEADING, BODY) if _fits(canvas, sentence, width, size)), BODY)
    lines = canvas.wrapped(sentence, width, size=size, bold=True)[: int(box.height / (_LINE * size))]
    for row, line in enumerate(lines):
        y = middle + (row - (len(lines) - 1) / 2) * _LINE * size
        canvas.text(line, (left, y), size=size, bold=True, colour=INK, anchor="midleft")


def _fits(canvas: Canvas, sentence: str, width: float, size: float) -> bool:
    return len(canvas.wrapped(sentence, width, size=size, bold=True)) <= _MOST_LINES
