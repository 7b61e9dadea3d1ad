"""Is the radar's distance worth looking at? `python -m bench.radar [--seeds N] [--first N] [--network NAME]`.

For every seed the first drive's two networks are trained from thirty seconds of the expert, and drive held-out roads in
the evaluation's wind, put back where they are lost. At each tick: how far is the car from where its training pictures
were taken, and how far is its steering from the expert's? Printed is the rank correlation of the two (Spearman), with
a bootstrap over roads for each network and an interval over seeds for their mean.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from drive_sim.arrays import CarIndex, PerCar
from drive_sim.data import rollout
from drive_sim.evaluate.familiarity import (
    WORDS,
    Familiarity,
    LanePlaces,
    lane_places,
    rank_correlation,
    trained_places,
    word_for,
)
from drive_sim.evaluate.intervals import Estimate, estimate_mean
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons.kit.demonstration import demonstrate
from drive_sim.lessons.kit.training import train_with_progress, training_config, training_rng
from drive_sim.policies.base import Policy
from drive_sim.policies.compute import use_one_thread
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.suites import Suite, make_suite

NAMES = ("plain", "shift-rotate")


class Driven(NamedTuple):
    """Of n ticks: where the car was, how far its steering was from the expert's, and on which road."""

    places: LanePlaces
    error_per_m: PerCar
    road: CarIndex


def driven(policy: Policy, suite: Suite, num_ticks: int, seed: int) -> Driven:
    """A policy on all roads of a suite at once, put back where it is lost."""
    env_rng, rng = np.random.default_rng([seed, 160]).spawn(2)
    config = EnvConfig(vehicle=CONDITIONS.vehicle, disturbance=CONDITIONS.evaluation)
    env = DriveEnv(suite.tracks, suite.scenes, config, env_rng)
    ticks = rollout.drive(env, policy, num_ticks, rng, labeller=PursuitExpert(suite.tracks))
    places, errors = [], []
    for tick in ticks:
        assert tick.expert_curvature_per_m is not None
        places.append(lane_places(tick.observation.lane))
        errors.append(np.abs(tick.command.curvature_per_m - tick.expert_curvature_per_m))
    return Driven(np.concatenate(places), np.concatenate(errors), np.tile(np.arange(len(suite.tracks)), num_ticks))


def calibrate(seed: int, suite: Suite, num_ticks: int, network: str) -> Iterator[tuple[str, Estimate, str]]:
    """For both networks of a seed: its name, the rank correlation, and the mean error by what the radar says."""
    demos = demonstrate(seed)
    assert demos.lane is not None
    for name in NAMES:
        config = replace(training_config(name), network=network)
        policy = train_with_progress(config, ImitationTask(demos), training_rng(seed), lambda *_: None).policy
        known = Familiarity(
            trained_places(lane_places(demos.lane), config.shift_rotate, np.random.default_rng([seed, 161]))
        )
        found = driven(policy, suite, num_ticks, seed)
        distance_m = known.distance_m(found.places)
        yield name, rank_correlation(distance_m, found.error_per_m, found.road), _by_word(known, found)


def _by_word(known: Familiarity, found: Driven) -> str:
    """Mean error and number of ticks by what the radar says there."""
    said = np.array([word_for(share) for share in known.share_near(found.places)])
    errors = {word: found.error_per_m[said == word] for word in WORDS}
    return ", ".join(f"{word} {some.mean():.4f} ({len(some)})" for word, some in errors.items() if len(some))


def main() -> None:
    """Print a line a network, and the mean over seeds."""
    parser = argparse.ArgumentParser(prog="python -m bench.radar", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="so many seeds (default: 5)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the first of them (default: 0)")
    parser.add_argument("--roads", type=int, default=10, metavar="N", help="held-out roads (default: 10)")
    parser.add_argument("--ticks", type=int, default=300, metavar="N", help="ticks on each of them (default: 300)")
    parser.add_argument("--network", default="pilotnet", help="which network learns (default: pilotnet)")
    chosen = parser.parse_args()
    use_one_thread()
    suite, found = make_suite("held-out", num_roads=chosen.roads), {name: list[float]() for name in NAMES}
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        for name, rho, errors in calibrate(seed, suite, chosen.ticks, chosen.network):
            found[name].append(rho.mean)
            print(f"seed {seed}, {name}: rank correlation {rho.in_words(2)}", flush=True)
            print(f"  mean steering error in 1/m where it says: {errors}", flush=True)
    for name, values in found.items():
        print(f"{name}: mean over {len(values)} seeds {estimate_mean(values, least=-1.0, most=1.0).in_words(2)}")


if __name__ == "__main__":
    main()
