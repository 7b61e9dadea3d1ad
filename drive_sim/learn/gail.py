"""GAIL: generative adversarial imitation learning (Ho and Ermon 2016, arXiv 1606.03476, Algorithm 1).

    max over phi, min over theta of  E_policy[log C(s, a)] + E_demonstrations[log(1 - C(s, a))]

    repeat: run the policy pi_theta for some time
            phi: some steps of Adam up this objective                       C goes to 1 on what the policy does
            theta: PPO (`ppo.py`) with a reward that is high where C is low

C = 1 / (1 + exp(-z)) is the discriminator's guess that the policy did it, and not the demonstrator; the released code
has it the other way round. Where the two cannot be told apart C is 1/2, and the objective is -2 log 2.

The reward is an argument, since all that is asked of it is to fall with C, and its sign decides what an end is worth:

    survival   -log C                never negative: to go on pays whatever C says, so it suits tasks of staying alive
    penalty    log(1 - C)            never positive: to end pays, so it suits tasks of getting somewhere
    logit      log((1 - C) / C)      their sum: either sign, 0 at C = 1/2

-log C is what theta's side of the objective says by itself. Each can be flipped, to see what the wrong sign learns.

Implementation details that matter, from the released code: the discriminator's last layer begins at zero, so that C is
1/2 everywhere; what it sees is standardised by the demonstrations' statistics; both sides weigh alike, however many
rows each has. Its rate falls linearly to zero, as the policy's does, so that both come to rest. Chosen actions enter
as a 1 among zeros. Demonstrations need no next observations, and nobody is asked.

Where a policy that does well never goes, such as the state of who has fallen in a world of fixed horizon,
demonstrations would soon look like the demonstrator's alone, and lure the policy there. Such pairs are `shared`, put on
both sides: C is near 1/2 there while the policy stays away.
"""

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import softplus

from drive_sim.data.transitions import PerStep, Transitions
from drive_sim.errors import InputError
from drive_sim.learn import ppo
from drive_sim.learn.base import ImitationTask, Need, Round
from drive_sim.learn.divergence import check_losses
from drive_sim.learn.gradient_penalty import squared_slope_between
from drive_sim.learn.learner_state import LearnerState
from drive_sim.learn.regression import spread
from drive_sim.policies.base import StochasticActor
from drive_sim.policies.flat_network import FlatNetwork, make_flat_network
from drive_sim.policies.picture_network import PictureNetwork, make_picture_network, picture_size
from drive_sim.policies.regressor import Inputs

NEEDS: tuple[Need, ...] = ("demonstrations", "make_env", "initial_policy")
REWARDS: dict[str, Callable[[Tensor], Tensor]] = {
    "survival": lambda z: softplus(-z),
    "penalty": lambda z: -softplus(z),
    "logit": lambda z: -z,
    "flipped-survival": lambda z: -softplus(-z),
    "flipped-penalty": softplus,
    "flipped-logit": lambda z: z,
}
"""Of the discriminator's logit z = log(C / (1 - C)), so that nothing is lost where C is nearly 0 or 1."""


@dataclass(frozen=True, slots=True)
class Config:
    """Which reward, the policy step (PPO), and the discriminator: so many steps of Adam a round, on whole batches.

    `gradient_penalty`: the weight of `gradient_penalty.py`'s; 0 as in the paper.
    """

    reward: str = "survival"
    policy: ppo.Config = field(default_factory=lambda: ppo.Config(num_rounds=63, ticks_per_round=400))
    hidden: tuple[int, ...] = (100, 100)
    learning_rate: float = 0.0003
    steps_per_round: int = 5
    gradient_penalty: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.gradient_penalty < np.inf:
            raise InputError(f"gail: gradient_penalty must not be negative, got {self.gradient_penalty}")
        if self.reward not in REWARDS:
            raise InputError(f"gail: reward {self.reward!r} is unknown; use one of {', '.join(REWARDS)}")
        for name in ("learning_rate", "steps_per_round"):
            if not getattr(self, name) > 0:
                raise InputError(f"gail: {name} must be positive, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True, eq=False)
class Discriminator:
    """C as a network from pairs to its logit z, and the optimiser that trains it.

    Of pictures it has an output for each action that can be chosen, and the one of what was done is z.
    """

    network: FlatNetwork | PictureNetwork
    optimiser: torch.optim.Adam

    def logits(self, rows: Transitions) -> Tensor:
        """Z (n,) in float64 for what was seen and done; gradients flow through it."""
        if isinstance(self.network, PictureNetwork):
            index = torch.as_tensor(rows.action, dtype=torch.int64)
            return self.network.outputs(rows.observation).gather(1, index).squeeze(1).double()
        return self.network.outputs(pairs(rows)).squeeze(1).double()

    @property
    def state(self) -> LearnerState:
        """All that learning changes, by name."""
        return {"discriminator": list(self.network.parameters()), "discriminator-adam": self.optimiser}

    def probabilities(self, rows: Transitions) -> PerStep:
        """C (n,): the guess that the policy did it."""
        with torch.no_grad():
            return torch.sigmoid(self.logits(rows)).numpy()


@dataclass(frozen=True, slots=True, eq=False)
class AdversarialRound(Round[StochasticActor]):
    """A round of GAIL, with the discriminator by which the policy was rewarded in it; later rounds leave it alone."""

    discriminator: Discriminator | None = None


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
    discriminator, learner, num_steps = make_discriminator(config, demonstrations, discriminator_rng), None, 0
    for i in range(1, config.policy.num_rounds + 1):
        start_s = time.process_time()
        rollout_rng, update_rng = rounds_rng.spawn(2)
        rollout = task.rollout(i, policy, config.policy.ticks_per_round, rollout_rng)
        learner = learner or ppo.begin(config.policy, policy, rollout, value_rng)
        update = partial(_update, config, i, (discriminator, learner), (rollout, demonstrations, shared), update_rng)
        told = dict(task.learn(i, {**learner.state, **discriminator.state}, update))
        num_steps += len(rollout)
        told |= {"round": i, "num_rounds": config.policy.num_rounds, "num_steps": num_steps}
        told |= {"cpu_s": time.process_time() - start_s}
        yield AdversarialRound(i - 1, copy.deepcopy(policy), told, rollout, copy.deepcopy(discriminator))


def _update(
    config: Config,
    i: int,
    learners: tuple[Discriminator, ppo.ActorCritic],
    steps: tuple[Transitions, Transitions, Transitions | None],
    rng: np.random.Generator,
) -> dict[str, float]:
    """Phi's and theta's steps of round `i`, on what the policy did, what was shown, and pairs that are shared."""
    (discriminator, learner), left = learners, ppo.share_left(config.policy, i)
    discriminator.optimiser.param_groups[0]["lr"] = config.learning_rate * left
    told = discriminate(config, discriminator, *steps, rng=rng.spawn(1)[0] if config.gradient_penalty else None)
    reward = rewards(config.reward, discriminator, steps[0])
    return told | ppo.improve(config.policy, learner, steps[0], reward, rng, left)


def make_discriminator(config: Config, demonstrations: Transitions, rng: np.random.Generator) -> Discriminator:
    """One that says C = 1/2 everywhere. Raises InputError where it cannot read what was seen and done."""
    if demonstrations.observation.ndim != 2:
        return _of_pictures(config, demonstrations, rng)
    shown = pairs(demonstrations)
    mean, width = shown.mean(axis=0), spread(shown)
    if demonstrations.num_actions is not None:
        mean[-demonstrations.num_actions :], width[-demonstrations.num_actions :] = 0.0, 1.0
    widths = (shown.shape[1], *config.hidden, 1)
    network = make_flat_network(widths, rng, last_gain=0.0, input_mean=mean, input_spread=width)
    return Discriminator(network, torch.optim.Adam(network.parameters(), lr=config.learning_rate))


def _of_pictures(config: Config, demonstrations: Transitions, rng: np.random.Generator) -> Discriminator:
    size, num_actions = picture_size(demonstrations.observation.shape[1:]), demonstrations.num_actions
    if num_actions is None:
        raise InputError("gail: of pictures it can tell chosen actions, and these are numbers; offer steering in steps")
    network = make_picture_network(*size, num_actions, rng, last_gain=0.0)
    return Discriminator(network, torch.optim.Adam(network.parameters(), lr=config.learning_rate))


def discriminate(
    config: Config,
    discriminator: Discriminator,
    rollout: Transitions,
    demonstrations: Transitions,
    shared: Transitions | None = None,
    *,
    rng: np.random.Generator | None = None,
) -> dict[str, float]:
    """Phi's steps up the objective, and how it stood before them: its value, and how often C was on the right side.

    Pairs that are shared add E_shared[log C + log(1 - C)], and are not told of.
    """
    told: list[dict[str, float]] = []
    for _ in range(config.steps_per_round):
        of_policy, of_demonstrator = discriminator.logits(rollout), discriminator.logits(demonstrations)
        # log C = -softplus(-z) and log(1 - C) = -softplus(z).
        objective = -softplus(-of_policy).mean() - softplus(of_demonstrator).mean()
        both = 0.0
        if shared is not None:
            of_both = discriminator.logits(shared)
            both = -(softplus(-of_both) + softplus(of_both)).mean()
        steepness = 0.0 if rng is None else _steepness(discriminator, rollout, demonstrations, rng)
        discriminator.optimiser.zero_grad()
        (-objective - both + config.gradient_penalty * steepness).backward()
        discriminator.optimiser.step()
        right = (_share_above_zero(of_policy) + _share_above_zero(-of_demonstrator)) / 2.0
        told.append({"objective": objective.item(), "accuracy": right})
    check_losses([numbers["objective"] for numbers in told], 1)
    return told[0]


def rewards(name: str, discriminator: Discriminator, rollout: Transitions) -> PerStep:
    """What each step of a rollout earns (n,), by a name of REWARDS."""
    with torch.no_grad():
        return REWARDS[name](discriminator.logits(rollout)).numpy()


def pairs(rows: Transitions) -> Inputs:
    """What was seen and done as rows of numbers (n, f + a); of k chosen actions, (n, f + k), the one is a 1."""
    action = rows.action
    if rows.num_actions is not None:
        action = np.eye(rows.num_actions)[action[:, 0].astype(np.int64)]
    return np.concatenate([rows.observation, action], axis=1).astype(np.float32)


def _steepness(
    discriminator: Discriminator, rollout: Transitions, demonstrations: Transitions, rng: np.random.Generator
) -> Tensor:
    if isinstance(discriminator.network, PictureNetwork):
        raise InputError("gail: its gradient penalty is between rows of numbers, and these are pictures; set it to 0")
    return squared_slope_between(discriminator.network, pairs(rollout), pairs(demonstrations), rng)


def _share_above_zero(z: Tensor) -> float:
    """Half of those at zero, where nothing is said, count."""
    return ((z > 0.0).double().mean() + 0.5 * (z == 0.0).double().mean()).item()
