"""The panels of a comparison: who is on the stage, the curves, and what they say in numbers and in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from drive_sim.app.canvas import (
    BACKGROUND,
    FAINT,
    GAP,
    HAIR,
    HEADING,
    INK,
    MARGIN,
    ORANGE,
    PADDING,
    SMALL,
    Box,
    Canvas,
)
from drive_sim.app.compare_facts import batch_words, clamp_words, doubling_words, fact_rows, fan_lines, start_words
from drive_sim.app.compare_messages import BatchDriven
from drive_sim.app.compare_plot import CostPlot
from drive_sim.app.comparison import Comparison
from drive_sim.app.layout import KEY_LINE
from drive_sim.app.stage_panels import Place, StagePanels

COLUMN, _PLOT_SHARE = 456.0, 0.5
_WIDE, _FAN_WIDE = 420.0, 410.0
"""In narrower panels the intervals of the table are left out, and the second half of what became of a fan."""
_ROW, _LINE = 22.0, 22.0
_CROSS_ROOM = 20.0
"""Beside the mark that hides a panel."""


@dataclass(frozen=True, slots=True)
class CompareStatus:
    """What the panels show now; `cost` is one of COSTS, `learning` says how DAgger learns, or why it doesn't."""

    comparison: Comparison
    cost: str
    learning: str = ""
    until_tick: int | None = None
    """The batches are shown as they were after so many ticks; None: as they are."""

    @property
    def batches(self) -> dict[str, BatchDriven]:
        """What is shown of the batches: curves as far as they go."""
        comparison, until = self.comparison, self.until_tick
        return comparison.batches if until is None else comparison.batches_at(until)

    @property
    def common(self) -> dict[str, BatchDriven]:
        """The batches after equally many ticks, so that costs can be compared; who joined late is behind."""
        until, common = self.until_tick, self.comparison.common_ticks
        return self.comparison.batches_at(common if until is None else min(until, common))


def column_width(canvas: Canvas) -> float:
    """Of the panels at the right, which the stage leaves free."""
    return min(COLUMN, 0.47 * canvas.width)


def places(num_policies: int) -> Mapping[str, Place]:
    """Where the panels lie to begin with."""

    def plot(canvas: Canvas) -> Box:
        width = column_width(canvas)
        return Box(canvas.width - width - MARGIN, MARGIN, width, _PLOT_SHARE * (canvas.height - KEY_LINE))

    def facts(canvas: Canvas) -> Box:
        above = plot(canvas)
        return Box(above.left, above.bottom + GAP, above.width, canvas.height - KEY_LINE - MARGIN - above.bottom - GAP)

    def fan(canvas: Canvas) -> Box:
        width = min(452.0, canvas.width - column_width(canvas) - 3 * MARGIN)
        height = 46.0 + _LINE * num_policies
        return Box(MARGIN, canvas.height - KEY_LINE - MARGIN - height, width, height)

    return {"plot": plot, "facts": facts, "fan": fan}


class ComparePanels:
    """Draws what is not hidden."""

    def __init__(self, comparison: Comparison, panels: StagePanels) -> None:
        self._panels, self._plot = panels, CostPlot(comparison.task.batch_ticks)

    def draw(self, canvas: Canvas, status: CompareStatus) -> None:
        """All of them, each with the mark that hides it."""
        for name, draw in (("plot", self._draw_plot), ("facts", _draw_facts), ("fan", _draw_fan)):
            box = self._panels.box(name, canvas)
            if box is not None:
                draw(canvas, box, status)
                self._panels.draw_cross(canvas, name)
        _draw_clock(canvas, status.comparison)

    def _draw_plot(self, canvas: Canvas, box: Box, status: CompareStatus) -> None:
        comparison = status.comparison
        self._plot.draw(canvas, box, comparison.policies, status.batches, status.cost)


def _draw_clock(canvas: Canvas, comparison: Comparison) -> None:
    """How long the cars on the stage have driven."""
    words = f"{comparison.frame / 60:.1f} s" if not comparison.is_waiting else "They take their places ..."
    width = canvas.text_width(words, size=HEADING, bold=True) + 2 * PADDING
    box = Box(MARGIN, MARGIN, width, 38.0)
    canvas.panel(box)
    canvas.text(words, box.centre, size=HEADING, bold=True, anchor="center")


def _draw_facts(canvas: Canvas, box: Box, status: CompareStatus) -> None:
    """The table, then how DAgger learns, then what bends a curve."""
    comparison = status.comparison
    canvas.panel(box)
    inner = box.inside()
    canvas.text(
        batch_words(comparison, status.common), (inner.left, inner.top + 4.0), size=SMALL, colour=INK, anchor="midleft"
    )
    columns = [
        inner.left,
        *(
            inner.left + share * inner.width
            for share in ((0.24, 0.405, 0.71) if inner.width >= _WIDE else (0.3, 0.56, 0.76))
        ),
    ]
    top = inner.top + 25.0
    for left, word in zip(
        columns[1:], ("left road", "cost" if inner.width < _WIDE else "cost (95 %)", "grows as"), strict=True
    ):
        canvas.text(word, (left, top), size=SMALL, colour=FAINT, anchor="midleft")
    rows = fact_rows(comparison.policies, status.common, status.cost)
    is_narrow = inner.width < _WIDE
    for number, row in enumerate(rows):
        y = top + _ROW * (number + 1)
        canvas.text(row.label, (columns[0], y), size=SMALL, colour=row.colour, bold=True, anchor="midleft")
        for left, word in zip(columns[1:], row[2:], strict=True):
            canvas.text(word.partition(" (")[0] if is_narrow else word, (left, y), size=SMALL, anchor="midleft")
    y = top + _ROW * (len(rows) + 1) - 8.0
    canvas.lines([(inner.left, y), (inner.right, y)], HAIR, width=1.0)
    words = clamp_words(comparison.policies, status.batches, status.cost)
    learning = canvas.fitting(status.learning, inner.width, size=SMALL) if status.learning else ""
    doubled = doubling_words(comparison.policies, status.common, status.cost)
    lines = [
        (learning, INK),
        *((line, INK) for line in canvas.wrapped(doubled, inner.width, size=SMALL)),
        *((line, ORANGE) for line in canvas.wrapped(words, inner.width, size=SMALL)),
    ]
    y += 14.0
    for line, colour in lines:
        if line and y + SMALL / 2 <= inner.bottom + 4.0:
            canvas.text(line, (inner.left, y), size=SMALL, colour=colour, anchor="midleft")
            y += _LINE - 2.0


def _draw_fan(canvas: Canvas, box: Box, status: CompareStatus) -> None:
    """Where the fan opens, and what became of each policy in it by now."""
    canvas.panel(box)
    inner = box.inside()
    words = start_words(status.comparison)
    if canvas.text_width(words, size=SMALL) > inner.width - _CROSS_ROOM:
        words = canvas.fitting(start_words(status.comparison, is_short=True), inner.width - _CROSS_ROOM, size=SMALL)
    canvas.text(words, (inner.left, inner.top + 7.0), size=SMALL, anchor="midleft")
    for number, line in enumerate(fan_lines(status.comparison)):
        y = inner.top + 10.0 + _LINE * (number + 1)
        canvas.fill(Box(inner.left, y - 5.0, 16.0, 10.0), line.colour, rounding=3.0)
        canvas.text(line.label, (inner.left + 24.0, y), size=SMALL, bold=True, anchor="midleft")
        words = line.text if inner.width > _FAN_WIDE else line.text.partition(",")[0]
        canvas.text(words, (inner.left + 126.0, y), size=SMALL, anchor="midleft")


def stage_box(canvas: Canvas, panels: StagePanels) -> Box:
    """Where the road is drawn: left of the panels at the right, or the whole window where these are hidden."""
    column = {"plot", "facts"} - panels.hidden
    width = canvas.width - (column_width(canvas) + 2 * MARGIN if column else 0.0)
    whole = Box(0.0, 0.0, canvas.width, canvas.height - KEY_LINE)
    if column:
        canvas.fill(whole._replace(left=width, width=canvas.width - width), BACKGROUND)
    return whole._replace(width=width)
