"""What learners of soft action values share: rounds of trying and learning, from demonstrations and a replay buffer.

    repeat: run the policy pi that Q says (`policies/soft_q.py`) for some time; keep what it did
            for each step that was taken, one step of Adam on a loss of two mini-batches: shown, and done

The loss is what makes the learner: `sqil.py`, `iq_learn.py`. Both read what demonstrations led to, so these must be
`Transitions`, in which each step has its own next observation, also where only every tenth step was kept.
"""

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.learn.base import ImitationTask, Need, Round
from drive_sim.learn.divergence import check_losses
from drive_sim.learn.learner_state import LearnerState
from drive_sim.learn.optimisers import Adam
from drive_sim.learn.regression import spread
from drive_sim.learn.replay_buffer import ReplayBuffer
from drive_sim.learn.weight_average import follow
from drive_sim.policies.base import Observations
from drive_sim.policies.soft_q import ActionValues, make_action_values, soft_policy
from drive_sim.policies.stochastic import TrainableCategorical

NEEDS: tuple[Need, ...] = ("demonstrations", "make_env")


@dataclass(frozen=True, slots=True)
class SoftQConfig:
    """Rounds of so many ticks in each environment, steps of Adam for each step taken, and the soft values' constants.

    A mini-batch is `batch_size` steps that were shown and as many that were done. The network of the next values
    follows Q by `target_rate` a step. The learning rate falls linearly to 0 over the rounds. A round's policy is of Q's
    weights as averaged over steps, the latest one weighing `average_rate` (`weight_average.py`); at 1 it is Q's own, as
    it always is where it tries.
    """

    num_rounds: int = 50
    ticks_per_round: int = 200
    updates_per_step: float = 1.0
    batch_size: int = 64
    learning_rate: float = 1e-3
    gamma: float = 0.99
    temperature: float = 0.001
    target_rate: float = 0.1
    average_rate: float = 1.0
    capacity: int = 100_000
    hidden: tuple[int, ...] = (64, 64)
    num_threads: int = 1

    def __post_init__(self) -> None:
        positive = ("num_rounds", "ticks_per_round", "updates_per_step", "batch_size", "learning_rate", "temperature")
        for name in (*positive, "capacity", "num_threads"):
            if not getattr(self, name) > 0:
                raise InputError(f"soft Q: {name} must be positive, got {getattr(self, name)}")
        if not 0.0 <= self.gamma < 1.0:
            raise InputError(f"soft Q: gamma must be at least 0 and below 1, got {self.gamma}")
        for name in ("target_rate", "average_rate"):
            if not 0.0 < getattr(self, name) <= 1.0:
                raise InputError(f"soft Q: {name} must be above 0 and at most 1, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True, eq=False)
class SoftQ:
    """Q, the copy that lags behind and values next states, the optimiser of Q, and Q's average where one is kept."""

    q: ActionValues
    target: ActionValues
    optimiser: torch.optim.Adam
    average: ActionValues | None = None

    @property
    def state(self) -> LearnerState:
        """All that learning changes, by name."""
        named = {"q": self.q, "target": self.target} | ({"average": self.average} if self.average else {})
        return {**{name: list(values.parameters()) for name, values in named.items()}, "q-adam": self.optimiser}

    def step(self, loss: Tensor, config: SoftQConfig) -> None:
        """One step of Adam down a loss; then the copy goes its share of the way to Q, and the average as well."""
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        follow(self.target, self.q, config.target_rate)
        if self.average is not None:
            follow(self.average, self.q, config.average_rate)


Loss = Callable[[SoftQ, Transitions, Transitions], Tensor]
"""Of a learner, steps that were shown, and steps that were done."""


def learn_in_rounds(
    name: str, config: SoftQConfig, task: ImitationTask[Transitions, Any], rng: np.random.Generator, loss: Loss
) -> Iterator[Round[TrainableCategorical]]:
    """A Round for each rollout. Raises InputError without NEEDS, DivergedError where a loss is no number."""
    network_rng, rounds_rng = rng.spawn(2)
    torch.set_num_threads(config.num_threads)
    shown = checked_demonstrations(name, task.require(name, NEEDS).demonstrations)
    buffer, num_updates, num_steps = ReplayBuffer(config.capacity), 0, 0
    first_rng, network_rng = network_rng.spawn(2)
    policy, learner = soft_policy(begin(config, shown, first_rng).q), None
    for i in range(1, config.num_rounds + 1):
        start_s = time.process_time()
        rollout_rng, update_rng = rounds_rng.spawn(2)
        rollout = task.rollout(i, policy, config.ticks_per_round, rollout_rng)
        # What was shown alone may vary too little to say what is large.
        learner = learner or begin(config, shown + rollout, network_rng)
        buffer.add(rollout)
        learner.optimiser.param_groups[0]["lr"] = config.learning_rate * (1.0 - (i - 1) / config.num_rounds)
        count = round(config.updates_per_step * len(rollout))
        update = partial(_improve, config, learner, (shown, buffer), count, num_updates, loss, update_rng)
        told = dict(task.learn(i, learner.state, update))
        num_updates, num_steps = num_updates + count, num_steps + len(rollout)
        told |= {"round": i, "num_rounds": config.num_rounds, "num_steps": num_steps}
        policy = soft_policy(copy.deepcopy(learner.q))
        kept = soft_policy(copy.deepcopy(learner.average)) if learner.average else policy
        yield Round(i - 1, kept, told | {"cpu_s": time.process_time() - start_s}, rollout)


def begin(config: SoftQConfig, steps: Transitions, rng: np.random.Generator) -> SoftQ:
    """Q = 0 everywhere, so an even policy; rows of numbers are standardised by those of these steps."""
    assert steps.num_actions is not None, "checked_demonstrations"
    q = make_action_values(
        steps.observation, steps.num_actions, config.temperature, rng, hidden=config.hidden, **_scale(steps.observation)
    )
    average = copy.deepcopy(q) if config.average_rate < 1.0 else None
    return SoftQ(q, copy.deepcopy(q), Adam(q.parameters(), lr=config.learning_rate), average)


def next_values(values: ActionValues, steps: Transitions) -> Tensor:
    """V (n,) of what was seen then; 0 after an end, and what was cut off would have gone on."""
    return values.soft_values(steps.next_observation) * torch.from_numpy(~steps.terminated)


def chosen_values(q: ActionValues, steps: Transitions) -> Tensor:
    """Q (n,) of what was done where it was done."""
    return q.values(steps.observation).gather(1, torch.as_tensor(steps.action, dtype=torch.int64)).squeeze(1)


def checked_demonstrations(name: str, shown: Any) -> Transitions:
    """The demonstrations. Raises InputError where they hold no next observations, or no chosen actions."""
    if not isinstance(shown, Transitions):
        raise InputError(
            f"{name} needs demonstrations with next observations (Transitions), not {type(shown).__name__}"
        )
    if len(shown) == 0:
        raise InputError(f"{name}: the demonstrations hold no steps; give some")
    if shown.num_actions is None:
        raise InputError(f"{name} values each of k actions, and these are numbers; offer it steering in steps")
    return shown


def _improve(
    config: SoftQConfig,
    learner: SoftQ,
    data: tuple[Transitions, ReplayBuffer],
    count: int,
    num_before: int,
    loss: Loss,
    rng: np.random.Generator,
) -> dict[str, float]:
    """So many steps of Adam, and the mean loss; the learner is changed in place."""
    (shown, buffer), size, losses = data, config.batch_size, []
    for _ in range(count):
        latest = loss(learner, shown.rows(rng.integers(len(shown), size=size)), buffer.sample(size, rng))
        learner.step(latest, config)
        losses.append(latest.detach())
    told = torch.stack(losses).tolist() if losses else []
    check_losses(told, num_before + 1)
    return {"loss": float(np.mean(told))} if told else {}


def _scale(seen: Observations) -> dict[str, Any]:
    return {"input_mean": seen.mean(axis=0), "input_spread": spread(seen)} if seen.ndim == 2 else {}
