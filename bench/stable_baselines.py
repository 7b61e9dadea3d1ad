"""stable-baselines3 as it is, on our batch: its checkers, then PPO with its own settings for 20,000 steps.

In an environment of its own, beside this checkout:

    python3 -m venv sb3 && sb3/bin/pip install stable-baselines3 gymnasium numba scipy msgspec pygame
    sb3/bin/python -m bench.stable_baselines [--observation pictures] [--seeds 0 1 2]

An episode takes 60 s, so whoever keeps the middle of the lane at cruising speed is paid about 600. A policy is scored
on 20 episodes of roads that it has not seen, without exploring. Its rollouts are PPO's usual 2,048 steps, 128 of each
of 16 cars, and begun rollouts are finished. Pictures are 64x64 here.
"""

# pyright: reportMissingImports=false

import argparse
import time
import warnings
from importlib.metadata import version
from typing import Any

import gymnasium
import numpy as np
import stable_baselines3
import torch
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecCheckNan, VecMonitor

import drive_sim.gym
from drive_sim.gym.stable_baselines import RoadVecEnv
from drive_sim.sim.camera import Camera

NUM_CARS, ROLLOUT, NUM_STEPS, NUM_EPISODES, BAR = 16, 2048, 20_000, 20, 550.0
ROAD: dict[str, Any] = {"time_limit_s": 60.0, "camera": Camera().resized(64, 64)}
PACKAGES = ("stable-baselines3", "torch", "gymnasium", "numpy")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.stable_baselines", description=__doc__)
    parser.add_argument("--observation", choices=("lane-pose", "far-lane-pose", "pictures"), default="lane-pose")
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2])
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    print(", ".join(f"{package} {version(package)}" for package in PACKAGES))
    check(chosen.observation)
    returns, speeds = zip(*(learn(chosen.observation, seed) for seed in chosen.seeds), strict=True)
    print(f"mean of {len(returns)} seeds {np.mean(returns):.1f} (bar {BAR:g}), {np.median(speeds):,.0f} steps/s")


def check(observation: str) -> None:
    """Their checkers, with warnings as errors, and the contract of a `VecEnv`."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make(drive_sim.gym.ROAD_ID, observation=observation, **ROAD))
        cars = RoadVecEnv(3, "rgb_array", observation=observation, **{**ROAD, "time_limit_s": 1.0})
        env = VecCheckNan(VecMonitor(cars), raise_exception=True)
        env.seed(5)
        env.set_options({"start_s_m": 20.0})
        first = env.reset()
        assert all(env.observation_space.contains(seen) for seen in first)
        for tick in range(1, 21):
            before = first.copy()
            seen, reward, done, infos = env.step(np.zeros((3, 1), dtype=np.float32))
            assert (first == before).all(), "what was handed out has changed"
            assert reward.dtype == np.float32 and reward.shape == done.shape == (3,)
            assert all(env.observation_space.contains(one) for one in seen)
            for car, info in enumerate(infos):
                assert done[car] == (tick % 10 == 0) == ("terminal_observation" in info) == ("episode" in info)
                assert info["TimeLimit.truncated"] == done[car]
                assert not done[car] or env.observation_space.contains(info["terminal_observation"])
        assert env.env_is_wrapped(gymnasium.Wrapper) == [False] * 3
        assert env.get_attr("render_mode", [0, 2]) == ["rgb_array"] * 2
        assert env.render().ndim == 3
        env.seed(5)
        env.set_options({"start_s_m": 20.0})
        assert (env.reset() == first).all()
        env.close()
    print("stable-baselines3's checkers, and what a VecEnv promises: nothing found")


def learn(observation: str, seed: int) -> tuple[float, float]:
    """The mean return of what PPO has learned, and how many steps it took a second of processor time."""
    env = VecMonitor(RoadVecEnv(NUM_CARS, observation=observation, **ROAD))
    kind = "CnnPolicy" if observation == "pictures" else "MlpPolicy"
    model = stable_baselines3.PPO(kind, env, n_steps=ROLLOUT // NUM_CARS, seed=seed, device="cpu")
    start_s = time.process_time()
    model.learn(NUM_STEPS)
    per_s = model.num_timesteps / (time.process_time() - start_s)
    unseen = VecMonitor(RoadVecEnv(NUM_EPISODES, observation=observation, **ROAD))
    unseen.seed(10_000 + seed)
    mean, spread = evaluate_policy(model, unseen, NUM_EPISODES, deterministic=True)
    print(f"{observation}, seed {seed}: {mean:.1f} of 600 (spread {spread:.1f}), {per_s:,.0f} steps/s", flush=True)
    return float(mean), per_s


if __name__ == "__main__":
    main()
