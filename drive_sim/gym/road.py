"""`drive_sim/Road-v0`: one car as a Gymnasium environment, and n cars as one of its vector environments."""

from copy import deepcopy
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from drive_sim import geometry
from drive_sim.arrays import CarMask, PerCar, Picture
from drive_sim.errors import InputError
from drive_sim.gym.human_view import RENDER_MODES, HumanView, checked_mode
from drive_sim.gym.road_batch import RoadBatch, Seen, Steering, action_from_command
from drive_sim.gym.road_config import RoadConfig
from drive_sim.policies.alvinn import nearest_unit

Action = Any
"""Steering (1,), steering and acceleration (2,), or the number of a unit."""
Info = dict[str, Any]


class RoadEnv(gymnasium.Env[Seen, Action]):
    """Keep the lane. Sees the camera's picture (h, w, 3) uint8 RGB, steers with one number in [-1, 1].

    Steering is **right positive** and 1 is a curvature of 0.12 /m; the car keeps its speed. Settings make of a picture
    a row of numbers, and of steering a choice of k, from full *left* (0) to full right (k - 1), or let an action
    accelerate as well and the speed be seen; `metadata["actions"]` says what the numbers of an action mean. Reward,
    `info` and the arguments are told at `RoadBatch` and `RoadConfig`. `reset(seed=...)` draws new roads, `reset()`
    starts elsewhere on them; its `options` are `start_s_m`, `start_offset_m` and `start_heading_rad`.
    """

    metadata: dict[str, Any] = {"render_modes": [*RENDER_MODES], "render_fps": 10}  # noqa: RUF012 - Gymnasium's own form

    def __init__(self, render_mode: str | None = None, **settings: Any) -> None:
        config = RoadConfig(**settings)
        self.batch = RoadBatch(config, 1)
        self.render_mode, self.view = checked_mode(render_mode), HumanView(config.control_hz)
        self.metadata = {**self.metadata, "render_fps": config.control_hz, "actions": config.action_meanings}
        self.observation_space, self.action_space = config.observation_space, config.action_space

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Seen, Info]:
        """Start an episode."""
        super().reset(seed=seed)
        self.batch.reset(self.np_random, options, new=seed is not None)
        self._show()
        return self.batch.seen_by(0), self._info()

    def step(self, action: Action) -> tuple[Seen, float, bool, bool, Info]:
        """Steer for one tick."""
        reward, terminated, truncated = self.batch.step(np.asarray(action).reshape(1, -1))
        self._show()
        return self.batch.seen_by(0), float(reward[0]), bool(terminated[0]), bool(truncated[0]), self._info()

    def render(self) -> Picture | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The view ahead in the size of a screen; None where a window shows it, and without a render mode."""
        return self.batch.screens()[0] if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Close the window, if there is one."""
        self.view.close()

    def _show(self) -> None:
        if self.render_mode == "human":
            self.view.show(tuple(self.batch.screens()), self.batch.info())

    def _info(self) -> Info:
        return {name: values.tolist()[0] for name, values in self.batch.info().items()}


class RoadVectorEnv(VectorEnv[Seen, Steering, npt.NDArray[Any]]):
    """n cars at once, drawn and driven as one batch; otherwise as `RoadEnv`.

    One seed stands for the whole batch, so its cars are not those of n single environments. All cars share the pool
    of roads. `autoreset_mode` is one of Gymnasium's: next step (theirs by default), same step, or disabled, where
    `reset(options={"reset_mask": mask})` starts the cars of a mask (n,).
    """

    metadata: dict[str, Any] = {"render_modes": [*RENDER_MODES], "render_fps": 10}  # noqa: RUF012 - Gymnasium's own form

    def __init__(
        self,
        num_envs: int = 1,
        render_mode: str | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        **settings: Any,
    ) -> None:
        config = RoadConfig(**settings)
        self.num_envs, self.batch = num_envs, RoadBatch(config, num_envs)
        self.render_mode, self.view = checked_mode(render_mode), HumanView(config.control_hz)
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        facts = {"render_fps": config.control_hz, "actions": config.action_meanings}
        self.metadata = {**self.metadata, **facts, "autoreset_mode": self.autoreset_mode}
        self.single_observation_space, self.single_action_space = config.observation_space, config.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._done = np.zeros(num_envs, dtype=np.bool_)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Seen, Info]:
        """Start all cars, or those of the option `reset_mask`."""
        super().reset(seed=seed)
        rest = dict(options or {})
        mask = _checked_mask(rest.pop("reset_mask", None), self.num_envs)
        self.batch.reset(self.np_random, rest, mask, new=seed is not None)
        where = np.ones(self.num_envs, dtype=np.bool_) if mask is None or seed is not None else mask
        self._done = self._done & ~where
        self._show()
        return self.batch.seen, self._info(where)

    def step(self, actions: Steering) -> tuple[Seen, PerCar, CarMask, CarMask, Info]:
        """Steer all cars for one tick; those that are done start anew as `autoreset_mode` says."""
        if self.autoreset_mode == AutoresetMode.DISABLED and self._done.any():
            raise InputError("road: some cars are done; reset them with the option reset_mask before the next step")
        starting = self._done
        reward, terminated, truncated = self.batch.step(actions)
        final: Info = {}
        if self.autoreset_mode == AutoresetMode.NEXT_STEP and starting.any():
            self.batch.reset(self.np_random, None, starting, new=False, in_place=True)
            reward, terminated, truncated = (
                np.where(starting, 0.0, reward),
                terminated & ~starting,
                truncated & ~starting,
            )
        self._done = terminated | truncated
        if self.autoreset_mode == AutoresetMode.SAME_STEP and self._done.any():
            final = self._final()
            self.batch.reset(self.np_random, None, self._done, new=False, in_place=True)
            self._done = np.zeros_like(self._done)
        self._show()
        return self.batch.seen, reward, terminated, truncated, {**self._info(~np.zeros_like(starting)), **final}

    def render(self) -> tuple[Picture, ...] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The views ahead in the size of a screen, one a car; None where a window shows them, or without a mode."""
        return tuple(self.batch.screens()) if self.render_mode == "rgb_array" else None

    def close_extras(self, **kwargs: Any) -> None:  # noqa: ARG002 - the signature is Gymnasium's
        """Close the window, if there is one."""
        self.view.close()

    def _show(self) -> None:
        if self.render_mode == "human":
            self.view.show(tuple(self.batch.screens()), self.batch.info())

    def _final(self) -> Info:
        """What the cars that are done saw last, in the form that Gymnasium's own vector environments give it."""
        pictures = np.full(self.num_envs, None, dtype=object)
        for car in np.flatnonzero(self._done):
            pictures[car] = deepcopy(self.batch.seen_by(int(car)))
        masks = {"_final_obs": self._done.copy(), "_final_info": self._done.copy()}
        return {"final_obs": pictures, "final_info": self._info(self._done), **masks}

    def _info(self, where: CarMask) -> Info:
        """As Gymnasium's own vector environments: an array a key, and a mask of the cars that it is about."""
        told = self.batch.info()
        return {**told, **{f"_{name}": where.copy() for name in told}}


def pursuit_expert(env: gymnasium.Env[Any, Any] | VectorEnv[Any, Any, Any]) -> Action:
    """The scripted expert's action for the road environment as it stands: the expert that learners imitate.

    (1,) or (2,), or the number of the nearest unit; of a vector environment (n, 1), (n, 2) or (n,).
    """
    road = env.unwrapped
    if not isinstance(road, RoadEnv | RoadVectorEnv):
        raise InputError(f"the pursuit expert drives drive_sim/Road-v0, not {road}")
    drive, units, config = road.batch.drive, road.batch.units, road.batch.config
    command = road.batch.expert.act(drive.timestep.observation)
    if config.drives_speed:
        actions = action_from_command(command, config.vehicle)
    elif units is None:
        actions = geometry.normalised_from_curvature(command.curvature_per_m).astype(np.float32)[:, None]
    else:
        actions = nearest_unit(command.curvature_per_m, units)
    return actions if isinstance(road, RoadVectorEnv) else np.asarray(actions[0])


def _checked_mask(mask: Any, num_envs: int) -> CarMask | None:
    if mask is not None and (np.shape(mask) != (num_envs,) or np.asarray(mask).dtype != np.bool_):
        raise InputError(f"road: option reset_mask must be ({num_envs},) of True and False")
    return mask
