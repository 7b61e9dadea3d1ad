"""What was learned in other people's worlds, kept: a model folder that is loaded without its environment.

    learned.save(folder, env, policy)
    driver = learned.load(folder)
    episode_returns(env, None, driver, 10, rng)                       held against its own spaces first
    action = driver(observation)                                      in a loop of one's own, as `env.step` takes it

A folder holds weights.safetensors, config.json and metrics.json, as those of our road do (`policies.model_folder`);
nothing in it is ever executed. Its description says the spaces of observations and actions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.gym.base_learners import FlatPolicy
from drive_sim.gym.space_json import space_from, space_json
from drive_sim.gym.spaces import AnyEnv, AnyVectorEnv, Spaces
from drive_sim.policies.base import Actions
from drive_sim.policies.model_folder import CONFIG, load_policy, save_model
from drive_sim.policies.regressor import FlatObservation
from drive_sim.policies.world_policy import WorldPolicy


@dataclass(frozen=True, slots=True, eq=False)
class LearnedPolicy:
    """A policy and the spaces that it sees and acts in."""

    policy: FlatPolicy
    spaces: Spaces

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> Actions:
        """Actions (n, a) for what is seen, as rows."""
        return self.policy.act(observation, rng)

    def __call__(self, observation: Any, rng: np.random.Generator | None = None) -> npt.NDArray[Any]:
        """The action for one observation, as its environment gives and takes them.

        `rng` is for policies that draw; without one the same is drawn at every step. Raises InputError where the
        observation is not of the space that it learned in.
        """
        rng = np.random.default_rng(0) if rng is None else rng
        return self.spaces.first_action(self.act(FlatObservation(self.spaces.row(observation)), rng))


def save(
    folder: Path | str,
    env: AnyEnv | AnyVectorEnv,
    policy: FlatPolicy,
    config: Any = None,
    metrics: Mapping[str, Any] | None = None,
) -> Path:
    """Write a policy that acts in an environment as a new folder, whole or not at all; returns the folder.

    `config` (of its training) and `metrics` are kept beside. Raises InputError where something lies there, for a policy
    that cannot be saved (an expert), and for one that does not act in such an environment.
    """
    seen = Spaces.of(env)
    policy = policy.policy if isinstance(policy, LearnedPolicy) else policy
    _check_acts(seen, policy)
    kept = WorldPolicy(policy, seen.where, space_json(seen.observation), space_json(seen.action))
    return save_model(Path(folder), kept, config, metrics or {})


def load(folder: Path | str) -> LearnedPolicy:
    """The policy of such a folder. Raises InputError where it is none, or damaged."""
    kept = load_policy(Path(folder), device="cpu")
    if not isinstance(kept, WorldPolicy):
        raise InputError(
            f"{folder} learned on our road, not in a world of Gymnasium's; `evaluate` and `watch` drive it"
        )
    where = str(Path(folder) / CONFIG)
    seen = Spaces.named(kept.world, space_from(kept.observation_space, where), space_from(kept.action_space, where))
    try:
        _check_acts(seen, kept.policy)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return LearnedPolicy(kept.policy, seen)


def _check_acts(seen: Spaces, policy: FlatPolicy) -> None:
    """Raise InputError where a policy does not read such observations, or answers no such actions."""
    nothing = np.zeros((1, seen.num_inputs), dtype=np.float32)
    try:
        actions = policy.act(FlatObservation(nothing), np.random.default_rng(0))
    except (RuntimeError, ValueError) as error:
        text = " ".join(str(error).split())[:200]
        raise InputError(f"{seen.where}: {type(policy).__name__} does not act there: {text}") from None
    if actions.shape != (1, len(seen.bounds[0])):
        raise InputError(
            f"{seen.where}: {type(policy).__name__} answers {actions.shape[1:]} numbers, not {seen.action}"
        )
