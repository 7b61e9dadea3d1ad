"""Speed of `drive_sim/Road-v0` at 96x96 beside CarRacing-v3, on one core, each process with a clock of its own.

CarRacing needs Box2D and pygame-ce, which clash with what is installed here, so it has an environment of its own:

    python3 -m venv car-racing && car-racing/bin/pip install "gymnasium[box2d]"
    CAR_RACING_PYTHON=car-racing/bin/python make bench ARGS=gym
"""

import os
import subprocess
import sys
import time
from statistics import median

import gymnasium
import numpy as np

import drive_sim.gym
from drive_sim.sim.camera import Camera

SQUARE = Camera().resized(96, 96)
NUM_CARS, NUM_REPEATS = 64, 9
NUM_STEPS, NUM_BATCH_STEPS = 2000, 60
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
for steering in np.random.default_rng(0).uniform(-1.0, 1.0, 300):
    *_, terminated, truncated, _ = env.step(np.array([steering, 0.1, 0.0], dtype=np.float32))
    if terminated or truncated:
        env.reset()
print(300 / (time.process_time() - start_s))
"""


def main() -> list[dict[str, object]]:
    """Rows of medians; the three are measured in turns, so that whatever else the machine does meets all of them."""
    rng = np.random.default_rng(0)
    one = gymnasium.make(drive_sim.gym.ROAD_ID, camera=SQUARE)
    batch = gymnasium.make_vec(drive_sim.gym.ROAD_ID, num_envs=NUM_CARS, camera=SQUARE)
    for env in (one, batch):
        env.reset(seed=0)
    car_racing = os.environ.get(CAR_RACING_PYTHON, "")
    single, batched, theirs = [], [], []
    for _ in range(NUM_REPEATS):
        single.append(_steps_per_s(one, rng))
        batched.append(_batch_steps_per_s(batch, rng))
        if car_racing:
            theirs.append(_car_racing_steps_per_s(car_racing))
    rows = [
        _row("Road-v0, 96x96, random steering and resets", median(single), "steps/s", 12_000),
        _row(f"the same in a batch of {NUM_CARS}", median(batched), "steps/s", 20_000),
    ]
    if not theirs:
        print(HOW, file=sys.stderr)
        return rows
    ratios = [ours / of_theirs for ours, of_theirs in zip(single, theirs, strict=True)]
    return [
        *rows,
        _row("CarRacing-v3", median(theirs), "steps/s"),
        _row("Road-v0 for one of CarRacing's", median(ratios), ""),
    ]


def _row(what: str, value: float, unit: str, bar: float | None = None) -> dict[str, object]:
    return {"what": what, "median": value, "unit": unit, "bar": bar}


def _steps_per_s(env: gymnasium.Env, rng: np.random.Generator) -> float:
    actions = rng.uniform(-1.0, 1.0, (NUM_STEPS, 1)).astype(np.float32)
    start_s = time.process_time()
    for action in actions:
        *_, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            env.reset()
    return NUM_STEPS / (time.process_time() - start_s)


def _batch_steps_per_s(env: gymnasium.vector.VectorEnv, rng: np.random.Generator) -> float:
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
