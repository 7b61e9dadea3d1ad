"""The cost so far of every policy's batch on log-log axes, with bands, and guide lines that grow as T and T squared."""

import math
from collections.abc import Sequence

import numpy as np
import pygame

from drive_sim.app.canvas import FAINT, HAIR, INK, PADDING, SMALL, Box, Canvas, Colour
from drive_sim.app.compare_messages import BatchDriven, ComparedPolicy
from drive_sim.evaluate.cost_curves import CostCurve

COST_WORDS = {
    "squared": "offset squared, 1 at most",
    "plain": "offset, 1 at most",
    "intervention": "1 while over 1 m off",
}
"""What a tick costs by each of COSTS; offsets count in half-widths of the road."""
_LOWEST = {"squared": 1e-3, "plain": 1e-2, "intervention": 1e-2}
_FIRST_TICK = 5
_BAND_ALPHA = 70
_TICK_S = 0.1
_LABEL = 18.0
"""From one label to the next."""


class CostPlot:
    """Curves and bands are drawn anew only where something was driven since, or the window's size has changed."""

    def __init__(self, most_ticks: int) -> None:
        self._most_ticks = most_ticks
        self._curves = pygame.Surface((0, 0))
        self._drawn: object = None

    def draw(
        self, canvas: Canvas, box: Box, policies: Sequence[ComparedPolicy], batches: dict[str, BatchDriven], cost: str
    ) -> None:
        """Fill `box`; `cost` is one of COSTS."""
        axes = _Axes(canvas, box, self._most_ticks, cost)
        axes.draw_frame()
        driven = [(policy, batches[policy.name].curves[cost]) for policy in _driven(policies, batches)]
        where = canvas.rect_px(box)
        shown = where.size, cost, tuple((policy.name, len(curve.total)) for policy, curve in driven)
        if shown != self._drawn:
            self._curves = _curves(axes, where, driven)
            self._drawn = shown
        canvas.surface.blit(self._curves, where)
        axes.draw_labels([(f"T^{curve.exponent:.1f}", policy.colour, curve) for policy, curve in driven])


def _curves(axes: "_Axes", where: pygame.Rect, driven: Sequence[tuple[ComparedPolicy, CostCurve]]) -> pygame.Surface:
    """Bands, lines over them, and a ring where a curve begins to be bent by the cost's limit."""
    layer = pygame.Surface(where.size, pygame.SRCALPHA)
    scale, corner = axes.canvas.scale, (where.left, where.top)

    def pixels(total: np.ndarray) -> list[tuple[float, float]]:
        return [(x * scale - corner[0], y * scale - corner[1]) for x, y in axes.points(total)]

    for policy, curve in driven:
        if len(curve.total) > _FIRST_TICK:
            band = pygame.Surface(where.size, pygame.SRCALPHA)
            pygame.draw.polygon(band, (*policy.colour, _BAND_ALPHA), pixels(curve.low) + pixels(curve.high)[::-1])
            layer.blit(band, (0, 0))
    for policy, curve in driven:
        line = pixels(curve.total)
        if len(line) > 1:
            pygame.draw.lines(layer, policy.colour, False, line, max(2, axes.canvas.px(3.0)))
            if curve.clamped_from is not None and curve.clamped_from >= _FIRST_TICK:
                at = line[curve.clamped_from - _FIRST_TICK]
                pygame.draw.circle(layer, INK, at, axes.canvas.px(6.5))
                pygame.draw.circle(layer, policy.colour, at, axes.canvas.px(4.0))
    return layer


class _Axes:
    """Log-log axes within a box of the canvas."""

    def __init__(self, canvas: Canvas, box: Box, most_ticks: int, cost: str) -> None:
        self.canvas, self._box, self._cost = canvas, box, cost
        self._ticks = _FIRST_TICK, most_ticks
        self._costs = _LOWEST[cost], 1.0 * most_ticks
        self.inner = Box(box.left + 56.0, box.top + 40.0, box.width - 56.0 - 62.0, box.height - 40.0 - 34.0)

    def point(self, tick: float, cost: float) -> tuple[float, float]:
        """Where a cost after so many ticks lies."""
        across = math.log(tick / self._ticks[0]) / math.log(self._ticks[1] / self._ticks[0])
        up = math.log(max(cost, 1e-12) / self._costs[0]) / math.log(self._costs[1] / self._costs[0])
        return self.inner.left + across * self.inner.width, self.inner.bottom - up * self.inner.height

    def points(self, total: np.ndarray) -> list[tuple[float, float]]:
        """A curve from the first tick that is shown, kept within the frame."""
        places = [self.point(tick, float(total[tick - 1])) for tick in range(_FIRST_TICK, len(total) + 1)]
        return [(x, self._inside(y)) for x, y in places]

    def draw_frame(self) -> None:
        """The plate, decades, words, and the guide lines."""
        canvas, box, inner = self.canvas, self._box, self.inner
        canvas.panel(box)
        title = canvas.text("Cost so far", (box.left + PADDING, box.top + 18.0), bold=True, anchor="midleft")
        room = box.right - title.right - 44.0
        words = canvas.fitting(COST_WORDS[self._cost], room, size=SMALL)
        canvas.text(words, (title.right + 12.0, box.top + 19.0), size=SMALL, colour=FAINT, anchor="midleft")
        for power in range(round(math.log10(self._costs[0])), math.floor(math.log10(self._costs[1])) + 1):
            y = self.point(self._ticks[0], 10.0**power)[1]
            canvas.lines([(inner.left, y), (inner.right, y)], HAIR, width=1.0)
            if inner.height > 130.0 or power % 2 == 0:
                canvas.text(f"{10.0**power:g}", (inner.left - 6.0, y), size=SMALL, colour=FAINT, anchor="midright")
        for seconds in (1.0, 3.0, 10.0, 30.0):
            if self._ticks[0] <= seconds / _TICK_S <= self._ticks[1]:
                x = self.point(seconds / _TICK_S, 1.0)[0]
                canvas.lines([(x, inner.top), (x, inner.bottom)], HAIR, width=1.0)
                canvas.text(f"{seconds:g} s", (x, inner.bottom + 16.0), size=SMALL, colour=FAINT, anchor="center")
        for power, name in ((1, "T"), (2, "T²")):
            self._draw_guide(power, name)

    def _draw_guide(self, power: int, name: str) -> None:
        """Dashes through one point at the left, as far as the frame reaches; their name stands where curves begin."""
        first, cost = self._ticks[0], 4.0 * self._costs[0]
        last = min(float(self._ticks[1]), first * (self._costs[1] / cost) ** (1.0 / power))
        ticks = np.geomspace(first, last, 41)
        points = [self.point(tick, cost * (tick / first) ** power) for tick in ticks]
        for number in range(0, 40, 2):
            self.canvas.lines(points[number : number + 2], FAINT, width=2.0)
        x, y = points[-1]
        self.canvas.text(name, (x - 2.0, y + 13.0), size=SMALL, anchor="midright")

    def draw_labels(self, labels: Sequence[tuple[str, Colour, CostCurve]]) -> None:
        """The exponent right of the frame, at the height of each curve's end, the labels kept apart."""
        ends = []
        for text, colour, curve in labels:
            if len(curve.total) > _FIRST_TICK and math.isfinite(curve.exponent):
                ends.append((self._inside(self.point(len(curve.total), float(curve.total[-1]))[1]), text, colour))
        lowest = self.inner.bottom + 8.0 + _LABEL
        for y, text, colour in sorted(ends, key=lambda end: -end[0]):
            lowest = min(y, lowest - _LABEL)
            where = (self.inner.right + 8.0, lowest)
            self.canvas.text(text, where, size=SMALL, colour=colour, bold=True, anchor="midleft")

    def _inside(self, y: float) -> float:
        return min(max(y, self.inner.top), self.inner.bottom)


def _driven(policies: Sequence[ComparedPolicy], batches: dict[str, BatchDriven]) -> list[ComparedPolicy]:
    return [policy for policy in policies if policy.name in batches]
