"""PPO: proximal policy optimisation with a clipped ratio (Schulman 2017, arXiv 1707.06347, Algorithm 1).

    repeat: run the policy pi_old for some time; estimate advantages A_t (`advantages.py`)
            for some epochs, on mini-batches, one step of Adam on
                r_t = pi(a_t | s_t) / pi_old(a_t | s_t)                                      1 before the first step
                L = -E[min(r_t A_t, clip(r_t, 1 - eps, 1 + eps) A_t)]                        equation 7
                    + c_1 E[(V(s_t) - R_t)^2] - c_2 E[entropy of pi(. | s_t)]                equation 9

R_t = A_t + V_old(s_t). Where the ratio has already left the clip's range in the direction that A_t asks for, nothing
pulls it any further, so that many steps may be made on the same rollout.

What a step earns is an argument, a function of transitions. By default it is what the environment pays, which a task
has only where it was asked for (`gym.world.make_task(..., keep_rewards=True)`); GAIL puts in what its discriminator
says, and never sees the other.

Implementation details that matter. Advantages are standardised in each mini-batch. Gradients are cut to a length. The
last layer begins small for the policy (undecided). Weights are orthogonal (`flat_network.py`). The learning rate falls
linearly to zero over the rounds: a longer run therefore does not begin like a shorter one. Each rollout starts with a
reset, so a round can be repeated, and must be as long as what is to be learned; its end is a cut, no end.

V(s) = mean / (1 - gamma) + a network that begins at zero, with the mean reward of the rollout: for ever so much. A
network alone would have to climb there, and be higher where it has seen more; standardised advantages are of one size,
however little there is to tell, so its errors would lead the policy about. A constant reward in a world without ends
is worth the same everywhere, and leaves the policy as it was, as it should. For the same reason a policy that balances
forgets how to begin: where nobody falls any more only noise is left to standardise (`Config.least_spread`). What is
handed on may be a running mean of the weights (`weight_average.py`): each round's are about it, now here, now there.
"""

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from drive_sim.data.transitions import PerStep, Transitions
from drive_sim.errors import InputError
from drive_sim.learn.advantages import advantages
from drive_sim.learn.base import ImitationTask, Need, Round
from drive_sim.learn.divergence import check_losses
from drive_sim.learn.learner_state import LearnerState
from drive_sim.learn.minibatches import shuffled
from drive_sim.learn.optimisers import Adam
from drive_sim.learn.weight_average import follow
from drive_sim.policies.base import Actions, Observations, StochasticActor
from drive_sim.policies.flat_network import FlatNetwork, make_flat_network
from drive_sim.policies.picture_network import PictureNetwork, make_picture_network, picture_size

NEEDS: tuple[Need, ...] = ("make_env", "initial_policy")
Reward = Callable[[Transitions], PerStep]
"""What each step earns (n,)."""


@dataclass(frozen=True, slots=True)
class Config:
    """So many rounds of a rollout, each so many ticks long for every environment, and what is learned from it.

    Advantages are divided by their standard deviation, or by `least_spread` of the mean reward for ever where that is
    more: 0 always standardises them. A round's policy is of weights averaged over rounds, the latest weighing
    `average_rate` (`weight_average.py`; a plain mean at first); at 1 it is its own.
    """

    num_rounds: int = 75
    ticks_per_round: int = 500
    num_epochs: int = 10
    batch_size: int = 64
    learning_rate: float = 1e-3
    gamma: float = 0.99
    lambda_: float = 0.95
    clip: float = 0.2
    value_weight: float = 0.5
    entropy_weight: float = 0.0
    most_gradient: float = 0.5
    least_spread: float = 0.0
    average_rate: float = 1.0
    value_hidden: tuple[int, ...] = (64, 64)
    num_threads: int = 1

    def __post_init__(self) -> None:
        for name in ("num_rounds", "ticks_per_round", "num_epochs", "num_threads", "learning_rate", "most_gradient"):
            if not getattr(self, name) > 0:
                raise InputError(f"ppo: {name} must be positive, got {getattr(self, name)}")
        if self.batch_size < 2:
            raise InputError(f"ppo: batch_size must be at least 2 to standardise advantages, got {self.batch_size}")
        for name in ("gamma", "lambda_"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise InputError(f"ppo: {name} must be from 0 to 1, got {getattr(self, name)}")
        if not 0.0 < self.average_rate <= 1.0:
            raise InputError(f"ppo: average_rate must be above 0 and at most 1, got {self.average_rate}")
        if not 0.0 < self.clip < 1.0:
            raise InputError(f"ppo: clip must be between 0 and 1, got {self.clip}")


@dataclass(frozen=True, slots=True, eq=False)
class ActorCritic:
    """The policy, the mean of its weights, the value V of rows (n, f) less the mean reward for ever, the optimiser."""

    policy: StochasticActor
    mean_policy: StochasticActor
    value: FlatNetwork | PictureNetwork
    optimiser: torch.optim.Adam

    @property
    def state(self) -> LearnerState:
        """All that learning changes, by name."""
        parts = {"policy": self.policy, "mean-policy": self.mean_policy, "value": self.value}
        return {**{name: list(part.parameters()) for name, part in parts.items()}, "policy-adam": self.optimiser}

    def values(self, rows: npt.NDArray[Any]) -> PerStep:
        """V (n,), less the mean reward for ever."""
        with torch.no_grad():
            return self.value.outputs(rows).squeeze(1).double().numpy()


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What was seen and done, and what PPO knows of it: log pi_old(a | s), A, R less the mean for ever, (n,) each."""

    observation: Observations
    action: Actions
    old_log_probability: Tensor
    advantage: Tensor
    value_target: Tensor
    least_spread: float

    def rows(self, index: npt.NDArray[np.int64]) -> "Batch":
        """Some of them (m,)."""
        i = torch.from_numpy(index)
        known = (self.old_log_probability[i], self.advantage[i], self.value_target[i])
        return Batch(self.observation[index], self.action[index], *known, self.least_spread)


def earned(rollout: Transitions) -> PerStep:
    """What the environment paid. Raises InputError where the task does not let that pass."""
    if rollout.reward is None:
        raise InputError("ppo: the task keeps its rewards to itself; make it with keep_rewards=True, or give a reward")
    return rollout.reward


def train(
    config: Config, task: ImitationTask[Transitions, Any], rng: np.random.Generator, *, reward: Reward = earned
) -> Iterator[Round[StochasticActor]]:
    """Algorithm 1, a Round an iteration. Raises InputError without NEEDS, DivergedError where a loss is no number."""
    start_rng, rounds_rng = rng.spawn(2)
    torch.set_num_threads(config.num_threads)
    policy = task.require("ppo", NEEDS).initial_policy(start_rng)
    learner: ActorCritic | None = None
    num_steps = 0
    for i in range(1, config.num_rounds + 1):
        start_s = time.process_time()
        rollout_rng, update_rng = rounds_rng.spawn(2)
        rollout = task.rollout(i, policy, config.ticks_per_round, rollout_rng)
        learner = begin(config, policy, rollout, start_rng) if learner is None else learner
        update = partial(improve, config, learner, rollout, reward(rollout), update_rng, i)
        metrics = dict(task.learn(i, learner.state, update))
        num_steps += len(rollout)
        metrics |= {"round": i, "num_rounds": config.num_rounds, "num_steps": num_steps}
        metrics |= {"cpu_s": time.process_time() - start_s}
        yield Round(i - 1, copy.deepcopy(learner.mean_policy), metrics, rollout)


def share_left(config: Config, i: int) -> float:
    """Of the learning rate, in round i, counted from 1."""
    return 1.0 - (i - 1) / config.num_rounds


def begin(config: Config, policy: StochasticActor, rollout: Transitions, rng: np.random.Generator) -> ActorCritic:
    """A value that is the same everywhere beside a policy, which will be changed in place."""
    value = value_network(rollout.observation.shape[1:], config.value_hidden, rng)
    parameters = [*policy.parameters(), *value.parameters()]
    optimiser = Adam(parameters, lr=config.learning_rate, eps=1e-5, fused=True)
    return ActorCritic(policy, copy.deepcopy(policy), value, optimiser)


def value_network(
    shape: tuple[int, ...], hidden: tuple[int, ...], rng: np.random.Generator
) -> FlatNetwork | PictureNetwork:
    """A value of rows (f,), by these hidden layers, or of pictures (h, w, 3), by its own; it is zero everywhere."""
    if len(shape) == 1:
        return make_flat_network((*shape, *hidden, 1), rng, last_gain=0.0)
    return make_picture_network(*picture_size(shape), 1, rng, last_gain=0.0)


def improve(
    config: Config,
    learner: ActorCritic,
    rollout: Transitions,
    reward: PerStep,
    rng: np.random.Generator,
    i: int = 1,
) -> dict[str, float]:
    """Round i's epochs on what the policy has just done, and numbers about them; the learner is changed in place."""
    whole = prepared(config, learner, rollout, reward)
    learner.optimiser.param_groups[0]["lr"] = config.learning_rate * share_left(config, i)
    size = min(config.batch_size, len(rollout))
    parameters = [*learner.policy.parameters(), *learner.value.parameters()]
    told: list[dict[str, float]] = []
    for index in shuffled(len(rollout), size, config.num_epochs * (len(rollout) // size), rng):
        loss, numbers = batch_loss(config, learner, whole.rows(index))
        learner.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, config.most_gradient)
        learner.optimiser.step()
        told.append({"loss": loss.item(), **numbers})
    check_losses([numbers["loss"] for numbers in told], 1)
    follow(learner.mean_policy, learner.policy, max(config.average_rate, 1.0 / i))
    means = {name: float(np.mean([numbers[name] for numbers in told])) for name in told[0]}
    with torch.no_grad():
        means["entropy"] = learner.policy.entropy(rollout.observation).mean().item()
    means["mean_reward"] = float(reward.mean())
    return means if rollout.reward is None else means | {"mean_return": rollout.mean_return}


def prepared(config: Config, learner: ActorCritic, rollout: Transitions, reward: PerStep) -> Batch:
    """A rollout with its advantages and targets, by the policy and the value as they are now."""
    for_ever = float(reward.mean()) / max(1.0 - config.gamma, 1.0 / len(rollout))
    value, next_value = (for_ever + learner.values(of) for of in (rollout.observation, rollout.next_observation))
    ends = (rollout.terminated, rollout.truncated)
    advantage = advantages(reward, value, next_value, *ends, gamma=config.gamma, lambda_=config.lambda_)
    with torch.no_grad():
        log_probability = learner.policy.log_probability(rollout.observation, rollout.action)
    target = advantage + value - for_ever
    known = (log_probability, torch.from_numpy(advantage), torch.from_numpy(target))
    return Batch(rollout.observation, rollout.action, *known, config.least_spread * abs(for_ever))


def batch_loss(config: Config, learner: ActorCritic, batch: Batch) -> tuple[Tensor, dict[str, float]]:
    """L of a mini-batch, and what it is made of: the ratio's mean and how much of it is clipped, the value's loss."""
    seen = batch.observation
    ratio = (learner.policy.log_probability(seen, batch.action) - batch.old_log_probability).exp()
    A = (batch.advantage - batch.advantage.mean()) / (batch.advantage.std() + 1e-8).clamp(min=batch.least_spread)
    surrogate = clipped_surrogate(ratio, A, config.clip).mean()
    value_loss = (learner.value.outputs(seen).squeeze(1) - batch.value_target).square().mean()
    loss = -surrogate + config.value_weight * value_loss
    if config.entropy_weight:
        loss = loss - config.entropy_weight * learner.policy.entropy(seen).mean()
    with torch.no_grad():
        clipped = ((ratio - 1.0).abs() > config.clip).double().mean()
        numbers = {"ratio": ratio.mean(), "clipped": clipped, "value_loss": value_loss}
    return loss, {name: number.item() for name, number in numbers.items()}


def clipped_surrogate(ratio: Tensor, A: Tensor, eps: float) -> Tensor:
    """Equation 7 without its mean, (n,): its slope in the ratio is A, or 0 where the ratio went too far A's way."""
    return torch.minimum(ratio * A, ratio.clamp(1.0 - eps, 1.0 + eps) * A)
