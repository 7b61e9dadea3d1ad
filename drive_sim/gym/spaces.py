"""What is seen and done in a Gymnasium environment as rows of numbers, and actions as it takes them."""

from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.vector import VectorEnv
from gymnasium.vector.utils import iterate

from drive_sim.errors import InputError
from drive_sim.policies.base import Actions, Observations, PerAction
from drive_sim.policies.regressor import Inputs

AnyEnv = gymnasium.Env[Any, Any]
AnyVectorEnv = VectorEnv[Any, Any, Any]
_MOST_LETTERS = 120


@dataclass(frozen=True, slots=True, eq=False)
class Spaces:
    """The spaces of one environment, or of each of the n of a vectorised one; `where` names it in errors.

    What is seen becomes a row of numbers; pictures of bytes (`is_picture`) stay such where `keeps_pictures`.
    """

    where: str
    observation: spaces.Space[Any]
    action: spaces.Box | spaces.Discrete
    keeps_pictures: bool = False

    @classmethod
    def of(cls, env: AnyEnv | AnyVectorEnv, *, keep_pictures: bool = False) -> "Spaces":
        """Those of an environment. Raises InputError where our learners cannot act or see in it."""
        if isinstance(env, VectorEnv):
            observation, action = env.single_observation_space, env.single_action_space
        elif isinstance(env, gymnasium.Env):
            observation, action = env.observation_space, env.action_space
        else:
            raise InputError(f"{type(env).__name__} is no environment of Gymnasium's; make one with gymnasium.make")
        where = env.spec.id if env.spec is not None else type(env.unwrapped).__name__
        return cls.named(where, observation, action, keep_pictures=keep_pictures)

    @classmethod
    def named(
        cls, where: str, observation: spaces.Space[Any], action: spaces.Space[Any], *, keep_pictures: bool = False
    ) -> "Spaces":
        """Those of an environment that is not there. Raises InputError as `of` does."""
        if not isinstance(action, spaces.Box | spaces.Discrete):
            raise InputError(f"{where}: our learners need a Box or Discrete action, and its action is {action}")
        if not observation.is_np_flattenable:
            raise InputError(f"{where}: {observation} cannot be made a row of numbers; wrap it so that it can")
        return cls(where, observation, action, keep_pictures and is_picture(observation))

    @property
    def num_inputs(self) -> int:
        """How many numbers an observation is."""
        return spaces.flatdim(self.observation)

    @property
    def shape(self) -> tuple[int, ...]:
        """What one observation becomes: (f,), or that of a picture."""
        return (self.observation.shape or ()) if self.keeps_pictures else (self.num_inputs,)

    @property
    def num_actions(self) -> int | None:
        """How many actions there are to choose from; None where an action is numbers."""
        return int(self.action.n) if isinstance(self.action, spaces.Discrete) else None

    @property
    def bounds(self) -> tuple[PerAction, PerAction]:
        """The lowest and highest action, (a,) each; the first and last index (1,) of what is chosen."""
        if isinstance(self.action, spaces.Discrete):
            return np.zeros(1), np.array([float(self.action.n - 1)])
        low, high = (bound.reshape(-1).astype(np.float64) for bound in (self.action.low, self.action.high))
        return low, high

    def check_policy(self, policy: Any) -> None:
        """Raise InputError where a policy says that it learned in other spaces (`learned.LearnedPolicy`)."""
        learned = getattr(policy, "spaces", None)
        if not isinstance(learned, Spaces):
            return
        for name in ("observation", "action"):
            theirs, ours = getattr(learned, name), getattr(self, name)
            if theirs != ours:
                raise InputError(
                    f"{self.where}: the policy learned in {learned.where}, whose {name} is {_short(theirs)}, and here "
                    f"it is {_short(ours)}; give an environment that is wrapped as that one was"
                )

    def row(self, observation: Any) -> Observations:
        """One observation as a row of numbers (1, f), or as it is (1, h, w, 3).

        Raises InputError where it is not of its space.
        """
        if self.keeps_pictures:
            return self._pictures(np.array(observation)[None])
        try:
            flat = np.array(spaces.flatten(self.observation, observation), dtype=np.float32)
        except (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError):
            flat = np.empty(0, np.float32)
        if flat.size != self.num_inputs:
            raise InputError(
                f"{self.where}: an observation is no {self.observation}, which its space says: {_short(observation)}"
            )
        return self._finite(flat[None])

    def rows(self, env: AnyVectorEnv, observations: Any) -> Observations:
        """The observations of a vectorised environment as rows of numbers (n, f), or as they are (n, h, w, 3)."""
        if self.keeps_pictures:
            return self._pictures(np.array(observations))
        if isinstance(self.observation, spaces.Box):
            return self._finite(np.array(observations, dtype=np.float32).reshape(env.num_envs, -1))
        return np.concatenate([self.row(one) for one in iterate(env.observation_space, observations)])

    def actions(self, actions: Actions) -> npt.NDArray[Any]:
        """Rows of actions (n, a) as an environment takes them, (n, ...): within the bounds, of its shape and kind.

        Where one of k is chosen a row holds its index; what lies between two is the nearer one.
        """
        if not np.isfinite(actions).all():
            raise InputError(
                f"{self.where}: an action holds {actions[~np.isfinite(actions)][0]}; numbers must be finite"
            )
        within = np.clip(actions, *self.bounds)
        if isinstance(self.action, spaces.Discrete):
            return (np.rint(within[:, 0]) + self.action.start).astype(self.action.dtype)
        whole = np.issubdtype(self.action.dtype, np.integer)
        shaped = within.reshape(len(within), *(self.action.shape or ()))
        return (np.rint(shaped) if whole else shaped).astype(self.action.dtype)

    def first_action(self, actions: Actions) -> npt.NDArray[Any]:
        """The first row's alone, for an environment that is one."""
        return np.asarray(self.actions(actions)[0])

    def answer(self, said: Any) -> PerAction:
        """What an expert would do, as a row (a,) within the bounds. Raises InputError where that is no action."""
        shape = self.action.shape or ()
        try:
            answer = np.asarray(said, dtype=np.float64).reshape(-1)
        except (TypeError, ValueError):
            answer = np.empty(0)
        if answer.size != np.prod(shape) or not np.isfinite(answer).all():
            raise InputError(
                f"{self.where}: the expert must answer {shape} finite numbers, and answered {_short(said)}"
            )
        if isinstance(self.action, spaces.Discrete):
            answer = answer - self.action.start
            if not (answer[0].is_integer() and 0 <= answer[0] < self.action.n):
                raise InputError(
                    f"{self.where}: the expert must answer one of {self.action}, and answered {_short(said)}"
                )
        return np.clip(answer, *self.bounds)

    def answers(self, said: Any, num_envs: int) -> Actions:
        """What an expert would do in each of n environments, (n, a). Raises InputError where these are no n actions."""
        if np.ndim(said) == 0 or len(said) != num_envs:
            raise InputError(
                f"{self.where}: the expert must answer for {num_envs} environments, and answered {_short(said)}"
            )
        return np.stack([self.answer(one) for one in said])

    def _finite(self, rows: Inputs) -> Inputs:
        if not np.isfinite(rows).all():
            raise InputError(
                f"{self.where}: an observation holds {rows[~np.isfinite(rows)][0]}; numbers must be finite"
            )
        return rows

    def _pictures(self, pictures: Observations) -> Observations:
        if pictures.shape[1:] != self.observation.shape or pictures.dtype != np.uint8:
            raise InputError(
                f"{self.where}: an observation is {pictures.dtype} of {pictures.shape[1:]}, and its space says uint8 "
                f"of {self.observation.shape}"
            )
        return pictures


def is_picture(observation: spaces.Space[Any]) -> bool:
    """Whether it is a picture of bytes, or several on end: (h, w), (h, w, c), (k, h, w) or (k, h, w, c)."""
    shape = observation.shape or ()
    return isinstance(observation, spaces.Box) and observation.dtype == np.uint8 and 2 <= len(shape) <= 4


def _short(said: Any) -> str:
    """What was said, on one line."""
    text = " ".join(repr(said).split())
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}..."
