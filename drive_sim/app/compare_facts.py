"""What a comparison says in words, every sentence read from what was driven so far; nothing is drawn."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from drive_sim.app.canvas import Colour
from drive_sim.app.compare_messages import BatchDriven, ComparedPolicy
from drive_sim.app.comparison import Comparison, Fan
from drive_sim.evaluate.cost_curves import CostCurve

_TICK_S = 0.1
_FEWEST_TICKS = 40


class FactRow(NamedTuple):
    """A policy's row of the table."""

    label: str
    colour: Colour
    left_road: str
    cost: str
    grows: str


class FanLine(NamedTuple):
    """What became of a policy in the fan's winds, by the tick that is shown."""

    label: str
    colour: Colour
    text: str


def batch_words(comparison: Comparison, batches: dict[str, BatchDriven]) -> str:
    """How many cars have driven for how long."""
    task = comparison.task
    if not batches:
        return "The first cars are on their way"
    cars = next(iter(batches.values())).num_cars
    seconds = _TICK_S * max(batch.num_ticks for batch in batches.values())
    return f"{cars} cars each, {task.num_roads} unseen roads, {seconds:.0f} s"


def fact_rows(policies: Sequence[ComparedPolicy], batches: dict[str, BatchDriven], cost: str) -> list[FactRow]:
    """A row a policy: who has left the road, the cost with its band, and how fast it grows, with its interval."""
    rows = []
    most_ticks = max((batch.num_ticks for batch in batches.values()), default=0)
    for policy in policies:
        driven = batches.get(policy.name)
        if driven is None:
            rows.append(FactRow(policy.label, policy.colour, "", "not yet", ""))
            continue
        curve = driven.curves[cost]
        band = f"({_number(curve.low[-1])}–{_number(curve.high[-1])})"
        last = "0" if curve.high[-1] < 0.005 else f"{_number(curve.total[-1])} {band}"
        behind = "" if driven.num_ticks == most_ticks else f"  at {_TICK_S * driven.num_ticks:.0f} s"
        grows = behind or _grows(curve)
        rows.append(FactRow(policy.label, policy.colour, str(driven.num_left_road), last, grows))
    return rows


def clamp_words(policies: Sequence[ComparedPolicy], batches: dict[str, BatchDriven], cost: str) -> str:
    """Whose curve the cost's limit bends, and since when; empty where it bends none."""
    bent = []
    for policy in policies:
        curve = batches[policy.name].curves[cost] if policy.name in batches else None
        if curve is not None and curve.clamped_from is not None:
            bent.append(f"{policy.label} from {_TICK_S * curve.clamped_from:.1f} s ({curve.clamped_share:.0%} now)")
    if not bent:
        return ""
    return f"Half of the cars or more pay the most there is, 1 a tick: {', '.join(bent)}. Such a curve bends towards T."


def doubling_words(policies: Sequence[ComparedPolicy], batches: dict[str, BatchDriven], cost: str) -> str:
    """How many times as much T ticks cost as half of them, for whom that is most and for whom least.

    Empty as long as there is too little to tell.
    """
    most_ticks = max((batch.num_ticks for batch in batches.values()), default=0)
    ratios = []
    for policy in policies:
        driven = batches.get(policy.name)
        if driven is not None and driven.num_ticks == most_ticks >= _FEWEST_TICKS:
            total = driven.curves[cost].total
            half = float(total[most_ticks // 2 - 1])
            if half > 0.0:
                ratios.append((float(total[most_ticks - 1]) / half, policy.label))
    if len(ratios) < 2:
        return ""
    (least, cheap), (most, dear) = min(ratios), max(ratios)
    seconds = _TICK_S * most_ticks
    return f"{seconds:.0f} s cost {dear} {most:.1f} times as much as {seconds / 2:g} s, {cheap} {least:.1f} times."


def start_words(comparison: Comparison, *, is_short: bool = False) -> str:
    """Where the fan opens; short where there is little room."""
    start = comparison.start
    of = "" if is_short else " of the lane"
    far = f"{abs(start.offset_m):.1f} m {_side(start.offset_m)}{of}"
    side = far if abs(start.offset_m) >= 0.05 else "the lane's middle"
    turn_deg = math.degrees(start.heading_rad)
    turned = "" if abs(turn_deg) < 0.5 else f", turned {abs(turn_deg):.0f}° {_side(turn_deg)}"
    return f"From {side}{turned}, in {comparison.task.num_winds} winds"


def fan_lines(comparison: Comparison) -> list[FanLine]:
    """A line a policy: in how many winds it has left the road by now, first when; else how far off it was at most."""
    lines = []
    for policy in comparison.policies:
        fan, tick = comparison.fans.get(policy.name), comparison.tick
        text = "begins" if fan is None or not len(fan.on_road) else _fan_words(fan, min(tick, len(fan.on_road) - 1))
        lines.append(FanLine(policy.label, policy.colour, text))
    return lines


def _fan_words(fan: Fan, tick: int) -> str:
    num_winds, left = fan.on_road.shape[1], fan.num_left(tick)
    if not left:
        most_m = float(np.abs(fan.offset_m[: tick + 1]).max())
        return f"on the road in all {num_winds}, {most_m:.1f} m off at most"
    first = min(at for car in range(num_winds) if (at := fan.first_off_tick(car, tick)) is not None)
    return f"left the road in {left} of {num_winds}, first at {_TICK_S * (first + 1):.1f} s"


def _grows(curve: CostCurve) -> str:
    if not math.isfinite(curve.exponent):
        return "-"
    return f"T^{curve.exponent:.1f} ({curve.exponent_low:.1f}–{curve.exponent_high:.1f})"


def _number(value: float) -> str:
    """Two digits that say something."""
    if value < 0.005:
        return "0"
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.95 else f"{value:.2f}"


def _side(left: float) -> str:
    return "left" if left > 0 else "right"
