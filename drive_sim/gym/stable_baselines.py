"""The road as a `VecEnv` of stable-baselines3: n cars in one batch, which its learners train on as they are.

Importing this needs stable-baselines3 (`pip install stable-baselines3`); nothing else of drive_sim does.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from stable_baselines3.common.vec_env import VecEnv  # pyright: ignore[reportMissingImports]

from drive_sim.arrays import Picture
from drive_sim.errors import InputError
from drive_sim.gym.by_car import start_of_all, told_by_car
from drive_sim.gym.road import RoadVectorEnv, Steering

Indices = int | Sequence[int] | None
"""Cars that are asked; None: all."""
Stepped = tuple[Any, np.ndarray, np.ndarray, list[dict[str, Any]]]
"""Observations, rewards (n,) float32, whether each episode has ended (n,), and what is told of each car."""


class RoadVecEnv(VecEnv):
    """n cars of `drive_sim/Road-v0` for stable-baselines3; `settings` are those of `RoadConfig`.

    A car whose episode ends starts anew in the same step: its info then holds `terminal_observation`, and
    `TimeLimit.truncated` says whether the episode was cut short. One seed stands for the batch: of the seeds that
    `seed(...)` names, the first. Options of a reset (`set_options`) are given to all cars or to none. The cars share
    one environment, so attributes are the same for all, and a method is called once.
    """

    def __init__(self, num_envs: int = 1, render_mode: str | None = None, **settings: Any) -> None:
        self.road = RoadVectorEnv(num_envs, render_mode, AutoresetMode.SAME_STEP, **settings)
        self._actions: Steering = np.zeros(0)
        super().__init__(num_envs, self.road.single_observation_space, self.road.single_action_space)
        self.metadata = self.road.metadata

    def reset(self) -> Any:
        """Start all cars; seeds and options count once."""
        seen, told = self.road.reset(seed=self._seeds[0], options=start_of_all(self._options))
        self.reset_infos = told_by_car(told, self.num_envs)
        self._reset_seeds()
        self._reset_options()
        return seen

    def step_async(self, actions: Steering) -> None:
        """Say how all cars steer."""
        self._actions = actions

    def step_wait(self) -> Stepped:
        """Drive one tick."""
        seen, reward, terminated, truncated, told = self.road.step(self._actions)
        done = terminated | truncated
        infos = told_by_car(_last_told(told, done), self.num_envs)
        for info, is_cut_short in zip(infos, (truncated & ~terminated).tolist(), strict=True):
            info["TimeLimit.truncated"] = is_cut_short
        for car in np.flatnonzero(done):
            infos[car]["terminal_observation"] = told["final_obs"][car]
        if done.any():
            started = told_by_car(_of_cars(told), self.num_envs)
            self.reset_infos = [started[car] if done[car] else self.reset_infos[car] for car in range(self.num_envs)]
        return seen, reward.astype(np.float32), done, infos

    def close(self) -> None:
        """Close the environment, and its window where it has one."""
        self.road.close()

    def get_images(self) -> Sequence[Picture]:
        """What each car sees, in the size of a screen."""
        return self.road.render() or ()

    def get_attr(self, attr_name: str, indices: Indices = None) -> list[Any]:
        """An attribute of the environment, once for each car that is asked."""
        return [getattr(self.road, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Indices = None) -> None:
        """Set an attribute of the environment. Raises InputError where that is asked of some cars only."""
        self._need_all(indices, f"attribute {attr_name}")
        setattr(self.road, attr_name, value)

    def env_method(
        self, method_name: str, *method_args: Any, indices: Indices = None, **method_kwargs: Any
    ) -> list[Any]:
        """Call a method of the environment once, and give each car that is asked its answer."""
        answer = getattr(self.road, method_name)(*method_args, **method_kwargs)
        return [deepcopy(answer) for _ in self._get_indices(indices)]

    def env_is_wrapped(
        self, wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]], indices: Indices = None
    ) -> list[bool]:
        """The cars of a batch are not wrapped one by one."""
        del wrapper_class
        return [False for _ in self._get_indices(indices)]

    def _need_all(self, indices: Indices, what: str) -> None:
        if set(self._get_indices(indices)) != set(range(self.num_envs)):
            raise InputError(f"road: {what} is shared by all {self.num_envs} cars; leave out the indices")


def _of_cars(told: dict[str, Any]) -> dict[str, Any]:
    """What is told of all cars, without what is told of those whose episode has ended."""
    return {name: values for name, values in told.items() if name not in ("final_obs", "final_info")}


def _last_told(told: dict[str, Any], done: np.ndarray) -> dict[str, Any]:
    """What was told of each car at the end of the tick, before some of them started anew."""
    now = _of_cars(told)
    if not done.any():
        return now
    final = told["final_info"]
    return {
        name: values if name.startswith("_") else np.where(done, final[name], values) for name, values in now.items()
    }
