"""`python -m bench.make_roads`: the twenty roads of `assets/roads` that a class knows by name, from their corners.

A road is a polygon whose corners are rounded by arcs: a `Corner` is where two straights would meet, the radius of the
bend that leads from one to the other, and, where it changes, the width from there on. The same corners give the same
files, to the byte.
"""

from math import atan2, cos, hypot, pi, sin, tan
from pathlib import Path

from bench.road_plans import PLANS, Corner, Plan
from drive_sim.sim.named_roads import NAMED_ROADS

ROADS = Path(__file__).resolve().parent.parent / "assets" / "roads"
STEP_M = 2.0
_FLARE_M = 40.0
"""A width changes over so much road."""


def line_of(plan: Plan) -> list[tuple[float, float, float]]:
    """x, y and width of a road, a place every 2 m, from where the first corner's bend ends."""
    pieces = _pieces(plan)
    length_m = sum(piece[0] for piece in pieces)
    count = round(length_m / STEP_M)
    step_m = length_m / count
    stations = [i * step_m for i in range(count + (not plan.closed))]
    return [(*_place(pieces, s_m), _width(plan, pieces, s_m)) for s_m in stations]


Piece = tuple[float, float, float, float, float, int]
"""Length, x, y, heading, curvature, and the number of the corner that it leads on from."""


def _pieces(plan: Plan) -> list[Piece]:
    """The straights and arcs of a road; raises ValueError where a straight is too short for its bends."""
    corners, num = plan.corners, len(plan.corners)
    bends = (
        [_bend(corners, i) for i in range(num)]
        if plan.closed
        else [(0.0, 0.0) if i in (0, num - 1) else _bend(corners, i) for i in range(num)]
    )
    pieces: list[Piece] = []
    for i in range(num if plan.closed else num - 1):
        here, there = corners[i], corners[(i + 1) % num]
        heading = atan2(there.y_m - here.y_m, there.x_m - here.x_m)
        (cut_m, _), (next_cut_m, turn) = bends[i], bends[(i + 1) % num]
        straight_m = hypot(there.x_m - here.x_m, there.y_m - here.y_m) - cut_m - next_cut_m
        if straight_m < 0.0:
            raise ValueError(f"the straight from {here} to {there} lacks {-straight_m:.1f} m")
        x_m, y_m = here.x_m + cut_m * cos(heading), here.y_m + cut_m * sin(heading)
        pieces.append((straight_m, x_m, y_m, heading, 0.0, i))
        if turn:
            x_m, y_m = x_m + straight_m * cos(heading), y_m + straight_m * sin(heading)
            side = 1.0 if turn > 0.0 else -1.0
            pieces.append((there.radius_m * abs(turn), x_m, y_m, heading, side / there.radius_m, i))
    return pieces


def _bend(corners: tuple[Corner, ...], i: int) -> tuple[float, float]:
    """How much of both straights a corner's arc takes, and its turn."""
    before, here, after = corners[i - 1], corners[i], corners[(i + 1) % len(corners)]
    into = atan2(here.y_m - before.y_m, here.x_m - before.x_m)
    out_of = atan2(after.y_m - here.y_m, after.x_m - here.x_m)
    turn = (out_of - into + pi) % (2.0 * pi) - pi
    return here.radius_m * tan(abs(turn) / 2.0), turn


def _place(pieces: list[Piece], s_m: float) -> tuple[float, float]:
    for length_m, x_m, y_m, heading, curvature, _ in pieces:
        if s_m <= length_m or (length_m, x_m, y_m, heading, curvature, _) == pieces[-1]:
            half = 0.5 * curvature * s_m
            chord_m = s_m if abs(half) < 1e-12 else s_m * sin(half) / half
            return x_m + chord_m * cos(heading + half), y_m + chord_m * sin(heading + half)
        s_m -= length_m
    raise AssertionError("a road has pieces")


def _width(plan: Plan, pieces: list[Piece], s_m: float) -> float:
    """The width at a place: that of the corner before, after a flare that begins there."""
    starts: dict[int, float] = {}
    total_m = 0.0
    for piece in pieces:
        starts.setdefault(piece[5], total_m)
        total_m += piece[0]
    width_m = plan.width_m
    # A loop comes from the widths of the lap before.
    for lap in (1, 0) if plan.closed else (0,):
        for i, start_m in starts.items():
            corner = plan.corners[i]
            share = min(max((s_m - start_m + lap * total_m) / _FLARE_M, 0.0), 1.0)
            width_m += ((corner.width_m or plan.width_m) - width_m) * share * share * (3.0 - 2.0 * share)
    return width_m


def text_of(name: str) -> str:
    """A road's file."""
    plan = PLANS[name]
    lane_m = -0.25 * plan.width_m if plan.two_lane else 0.0
    said = (
        f"lines={'two-lane' if plan.two_lane else 'none'} lane_offset_m={lane_m:g}{'' if plan.closed else ' closed=no'}"
    )
    rows = [f"{x_m:.3f},{y_m:.3f},{0.5 * w_m:.3f},{0.5 * w_m:.3f}" for x_m, y_m, w_m in line_of(plan)]
    head = [f"# {name}: {NAMED_ROADS[name]}", "# x_m,y_m,w_tr_right_m,w_tr_left_m", f"# {said}"]
    return "\n".join([*head, *rows]) + "\n"


if __name__ == "__main__":
    for road in PLANS:
        (ROADS / f"{road}.csv").write_text(text_of(road), encoding="utf-8")
