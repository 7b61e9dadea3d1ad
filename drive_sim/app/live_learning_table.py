"""Both twins that learn live, side by side in figures: errors before learning, their virtual cars, and drives alone."""

from drive_sim.app.canvas import FAINT, HAIR, INK, ORANGE, PADDING, RED, SMALL, Box, Canvas
from drive_sim.app.live_learning_status import LiveStatus
from drive_sim.app.live_learning_twin import LiveTwin

TABLE = (460.0, 196.0)
"""Its width and height."""
_COLUMNS = (0.45, 0.57, 0.785)
"""Where the columns begin, as shares of the width."""
_ROW, _ROWS_TOP, _CHART = 26.0, 58.0, 56.0
_LONGEST_S = 120
"""The chart shows so many of the last seconds."""


def draw_table(canvas: Canvas, box: Box, live: LiveStatus) -> None:
    """Draw it; the chosen twin has a frame."""
    canvas.panel(box)
    inner = box.inside()
    canvas.text(f"Learning behind you: {live.learned_s:.0f} s", (inner.left, inner.top - 3.0), bold=True)
    words, colour = _pace(live)
    canvas.text(words, (inner.right, inner.top - 3.0), colour=colour, anchor="topright")
    lefts = [inner.left + share * inner.width for share in _COLUMNS]
    canvas.text("asked before it learns:", (inner.left, inner.top + 22.0), size=SMALL, colour=FAINT)
    for left, head in zip(lefts, ("error", "virtual car", "let go, off"), strict=True):
        canvas.text(head, (left, inner.top + 22.0), size=SMALL, colour=FAINT)
    for number, twin in enumerate(live.twins):
        row = Box(inner.left - 6.0, box.top + _ROWS_TOP + _ROW * number, inner.width + 12.0, _ROW)
        if twin is live.chosen:
            canvas.frame(row, twin.colour, rounding=5.0)
        _draw_row(canvas, row, lefts, twin)
    _draw_errors(canvas, Box(inner.left, inner.bottom - _CHART, inner.width, _CHART), live)


def _pace(live: LiveStatus) -> tuple[str, tuple[int, int, int]]:
    """Whether learning keeps up with the driver."""
    if live.refused_s:
        return f"{live.refused_s:.0f} s not learned", RED
    if live.behind_s >= 1.0:
        return f"{live.behind_s:.1f} s behind", ORANGE
    return "keeps up", FAINT


def _draw_row(canvas: Canvas, row: Box, lefts: list[float], twin: LiveTwin) -> None:
    middle = row.centre[1]
    canvas.dot((row.left + 14.0, middle), 6.0, twin.colour)
    canvas.text(twin.label, (row.left + 26.0, middle), size=SMALL, bold=True, anchor="midleft")
    error = "" if twin.error_deg is None else f"{twin.error_deg:.1f}°"
    driven, tick_s = twin.driven, 0.1
    alone = f"{_time_words(driven.num_ticks * tick_s)}, {driven.num_left}×" if twin.num_let_go else "-"
    for left, right, words in zip(lefts, [*lefts[1:], row.right], (error, _virtual_words(twin), alone), strict=True):
        fitting = canvas.fitting(words, right - left - 6.0, size=SMALL)
        canvas.text(fitting, (left, middle), size=SMALL, colour=INK, anchor="midleft")


def _virtual_words(twin: LiveTwin) -> str:
    """How its virtual car fares: how long it has stayed on, or how often it left in the last half minute."""
    if not twin.asked:
        return ""
    if twin.is_ready:
        return f"on {_time_words(0.1 * twin.num_on)}"
    return f"left {twin.num_put_back}×" if twin.num_put_back else f"on {_time_words(0.1 * twin.num_on)}"


def _time_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 1000.0 else f"{seconds / 60.0:.0f} min"


def _draw_errors(canvas: Canvas, box: Box, live: LiveStatus) -> None:
    """Errors over the last seconds, a line a twin, on one scale."""
    shown = [twin.errors_deg[-_LONGEST_S:] for twin in live.twins]
    most = max((degrees for line in shown for degrees in line), default=0.0)
    top_deg = next((scale for scale in (2.0, 4.0, 8.0, 16.0) if scale >= most), 32.0)
    canvas.text(f"{top_deg:.0f}°", (box.left, box.top), size=SMALL, colour=FAINT, anchor="midleft")
    canvas.text("0", (box.left, box.bottom), size=SMALL, colour=FAINT, anchor="midleft")
    left = box.left + 30.0
    for y in (box.top, box.bottom):
        canvas.lines([(left, y), (box.right, y)], HAIR)
    if not any(shown):
        words = "the error of each second"
        canvas.text(words, (left + PADDING, box.centre[1]), size=SMALL, colour=FAINT, anchor="midleft")
    step = (box.right - left) / max(30, max(map(len, shown), default=0))
    for twin, line in zip(live.twins, shown, strict=True):
        points = [(left + step * (i + 1), box.bottom - box.height * deg / top_deg) for i, deg in enumerate(line)]
        canvas.lines(points, twin.colour, width=2.5)
