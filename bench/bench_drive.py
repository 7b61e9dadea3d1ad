"""Speed of driving: car-steps apart from the picture, lane pose and gusts included, at a batch of 1024 on 8 roads.

A car-step is one control tick of one car in `DriveEnv.step`: six substeps of physics, gust, kick, and lane pose.
"""

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim import vehicle
from drive_sim.sim.disturbance import Disturbance, Weather
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import Tracks

NUM_CARS = 1024
NUM_ROADS = 8
NUM_TICKS = 500
ROUGH = Disturbance(gust_mps=0.2, kick_rate_hz=0.05, kick_shift_m=0.3, kick_turn_rad=0.05)


def main() -> list[dict[str, object]]:
    """Rows of medians over ticks; the expert that steers is not timed in the first ones."""
    rng = np.random.default_rng(0)
    tracks = Tracks.stack([make_circuit(rng, kind=ROAD_KINDS["path"]) for _ in range(NUM_ROADS)])
    config = EnvConfig(camera=None, disturbance=ROUGH)
    env = DriveEnv(tracks, None, config, rng, track_idx=np.arange(NUM_CARS) % NUM_ROADS)
    env.reset(start_s_m=rng.uniform(0.0, 2000.0, NUM_CARS))
    expert = PursuitExpert(tracks)
    tick_s, physics_s, expert_s = [], [], []
    for _ in range(NUM_TICKS):
        observation = env.timestep.observation
        command = expert.act(observation)
        tick_s.append(_seconds(lambda command=command: env.step(command)))
        state = observation.state
        physics_s.append(
            _seconds(lambda s=state, c=command: vehicle.step(s, c, config.vehicle, 1 / 60, num_substeps=6))
        )
        expert_s.append(_seconds(lambda o=observation: expert.act(o)))
    breeze = Weather(ROUGH, NUM_CARS, 0.1, rng)
    weather_s = [_seconds(lambda: next(breeze)) for _ in range(NUM_TICKS)]
    suite = make_suite("held-out")
    held_out_s = [
        _seconds(lambda: evaluate(PursuitExpert(suite.tracks), suite, EvalConfig(camera=None))) for _ in range(3)
    ]
    per_second = NUM_CARS / median(tick_s)
    return [
        _row("car-steps: tick, lane pose, gust", per_second, "1/s", 3_000_000),
        _row("car-substeps of the same", per_second * config.num_substeps, "1/s"),
        _row("physics alone, six substeps", 1e9 * median(physics_s) / NUM_CARS, "ns/car"),
        _row("gusts and kicks alone", 1e9 * median(weather_s) / NUM_CARS, "ns/car"),
        _row("the expert", 1e9 * median(expert_s) / NUM_CARS, "ns/car"),
        _row("the expert on held-out, 20 x 2 km", median(held_out_s), "s"),
    ]


def _seconds(work: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    work()
    return time.perf_counter() - start_s


def _row(what: str, value: float, unit: str, bar: float | None = None) -> dict[str, object]:
    return {"what": what, "median": value, "unit": unit, "bar": bar}
