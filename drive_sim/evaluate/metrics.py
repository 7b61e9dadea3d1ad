"""The figures of a report: interventions and autonomy with intervals, completion, jerk, offsets from the lane."""

from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerCar
from drive_sim.evaluate.eval_report import EvalReport
from drive_sim.evaluate.intervals import estimate_per_km


def summary(report: EvalReport, *, seed: int = 0) -> dict[str, Any]:
    """The figures of a report, as plain numbers for JSON.

    `autonomy_percent` is NVIDIA's (2016, section 7): (1 - 6 s x interventions / driving time) x 100, and 0 where bad
    driving takes it below. The 95 % intervals of it and of `interventions_per_km` are those of
    `intervals.estimate_per_km`: a bootstrap over roads, and exact where there are few interventions or a single road.
    `strict_interventions` are the stretches 1 m off the line of a road's file, which nobody is put back for, and differ
    from the interventions where `has_strict_count`. `interventions_at_crossing` are those where a road crosses itself.
    `mean_autonomous_distance_m` is the mean length of the stretches between interventions, starts and ends.
    `route_completion` is the share of the distance driven before a road's first intervention, mean over roads.
    `command_jerk_rad_s3` is the root mean square second time derivative of the commanded yaw rate, curvature x speed,
    not taken across interventions. Offsets are absolute, from the target lane, at every control tick.
    """
    counts, km, elapsed_s = report.interventions, report.distance_m / 1000.0, report.elapsed_s
    per_km = estimate_per_km(counts, km, seed=seed)
    strict_per_km = estimate_per_km(report.strict_interventions, km, seed=seed)

    def autonomy(interventions_per_km: float | None) -> float | None:
        if interventions_per_km is None:
            return None
        interventions = interventions_per_km * float(km.sum())
        return autonomy_percent(interventions, float(elapsed_s.sum()), report.config.intervention_s)

    return {
        "suite": report.suite,
        "num_roads": len(counts),
        "finished_roads": int((report.distance_m >= report.route_length_m).sum()),
        "distance_km": float(km.sum()),
        "elapsed_s": float(elapsed_s.sum()),
        "autonomy_percent": autonomy(per_km.mean),
        "autonomy_percent_low": autonomy(per_km.high),
        "autonomy_percent_high": autonomy(per_km.low),
        "interventions": int(counts.sum()),
        "interventions_per_km": per_km.mean,
        "interventions_per_km_low": per_km.low,
        "interventions_per_km_high": per_km.high,
        "interval": per_km.interval,
        "interventions_at_crossing": int(report.interventions_at_crossing.sum()),
        "strict_interventions": int(report.strict_interventions.sum()),
        "strict_per_km": strict_per_km.mean,
        "strict_per_km_low": strict_per_km.low,
        "strict_per_km_high": strict_per_km.high,
        "has_strict_count": report.has_strict_count,
        "left_road": int(report.left_road.sum()),
        "mean_autonomous_distance_m": float(1000.0 * km.sum() / (counts.sum() + len(counts))),
        "route_completion": float(np.mean(_completion(report))),
        "command_jerk_rad_s3": _command_jerk(report),
        **_offset_figures(report.offset_m),
        "roads": [_road_figures(report, road) for road in range(len(counts))],
    }


def autonomy_percent(interventions: float, elapsed_s: float, intervention_s: float = 6.0) -> float:
    """NVIDIA's measure (2016, section 7): the share of the time that nobody had to help, `intervention_s` for each.

    Where help comes more often than it could be given, that share is 0; the interventions say how often.
    """
    return 100.0 * max(0.0, 1.0 - intervention_s * interventions / elapsed_s)


def _completion(report: EvalReport) -> PerCar:
    """Share (r,) of the distance asked that was driven before the first intervention."""
    before_m = np.minimum(report.first_intervention_m, report.distance_m)
    return np.clip(before_m / report.route_length_m, 0.0, 1.0)


def _command_jerk(report: EvalReport) -> float | None:
    """Root mean square second time derivative of curvature x speed as commanded, in rad/s^3."""
    yaw_rate = report.command_per_m * report.speed_mps
    jerk = np.diff(yaw_rate, n=2, axis=0) * report.config.control_hz**2
    # The command of tick t led to row t, so a car put back at row t answers with a jump in row t + 1.
    broken = report.intervened[:-2] | report.intervened[1:-1]
    smooth = jerk[np.isfinite(jerk) & ~broken]
    return float(np.sqrt(np.mean(np.square(smooth)))) if len(smooth) else None


def _offset_figures(offset_m: npt.NDArray[np.float64]) -> dict[str, float]:
    """Mean, standard deviation, 95th percentile and maximum of the absolute offset in cm."""
    size_cm = 100.0 * np.abs(offset_m[np.isfinite(offset_m)])
    figures = (size_cm.mean(), size_cm.std(), np.percentile(size_cm, 95.0), size_cm.max())
    names = ("offset_mean_cm", "offset_sd_cm", "offset_p95_cm", "offset_max_cm")
    return dict(zip(names, map(float, figures), strict=True))


def _road_figures(report: EvalReport, road: int) -> dict[str, Any]:
    count, elapsed_s = int(report.interventions[road]), float(report.elapsed_s[road])
    return {
        "road": report.track_names[road],
        "distance_m": float(report.distance_m[road]),
        "elapsed_s": elapsed_s,
        "interventions": count,
        "interventions_at_crossing": int(report.interventions_at_crossing[road]),
        "strict_interventions": int(report.strict_interventions[road]),
        "left_road": int(report.left_road[road]),
        "autonomy_percent": autonomy_percent(count, elapsed_s, report.config.intervention_s),
        "route_completion": float(_completion(report)[road]),
        **_offset_figures(report.offset_m[:, road]),
    }
