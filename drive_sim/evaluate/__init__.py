"""Closed-loop evaluation: a policy drives every road of a suite at once; what it did is counted and kept.

`drive` is the loop, tick by tick, for whoever wants to watch; `evaluate` runs it to the end; `summary` counts.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarMask, PerCar
from drive_sim.errors import InputError
from drive_sim.policies.base import Policy
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig, TimeStep
from drive_sim.sim.intervention import INTERVENTION_M, needs_intervention
from drive_sim.sim.suites import Suite
from drive_sim.sim.track import LanePose, Tracks
from drive_sim.sim.vehicle import Command, VehicleParams, VehicleState

PATIENCE = 2.0
"""A road is given up after this many times the time that it takes at cruising speed."""
NUM_RESAMPLES = 4000
TRACES = ("x_m", "y_m", "heading_rad", "speed_mps", "s_m", "offset_m", "command_per_m", "driven_m")
"""The fields of an EvalReport that hold a number a tick and road."""

Trace = Annotated[npt.NDArray[np.float64], "t r"]
"""A number a control tick and road; NaN after the road is done."""
Counts = Annotated[npt.NDArray[np.int64], "r"]


@dataclass(frozen=True, slots=True)
class EvalConfig:
    """The car, the camera (None: no pictures), the clock, and what an intervention is and costs."""

    vehicle: VehicleParams = field(default_factory=VehicleParams)
    camera: Camera | None = field(default_factory=Camera)
    control_hz: float = 10.0
    intervention_m: float = INTERVENTION_M
    intervention_s: float = 6.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.intervention_m > 0.0:
            raise InputError(f"evaluation: intervention_m must be positive, got {self.intervention_m}")
        if self.seed < 0 or self.intervention_s < 0.0:
            raise InputError("evaluation: seed and intervention_s must not be negative")


@dataclass(frozen=True, slots=True, eq=False)
class Tick:
    """One control tick of a closed loop; all per road (r,).

    `lane` and `state` are where the command led, before anybody was put back; `timestep` is what the policy sees
    next. `counted`: the road was still being driven. `distance_m`: driven along the road since the start.
    """

    timestep: TimeStep
    command: Command
    state: VehicleState
    lane: LanePose
    intervened: CarMask
    left_road: CarMask
    counted: CarMask
    distance_m: PerCar


@dataclass(frozen=True, slots=True, eq=False)
class EvalReport:
    """What a policy did on a suite: totals a road (r,) and traces (t, r), NaN or False once the road is done.

    A row of the traces is the end of a control tick, before the car was put back, and the command that led there.
    """

    suite: str
    roads: tuple[str, ...]
    asked_m: float
    config: EvalConfig
    distance_m: PerCar
    elapsed_s: PerCar
    interventions: Counts
    left_road: Counts
    x_m: Trace
    y_m: Trace
    heading_rad: Trace
    speed_mps: Trace
    s_m: Trace
    offset_m: Trace
    command_per_m: Trace
    driven_m: Trace
    intervened: Annotated[npt.NDArray[np.bool_], "t r"]


def drive(policy: Policy, suite: Suite, config: EvalConfig, *, num_threads: int = 1) -> Iterator[Tick]:
    """Drive every road of a suite from its start until each car has covered the distance, one tick at a time.

    A car that is more than `intervention_m` off its lane, or off the road, is put back at its place. Cars that are
    done drive on uncounted, so that the draws stay in lockstep; roads not done after `PATIENCE` times the time at
    cruising speed are given up.
    """
    env_rng, policy_rng = np.random.default_rng([suite.seed, config.seed]).spawn(2)
    env_config = EnvConfig(config.camera, config.vehicle, suite.disturbance, config.control_hz)
    env = DriveEnv(suite.tracks, suite.scenes, env_config, env_rng, num_threads=num_threads)
    timestep, distance_m = env.timestep, np.zeros(env.num_cars)
    for _ in range(_most_ticks(suite, config)):
        counted = distance_m < suite.distance_m
        if not counted.any():
            return
        before = timestep.observation.lane
        command = policy.act(timestep.observation, policy_rng)
        driven = env.step(command)
        lane = driven.observation.lane
        distance_m = distance_m + progress_m(suite.tracks, before, lane)
        intervened = needs_intervention(driven, config.intervention_m)
        timestep = env.put_back(intervened)
        yield Tick(
            timestep, command, driven.observation.state, lane, intervened, driven.terminated, counted, distance_m
        )


def evaluate(policy: Policy, suite: Suite, config: EvalConfig, *, num_threads: int = 1) -> EvalReport:
    """Drive a suite to the end and report."""
    return make_report(drive(policy, suite, config, num_threads=num_threads), suite, config)


def make_report(ticks: Iterable[Tick], suite: Suite, config: EvalConfig) -> EvalReport:
    """The report on the ticks of `drive`, which somebody may watch as they pass; no picture is kept."""
    rows = np.stack([_row(tick) for tick in ticks])
    counted, intervened, left_road = np.moveaxis(rows[:, len(TRACES) :] > 0.0, 1, 0)
    traces = np.where(counted[:, None], rows[:, : len(TRACES)], np.nan)
    num_ticks = counted.sum(axis=0)
    driven_m = traces[:, TRACES.index("driven_m")]
    return EvalReport(
        suite=suite.name,
        roads=tuple(track.name for track in suite.tracks.tracks),
        asked_m=suite.distance_m,
        config=config,
        distance_m=driven_m[num_ticks - 1, np.arange(len(num_ticks))],
        elapsed_s=num_ticks / config.control_hz,
        interventions=(counted & intervened).sum(axis=0),
        left_road=(counted & left_road).sum(axis=0),
        intervened=counted & intervened,
        **dict(zip(TRACES, np.moveaxis(traces, 1, 0), strict=True)),
    )


def autonomy_percent(interventions: float, elapsed_s: float, intervention_s: float = 6.0) -> float:
    """NVIDIA's measure (2016, section 7): the share of the time that nobody had to help, `intervention_s` for each."""
    return 100.0 * (1.0 - intervention_s * interventions / elapsed_s)


def summary(report: EvalReport, *, seed: int = 0) -> dict[str, Any]:
    """The figures of a report, as plain numbers for JSON.

    `autonomy_percent` is NVIDIA's (2016, section 7): (1 - 6 s x interventions / driving time) x 100, which bad driving
    takes below zero. The 95 % intervals of it and of `interventions_per_km` are a bootstrap over roads; where nothing
    happened, three interventions are the upper bound (rule of three); of a single road there is no interval.
    `mean_autonomous_distance_m` is the mean length of the stretches between interventions, starts and ends.
    `route_completion` is the share of the distance driven before a road's first intervention, mean over roads.
    `command_jerk_rad_s3` is the root mean square second time derivative of the commanded yaw rate, curvature x speed,
    not taken across interventions. Offsets are absolute, from the target lane, at every control tick.
    """
    counts, km, elapsed_s = report.interventions, report.distance_m / 1000.0, report.elapsed_s
    low, high, bound_by = _intervention_bounds(counts, km, seed)

    def autonomy(per_km: float | None) -> float | None:
        if per_km is None:
            return None
        return autonomy_percent(per_km * float(km.sum()), float(elapsed_s.sum()), report.config.intervention_s)

    per_km = float(counts.sum() / km.sum())
    return {
        "suite": report.suite,
        "num_roads": len(counts),
        "finished_roads": int((report.distance_m >= report.asked_m).sum()),
        "distance_km": float(km.sum()),
        "elapsed_s": float(elapsed_s.sum()),
        "autonomy_percent": autonomy(per_km),
        "autonomy_percent_low": autonomy(high),
        "autonomy_percent_high": autonomy(low),
        "interventions": int(counts.sum()),
        "interventions_per_km": per_km,
        "interventions_per_km_low": low,
        "interventions_per_km_high": high,
        "interval": bound_by,
        "left_road": int(report.left_road.sum()),
        "mean_autonomous_distance_m": float(1000.0 * km.sum() / (counts.sum() + len(counts))),
        "route_completion": float(np.mean(_completion(report))),
        "command_jerk_rad_s3": _command_jerk(report),
        **_offset_figures(report.offset_m),
        "roads": [_road_figures(report, road) for road in range(len(counts))],
    }


def _row(tick: Tick) -> npt.NDArray[np.float64]:
    """What the report keeps of a tick (11, r): the traces in the order of `TRACES`, then three masks."""
    kept = (
        *tick.state.poses.T,
        tick.state.speed_mps,
        tick.lane.s_m,
        tick.lane.offset_m,
        tick.command.curvature_per_m,
        tick.distance_m,
    )
    return np.array([*kept, tick.counted, tick.intervened, tick.left_road], dtype=np.float64)


def _most_ticks(suite: Suite, config: EvalConfig) -> int:
    return math.ceil(PATIENCE * suite.distance_m / max(config.vehicle.cruise_mps, 1.0) * config.control_hz)


def progress_m(tracks: Tracks, before: LanePose, after: LanePose) -> PerCar:
    """How far along its road each car came, the short way round."""
    length_m = tracks.length_m[after.track_idx]
    moved_m = after.s_m - before.s_m
    return np.where(tracks.closed[after.track_idx], (moved_m + 0.5 * length_m) % length_m - 0.5 * length_m, moved_m)


def _intervention_bounds(counts: Counts, km: PerCar, seed: int) -> tuple[float | None, float | None, str]:
    """Lower and upper bound (95 %) of the interventions a km, and where they come from."""
    if counts.sum() == 0:
        return 0.0, float(3.0 / km.sum()), "rule of three"
    if len(counts) < 2:
        return None, None, "none: a single road"
    drawn = np.random.default_rng(seed).integers(len(counts), size=(NUM_RESAMPLES, len(counts)))
    low, high = np.percentile(counts[drawn].sum(axis=1) / km[drawn].sum(axis=1), [2.5, 97.5])
    return float(low), float(high), "bootstrap over roads"


def _completion(report: EvalReport) -> PerCar:
    """Share (r,) of the distance asked that was driven before the first intervention."""
    before_m = np.where(report.intervened, report.driven_m, np.inf).min(axis=0)
    return np.clip(np.minimum(before_m, report.distance_m) / report.asked_m, 0.0, 1.0)


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
        "road": report.roads[road],
        "distance_m": float(report.distance_m[road]),
        "elapsed_s": elapsed_s,
        "interventions": count,
        "left_road": int(report.left_road[road]),
        "autonomy_percent": autonomy_percent(count, elapsed_s, report.config.intervention_s),
        "route_completion": float(_completion(report)[road]),
        **_offset_figures(report.offset_m[:, road]),
    }
