"""One picture or two on the first drive: held-out error beside driving, `python -m bench.two_frames --seeds 5`.

The expert's thirty seconds are cloned by the network of one frame and by that of two, as they are and with shifted and
turned views. Held out are the next thirty seconds of the same drive, and the expert's drive of another seed, on another
road; errors are told over that of always straight. Then each drives the held-out suite. An error that falls while
interventions rise is causal confusion (de Haan, Jayaraman and Levine 2019, arXiv 1905.11979).
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.evaluate import EvalConfig, evaluate, summary
from drive_sim.evaluate.agreement import commands
from drive_sim.evaluate.intervals import estimate_mean
from drive_sim.learn import bc
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons.kit.demonstration import NUM_TICKS, demonstrate
from drive_sim.lessons.kit.training import training_config, training_rng
from drive_sim.policies.compute import use_one_thread
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.observation import Observation
from drive_sim.sim.suites import make_suite
from drive_sim.sim.vehicle import Command

HELD_OUT = 1000
"""Added to a seed: the road that its networks don't learn from."""
NETWORKS = ("small", "small-two-frames", "small-turn")
ARMS = [(network, views) for views in ("plain", "shift-rotate") for network in NETWORKS]


def learned(network: str, views: str, seed: int) -> NeuralPolicy:
    """The clone of a seed's thirty seconds."""
    *_, last = bc.train(training_config(views, network=network), ImitationTask(demonstrate(seed)), training_rng(seed))
    return last.policy


def errors_of_straight(policy: NeuralPolicy, seed: int) -> tuple[float, float]:
    """Root mean square errors further along the same road and on another one, over those of always straight."""
    further = demonstrate(seed, num_ticks=2 * NUM_TICKS).rows(slice(NUM_TICKS, None))
    return _error_of_straight(policy, further), _error_of_straight(policy, demonstrate(seed + HELD_OUT))


def _error_of_straight(policy: NeuralPolicy, held_out: Demonstrations) -> float:
    errors = commands(policy, held_out) - held_out.curvature_per_m
    return float(np.sqrt(np.mean(errors**2) / np.mean(held_out.curvature_per_m**2)))


def found(num_seeds: int, num_roads: int) -> Iterator[tuple[str, str, float, float, float]]:
    """Network, views, errors further along and on another road, interventions a km; seed by seed."""
    suite = make_suite("held-out", conditions=replace(CONDITIONS, num_roads=num_roads))
    for seed in range(num_seeds):
        for network, views in ARMS:
            policy, start_s = learned(network, views, seed), time.process_time()
            config = EvalConfig(vehicle=CONDITIONS.vehicle, camera=policy.camera)
            driven = summary(evaluate(policy, suite, config))
            further, elsewhere = errors_of_straight(policy, seed)
            words = f"{network} {views} seed {seed}: errors {further:.3f}, on another road {elsewhere:.3f}"
            words += f", {driven['interventions']} interventions, {driven['interventions_per_km']:.2f} a km"
            print(f"{words}, {time.process_time() - start_s:.0f} s", flush=True)
            yield network, views, further, elsewhere, driven["interventions_per_km"]


class Copier:
    """Who does again what he did: it turns as its wheels stand, and sees nothing."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:  # noqa: ARG002 - it draws nothing
        """The same again."""
        return Command.steer(observation.state.curvature_per_m)


def copied(num_seeds: int, num_roads: int) -> str:
    """What the expert's last command is worth as a guess of the next, and as a driver."""
    demos = [demonstrate(seed + HELD_OUT) for seed in range(num_seeds)]
    changes = np.concatenate([np.diff(of.curvature_per_m) for of in demos])
    commands_per_m = np.concatenate([of.curvature_per_m for of in demos])
    error = np.sqrt(np.mean(changes**2) / np.mean(commands_per_m**2))
    suite = make_suite("held-out", conditions=replace(CONDITIONS, num_roads=num_roads))
    driven = summary(evaluate(Copier(), suite, EvalConfig(vehicle=CONDITIONS.vehicle, camera=None)))
    low, high = driven["interventions_per_km_low"], driven["interventions_per_km_high"]
    helped = f"{driven['interventions_per_km']:.2f} interventions a km ({low:.2f} to {high:.2f})"
    return f"the last command again: error on another road {error:.3f}, {helped}"


def main() -> None:
    """Print what copying gives, what each seed gave, and means over seeds with 95 % intervals (Student's t)."""
    use_one_thread()
    parser = argparse.ArgumentParser(prog="python -m bench.two_frames", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="so many, from 0 on")
    parser.add_argument("--roads", type=int, default=CONDITIONS.num_roads, help="of the held-out suite")
    args = parser.parse_args()
    print(copied(args.seeds, args.roads), flush=True)
    rows = list(found(args.seeds, args.roads))
    for arm in ARMS:
        of_arm = np.array([row[2:] for row in rows if row[:2] == arm])
        print(*arm, *(estimate_mean(values, least=0.0).in_words(3) for values in of_arm.T))


if __name__ == "__main__":
    main()
