"""A driver over every road of `assets/roads`, and over circuits of one's own, both ways, in every kind of scene.

    python -m bench.named_roads                                 the expert
    python -m bench.named_roads pilotnet --speed own
    python -m bench.named_roads pilotnet --only ../circuits/*.csv

A row a road: kilometres, interventions (in how many of them the road crosses itself there), the strict count. It ends
with 1 where somebody had to help.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np

from drive_sim.evaluate import EvalConfig, EvalReport, evaluate
from drive_sim.policies.compute import use_one_thread
from drive_sim.policies.named_driver import load_named_driver
from drive_sim.policies.speed_profile import SpeedLimits
from drive_sim.sim.circuit_file import TRACK_NAMES, resolve_track
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.scene import SCENE_KINDS, Scenes, make_scene
from drive_sim.sim.suites import Suite, suite_from_track
from drive_sim.sim.track import Track, Tracks


def on_every_sky(track: Track) -> Suite:
    """The road and its other way, under each kind of scene: fourteen cars, each in a weather of its own."""
    scenes = [make_scene(kind, np.random.default_rng(seed)) for seed, kind in enumerate(SCENE_KINDS)]
    one = suite_from_track(track, scenes[0], disturbance=CONDITIONS.evaluation)
    tracks = Tracks.stack([track] * len(scenes) + [track.reversed()] * len(scenes))
    return Suite(track.name, tracks, Scenes.stack(scenes * 2), one.distance_m, CONDITIONS.evaluation, one.seed)


def row(report: EvalReport) -> str:
    """What was counted on one road."""
    per_sky = report.interventions.reshape(2, -1).sum(axis=0)
    worst = "" if not per_sky.any() else f"; most by {list(SCENE_KINDS)[int(per_sky.argmax())]}"
    return (
        f"{report.suite:18} {report.distance_m.sum() / 1000.0:6.1f} km  {report.interventions.sum()} interventions "
        f"({report.interventions_at_crossing.sum()} at a crossing), strictly {report.strict_interventions.sum()}; "
        f"at most {np.nanmax(np.abs(report.offset_m)):.2f} m off{worst}"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """The interventions of all."""
    use_one_thread()
    parser = argparse.ArgumentParser(prog="python -m bench.named_roads", description=__doc__)
    parser.add_argument("driver", nargs="?", default="expert")
    parser.add_argument("--speed", choices=("kept", "own"), default="kept")
    parser.add_argument("--only", nargs="+", default=list(TRACK_NAMES), metavar="ROAD", help="names or files")
    args = parser.parse_args(argv)
    total, km = 0, 0.0
    for name in args.only:
        suite = on_every_sky(resolve_track(name))
        policy, camera = load_named_driver(args.driver, suite.tracks)
        speed = SpeedLimits() if args.speed == "own" else None
        report = evaluate(policy, suite, EvalConfig(CONDITIONS.vehicle, camera, speed=speed))
        total, km = total + int(report.interventions.sum()), km + float(report.distance_m.sum()) / 1000.0
        print(row(report), flush=True)
    print(f"{total} interventions in {km:.0f} km")
    return total


if __name__ == "__main__":
    sys.exit(min(main(), 1))
