"""`evaluate`: models drive unseen roads and are counted."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drive_sim.cli import display, options
from drive_sim.cli.car import add_car, chosen_car, chosen_speed
from drive_sim.cli.command import Command, Result
from drive_sim.cli.models import load_drivers
from drive_sim.cli.numbers import positive
from drive_sim.cli.roads import chosen_suite

if TYPE_CHECKING:
    from drive_sim.evaluate import Tick


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `evaluate`."""

    models: Sequence[str]
    suite: str
    road: options.RoadOptions
    distance: float | None
    speed: str
    turning_radius: float | None


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Models drive roads in closed loop, every one the same roads, gusts and kicks. More than 1 m from the lane (on roads
wider than 8 m an eighth of the width) is an intervention: the car is put back and it counts. The lane of a circuit's
file is the middle between its edges; how often a car came 1 m off the file's own line stands beside. Autonomy is
NVIDIA's, (1 - 6 s x interventions / driving time) x 100; intervals are 95 %, bootstraps over roads or, below ten
interventions, exact. `expert` is the scripted expert. With --speed own, models that give accelerations drive at the
speed of their choice; the expert, and models that only steer, at that of a profile: 2.5 m/s2 aside, 20 m/s at most."""
    command.epilog = options.examples(
        "evaluate runs/train-001",
        "evaluate expert runs/demo-001/models/plain --suite shifted",
        "evaluate runs/train-001 --track Suzuka.csv",
        "evaluate expert --track Suzuka.csv --speed own",
    )
    options.add_models(command)
    command.add_argument(
        "--suite",
        default="held-out",
        metavar="NAME",
        help="held-out (default): unseen roads; shifted: unseen kinds of scene too; train: the recordings' roads; any: "
        "unseen roads of 3 to 18 m under every sky; any-tight: the same with bends down to 8 m",
    )
    options.add_track(command)
    command.add_argument("--distance", type=positive(100_000), metavar="KM", help="how far on each road (default: 2)")
    add_car(command)


def run(args: Arguments) -> Result:
    """Let each model drive the same suite, and show the scores as a table."""
    from drive_sim.evaluate import EvalConfig, drive, make_report, summary, time_and_comfort
    from drive_sim.evaluate.cells import cell_summary

    seed, speed, car = args.road.seed, chosen_speed(args.speed), chosen_car(args.turning_radius)
    suite = chosen_suite(args.suite, args.road, args.distance)
    drivers = load_drivers(args.models, suite.tracks)
    results: Result = {}
    with display.progress({name: f"{name} drives" for name in drivers}) as show:
        for name, (policy, camera) in drivers.items():
            config = EvalConfig(vehicle=car, camera=camera, seed=seed, speed=speed)
            ticks = drive(policy, suite, config, num_threads=os.cpu_count() or 1)
            report = make_report(_shown(ticks, suite.distance_m, name, show), suite, config)
            results[name] = {**summary(report, seed=seed), "time_and_comfort": time_and_comfort(report)}
            results[name] |= cell_summary(report, suite.tracks)
    print(scores(results))
    print(f"\n{speeds(results)}")
    for name, of in results.items():
        if "cells" in of:
            print(f"\n{name}\n{by_cell(of['cells'])}\n{where_it_failed(of['failures'])}")
    return {
        "suite": suite.name,
        "seed": seed,
        "speed": args.speed,
        "turning_radius_m": 1.0 / car.max_curvature_per_m,
        "models": results,
    }


def _shown(ticks: Iterable[Tick], distance_m: float, name: str, show: display.Show) -> Iterator[Tick]:
    """The ticks of a drive, shown as they pass."""
    interventions = 0
    share = 0.0
    for number, tick in enumerate(ticks):
        interventions += int((tick.intervened & tick.counted).sum())
        share = float(tick.distance_m.clip(0.0, distance_m).mean()) / distance_m
        if number % 10 == 0:
            show(name, min(share, 0.999), display.times("intervention", interventions))
        yield tick
    show(name, 1.0, display.times("intervention", interventions))


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
    heads = ("model", "mean km/h", "lap s", "aside: 95 % / max m/s2", "speeding up / braking m/s2", "jerk along m/s3")
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
        for of in failures
    ]
    return display.columns([heads, *rows]) if rows else "no failure"


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


EVALUATE = Command("models drive unseen roads, and are counted", add_arguments, Arguments, run)
