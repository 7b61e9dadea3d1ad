"""How long a drive took, and how it felt: speeds, lateral and longitudinal accelerations, and longitudinal jerk."""

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from drive_sim.evaluate.eval_report import EvalReport, Trace

COMFORT = (
    "lateral_acceleration_p95_mps2",
    "lateral_acceleration_max_mps2",
    "acceleration_max_mps2",
    "braking_max_mps2",
    "longitudinal_jerk_rms_mps3",
)
"""The figures of comfort; None where a drive was too short to have them."""

Felt = Annotated[npt.NDArray[np.float64], "t r"]


def time_and_comfort(report: EvalReport) -> dict[str, Any]:
    """The figures of a report, over all roads and a road, as plain numbers for JSON.

    `mean_speed_mps` is distance over time. Lateral acceleration is speed squared times the curvature that was driven,
    at most the car's grip; the longitudinal one, and its jerk (root mean square), are differences of the speed from one
    control tick to the next, none across a putting-back. `lap_s` is how long the distance asked took; None where it
    was not finished.
    """
    roads = [_road_figures(report, road) for road in range(len(report.track_names))]
    return {**_figures(report, slice(None)), "roads": roads}


def lateral_acceleration_mps2(report: EvalReport) -> Felt:
    """Its size (t, r) at the end of each tick; NaN once a road is done."""
    grip_mps2 = report.config.vehicle.grip_mps2
    felt = report.speed_mps**2 * np.abs(report.wheel_per_m)
    return felt if grip_mps2 is None else np.minimum(felt, grip_mps2)


def longitudinal_acceleration_mps2(report: EvalReport) -> Felt:
    """Positive where a car gained speed in a tick (t - 1, r); NaN across a putting-back and once a road is done."""
    felt = np.diff(report.speed_mps, axis=0) * report.config.control_hz
    return np.where(report.intervened[:-1], np.nan, felt)


def _figures(report: EvalReport, roads: slice) -> dict[str, Any]:
    along = longitudinal_acceleration_mps2(report)[:, roads]
    comfort = (
        _percentile(lateral_acceleration_mps2(report)[:, roads], 95.0),
        _percentile(lateral_acceleration_mps2(report)[:, roads], 100.0),
        _percentile(np.maximum(along, 0.0), 100.0),
        _percentile(np.maximum(-along, 0.0), 100.0),
        _root_mean_square(np.diff(along, axis=0) * report.config.control_hz),
    )
    speed_mps = report.distance_m[roads].sum() / report.elapsed_s[roads].sum()
    return {"mean_speed_mps": float(speed_mps), **dict(zip(COMFORT, comfort, strict=True))}


def _road_figures(report: EvalReport, road: int) -> dict[str, Any]:
    return {
        "road": report.track_names[road],
        "lap_s": _lap_s(report.driven_m[:, road], report.route_length_m, report.config.control_hz),
        **_figures(report, slice(road, road + 1)),
    }


def _lap_s(driven_m: Annotated[npt.NDArray[np.float64], "t"], distance_m: float, control_hz: float) -> float | None:
    """When the distance was covered, between the two ticks around it."""
    known_m = np.concatenate([[0.0], driven_m[np.isfinite(driven_m)]])
    after = int(np.argmax(known_m >= distance_m))
    if not after:
        return None
    gained_m = known_m[after] - known_m[after - 1]
    return float((after - (known_m[after] - distance_m) / gained_m) / control_hz)


def _percentile(values: Trace, percent: float) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.percentile(known, percent)) if len(known) else None


def _root_mean_square(values: Trace) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(known**2))) if len(known) else None
