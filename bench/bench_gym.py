"""Speed of `drive_sim/Road-v0` at 96x96 beside CarRacing-v3, on one core, by the processor time of each process.

Two views: the usual one made square, whose ground begins at row 38, and a plain `Camera(96, 96)`, whose ground begins
at row 12 and costs more. Who steers at random leaves the road every twenty steps or so; the new starts count, too.

CarRacing needs Box2D and pygame-ce, which clash with what is installed here, so it has an environment of its own:

    python3 -m venv car-racing && car-racing/bin/pip install "gymnasium[box2d]"
    CAR_RACING_PYTHON=car-racing/bin/python make bench ARGS=gym
"""

import os
import subprocess
import sys
import time
from statistics import median
from typing import Any

import gymnasium
import numpy as np

import drive_sim.gym
from drive_sim.sim.camera import Camera

VIEWS = {"": Camera().resized(96, 96), ", mostly ground": Camera(width_px=96, height_px=96)}
NUM_CARS, NUM_REPEATS = 64, 5
NUM_STEPS, NUM_BATCH_STEPS = 1000, 20
CAR_RACING_PYTHON = "CAR_RACING_PYTHON"
HOW = (
    f"CarRacing-v3 is left out: {CAR_RACING_PYTHON} names no Python that has it. "
    'python3 -m venv car-racing && car-racing/bin/pip install "gymnasium[box2d]", '
    f"then {CAR_RACING_PYTHON}=car-racing/bin/python make bench ARGS=gym"
)
CAR_RACING = """
import time, gymnasium, numpy as np
env = gymnasium.make("CarRacing-v3")
env.reset(seed=0)
start_s = time.process_time()
for steering in np.random.default_rng(0).uniform(-1.0, 1.0, 100):
    *_, terminated, truncated, _ = env.step(np.array([steering, 0.1, 0.0], dtype=np.float32))
    if terminated or truncated:
        env.reset()
print(100 / (time.process_time() - start_s))
"""


def main() -> list[dict[str, object]]:
    """Rows of medians; all are measured in turns, so that whatever else the machine does meets each of them."""
    rng, car_racing = np.random.default_rng(0), os.environ.get(CAR_RACING_PYTHON, "")
    one = {name: gymnasium.make(drive_sim.gym.ROAD_ID, camera=view) for name, view in VIEWS.items()}
    batch = {name: _batch(view) for name, view in VIEWS.items()}
    for env in (*one.values(), *batch.values()):
        env.reset(seed=0)
    rounds = []
    for _ in range(NUM_REPEATS):
        speeds = {f"Road-v0, 96x96{name}": _steps_per_s(env, rng) for name, env in one.items()}
        speeds |= {f"{NUM_CARS} of them{name}": _batch_steps_per_s(env, rng) for name, env in batch.items()}
        if car_racing:
            speeds["CarRacing-v3"] = _car_racing_steps_per_s(car_racing)
        rounds.append(speeds)
    if not car_racing:
        print(HOW, file=sys.stderr)
    return [_row(what, median(speeds[what] for speeds in rounds)) for what in rounds[0]]


def _batch(view: Camera) -> gymnasium.vector.VectorEnv[Any, Any, Any]:
    return gymnasium.make_vec(drive_sim.gym.ROAD_ID, num_envs=NUM_CARS, camera=view)


def _row(what: str, steps_per_s: float) -> dict[str, object]:
    bar = 12_000 if what.startswith("Road-v0") else 20_000 if what.startswith(str(NUM_CARS)) else None
    return {"what": what, "median": steps_per_s, "unit": "steps/s", "bar": bar}


def _steps_per_s(env: gymnasium.Env[Any, Any], rng: np.random.Generator) -> float:
    actions = rng.uniform(-1.0, 1.0, (NUM_STEPS, 1)).astype(np.float32)
    start_s = time.process_time()
    for action in actions:
        *_, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            env.reset()
    return NUM_STEPS / (time.process_time() - start_s)


def _batch_steps_per_s(env: gymnasium.vector.VectorEnv[Any, Any, Any], rng: np.random.Generator) -> float:
    actions = rng.uniform(-1.0, 1.0, (NUM_BATCH_STEPS, NUM_CARS, 1)).astype(np.float32)
    start_s = time.process_time()
    for action in actions:
        env.step(action)
    return NUM_BATCH_STEPS * NUM_CARS / (time.process_time() - start_s)


def _car_racing_steps_per_s(python: str) -> float:
    run = subprocess.run([python, "-c", CAR_RACING], capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"{CAR_RACING_PYTHON}={python}: {run.stderr.strip().splitlines()[-1:]}\n{HOW}")
    return float(run.stdout.split()[-1])
