"""Their worlds for our learners: any Gymnasium environment with a Box action becomes a task.

    task = make_task(gymnasium.make("Pendulum-v1"), expert)           expert(env) -> action
    policy = clone(task, 400, rng)                                    behavioural cloning
    for latest in dagger.train(dagger.Config(), task, rng): ...       and smile.train likewise
    episode_returns(env, expert, latest.policy, 10, rng)

The expert, where there is one, is a callable on the environment, and may read whatever stands in `env.unwrapped`; it is
asked at every step, whoever acts. Observations of any kind that Gymnasium can flatten (vectors, pictures, scalars,
dictionaries of them) become rows of numbers; the base learner on those rows is a small network by default
(`regression.fit`), or one that draws its actions and can be trained on by gradients (`regression.fit_gaussian`).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from drive_sim.arrays import PerCar
from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.learn import regression
from drive_sim.learn.base import ImitationTask
from drive_sim.policies.base import Actions, Actor, PerAction
from drive_sim.policies.regressor import ExpertReader, FlatObservation, Inputs

AnyEnv = gymnasium.Env[Any, Any]
Expert = Callable[[AnyEnv], Any]
FlatPolicy = Actor[FlatObservation, Actions]
BaseLearner = Callable[[Transitions, np.random.Generator], FlatPolicy]
Task = ImitationTask[Transitions, FlatPolicy]

default_learner: BaseLearner = partial(regression.fit, regression.Config())


def make_task(
    env: AnyEnv,
    expert: Expert | None = None,
    base_learner: BaseLearner = default_learner,
    *,
    demonstrations: Transitions | None = None,
) -> Task:
    """A task in that environment, for any learner of transitions; every rollout in it starts with a reset.

    Raises InputError where the action is no Box, or the observation cannot be made a row of numbers.
    """
    check_spaces(env)
    reader = None if expert is None else ExpertReader()
    return ImitationTask(demonstrations, lambda _: env, reader, base_learner, partial(collect, expert=expert))


def clone(task: Task, num_ticks: int, rng: np.random.Generator) -> FlatPolicy:
    """Behavioural cloning: fitted to what the expert does where the expert itself goes."""
    expert = task.require("clone", ("make_env", "expert", "base_learner")).expert
    rollout_rng, fit_rng = rng.spawn(2)
    return task.fit(1, task.labelled_rollout(1, expert, num_ticks, rollout_rng, expert_alone=True), fit_rng)


def collect(
    env: AnyEnv,
    policy: FlatPolicy,
    num_ticks: int,
    rng: np.random.Generator,
    *,
    labeller: FlatPolicy | None = None,
    expert: Expert | None = None,
) -> Transitions:
    """Act for so many steps, episode after episode, and keep what was seen, done, and would have been done.

    Actions are kept as the policy gave them; the environment is given them within its bounds.
    """
    if num_ticks < 1:
        raise InputError(f"{_name(env)}: at least one step is needed to learn from, got {num_ticks}")
    policy_rng, labeller_rng = rng.spawn(2)
    now, _ = env.reset(seed=int(rng.integers(2**31)))
    seen, actions, labels, led_to = [], [], [], []
    ends = np.zeros((2, num_ticks), dtype=np.bool_)
    for step in range(num_ticks):
        observation = _observed(env, now, expert)
        action = policy.act(observation, policy_rng)
        seen.append(observation.inputs)
        actions.append(action)
        if labeller is not None:
            labels.append(labeller.act(observation, labeller_rng))
        now, _, *ends[:, step], _ = env.step(_action(env, action))
        led_to.append(_row(env, now))
        if ends[:, step].any():
            now, _ = env.reset()
    terminated, truncated = ends
    truncated[-1] |= not terminated[-1]
    columns = (np.concatenate(seen), np.concatenate(actions), np.concatenate(led_to), terminated, truncated)
    return Transitions(*columns, *_bounds(env), np.concatenate(labels) if labels else None)


def episode_returns(
    env: AnyEnv,
    expert: Expert | None,
    policy: FlatPolicy,
    num_episodes: int,
    rng: np.random.Generator,
    *,
    most_steps: int = 10_000,
) -> PerCar:
    """The sum of rewards of each of so many episodes (n,); one without an end is given up after `most_steps`."""
    returns = np.zeros(num_episodes)
    for episode in range(num_episodes):
        observation, _ = env.reset(seed=int(rng.integers(2**31)))
        for _ in range(most_steps):
            actions = policy.act(_observed(env, observation, expert), rng)
            observation, reward, terminated, truncated, _ = env.step(_action(env, actions))
            returns[episode] += float(reward)
            if terminated or truncated:
                break
    return returns


def check_spaces(env: AnyEnv) -> None:
    """Raise InputError where our learners cannot act or see in an environment."""
    if not isinstance(env, gymnasium.Env):
        raise InputError(f"{type(env).__name__} is not a single gymnasium.Env; make one with gymnasium.make")
    if not isinstance(env.action_space, spaces.Box):
        raise InputError(f"{_name(env)}: our learners need a Box action, and its action is {env.action_space}")
    if not env.observation_space.is_np_flattenable:
        raise InputError(
            f"{_name(env)}: {env.observation_space} cannot be made a row of numbers; wrap it so that it can"
        )


def _observed(env: AnyEnv, observation: Any, expert: Expert | None) -> FlatObservation:
    row = _row(env, observation)
    return FlatObservation(row, None if expert is None else np.clip(_answer(env, expert)[None], *_bounds(env)))


def _row(env: AnyEnv, observation: Any) -> Inputs:
    """An observation as a row of numbers (1, f)."""
    row = np.asarray(spaces.flatten(env.observation_space, observation), dtype=np.float32)
    if not np.isfinite(row).all():
        raise InputError(f"{_name(env)}: an observation holds {row[~np.isfinite(row)][0]}; numbers must be finite")
    return row[None]


def _answer(env: AnyEnv, expert: Expert) -> PerAction:
    """What the expert would do now, as a row (a,)."""
    said, shape = expert(env), env.action_space.shape or ()
    try:
        answer = np.asarray(said, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError):
        answer = np.empty(0)
    if answer.size != np.prod(shape) or not np.isfinite(answer).all():
        raise InputError(f"{_name(env)}: the expert must answer {shape} finite numbers, and answered {said!r}")
    return answer


def _action(env: AnyEnv, actions: Actions) -> Any:
    """A row of actions as the environment takes it: within its bounds, of its shape and kind."""
    space = env.action_space
    action = np.clip(actions[0], *_bounds(env)).reshape(space.shape or ())
    return (np.rint(action) if np.issubdtype(space.dtype, np.integer) else action).astype(space.dtype)


def _bounds(env: AnyEnv) -> tuple[PerAction, PerAction]:
    """The lowest and highest action, (a,) each."""
    assert isinstance(env.action_space, spaces.Box)
    low, high = (bound.reshape(-1).astype(np.float64) for bound in (env.action_space.low, env.action_space.high))
    return low, high


def _name(env: AnyEnv) -> str:
    return env.spec.id if env.spec is not None else type(env.unwrapped).__name__
