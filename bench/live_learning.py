"""Learning behind whoever drives, without a window: it learns for so long, then it is let go on an unseen road.

`python -m bench.live_learning [--seeds 0-9] [--network alvinn|small] [--driver expert|keys] [--seconds 60]`: the
expert, or a scripted presser of keys, drives a car on the demonstration road of the seed, frame by frame as in the
window, and both twins learn from the same ticks in the code that the window's worker runs. Then each drives 2 km of an
unseen road, another for each seed, in the weather of the conditions; beside it stands what was said before: how much it
erred on the last ten seconds before it learned from them, and how often its virtual car had to be put back in the last
half minute.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pygame

from bench.key_presser import KeyPresser
from bench.virtual_screen import Hands
from drive_sim.app.human_driver import HumanDriver
from drive_sim.app.single_car import SingleCar
from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.learn import live
from drive_sim.policies.compute import use_one_thread
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import EnvConfig
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_demonstration_world, make_suite
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command

LATE_TICKS, VIRTUAL_TICKS = 100, 300
FRAME_S = 1.0 / 60.0
ROW = "{seed:>5} {twin:>6} {interventions:>14} {error:>14} {virtual:>18} {cycle:>10}"
HEAD = ROW.format(
    seed="seed",
    twin="twin",
    interventions="interventions",
    error="error, deg rms",
    virtual="virtual, in 30 s",
    cycle="cycle, ms",
)


class HeldKeys(Hands):
    """Keys that a key-presser holds, for a driver that sits in the same process."""

    def __init__(self) -> None:
        self.held: dict[int, bool] = defaultdict(bool)

    def hold(self, *keys: str) -> None:
        """Hold exactly these."""
        codes = {"Left": pygame.K_LEFT, "Right": pygame.K_RIGHT}
        self.held = defaultdict(bool, {codes[key]: True for key in keys})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.live_learning", description=__doc__)
    parser.add_argument("--seeds", default="0-9", metavar="A-B", help="first and last seed (default: 0-9)")
    parser.add_argument("--network", default="alvinn", choices=list(live.CONFIGS))
    parser.add_argument("--driver", default="expert", choices=("expert", "keys"))
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    use_one_thread()
    first, _, last = chosen.seeds.partition("-")
    counts: dict[str, list[int]] = {twin: [] for twin in live.TWINS}
    print(HEAD, flush=True)
    for seed in range(int(first), int(last or first) + 1):
        for twin, count in tell(seed, chosen.network, chosen.driver, chosen.seconds).items():
            counts[twin].append(count)
    views, alone = (counts[twin] for twin in live.TWINS)
    print(
        f"{chosen.network}, {chosen.driver}, {chosen.seconds:g} s: with views 0 in {views.count(0)} of {len(views)}; "
        f"from the frames alone at least one in {sum(count > 0 for count in alone)} of {len(alone)}"
    )


def tell(seed: int, network: str, driver: str, seconds: float) -> dict[str, int]:
    """One seed: its rows are printed; the interventions of each twin are returned."""
    twins = live.make_twins(network, seed, CONDITIONS.vehicle, 0.1)
    asked: dict[str, list[live.Asked]] = {twin: [] for twin in twins}
    cpu_s = dict.fromkeys(twins, 0.0)
    for tick in ticks(seed, network, driver, round(10 * seconds)):
        for twin, learner in twins.items():
            start_s = time.process_time()
            asked[twin].append(learner.observe(tick))
            cpu_s[twin] += time.process_time() - start_s
    counts: dict[str, int] = {}
    for twin, learner in twins.items():
        assert learner.learner is not None
        counts[twin] = interventions(learner.learner.policy, seed)
        error_per_m = np.array([answer.error_per_m for answer in asked[twin][-LATE_TICKS:]])
        error_deg = np.degrees(CONDITIONS.vehicle.wheel_angle_rad(np.sqrt(np.mean(error_per_m**2))))
        row = ROW.format(
            seed=seed,
            twin=twin,
            interventions=counts[twin],
            error=f"{error_deg:.2f}",
            virtual=sum(answer.virtual.was_put_back for answer in asked[twin][-VIRTUAL_TICKS:]),
            cycle=f"{1000.0 * cpu_s[twin] / len(asked[twin]):.1f}",
        )
        print(row, flush=True)
    return counts


def ticks(seed: int, network: str, driver: str, num_ticks: int) -> Iterator[live.DrivenTick]:
    """What is driven on the demonstration road of a seed, as the learners take it."""
    track, scene = make_demonstration_world(seed)
    config = EnvConfig(Camera(), CONDITIONS.vehicle, CONDITIONS.demonstration)
    car = SingleCar(track, scene, config, np.random.default_rng(seed))
    expert, human, keys = PursuitExpert(car.tracks), HumanDriver(), HeldKeys()
    presser = KeyPresser(keys)
    for number in range(num_ticks):
        command: Command | None = None
        for _ in range(config.num_substeps):
            if driver == "keys":
                presser.steer(car, human.wheel_per_m)
                human.advance(keys.held, float(car.state.speed_mps[0]), FRAME_S)
                command = human.command
            elif command is None:
                command = expert.act(car.observation)
            if car.begins_tick:
                yield live.tick_of(number, car.env, network, float(command.curvature_per_m[0]), is_placed=number == 0)
            car.advance(lambda _, command=command: command, command if driver == "keys" else None)


def interventions(policy: live.LivePolicy, seed: int) -> int:
    """In 2 km of the held-out suite's road of this number."""
    suite = make_suite("held-out", num_roads=1 + seed % CONDITIONS.num_roads)
    last = Tracks.stack(suite.tracks.tracks[-1:]), Scenes.stack(suite.scenes.scenes[-1:])
    one = replace(suite, tracks=last[0], scenes=last[1])
    return int(evaluate(policy, one, EvalConfig(CONDITIONS.vehicle, policy.camera, seed=seed)).interventions.sum())


if __name__ == "__main__":
    main()
