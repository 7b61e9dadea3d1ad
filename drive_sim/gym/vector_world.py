"""Many of their environments at once: what happens in `gymnasium.make_vec`, as transitions and as returns."""

from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv

from drive_sim.arrays import CarMask, PerCar
from drive_sim.data.rollout import car_by_car
from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.gym.expert import Ask, Expert, asking
from drive_sim.gym.spaces import AnyVectorEnv, Spaces
from drive_sim.policies.base import Actions, Actor, Observations
from drive_sim.policies.regressor import FlatObservation


def check_vector(env: AnyVectorEnv) -> None:
    """Raise InputError where an environment does not begin anew in the step after an episode's end."""
    assert isinstance(env, VectorEnv)
    mode = env.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP)
    if AutoresetMode(mode) != AutoresetMode.NEXT_STEP:
        raise InputError(f"{Spaces.of(env).where}: autoreset_mode must be NextStep, Gymnasium's default, and is {mode}")


def collect(
    env: AnyVectorEnv,
    policy: Actor[FlatObservation, Actions],
    num_ticks: int,
    rng: np.random.Generator,
    *,
    labeller: Actor[FlatObservation, Actions] | None = None,
    expert: Expert | None = None,
    keep_rewards: bool = False,
    keep_pictures: bool = False,
) -> Transitions:
    """Act for so many ticks in each of n environments from a reset on; the rows of one after those of another.

    The tick in which an environment begins anew is none of its steps: there are as many rows fewer.
    """
    spaces, (policy_rng, labeller_rng) = Spaces.of(env, keep_pictures=keep_pictures), rng.spawn(2)
    spaces.check_policy(policy)
    ask = None if expert is None else asking(spaces.where, expert)
    seen, _ = env.reset(seed=int(rng.integers(2**31)))
    now, over, begins = spaces.rows(env, seen), np.zeros(env.num_envs, np.bool_), np.ones(env.num_envs, np.bool_)
    steps = []
    for _ in range(num_ticks):
        observation = _observed(env, spaces, now, seen, begins, ask)
        action = policy.act(observation, policy_rng)
        label = action if labeller is None else labeller.act(observation, labeller_rng)
        seen, reward, terminated, truncated, _ = env.step(spaces.actions(action))
        led_to = spaces.rows(env, seen)
        steps.append((~over, now, action, led_to, terminated, truncated & ~terminated, np.float64(reward), label))
        now, begins, over = led_to, over, terminated | truncated
    stepped, *columns = (car_by_car(list(column)) for column in zip(*steps, strict=True))
    observation, action, next_observation, terminated, truncated, reward, label = (c[stepped] for c in columns)
    last = np.append(np.diff(np.repeat(np.arange(env.num_envs), num_ticks)[stepped]) > 0, True)
    truncated |= last & ~terminated
    return Transitions(
        observation,
        action,
        next_observation,
        terminated,
        truncated,
        *spaces.bounds,
        None if labeller is None else label,
        num_actions=spaces.num_actions,
        reward=reward if keep_rewards else None,
    )


def episode_returns(
    env: AnyVectorEnv,
    policy: Actor[FlatObservation, Actions],
    num_episodes: int,
    rng: np.random.Generator,
    *,
    expert: Expert | None = None,
    most_steps: int = 10_000,
    keep_pictures: bool = False,
) -> PerCar:
    """The sum of rewards of each of so many episodes (num_episodes,), shared out evenly before the first begins.

    So nothing depends on how long they last: the first ones to end would be the short ones.
    """
    spaces, share = Spaces.of(env, keep_pictures=keep_pictures), -(-num_episodes // env.num_envs)
    spaces.check_policy(policy)
    ask = None if expert is None else asking(spaces.where, expert)
    seen, _ = env.reset(seed=int(rng.integers(2**31)))
    begins = np.ones(env.num_envs, dtype=np.bool_)
    returns = np.zeros((share + 1, env.num_envs))  # the last row takes what comes after a share
    episode, num_steps = np.zeros((2, env.num_envs), dtype=np.int64)
    over, each = np.zeros(env.num_envs, dtype=np.bool_), np.arange(env.num_envs)
    while (episode < share).any():
        action = policy.act(_observed(env, spaces, spaces.rows(env, seen), seen, begins, ask), rng)
        seen, reward, terminated, truncated, _ = env.step(spaces.actions(action))
        returns[np.minimum(episode, share), each] += np.where(over, 0.0, reward)
        begins, over = over, terminated | truncated
        num_steps = np.where(over, 0, num_steps + 1)
        if (num_steps > most_steps).any():
            raise InputError(f"{spaces.where}: an episode has not ended after {most_steps} steps; give it a time limit")
        episode += over
    return returns[:share].reshape(-1)[:num_episodes]


def _observed(
    env: AnyVectorEnv, spaces: Spaces, rows: Observations, seen: Any, begins: CarMask, ask: Ask | None
) -> FlatObservation:
    """What there is to see, (n, ...), and what the expert would do there, where there is one."""
    return FlatObservation(rows, None if ask is None else spaces.answers(ask(env, seen, begins), env.num_envs))
