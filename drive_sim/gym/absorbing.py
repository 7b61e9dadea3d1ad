"""A world of fixed horizon: who falls stays down, and the episode goes on until its time is over.

Where an episode ends with a fall its length tells how good a driver is, and a reward that is never negative is earned
for that alone. Here all episodes last alike: after an end of the wrapped environment the observation is zeros, a flag
behind it is 1 (0 before), and no action does anything or earns anything any more (Kostrikov 2019, arXiv 1809.02925).
"""

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import VectorEnv, VectorWrapper
from gymnasium.vector.utils import batch_space

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError

Row = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


class Absorbing(gymnasium.Wrapper[Row, Any, Any, Any], RecordConstructorArgs):
    """The environment with episodes of `horizon` steps, absorbed ones among them.

    What is seen is a row (f + 1,): the wrapped one's numbers and the flag. The horizon cuts an episode off (truncated),
    as nobody sees the time; with `is_end` it ends it (terminated). Rewards are the wrapped one's, then 0, so that an
    episode's sum is the same in both worlds. Raises InputError where observations are no rows of numbers.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], horizon: int, *, is_end: bool = False) -> None:
        RecordConstructorArgs.__init__(self, horizon=horizon, is_end=is_end)
        gymnasium.Wrapper.__init__(self, env)
        self.observation_space = _flagged(env.observation_space, horizon)  # pyright: ignore[reportAttributeAccessIssue]
        self.horizon, self.is_end = horizon, is_end

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Row, dict[str, Any]]:
        """Start an episode."""
        observation, info = self.env.reset(seed=seed, options=options)
        self.num_steps, self.absorbed = 0, False
        return self._seen(observation), info

    def step(self, action: Any) -> tuple[Row, float, bool, bool, dict[str, Any]]:
        """Act, or wait for the horizon; the step that falls leads to the absorbed state."""
        self.num_steps += 1
        reward, cut, info = 0.0, False, {}
        observation: Any = np.zeros(self.observation_space.shape or ())[:-1]
        if not self.absorbed:
            observation, earned, self.absorbed, cut, info = self.env.step(action)
            reward = float(earned)
        over = self.num_steps >= self.horizon
        return self._seen(observation), reward, over and self.is_end, cut or (over and not self.is_end), info

    def _seen(self, observation: Any) -> Row:
        shown = np.zeros_like(observation) if self.absorbed else observation
        return np.append(shown, float(self.absorbed)).astype(np.float32)


class AbsorbingVector(VectorWrapper):
    """The same of n environments at once, which all begin anew together: their horizon is one. It cuts off.

    Raises InputError as `Absorbing` does, and where the wrapped ones cut an episode off before the horizon.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any], horizon: int) -> None:
        VectorWrapper.__init__(self, env)
        self.single_observation_space = _flagged(env.single_observation_space, horizon)
        self.observation_space = batch_space(self.single_observation_space, env.num_envs)
        self.horizon = horizon

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> Any:
        """Start an episode in each."""
        observations, info = self.env.reset(seed=seed, options=options)
        self.num_steps, self.absorbed = 0, np.zeros(self.num_envs, dtype=np.bool_)
        return self._seen(observations), info

    def step(self, actions: Any) -> tuple[Any, Any, Flags, Flags, dict[str, Any]]:
        """Act, or wait for the horizon; the step after it begins anew, as Gymnasium's vectors do."""
        nowhere = np.zeros(self.num_envs, dtype=np.bool_)
        if self.num_steps == self.horizon:
            observations, info = self.reset()
            return observations, np.zeros(self.num_envs), nowhere, nowhere, info
        self.num_steps += 1
        observations, earned, ended, cut, info = self.env.step(actions)
        if (cut & ~self.absorbed).any() and self.num_steps < self.horizon:
            raise InputError(
                f"absorbing: an episode was cut off after {self.num_steps} steps, before the horizon of "
                f"{self.horizon}; give the wrapped environment a later limit"
            )
        reward, self.absorbed = np.where(self.absorbed, 0.0, earned), self.absorbed | ended
        return self._seen(observations), reward, nowhere, ~nowhere & (self.num_steps == self.horizon), info

    def _seen(self, observations: Any) -> Any:
        down = self.absorbed[:, None]
        return np.concatenate([np.where(down, 0.0, observations), down], axis=1).astype(np.float32)


def _flagged(space: spaces.Space[Any], horizon: int) -> spaces.Box:
    """A space of rows with a flag behind them."""
    if not isinstance(space, spaces.Box) or space.shape is None or len(space.shape) != 1:
        raise InputError(f"absorbing: observations must be rows of numbers, and are {space}; flatten them first")
    if horizon < 1:
        raise InputError(f"absorbing: horizon must be at least 1, got {horizon}")
    low, high = np.append(np.minimum(space.low, 0.0), 0.0), np.append(np.maximum(space.high, 0.0), 1.0)
    return spaces.Box(low.astype(np.float32), high.astype(np.float32), dtype=np.float32)


def with_absorbed(demonstrations: Transitions, num_pairs: int, rng: np.random.Generator) -> Transitions:
    """Demonstrations of such a world and so many absorbed pairs behind them, their actions drawn from those shown.

    A demonstrator who never falls shows none; the flag alone would then tell policy and demonstrator apart.
    """
    pairs = demonstrations.rows(rng.integers(len(demonstrations), size=num_pairs))
    down = np.zeros_like(pairs.observation)
    down[:, -1] = 1.0
    ends = {"terminated": np.zeros(num_pairs, dtype=np.bool_), "truncated": np.ones(num_pairs, dtype=np.bool_)}
    nothing = None if pairs.reward is None else np.zeros(num_pairs)
    return demonstrations + replace(pairs, observation=down, next_observation=down, reward=nothing, **ends)
