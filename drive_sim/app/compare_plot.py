"""The cost so far of every policy's batch on log-log axes, with bands, and guide lines that grow as T and T squared."""

import math
from collections.abc import Sequence

import numpy as np
import pygame

from drive_sim.app.canvas import FAINT, HAIR, INK, SMALL, Box, Canvas, Colour
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


class CostPlot:
    """Drawn anew only where something was driven since, or the window's size has changed."""

    def __init__(self, most_ticks: int) -> None:
        self._most_ticks = most_ticks
        self._picture = pygame.Surface((0, 0))
        self._drawn: object = None

    def draw(
        self, canvas: Canvas, box: Box, policies: Sequence[ComparedPolicy], batches: dict[str, BatchDriven], cost: str
    ) -> None:
        """Fill `box`; `cost` is one of COSTS."""
        where = canvas.rect_px(box)
        shown = (
            where.size,
            cost,
            tuple((policy, batches[policy.name].num_ticks) for policy in _driven(policies, batches)),
        )
        if shown != self._drawn:
            self._picture = pygame.Surface(where.size, pygame.SRCALPHA)
            self._draw(_Axes(self._picture, canvas.scale, self._most_ticks, cost), _driven(policies, batches), batches)
            self._drawn = shown
        canvas.surface.blit(self._picture, where)

    def _draw(self, axes: "_Axes", policies: Sequence[ComparedPolicy], batches: dict[str, BatchDriven]) -> None:
        axes.draw_frame()
        curves = [(policy, batches[policy.name].curves[axes.cost]) for policy in policies]
        for policy, curve in curves:
            axes.draw_band(curve, policy.colour)
        for policy, curve in curves:
            axes.draw_line(curve.total, policy.colour)
            if curve.clamped_from is not None and curve.clamped_from >= _FIRST_TICK:
                axes.mark(curve.clamped_from, float(curve.total[curve.clamped_from - 1]), policy.colour)
        axes.draw_labels([(f"T^{curve.exponent:.1f}", policy.colour, curve) for policy, curve in curves])


class _Axes:
    """Log-log axes on a surface of their own, in units from its corner."""

    def __init__(self, surface: pygame.Surface, scale: float, most_ticks: int, cost: str) -> None:
        self.canvas, self.cost = Canvas(surface), cost
        self.canvas.scale = scale  # the surface is a part of the window, drawn at the window's scale
        self._ticks = _FIRST_TICK, most_ticks
        self._costs = _LOWEST[cost], 1.0 * most_ticks
        width, height = surface.get_width() / scale, surface.get_height() / scale
        self.inner = Box(54.0, 34.0, width - 54.0 - 62.0, height - 34.0 - 40.0)

    def point(self, tick: float, cost: float) -> tuple[float, float]:
        """Where a cost after so many ticks lies."""
        across = math.log(tick / self._ticks[0]) / math.log(self._ticks[1] / self._ticks[0])
        up = math.log(max(cost, 1e-12) / self._costs[0]) / math.log(self._costs[1] / self._costs[0])
        return self.inner.left + across * self.inner.width, self.inner.bottom - up * self.inner.height

    def draw_frame(self) -> None:
        """The plate, decades, words, and the guide lines."""
        canvas, inner = self.canvas, self.inner
        whole = Box(0.0, 0.0, canvas.surface.get_width() / canvas.scale, canvas.surface.get_height() / canvas.scale)
        canvas.panel(whole)
        canvas.text("Cost so far", (12.0, 16.0), bold=True, anchor="midleft")
        canvas.text(COST_WORDS[self.cost], (112.0, 17.0), size=SMALL, colour=FAINT, anchor="midleft")
        for power in range(round(math.log10(self._costs[0])), math.floor(math.log10(self._costs[1])) + 1):
            y = self.point(self._ticks[0], 10.0**power)[1]
            canvas.lines([(inner.left, y), (inner.right, y)], HAIR, width=1.0)
            canvas.text(f"{10.0**power:g}", (inner.left - 6.0, y), size=SMALL, colour=FAINT, anchor="midright")
        for seconds in (1.0, 3.0, 10.0, 30.0):
            if self._ticks[0] <= seconds / _TICK_S <= self._ticks[1]:
                x = self.point(seconds / _TICK_S, 1.0)[0]
                canvas.lines([(x, inner.top), (x, inner.bottom)], HAIR, width=1.0)
                canvas.text(f"{seconds:g} s", (x, inner.bottom + 13.0), size=SMALL, colour=FAINT, anchor="center")
        for power, name in ((1, "T"), (2, "T²")):
            self._draw_guide(power, name)

    def _draw_guide(self, power: int, name: str) -> None:
        """Dashes through one point at the left, as far as the frame reaches."""
        first, cost = self._ticks[0], 4.0 * self._costs[0]
        last = min(float(self._ticks[1]), first * (self._costs[1] / cost) ** (1.0 / power))
        ticks = np.geomspace(first, last, 41)
        points = [self.point(tick, cost * (tick / first) ** power) for tick in ticks]
        for number in range(0, 40, 2):
            self.canvas.lines(points[number : number + 2], FAINT, width=2.0)
        x, y = points[-3]
        self.canvas.text(name, (x, y + 12.0), size=SMALL, colour=INK, anchor="center")

    def draw_band(self, curve: CostCurve, colour: Colour) -> None:
        """From the lower bound to the upper one."""
        if len(curve.total) > _FIRST_TICK:
            low, high = self._pixels(curve.low), self._pixels(curve.high)
            layer = pygame.Surface(self.canvas.surface.get_size(), pygame.SRCALPHA)
            pygame.draw.polygon(layer, (*colour, _BAND_ALPHA), [*low, *high[::-1]])
            self.canvas.surface.blit(layer, (0, 0))

    def draw_line(self, total: np.ndarray, colour: Colour) -> None:
        """A curve, from the first tick that is shown."""
        if len(total) > _FIRST_TICK:
            pygame.draw.lines(self.canvas.surface, colour, False, self._pixels(total), max(2, self.canvas.px(3.0)))

    def mark(self, tick: int, cost: float, colour: Colour) -> None:
        """A ring where a curve begins to be bent by the cost's limit."""
        self.canvas.dot(self.point(tick, cost), 6.5, INK)
        self.canvas.dot(self.point(tick, cost), 4.0, colour)

    def draw_labels(self, labels: Sequence[tuple[str, Colour, CostCurve]]) -> None:
        """The exponent at the end of each curve, the labels kept apart."""
        ends = []
        for text, colour, curve in labels:
            if len(curve.total) > _FIRST_TICK and math.isfinite(curve.exponent):
                ends.append((self.point(len(curve.total), float(curve.total[-1])), text, colour))
        lowest = self.inner.bottom + 8.0
        for (x, y), text, colour in sorted(ends, key=lambda end: -end[0][1]):
            lowest = min(self._inside(y), lowest - 18.0)
            self.canvas.text(text, (x + 8.0, lowest), size=SMALL, colour=colour, bold=True, anchor="midleft")

    def _inside(self, y: float) -> float:
        return min(max(y, self.inner.top), self.inner.bottom)

    def _pixels(self, total: np.ndarray) -> list[tuple[float, float]]:
        """Kept within the frame."""
        ticks = range(_FIRST_TICK, len(total) + 1)
        points = [self.point(tick, float(total[tick - 1])) for tick in ticks]
        return [(x * self.canvas.scale, self._inside(y) * self.canvas.scale) for x, y in points]


def _driven(policies: Sequence[ComparedPolicy], batches: dict[str, BatchDriven]) -> list[ComparedPolicy]:
    return [policy for policy in policies if policy.name in batches]
