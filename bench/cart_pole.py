"""CartPole by our PPO, and from one trajectory by GAIL, SQIL and IQ-Learn: a policy's mean of 50 episodes as it learns.

python -m bench.cart_pole ppo --seeds 0-4                                    greedy, 500-step limit, 150,000 steps
python -m bench.cart_pole gail --seeds 100-101 --reward penalty              sampled, 200-step limit, 100,000 steps
python -m bench.cart_pole gail --seeds 100-101 --shown left                  from who always pushes left
python -m bench.cart_pole sqil --seeds 100-101 --fixed                       10,000 steps, a fall ends nothing
python -m bench.cart_pole iq-learn --seeds 100-101                           10,000 steps

The demonstrator here is a hand-written rule, every 10th of its first 200 steps kept: 20 pairs.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np

from drive_sim.data.transitions import Transitions
from drive_sim.gym.cart_pole import LIMIT, poles
from drive_sim.gym.world import collect, episode_returns, make_task
from drive_sim.learn import gail, iq_learn, ppo, sqil
from drive_sim.learn.base import Round
from drive_sim.policies.regressor import FlatObservation
from drive_sim.policies.stochastic import Greedy

EVERY_STEPS = {"ppo": 10_000, "gail": 10_000, "sqil": 1_000, "iq-learn": 1_000}
NUM_EPISODES, NUM_ENVS = 50, 4


class Rule:
    """Pushes the way that the pole leans and turns, or, where it is told to, always left."""

    def __init__(self, *, left: bool) -> None:
        self.weights = np.zeros(4) if left else np.array([0.1, 0.3, 3.0, 1.0])

    def act(self, observation: FlatObservation, rng: np.random.Generator) -> np.ndarray:  # noqa: ARG002 - draws nothing
        return (observation.inputs @ self.weights > 0.0).astype(np.float64)[:, None]


def cart_poles(num_envs: int, limit: int) -> Any:
    kind = "vector_entry_point"
    return gymnasium.make_vec("CartPole-v1", num_envs, vectorization_mode=kind, max_episode_steps=limit)


def shown(seed: int, *, left: bool, fixed: bool = False) -> Transitions:
    """20 pairs: every 10th step from a random one on of who balances, 20 on end of who pushes left.

    What each led to is what was seen in the very next step. Where the horizon is `fixed` a flag of 0 stands behind.
    """
    rng = np.random.default_rng([seed, 1])
    rows = np.arange(20) if left else np.arange(int(rng.integers(10)), 200, 10)
    pairs = collect(cart_poles(1, LIMIT), Rule(left=left), 230, rng).rows(rows)
    if not fixed:
        return pairs
    flagged = (np.pad(seen, ((0, 0), (0, 1))) for seen in (pairs.observation, pairs.next_observation))
    return replace(pairs, **dict(zip(("observation", "next_observation"), flagged, strict=True)))


def rounds(method: str, seed: int, reward: str, *, left: bool, fixed: bool) -> Iterator[Round[Any]]:
    rng = np.random.default_rng(seed)
    if method == "ppo":
        return ppo.train(ppo.Config(), make_task(cart_poles(NUM_ENVS, 500), keep_rewards=True), rng)
    demonstrations = shown(seed, left=left, fixed=fixed)
    if method == "gail":
        task = make_task(poles(NUM_ENVS, fixed=fixed), demonstrations=demonstrations)
        return gail.train(replace(gail.Config(), reward=reward), task, rng)
    task = make_task(poles(1, fixed=fixed), demonstrations=demonstrations)
    return sqil.train(sqil.Config(), task, rng) if method == "sqil" else iq_learn.train(iq_learn.Config(), task, rng)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method", choices=tuple(EVERY_STEPS))
    parser.add_argument("--seeds", default="100-101", help="first and last")
    parser.add_argument("--reward", default="survival", choices=tuple(gail.REWARDS))
    parser.add_argument("--shown", default="rule", choices=("rule", "left"))
    parser.add_argument("--fixed", action="store_true", help="a fall ends nothing: who fell stays down until step 200")
    args = parser.parse_args()
    first, last = (int(part) for part in args.seeds.split("-"))
    is_ppo = args.method == "ppo"
    for seed in range(first, last + 1):
        env = cart_poles(NUM_EPISODES, 500) if is_ppo else poles(NUM_EPISODES, fixed=args.fixed)
        start_s, told = time.process_time(), 0
        for latest in rounds(args.method, seed, args.reward, left=args.shown == "left", fixed=args.fixed):
            num_steps, is_last = latest.metrics["num_steps"], latest.metrics["round"] == latest.metrics["num_rounds"]
            if num_steps >= told + EVERY_STEPS[args.method] or is_last:
                told += EVERY_STEPS[args.method]
                policy = Greedy(latest.policy) if is_ppo else latest.policy
                scores = episode_returns(env, None, policy, NUM_EPISODES, np.random.default_rng([seed, 2]))
                line = f"seed {seed}  {num_steps:6.0f} steps  mean {scores.mean():5.1f}  least {scores.min():3.0f}"
                print(f"{line}  {time.process_time() - start_s:4.0f} s of processor time", flush=True)


if __name__ == "__main__":
    main()
