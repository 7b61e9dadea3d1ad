"""Holds maximum entropy against the MCE IRL of `imitation`, which nobody here wrote, and prints what differs.

It runs in an environment of its own, since `imitation` needs old versions of what is used here:

    python -m venv elsewhere && elsewhere/bin/pip install imitation
    PYTHONPATH=. elsewhere/bin/python bench/imitation_mce.py

Same MDP (a grid of 5 x 5 on ice), same reward: values, policies and visits must agree to 1e-9. Then both learn from the
same walks: its occupancy counts the state after the last step, too, which its partition function has no reward for.
"""

# pyright: reportMissingImports=false
from importlib.metadata import version

import numpy as np
import torch
from imitation.algorithms.mce_irl import MCEIRL, mce_occupancy_measures, mce_partition_fh
from imitation.rewards.reward_nets import BasicRewardNet
from seals.base_envs import TabularModelPOMDP

from drive_sim.irl import maxent
from drive_sim.irl.horizon import plan_horizon
from drive_sim.irl.path_likelihood import PathLikelihood
from drive_sim.irl.worlds.gridworld import Grid
from drive_sim.lessons.irl.maxent_faults import Walks, expected_visits, policy_of_reward

SIZE, ACTIONS, HORIZON, NUM_WALKS = 25, 4, 20, 50
PACKAGES = ("imitation", "seals", "stable-baselines3", "torch", "numpy", "scipy")


def same_answers(env: TabularModelPOMDP, reward: np.ndarray) -> None:
    """Values, policies and visits of the two for one reward."""
    values, _, policy = mce_partition_fh(env, reward=reward)
    by_time, visits = mce_occupancy_measures(env, reward=reward)
    ours = plan_horizon(MDP, reward[MDP.state], HORIZON, 1.0)
    told("values", values[::-1], ours.values[1:])
    told("policies", policy[::-1].reshape(HORIZON, -1), ours.policy[1:])
    told("visits before the last step", by_time[:-1].sum(axis=0), expected_visits(MDP, ours.policy[1:], MDP.start))
    told("all its visits, and ours", visits, expected_visits(MDP, ours.policy[1:], MDP.start))
    print(f"its visits sum to {visits.sum():.6f} for {HORIZON} rewards")


def discounted_answers(env: TabularModelPOMDP, reward: np.ndarray) -> None:
    """With a discount its training plans without one: the policy inside of its occupancy is that of discount 1."""
    _, _, plain = mce_partition_fh(env, reward=reward)
    _, _, discounted = mce_partition_fh(env, reward=reward, discount=0.9)
    _, inside = mce_occupancy_measures(env, reward=reward, discount=0.9)
    for name, policy in (("planned without it", plain), ("planned with it", discounted)):
        _, visits = mce_occupancy_measures(env, reward=reward, pi=policy, discount=0.9)
        told(f"discount 0.9: its visits, and those of a policy {name}", inside, visits)


def learned(reward: np.ndarray) -> None:
    """Both learn from the same walks, which begin where they began; the gap is the one more state on both sides."""
    walks = Walks.draw(MDP, reward[MDP.state], NUM_WALKS, HORIZON, np.random.default_rng(1))
    start, shown = walks.taken.starts(MDP), walks.visits(MDP, "one state more")
    weights = {"ours": maxent.fit(MDP, np.eye(SIZE), walks.taken).weights, "its": its_weights(world(start), shown)}
    likelihood = PathLikelihood.make(MDP, walks.taken)
    for name, found in weights.items():
        value, by_pair = likelihood.value_and_gradient(found[MDP.state])
        slope = np.linalg.norm(np.add.reduceat(by_pair, MDP.first))
        print(f"{name}: log-likelihood a walk {value:.6f}, norm of its gradient {slope:.2e}")
        policy = policy_of_reward(MDP, found[MDP.state], HORIZON)
        told(
            "   one state more: visits expected, and shown",
            expected_visits(MDP, policy, start, "one state more"),
            shown,
        )
    apart = weights["its"] - weights["ours"]
    print(f"the two rewards, means taken off: largest difference {np.abs(apart - apart.mean()).max():.4f}")


def its_weights(env: TabularModelPOMDP, shown: np.ndarray) -> np.ndarray:
    """What its learner finds for visits (s,): a reward of states, linear."""
    torch.manual_seed(0)
    spaces = env.observation_space, env.action_space
    net = BasicRewardNet(*spaces, use_action=False, use_next_state=False, use_done=False, hid_sizes=[]).double()
    rng, sgd = np.random.default_rng(0), {"optimizer_cls": torch.optim.SGD, "optimizer_kwargs": {"lr": 0.2}}
    MCEIRL(shown, env, net, rng, **sgd, linf_eps=1e-7, grad_l2_eps=1e-7, log_interval=None).train(max_iter=30_000)
    with torch.no_grad():
        return net(torch.eye(SIZE, dtype=torch.float64), None, None, None).numpy().ravel()


def world(start: np.ndarray, reward: np.ndarray | None = None) -> TabularModelPOMDP:
    """The grid as an environment of theirs."""
    return TabularModelPOMDP(
        transition_matrix=MDP.transition.toarray().reshape(SIZE, ACTIONS, SIZE),
        observation_matrix=np.eye(SIZE),
        reward_matrix=np.zeros(SIZE) if reward is None else reward,
        horizon=HORIZON,
        initial_state_dist=start,
    )


def told(what: str, one: np.ndarray, other: np.ndarray) -> None:
    print(f"{what}: largest difference {np.abs(one - other).max():.1e}")


MDP = Grid(5, 5, slip=0.3).mdp()

if __name__ == "__main__":
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    true = np.random.default_rng(0).normal(0.0, 0.5, SIZE)
    same_answers(world(MDP.start), true)
    discounted_answers(world(MDP.start), true)
    learned(true)
