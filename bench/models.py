"""Makes the models that ship with the project, each from a stated seed: `python -m bench.models [NAME...]`.

A model goes into models/NAME, where `run_sim.py watch NAME` finds it. What is there stays: remove it to make it anew.
The exit code is 1 where a model has become too large to ship.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.checkout import shipped_folder
from drive_sim.evaluate import EvalConfig, evaluate, summary
from drive_sim.learn import alvinn, domain_randomised
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons.alvinn.watching import drive_frames, watch
from drive_sim.lessons.kit.demonstration import demonstrate
from drive_sim.lessons.kit.training import train_with_progress, training_config, training_rng
from drive_sim.policies.alvinn import AlvinnPolicy
from drive_sim.policies.compute import use_one_thread
from drive_sim.policies.model_folder import save_model
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.suites import make_suite

MOST_BYTES = 1_500_000
FIGURES = ("num_roads", "distance_km", "interventions", "autonomy_percent", "offset_p95_cm", "offset_max_cm")


SEED = 0
"""Whose models ship; it was chosen before any of them was driven."""
ANY_ROAD_SEEDS = 5
"""First word of the seeds of those that learn to drive every road."""


def make_first_drive(folder: Path, name: str, seed: int = SEED) -> dict[str, Any]:
    """A network of `demo --seed 0`, to the bit: "plain" or "shift-rotate", from the same thirty seconds (ADR 5)."""
    demos, config = demonstrate(seed), training_config(name)
    trained = train_with_progress(config, ImitationTask(demos), training_rng(seed), _print_progress)
    policy = trained.policy
    data = f"thirty seconds of the scripted expert on the road {demos.source}"
    metrics = {"seed": seed, "num_frames": len(demos), "data": data, "error_per_m": trained.error_per_m}
    metrics |= {"demonstration": {"seed": seed, "num_ticks": len(demos)}}
    metrics |= {"held_out": held_out_figures(policy)}
    save_model(folder, policy, config, metrics)
    return metrics


def make_any_road(folder: Path, seed: int = SEED, config: domain_randomised.Config | None = None) -> dict[str, Any]:
    """The driver of every road: domain-randomised DAgger (ADR 9). Its figures are on roads that nobody learns from."""
    config = config or domain_randomised.Config()
    latest, start_s = None, time.process_time()
    for latest in domain_randomised.train(config, np.random.default_rng([ANY_ROAD_SEEDS, seed])):
        _print_progress(0.0, f"round {latest.index + 1} of {config.num_rounds}: {latest.metrics['num_frames']} frames")
    assert latest is not None
    policy, num_frames = latest.policy, latest.metrics["num_frames"]
    cpu_s = round(time.process_time() - start_s)
    data = f"{config.num_rounds} rounds of {config.roads_per_round} roads drawn at random, the expert asked beside"
    metrics = {"seed": seed, "num_frames": num_frames, "data": data, "cpu_s": cpu_s}
    metrics |= {"held_out": held_out_figures(policy), "any": held_out_figures(policy, "any")}
    save_model(folder, policy, config, metrics)
    return metrics


def make_alvinn(folder: Path, seed: int = SEED, config: alvinn.Config = alvinn.PUBLISHED) -> dict[str, Any]:
    """ALVINN on the fly, after fifty frames: that of `lesson alvinn-on-the-fly --seed 0`, to the bit.

    With `alvinn.ALONE` from the same frames without views: its twin, with which the page begins.
    """
    demos = drive_frames(seed, CONDITIONS, config.num_frames)
    *_, last = watch(config, demos, seed, config.num_frames)
    data = f"the scripted expert on the road {demos.source}, a frame every {config.ticks_per_frame} control ticks"
    metrics = {"seed": seed, "num_frames": config.num_frames, "data": data, "loss": last.metrics["loss"]}
    metrics |= {"demonstration": {"seed": seed, "num_ticks": len(demos)}}
    metrics |= {"held_out": held_out_figures(last.policy)}
    save_model(folder, last.policy, config, metrics)
    return metrics


def held_out_figures(policy: NeuralPolicy | AlvinnPolicy, suite: str = "held-out") -> dict[str, Any]:
    """How a model drives the roads that nobody learns from, through its own camera."""
    config = EvalConfig(vehicle=CONDITIONS.vehicle, camera=policy.camera)
    figures = summary(evaluate(policy, make_suite(suite), config))
    return {name: figures[name] for name in FIGURES}


MAKERS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "pilotnet": make_any_road,
    "alvinn": make_alvinn,
    "alvinn-alone": partial(make_alvinn, config=alvinn.ALONE),
    "first-drive-plain": partial(make_first_drive, name="plain"),
    "first-drive-shift-rotate": partial(make_first_drive, name="shift-rotate"),
}
"""The models that ship, and what makes each in a new folder.

The pair of the first drive is that of `demo --seed 0`: one of its networks fails. PilotNet is the driver of every road.
"""


def _print_progress(_share: float, note: str) -> None:
    print(f"  {note}", flush=True)


def is_too_large(folder: Path, most_bytes: int = MOST_BYTES) -> bool:
    """Whether a model's files are too large in all to ship; its size is printed."""
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{folder}: {size:,} bytes" + (f", not less than {most_bytes:,}" if size >= most_bytes else ""))
    return size >= most_bytes


def main(argv: Sequence[str] | None = None) -> int:
    """Make what is named; the exit code is 0, or 1 where a model is too large."""
    use_one_thread()
    parser = argparse.ArgumentParser(prog="python -m bench.models", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of {', '.join(MAKERS)} (default: all)")
    names = parser.parse_args(argv).names or list(MAKERS)
    if unknown := set(names) - set(MAKERS):
        parser.error(f"no model called {', '.join(sorted(unknown))}; there are: {', '.join(MAKERS)}")
    too_large = False
    for name in names:
        folder = shipped_folder("models") / name
        if folder.exists():
            print(f"{folder} is there already; remove it to make it anew")
        else:
            print(f"{name}: {MAKERS[name](folder)}")
        too_large |= is_too_large(folder)
    return int(too_large)


if __name__ == "__main__":
    sys.exit(main())
