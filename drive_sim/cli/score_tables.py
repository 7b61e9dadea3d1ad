"""The tables that `evaluate` prints: what was counted, how fast it went, cell by cell, and where it failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from drive_sim.cli import display

_MOST_LINES = 20


def scores(results: Mapping[str, Mapping[str, Any]]) -> str:
    """A table of what models did, a line each, with 95 % intervals.

    Where a road is wide, or its file's line is not its middle, the count by 1 m from that line stands beside.
    """
    strictly = any(of["has_strict_count"] for of in results.values())
    strict_heads = ("by 1 m off the file's line", "a km") if strictly else ()
    off = "off the lane: mean / 95 % / max cm"
    heads = ("model", "km", "interventions", "a km", *strict_heads, "autonomy %", off, "jerk")
    rows = [
        (
            name,
            f"{of['distance_km']:.1f}",
            _interventions(of),
            _interval(of, "interventions_per_km", 2),
            *((str(of["strict_interventions"]), _interval(of, "strict_per_km", 2)) if strictly else ()),
            _interval(of, "autonomy_percent", 1),
            f"{of['offset_mean_cm']:.0f} / {of['offset_p95_cm']:.0f} / {of['offset_max_cm']:.0f}",
            _number(of["command_jerk_rad_s3"], 1),
        )
        for name, of in results.items()
    ]
    return display.columns([heads, *rows])


def speeds(results: Mapping[str, Mapping[str, Any]]) -> str:
    """A table of how fast models drove and how that felt, a line each."""
    heads = ("model", "mean km/h", "time s", "aside: 95 % / max m/s2", "speeding up / braking m/s2", "jerk along m/s3")
    return display.columns([heads, *(_speed_row(name, of["time_and_comfort"]) for name, of in results.items())])


def by_cell(counts: Sequence[Mapping[str, Any]]) -> str:
    """Interventions by width and scene, beside each the upper end of their rate's interval."""
    kinds = list(dict.fromkeys(of["scene_kind"] for of in counts))
    widths = list(dict.fromkeys(of["width_m"] for of in counts))
    cell = {(of["width_m"], of["scene_kind"]): f"{of['interventions']} (<{of['per_km_high']:.2f})" for of in counts}
    rows = [(f"{width:g} m", *(cell.get((width, kind), "-") for kind in kinds)) for width in widths]
    return display.columns([("interventions (95 % below, a km)", *kinds), *rows])


def where_it_failed(failures: Sequence[Mapping[str, Any]]) -> str:
    """A line a failure: where, how wide and how tight the road is there, and how fast the car was."""
    heads = ("failed on", "at m", "wide m", "radius m", "km/h", "off m")
    rows = [
        (
            of["road"],
            f"{of['s_m']:.0f}",
            f"{of['width_m']:.1f}",
            "straight" if of["radius_m"] is None else f"{of['radius_m']:.0f}",
            f"{3.6 * of['speed_mps']:.0f}",
            f"{of['offset_m']:.1f}",
        )
        for of in failures[:_MOST_LINES]
    ]
    more = f"\nand {len(failures) - _MOST_LINES} more (--json names them all)" if len(failures) > _MOST_LINES else ""
    return display.columns([heads, *rows]) + more if rows else "no failure"


def _speed_row(name: str, of: Mapping[str, Any]) -> tuple[str, ...]:
    lap = of["roads"][0]["lap_s"] if len(of["roads"]) == 1 else None
    return (
        name,
        f"{3.6 * of['mean_speed_mps']:.1f}",
        _number(lap, 1),
        f"{_number(of['lateral_acceleration_p95_mps2'], 1)} / {_number(of['lateral_acceleration_max_mps2'], 1)}",
        f"{_number(of['acceleration_max_mps2'], 1)} / {_number(of['braking_max_mps2'], 1)}",
        _number(of["longitudinal_jerk_rms_mps3"], 2),
    )


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _interventions(of: Mapping[str, Any]) -> str:
    """How many there were, and how many of them where a road crosses itself."""
    at_crossing = of["interventions_at_crossing"]
    return f"{of['interventions']} (of which {at_crossing} at a crossing)" if at_crossing else f"{of['interventions']}"


def _interval(of: Mapping[str, Any], name: str, digits: int) -> str:
    low, high = of[f"{name}_low"], of[f"{name}_high"]
    middle = f"{of[name]:.{digits}f}"
    return middle if low is None or high is None else f"{middle} ({low:.{digits}f} to {high:.{digits}f})"


def failure_tables(name: str, of: Mapping[str, Any]) -> str:
    """The cells of a suite that has some, and the failures there or on a road that was given; else nothing."""
    is_one_road = len(of["roads"]) == 1
    if "cells" not in of and not (is_one_road and of["failures"]):
        return ""
    cells = [by_cell(of["cells"])] if "cells" in of else []
    return "\n".join(["", name, *cells, where_it_failed(of["failures"]), ""])
