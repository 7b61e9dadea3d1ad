"""Who is imitated on CartPole, and what is kept: every 10th step of trajectories, from a random one on."""

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drive_sim.data.transitions import Transitions
from drive_sim.gym.absorbing import with_absorbed
from drive_sim.gym.cart_pole import LIMIT, poles, scores
from drive_sim.gym.vector_world import collect
from drive_sim.gym.world import make_task
from drive_sim.learn import ppo
from drive_sim.policies.base import Actions, Actor
from drive_sim.policies.regressor import FlatObservation
from drive_sim.policies.stochastic import Greedy, TrainableCategorical

EVERY, NUM_PAIRS = 10, LIMIT // 10
"""Of a trajectory every 10th step is kept: 20 pairs of what was seen and done."""
_TRAINING, _SCORE, _DRIVES, _OFFSETS = 401, 402, 403, 404
"""Second words of the seeds of what is drawn."""
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """What was seen (n, 4) and done (n,), in order; where a step led to, (n, 4), and whether it ended there (n,)."""

    seen: Numbers
    done: npt.NDArray[np.int64]
    seen_then: Numbers
    ended: npt.NDArray[np.int64]

    @classmethod
    def of(cls, rows: Transitions) -> "Pairs":
        """Those of transitions, as they are kept in a file."""
        seen, then = (of.astype(np.float64).round(7) for of in (rows.observation, rows.next_observation))
        return cls(seen, rows.action[:, 0].astype(np.int64), then, rows.terminated.astype(np.int64))

    def first(self, num_trajectories: int) -> "Pairs":
        """Those of so many trajectories."""
        num = num_trajectories * NUM_PAIRS
        return Pairs(self.seen[:num], self.done[:num], self.seen_then[:num], self.ended[:num])

    def demonstrations(self, *, fixed: bool) -> Transitions:
        """As transitions; of a fixed horizon with the flag behind what was seen, which is up where a step fell."""
        ended = self.ended.astype(np.bool_)
        terminated = ended & (not fixed)
        seen, then = self.seen.astype(np.float32), self.seen_then.astype(np.float32)
        if fixed:
            seen = np.column_stack([seen, np.zeros(len(seen), np.float32)])
            then = np.column_stack([np.where(ended[:, None], 0.0, then), ended]).astype(np.float32)
        done = self.done[:, None].astype(np.float64)
        return Transitions(seen, done, then, terminated, ~terminated, np.zeros(1), np.ones(1), num_actions=2)


def absorbed(demonstrations: Transitions, rng: np.random.Generator) -> Transitions:
    """As many pairs of who is down as there are demonstrations of a fixed horizon, with their actions."""
    num = len(demonstrations)
    return with_absorbed(demonstrations, num, rng).rows(np.arange(num, 2 * num))


@dataclass(frozen=True, slots=True, eq=False)
class Demonstrator:
    """Our own PPO: how many steps it tried until none of 50 sampled episodes ended early, and what it showed.

    `sampled`: its actions drawn; `greedy`: the likeliest. `left`: of who pushes left, 20 pairs on end.
    """

    num_steps: int
    learning_cpu_s: float
    score: float
    sampled: Pairs
    greedy: Pairs
    left: Pairs

    def shown(self, name: str, num_trajectories: int) -> Pairs:
        """What is kept of so many trajectories of who is named so."""
        pairs: Pairs = getattr(self, name)
        return pairs.first(num_trajectories)


class Left:
    """Who always pushes left."""

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> Actions:  # noqa: ARG002 - draws nothing
        """0 for each row."""
        return np.zeros((len(observation.inputs), 1))


def demonstrate(seed: int, num_trajectories: int, settings: ppo.Config) -> Demonstrator:
    """Train one, and keep what it shows. What it learned last counts where it never gets to 200."""
    start_s, rng = time.process_time(), np.random.default_rng([seed, _TRAINING])
    task = make_task(poles(4, fixed=False), keep_rewards=True)
    latest, score = None, 0.0
    for latest in ppo.train(settings, task, rng):
        score = float(scores(latest.policy, np.random.default_rng([seed, _SCORE]), fixed=False).mean())
        if score == LIMIT:
            break
    assert latest is not None and isinstance(latest.policy, TrainableCategorical)
    policies = {"sampled": latest.policy, "greedy": Greedy(latest.policy), "left": Left()}
    shown = {
        name: drive(policy, 1 if name == "left" else num_trajectories, np.random.default_rng([seed, _DRIVES]))
        for name, policy in policies.items()
    }
    offsets = np.random.default_rng([seed, _OFFSETS]).integers(EVERY, size=num_trajectories)
    kept = np.concatenate([LIMIT * i + np.arange(offset, LIMIT, EVERY) for i, offset in enumerate(offsets)])
    return Demonstrator(
        num_steps=int(latest.metrics["num_steps"]),
        learning_cpu_s=time.process_time() - start_s,
        score=score,
        sampled=Pairs.of(shown["sampled"].rows(kept)),
        greedy=Pairs.of(shown["greedy"].rows(kept)),
        left=Pairs.of(shown["left"].rows(np.arange(NUM_PAIRS))),
    )


def drive(policy: Actor[FlatObservation, Actions], num: int, rng: np.random.Generator) -> Transitions:
    """The first 200 steps of each of so many, who begin anew after a fall: one after the other (200 num,)."""
    drives = [collect(poles(1, fixed=False), policy, 2 * LIMIT, drawn) for drawn in rng.spawn(num)]
    first, *others = (rows.rows(np.arange(LIMIT)) for rows in drives)
    return sum(others, start=first)
