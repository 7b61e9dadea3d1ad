"""`evaluate`: models drive unseen roads and are counted."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drive_sim.cli import display, options
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


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Models drive roads in closed loop, every one the same roads, gusts and kicks. More than 1 m from the lane is an
intervention: the car is put back and it counts. Autonomy is NVIDIA's, (1 - 6 s x interventions / driving time) x 100;
intervals are 95 %, bootstraps over roads or, below ten interventions, exact. `expert` is the scripted expert."""
    command.epilog = options.examples(
        "evaluate runs/train-001",
        "evaluate expert runs/demo-001/models/plain --suite shifted",
        "evaluate runs/train-001 --track Suzuka.csv",
    )
    options.add_models(command)
    command.add_argument(
        "--suite",
        default="held-out",
        metavar="NAME",
        help="held-out (default): unseen roads; shifted: unseen kinds of scene too; train: the roads of the recordings",
    )
    options.add_track(command)
    command.add_argument("--distance", type=positive(100_000), metavar="KM", help="how far on each road (default: 2)")


def run(args: Arguments) -> Result:
    """Let each model drive the same suite, and show the scores as a table."""
    from drive_sim.evaluate import EvalConfig, drive, make_report, summary
    from drive_sim.sim.conditions import CONDITIONS

    seed = args.road.seed
    suite = chosen_suite(args.suite, args.road, args.distance)
    drivers = load_drivers(args.models, suite.tracks)
    results: Result = {}
    with display.progress({name: f"{name} drives" for name in drivers}) as show:
        for name, (policy, camera) in drivers.items():
            config = EvalConfig(vehicle=CONDITIONS.vehicle, camera=camera, seed=seed)
            ticks = drive(policy, suite, config, num_threads=os.cpu_count() or 1)
            report = make_report(_shown(ticks, suite.distance_m, name, show), suite, config)
            results[name] = summary(report, seed=seed)
    print(scores(results))
    return {"suite": suite.name, "seed": seed, "models": results}


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
    """A table of what models did, a line each, with 95 % intervals."""
    heads = ("model", "km", "interventions", "a km", "autonomy %", "off the lane: mean / 95 % / max cm", "jerk")
    rows = [
        (
            name,
            f"{of['distance_km']:.1f}",
            str(of["interventions"]),
            _interval(of, "interventions_per_km", 2),
            _interval(of, "autonomy_percent", 1),
            f"{of['offset_mean_cm']:.0f} / {of['offset_p95_cm']:.0f} / {of['offset_max_cm']:.0f}",
            "-" if of["command_jerk_rad_s3"] is None else f"{of['command_jerk_rad_s3']:.1f}",
        )
        for name, of in results.items()
    ]
    return display.columns([heads, *rows])


def _interval(of: Mapping[str, Any], name: str, digits: int) -> str:
    low, high = of[f"{name}_low"], of[f"{name}_high"]
    middle = f"{of[name]:.{digits}f}"
    return middle if low is None or high is None else f"{middle} ({low:.{digits}f} to {high:.{digits}f})"


EVALUATE = Command("models drive unseen roads, and are counted", add_arguments, Arguments, run)
