"""`evaluate`: models drive unseen roads and are counted."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.cli import display, options
from drive_sim.cli.car import add_car, chosen_car, chosen_speed
from drive_sim.cli.command import Command, Result
from drive_sim.cli.evaluate_on import compared
from drive_sim.cli.models import load_drivers
from drive_sim.cli.numbers import positive, row_range
from drive_sim.cli.outputs import output_folder
from drive_sim.cli.roads import chosen_suite
from drive_sim.cli.score_tables import failure_tables, scores, speeds
from drive_sim.cli.terminal import tell
from drive_sim.errors import InputError

if TYPE_CHECKING:
    from drive_sim.evaluate import EvalReport, Tick
    from drive_sim.policies.base import Policy
    from drive_sim.sim.camera import Camera
    from drive_sim.sim.suites import Suite

MOST_FILMS = 12


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `evaluate`."""

    models: Sequence[str]
    suite: str
    road: options.RoadOptions
    distance: float | None
    place: float | None
    speed: str
    turning_radius: float | None
    films: Path | None
    on: Path | None
    rows: tuple[int, int] | None
    camera: Path | None


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Models drive roads in closed loop, every one the same roads, gusts and kicks. More than 1 m from the lane (on roads
wider than 8 m an eighth of the width) is an intervention: the car is put back and it counts. The lane of a circuit's
file is the middle between its edges; how often a car came 1 m off the file's own line stands beside
(nobody is put back for that, so one long departure counts once). Autonomy is
NVIDIA's, (1 - 6 s x interventions / driving time) x 100; intervals are 95 %, bootstraps over roads or, below ten
interventions, exact. `expert` is the scripted expert. With --speed own, models that give accelerations drive at the
speed of their choice; the expert, and models that only steer, at that of a profile: 2.5 m/s2 aside, 20 m/s at most.
With --on RECORDING nobody drives: what models command for its pictures stands beside what its driver did, as a
correlation and an error, and the error of who always drives straight beside."""
    command.epilog = options.examples(
        "evaluate runs/train-001",
        "evaluate expert runs/demo-001/models/plain --suite shifted",
        "evaluate runs/train-001 --track Suzuka.csv",
        "evaluate expert --track Suzuka.csv --speed own",
        "evaluate pilotnet --suite any-tight --films failures",
        "evaluate pilotnet --track motorway --place -0.5",
        "evaluate runs/train-001 --on driving_log.csv --rows 600-799 --camera runs/calibrate-001/camera.json",
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
    options.add_place(command)
    add_car(command)
    command.add_argument(
        "--films",
        type=Path,
        metavar="DIR",
        help=f"a new folder for films of each model's first failures, {MOST_FILMS} at most, the expert beside",
    )
    recorded = command.add_argument_group("on a recording, which nobody drives anew")
    recorded.add_argument(
        "--on",
        type=Path,
        metavar="RECORDING",
        help="any recording that `train` reads: take rows that nothing learned from",
    )
    recorded.add_argument("--rows", type=row_range, metavar="A-B", help="these rows alone, counted from 0, B too")
    recorded.add_argument(
        "--camera", type=Path, metavar="FILE", help="the camera.json with which a log was learned from"
    )


def run(args: Arguments) -> Result:
    """Let each model drive the same suite, and show the scores as a table; or hold them against a recorded driver."""
    if args.on is not None:
        return compared(args.models, args.on, args.rows, args.camera, args.road.seed)
    if args.rows is not None or args.camera is not None:
        raise InputError("--rows and --camera are for a recording: name it with --on")
    if args.films is None:
        return _evaluated(args, None)
    with output_folder(args.films, "films") as folder:
        return _evaluated(args, folder)


def _evaluated(args: Arguments, films: Path | None) -> Result:
    from drive_sim.evaluate import EvalConfig, drive, make_report, summary, time_and_comfort
    from drive_sim.evaluate.cells import summary_by_cell
    from drive_sim.evaluate.failures import failures

    seed, speed, car = args.road.seed, chosen_speed(args.speed), chosen_car(args.turning_radius)
    suite = chosen_suite(args.suite, args.road, args.distance, args.place)
    drivers = load_drivers(args.models, suite.tracks)
    if args.place is not None:
        _say_who_goes_by_sight(drivers)
    results: Result = {}
    reports: dict[str, EvalReport] = {}
    with display.progress({name: f"{name} drives" for name in drivers}) as show:
        for name, (policy, camera) in drivers.items():
            config = EvalConfig(vehicle=car, camera=camera, seed=seed, speed=speed)
            ticks = drive(policy, suite, config, num_threads=os.cpu_count() or 1)
            report = make_report(shown(ticks, suite.distance_m, name, show), suite, config)
            results[name] = {**summary(report, seed=seed), "time_and_comfort": time_and_comfort(report)}
            results[name] |= {"cells": summary_by_cell(report)} if report.cells else {}
            results[name]["failures"] = [asdict(failure) for failure in failures(report, suite.tracks)]
            reports[name] = report
    print(scores(results))
    print(f"\n{speeds(results)}")
    for name, of in results.items():
        print(failure_tables(name, of), end="")
    if films is not None:
        num_films = _film_all(reports, suite, films)
        print(
            f"\n{display.times('film', num_films)} of failures" + (f" in {films}" if num_films else ": there are none")
        )
    return {
        "suite": suite.name,
        "seed": seed,
        "place": args.place,
        "speed": args.speed,
        "turning_radius_m": 1.0 / car.max_curvature_per_m,
        "models": results,
    }


def _film_all(reports: Mapping[str, EvalReport], suite: Suite, folder: Path) -> int:
    """Films of each model's first failures, a folder a model; returns how many."""
    from dataclasses import replace

    from drive_sim.evaluate import evaluate
    from drive_sim.evaluate.failures import failures
    from drive_sim.policies.expert import PursuitExpert
    from drive_sim.report.failure_films import chosen_failures, film_failures
    from drive_sim.sim.camera import Camera

    num_films = 0
    with display.progress({name: f"{name} is filmed" for name in reports}) as show:
        for number, (name, report) in enumerate(reports.items(), start=1):
            chosen = chosen_failures(failures(report, suite.tracks), report.config.control_hz, MOST_FILMS)
            if chosen:
                expert = evaluate(PursuitExpert(suite.tracks), suite, replace(report.config, camera=None))
                into, camera = folder / f"{number}-{Path(name).resolve().name}", report.config.camera or Camera()
                into.mkdir()
                for path in film_failures(name, report, expert, suite, camera, chosen, into):
                    num_films += 1
                    show(name, 0.5, path.name)
            show(name, 1.0, display.times("film", len(chosen)))
    return num_films


def _say_who_goes_by_sight(drivers: Mapping[str, tuple[Policy, Camera | None]]) -> None:
    from drive_sim.policies.measurements import goes_by_sight

    for name, (policy, camera) in drivers.items():
        if goes_by_sight(policy, camera):
            tell(f"{name}: this driver goes by sight, and cannot be told the place by which it is counted")


def shown(ticks: Iterable[Tick], distance_m: float, name: str, show: display.Show) -> Iterator[Tick]:
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


EVALUATE = Command("models drive unseen roads, and are counted", add_arguments, Arguments, run)
