"""Their worlds for our learners: any Gymnasium environment with a Box or Discrete action becomes a task.

    task = make_task(gymnasium.make("Pendulum-v1"), expert)           see `gym.expert`: what an expert is told
    policy = clone(task, 400, rng)                                    behavioural cloning
    for latest in dagger.train(dagger.Config(), task, rng): ...       and smile.train likewise
    episode_returns(env, expert, latest.policy, 10, rng)
    learned.save(folder, env, latest.policy)                          see `gym.learned`; learned.load(folder)

    task = make_task(pictures, expert, "pilotnet")                    a convolutional network, by name

    many = gymnasium.make_vec("CartPole-v1", num_envs=8)
    task = make_task(many, demonstrations=shown)                      nobody to ask, something to imitate
    task = make_task(many, keep_rewards=True)                         for a learner that is told what it earns

The expert, where there is one, is asked at every step, whoever acts. What is seen, of any kind that Gymnasium can
flatten (vectors, pictures, scalars, dictionaries of them), becomes a row of numbers; what is fitted to rows is named
(`gym.base_learners`), or any callable: `regression.fit_gaussian` draws its actions and can be trained on by gradients.
An action that is chosen (Discrete) is a row that holds its index; `classification.fit` learns how often each is.

What the environment pays stays behind this border unless a task is made with `keep_rewards`: no learner by imitation
can look at it by accident. `Transitions.reward` is then what each step earned, and None otherwise.
"""

from functools import partial
from typing import Any

import numpy as np
from gymnasium.vector import VectorEnv

from drive_sim.arrays import PerCar
from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.gym import vector_world
from drive_sim.gym.base_learners import BaseLearner, FlatPolicy, base_learner
from drive_sim.gym.expert import Ask, Expert, asking
from drive_sim.gym.spaces import AnyEnv, AnyVectorEnv, Spaces
from drive_sim.learn.base import ImitationTask
from drive_sim.learn.initial_flat import initial_policy
from drive_sim.policies.pixel_network import PIXEL_NETWORKS
from drive_sim.policies.regressor import ExpertReader, FlatObservation

Task = ImitationTask[Transitions, FlatPolicy]


def make_task(
    env: AnyEnv | AnyVectorEnv,
    expert: Expert | None = None,
    fit: str | BaseLearner = "flat",
    *,
    demonstrations: Transitions | None = None,
    keep_rewards: bool = False,
    keep_pictures: bool = False,
) -> Task:
    """A task in that environment, for any learner of transitions; every rollout in it starts with a reset.

    In a vectorised environment a rollout lasts so many ticks for each of its n, and an expert answers for all of them.
    `fit` is what labels are fitted by, a name of `base_learners.FITS` or any base learner. A learner from reward begins
    with a small network (`initial_flat`). With `keep_pictures` pictures of bytes stay such, as they do for networks of
    pictures that are named. Raises InputError where an action is neither Box nor Discrete, where the observation
    cannot be made a row of numbers, or read by the network, where an expert takes other arguments than an expert does,
    and where demonstrations are of another world.
    """
    keep_pictures |= isinstance(fit, str) and fit in PIXEL_NETWORKS
    spaces = Spaces.of(env, keep_pictures=keep_pictures)
    if isinstance(env, VectorEnv):
        vector_world.check_vector(env)
    if expert is not None:
        asking(spaces.where, expert)
    learner = base_learner(fit, spaces)
    if demonstrations is not None:
        _check_demonstrations(spaces, demonstrations)
    reader = None if expert is None else ExpertReader()
    start = partial(initial_policy, spaces.num_inputs, *spaces.bounds, spaces.num_actions)
    collected = partial(collect, expert=expert, keep_rewards=keep_rewards, keep_pictures=keep_pictures)
    return ImitationTask(demonstrations, lambda _: env, reader, learner, collected, start)


def clone(task: Task, num_ticks: int, rng: np.random.Generator) -> FlatPolicy:
    """Behavioural cloning: fitted to what the expert does where the expert itself goes."""
    expert = task.require("clone", ("make_env", "expert", "base_learner")).expert
    rollout_rng, fit_rng = rng.spawn(2)
    return task.fit(1, task.labelled_rollout(1, expert, num_ticks, rollout_rng, expert_alone=True), fit_rng)


def collect(
    env: AnyEnv | AnyVectorEnv,
    policy: FlatPolicy,
    num_ticks: int,
    rng: np.random.Generator,
    *,
    labeller: FlatPolicy | None = None,
    expert: Expert | None = None,
    keep_rewards: bool = False,
    keep_pictures: bool = False,
) -> Transitions:
    """Act for so many steps, episode after episode, and keep what was seen, done, and would have been done.

    Actions are kept as the policy gave them; the environment is given them within its bounds.
    """
    spaces = Spaces.of(env, keep_pictures=keep_pictures)
    if num_ticks < 1:
        raise InputError(f"{spaces.where}: at least one step is needed to learn from, got {num_ticks}")
    if isinstance(env, VectorEnv):
        kept = {"keep_rewards": keep_rewards, "keep_pictures": keep_pictures}
        return vector_world.collect(env, policy, num_ticks, rng, labeller=labeller, expert=expert, **kept)
    spaces.check_policy(policy)
    ask = None if expert is None else asking(spaces.where, expert)
    policy_rng, labeller_rng = rng.spawn(2)
    (now, _), begins = env.reset(seed=int(rng.integers(2**31))), True
    seen, actions, labels, led_to = [], [], [], []
    ends, reward = np.zeros((2, num_ticks), dtype=np.bool_), np.zeros(num_ticks)
    for step in range(num_ticks):
        observation = _observed(env, spaces, now, begins, ask)
        action = policy.act(observation, policy_rng)
        seen.append(observation.inputs)
        actions.append(action)
        if labeller is not None:
            labels.append(labeller.act(observation, labeller_rng))
        now, reward[step], *ends[:, step], _ = env.step(spaces.first_action(action))
        led_to.append(spaces.row(now))
        begins = bool(ends[:, step].any())
        if begins:
            now, _ = env.reset()
    terminated, truncated = ends
    truncated[-1] |= not terminated[-1]
    columns = (np.concatenate(seen), np.concatenate(actions), np.concatenate(led_to), terminated, truncated)
    asked, earned = np.concatenate(labels) if labels else None, reward if keep_rewards else None
    return Transitions(*columns, *spaces.bounds, asked, num_actions=spaces.num_actions, reward=earned)


def episode_returns(
    env: AnyEnv | AnyVectorEnv,
    expert: Expert | None,
    policy: FlatPolicy,
    num_episodes: int,
    rng: np.random.Generator,
    *,
    most_steps: int = 10_000,
    keep_pictures: bool = False,
) -> PerCar:
    """The sum of rewards of each of so many episodes (n,); one without an end is given up after `most_steps`."""
    if isinstance(env, VectorEnv):
        settings = {"most_steps": most_steps, "keep_pictures": keep_pictures}
        return vector_world.episode_returns(env, policy, num_episodes, rng, expert=expert, **settings)
    spaces, returns = Spaces.of(env, keep_pictures=keep_pictures), np.zeros(num_episodes)
    spaces.check_policy(policy)
    ask = None if expert is None else asking(spaces.where, expert)
    for episode in range(num_episodes):
        observation, _ = env.reset(seed=int(rng.integers(2**31)))
        for step in range(most_steps):
            actions = policy.act(_observed(env, spaces, observation, step == 0, ask), rng)
            observation, reward, terminated, truncated, _ = env.step(spaces.first_action(actions))
            returns[episode] += float(reward)
            if terminated or truncated:
                break
    return returns


def _observed(env: AnyEnv, spaces: Spaces, observation: Any, begins: bool, ask: Ask | None) -> FlatObservation:
    said = None if ask is None else spaces.answer(ask(env, observation, begins))[None]
    return FlatObservation(spaces.row(observation), said)


def _check_demonstrations(spaces: Spaces, demonstrations: Transitions) -> None:
    """Raise InputError where they were not made in such a world."""
    if len(demonstrations) == 0:
        raise InputError(f"{spaces.where}: the demonstrations hold no steps; give some")
    if demonstrations.num_actions != spaces.num_actions:
        raise InputError(
            f"{spaces.where}: its action is {spaces.action}, but demonstrations choose from "
            f"{demonstrations.num_actions or 'no list of'} actions; give demonstrations of this world"
        )
    wanted = (spaces.shape, (len(spaces.bounds[0]),))
    found = (demonstrations.observation.shape[1:], demonstrations.action.shape[1:])
    if found != wanted:
        raise InputError(
            f"{spaces.where}: observations and actions of demonstrations are {found[0]} and {found[1]}, and those of "
            f"this world {wanted[0]} and {wanted[1]}; give demonstrations of this world"
        )
