"""GAIL: generative adversarial imitation learning (Ho and Ermon 2016, arXiv 1606.03476, Algorithm 1).

    max over phi, min over theta of  E_policy[log C(s, a)] + E_demonstrations[log(1 - C(s, a))]

    repeat: run the policy pi_theta for some time
            phi: some steps of Adam up this objective                       C goes to 1 on what the policy does
            theta: PPO (`ppo.py`) with a reward that is high where C is low

C = 1 / (1 + exp(-z)) is the discriminator's guess that the policy did it, and not the demonstrator; the released code
has it the other way round. Where the two cannot be told apart C is 1/2, and the objective is -2 log 2.

The reward is an argument (`adversarial_rewards.py`): its sign decides what an end is worth.

Implementation details that matter, from the released code: the discriminator's last layer begins at zero, so that C is
1/2 everywhere; what it sees is standardised by the demonstrations' statistics; both sides weigh alike, however many
rows each has. Its rate falls linearly to zero, as the policy's does, so that both come to rest. Chosen actions enter
as a 1 among zeros. Demonstrations need no next observations, and nobody is asked. Steps of earlier rounds may stand
beside the policy's own (`Config.past_share`, Kostrikov 2019, arXiv 1809.02925): C remembers what it told from what was
shown before, and a policy that has left a fault behind is not led back to it.

Where a policy that does well never goes, such as the state of who has fallen in a world of fixed horizon,
demonstrations would soon look like the demonstrator's alone, and lure the policy there. Such pairs are `shared`, put on
both sides: C is near 1/2 there while the policy stays away, and rises where it comes, the more the less they weigh.
"""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.nn.functional import softplus

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.learn import ppo
from drive_sim.learn.adversarial_rewards import REWARDS, rewards
from drive_sim.learn.base import ImitationTask, Need, Round
from drive_sim.learn.discriminator import Discriminator, make_discriminator, share_above_zero
from drive_sim.learn.divergence import check_losses
from drive_sim.learn.replay_buffer import ReplayBuffer
from drive_sim.policies.base import StochasticActor

NEEDS: tuple[Need, ...] = ("demonstrations", "make_env", "initial_policy")


@dataclass(frozen=True, slots=True)
class Config:
    """Which reward, the policy step (PPO), and the discriminator: so many steps of Adam a round, on whole batches.

    `gradient_penalty`: the weight of `gradient_penalty.py`'s. `past_share`: so many steps of earlier rounds for each of
    the policy's own, drawn from the last `capacity`. Both are 0 in the paper. `shared_weight`: that of shared pairs.
    """

    reward: str = "survival"
    policy: ppo.Config = field(default_factory=lambda: ppo.Config(num_rounds=63, ticks_per_round=400))
    hidden: tuple[int, ...] = (100, 100)
    learning_rate: float = 0.0003
    steps_per_round: int = 5
    gradient_penalty: float = 0.0
    past_share: float = 0.0
    capacity: int = 100_000
    shared_weight: float = 1.0

    def __post_init__(self) -> None:
        for name in ("gradient_penalty", "past_share", "shared_weight"):
            if not 0.0 <= getattr(self, name) < np.inf:
                raise InputError(f"gail: {name} must not be negative, got {getattr(self, name)}")
        if self.reward not in REWARDS:
            raise InputError(f"gail: reward {self.reward!r} is unknown; use one of {', '.join(REWARDS)}")
        for name in ("learning_rate", "steps_per_round"):
            if not getattr(self, name) > 0:
                raise InputError(f"gail: {name} must be positive, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True, eq=False)
class AdversarialRound(Round[StochasticActor]):
    """A round of GAIL, with the discriminator by which the policy was rewarded in it; later rounds leave it alone."""

    discriminator: Discriminator | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """What phi learns from: what was shown, what is on both sides, and what was done before this round."""

    demonstrations: Transitions
    shared: Transitions | None
    past: ReplayBuffer


def train(
    config: Config,
    task: ImitationTask[Transitions, Any],
    rng: np.random.Generator,
    *,
    shared: Transitions | None = None,
) -> Iterator[AdversarialRound]:
    """Algorithm 1, a Round an iteration. Raises InputError without NEEDS, DivergedError where a loss is no number.

    What an environment pays is never read; where a task tells it, `mean_return` is measured by it. `shared`: pairs that
    are on both sides, whoever does them; there C is drawn to 1/2.
    """
    policy_rng, value_rng, discriminator_rng, rounds_rng = rng.spawn(4)
    torch.set_num_threads(config.policy.num_threads)
    offer = task.require("gail", NEEDS)
    demonstrations, policy = offer.demonstrations, offer.initial_policy(policy_rng)
    discriminator = make_discriminator(demonstrations, config.hidden, config.learning_rate, discriminator_rng)
    steps, learner, num_steps = _Steps(demonstrations, shared, ReplayBuffer(config.capacity)), None, 0
    for i in range(1, config.policy.num_rounds + 1):
        start_s = time.process_time()
        rollout_rng, update_rng = rounds_rng.spawn(2)
        rollout = task.rollout(i, policy, config.policy.ticks_per_round, rollout_rng)
        learner = learner or ppo.begin(config.policy, policy, rollout, value_rng)
        update = partial(_update, config, i, (discriminator, learner), rollout, steps, update_rng)
        told = dict(task.learn(i, {**learner.state, **discriminator.state}, update))
        if config.past_share:
            steps.past.add(rollout)
        num_steps += len(rollout)
        told |= {"round": i, "num_rounds": config.policy.num_rounds, "num_steps": num_steps}
        told |= {"cpu_s": time.process_time() - start_s}
        yield AdversarialRound(i - 1, copy.deepcopy(learner.mean_policy), told, rollout, copy.deepcopy(discriminator))


def _update(
    config: Config,
    i: int,
    learners: tuple[Discriminator, ppo.ActorCritic],
    rollout: Transitions,
    steps: _Steps,
    rng: np.random.Generator,
) -> dict[str, float]:
    """Phi's and theta's steps of round `i`, on what the policy did, what was done before, was shown, and is shared."""
    discriminator, learner = learners
    discriminator.optimiser.param_groups[0]["lr"] = config.learning_rate * ppo.share_left(config.policy, i)
    done, count = rollout, round(config.past_share * len(rollout))
    if count and len(steps.past):
        done = rollout + steps.past.sample(count, rng.spawn(1)[0])
    drawn = rng.spawn(1)[0] if config.gradient_penalty else None
    told = discriminate(config, discriminator, done, steps.demonstrations, steps.shared, rng=drawn)
    return told | ppo.improve(
        config.policy, learner, rollout, rewards(config.reward, discriminator.logits(rollout)), rng, i
    )


def discriminate(
    config: Config,
    discriminator: Discriminator,
    done: Transitions,
    demonstrations: Transitions,
    shared: Transitions | None = None,
    *,
    rng: np.random.Generator | None = None,
) -> dict[str, float]:
    """Phi's steps up the objective, and how it stood before them: its value, and how often C was on the right side.

    `done` is what policies did; pairs that are shared add E_shared[log C + log(1 - C)], weighted, and are not told of.
    """
    told: list[dict[str, float]] = []
    for _ in range(config.steps_per_round):
        of_policy, of_demonstrator = discriminator.logits(done), discriminator.logits(demonstrations)
        # log C = -softplus(-z) and log(1 - C) = -softplus(z).
        objective = -softplus(-of_policy).mean() - softplus(of_demonstrator).mean()
        both = 0.0
        if shared is not None:
            of_both = discriminator.logits(shared)
            both = -(softplus(-of_both) + softplus(of_both)).mean()
        steepness = 0.0 if rng is None else discriminator.squared_slope_between(done, demonstrations, rng)
        discriminator.optimiser.zero_grad()
        (-objective - config.shared_weight * both + config.gradient_penalty * steepness).backward()
        discriminator.optimiser.step()
        right = (share_above_zero(of_policy) + share_above_zero(-of_demonstrator)) / 2.0
        told.append({"objective": objective.item(), "accuracy": right})
    check_losses([numbers["objective"] for numbers in told], 1)
    return told[0]
