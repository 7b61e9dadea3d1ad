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

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError

Row = npt.NDArray[np.float32]


class Absorbing(gymnasium.Wrapper[Row, Any, Any, Any], RecordConstructorArgs):
    """The environment with episodes of `horizon` steps, absorbed ones among them.

    What is seen is a row (f + 1,): the wrapped one's numbers and the flag. The horizon cuts an episode off (truncated),
    as nobody sees the time; with `is_end` it ends it (terminated). Rewards are the wrapped one's, then 0, so that an
    episode's sum is the same in both worlds. Raises InputError where observations are no rows of numbers.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], horizon: int, *, is_end: bool = False) -> None:
        RecordConstructorArgs.__init__(self, horizon=horizon, is_end=is_end)
        gymnasium.Wrapper.__init__(self, env)
        space = env.observation_space
        if not isinstance(space, spaces.Box) or space.shape is None or len(space.shape) != 1:
            raise InputError(f"absorbing: observations must be rows of numbers, and are {space}; flatten them first")
        if horizon < 1:
            raise InputError(f"absorbing: horizon must be at least 1, got {horizon}")
        self.horizon, self.is_end = horizon, is_end
        low, high = np.minimum(space.low, 0.0), np.maximum(space.high, 0.0)
        self.observation_space = spaces.Box(
            np.append(low, 0.0).astype(np.float32), np.append(high, 1.0).astype(np.float32), dtype=np.float32
        )

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
