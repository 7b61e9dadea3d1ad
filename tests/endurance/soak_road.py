"""The road's part of an hour: Gymnasium's vector steps, new roads from time to time, a new environment now and then."""

import itertools
import time

import gymnasium
import numpy as np

import drive_sim.gym

NUM_CARS, STEPS_HZ = 8, 10.0
STEPS_A_ROAD, ROADS_AN_ENVIRONMENT = 300, 4
OBSERVATIONS = ("pictures", "lane-pose")


def main(_folder: str, seconds: str, _frames_hz: str) -> None:
    """Step for so long; each environment that was closed is said on stdout."""
    end_s, rng = time.monotonic() + float(seconds), np.random.default_rng(0)
    for number in itertools.count():
        if time.monotonic() >= end_s:
            return
        observation = OBSERVATIONS[number % len(OBSERVATIONS)]
        cars = gymnasium.make_vec(drive_sim.gym.ROAD_ID, num_envs=NUM_CARS, observation=observation)
        for road in range(ROADS_AN_ENVIRONMENT):
            cars.reset(seed=ROADS_AN_ENVIRONMENT * number + road)
            _step(cars, end_s, rng)
        cars.close()
        print(f"environment {number + 1}", flush=True)


def _step(cars: gymnasium.vector.VectorEnv, end_s: float, rng: np.random.Generator) -> None:
    for _ in range(STEPS_A_ROAD):
        if time.monotonic() >= end_s:
            return
        steering = rng.normal(0.0, 0.05, (NUM_CARS, 1)).astype(np.float32)
        seen, reward, *_ = cars.step(steering)
        assert np.isfinite(reward).all()
        assert np.isfinite(seen).all()
        time.sleep(1.0 / STEPS_HZ)
