"""Both passes of maximum entropy, in worlds so small that all paths can be counted one by one."""

import max_ent
import numpy as np

from drive_sim.assignments.counted_paths import HORIZON, all_paths, counted, starting_in, world
from drive_sim.assignments.sentences import expect
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.worlds.gridworld import Grid

PAPER = "Ziebart and others 2008"
TWO_STATES = Mdp.from_arrays(np.full((2, 4, 2), 0.5), [1.0, 0.0], 0.9)
"""Two states with four actions each, whose pairs are 0 to 3 and 4 to 7."""


def test_the_soft_maximum_counts_the_ways() -> None:
    """V(s) = log sum_a exp Q(s, a): the log of the number of ways, where all are alike, beside what they are worth."""
    found = np.asarray(max_ent.state_values(TWO_STATES, np.full(8, 3.0), 1.0))
    expect(
        not np.allclose(found, 3.0),
        "Your soft maximum of four actions worth 3 each is 3: a hard maximum (or a mean), which forgets that there "
        "are four ways. It is log(4 e^3) = 3 + log 4, since V is the log of a sum over paths.",
    )
    found = np.asarray(max_ent.state_values(TWO_STATES, np.log([1.0, 2, 3, 4, 1, 1, 1, 1]), 1.0))
    expect(
        np.allclose(found, np.log([10.0, 4.0])),
        "For Q = log(1), log(2), log(3), log(4) the sum of exp Q is 10, so V = log 10 = 2.303; for four zeros log "
        f"4 = 1.386. Yours: {found.round(3).tolist()}.",
    )
    cold = np.asarray(max_ent.state_values(TWO_STATES, np.full(8, 3.0), 0.5))
    expect(
        np.allclose(cold, 3.0 + 0.5 * np.log(4.0)),
        "With a temperature T it is T log sum exp(Q / T): at T = 0.5 four threes give 3.693. Yours: "
        f"{cold.round(3).tolist()}.",
    )
    with np.errstate(over="ignore"):
        large = np.asarray(max_ent.state_values(TWO_STATES, np.full(8, 2000.0), 1.0))
    expect(
        bool(np.isfinite(large).all()),
        "exp(2000) is no number any more. Take the best off first: log sum exp Q = best + log sum exp(Q - best), "
        "in which no exponential is above 1.",
    )


def test_the_policy_is_the_exponential_of_the_advantage() -> None:
    """pi(a|s) = exp(Q(s, a) - V(s)): who is worth more by 1 is e times as likely (2008, eq. 2, path by path)."""
    values = np.log([1.0, 2, 3, 4, 1, 1, 1, 1])
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.asarray(max_ent.policy_of(TWO_STATES, values, 1.0))
    expect(
        not np.allclose(found[:4], [0.0, 0.0, 0.0, 1.0]),
        "Your policy takes the best action only. A soft one takes each by exp(Q - V): a driver who is not perfect.",
    )
    expect(
        not np.allclose(found[:4], values[:4] / values[:4].sum()),
        "Your policy is the share of the values, Q / sum Q, as a popular copy of the algorithm has it. That is no "
        "probability as soon as a value is negative. It is exp(Q) / sum exp(Q).",
    )
    expect(
        np.allclose(found, [0.1, 0.2, 0.3, 0.4, 0.25, 0.25, 0.25, 0.25]),
        f"For Q = log(1), log(2), log(3), log(4) the probabilities are 0.1, 0.2, 0.3 and 0.4. Yours: "
        f"{found[:4].round(3).tolist()}.",
    )
    with np.errstate(over="ignore", invalid="ignore"):
        large = np.asarray(max_ent.policy_of(TWO_STATES, np.full(8, 2000.0), 1.0))
    expect(
        bool(np.allclose(large, 0.25)),
        "exp(2000) is no number any more, so four actions worth 2000 each have no probabilities. With `best` taken "
        "off first no exponential is above 1, and the shares are the same.",
    )


def test_the_backward_pass_counts_every_path() -> None:
    """Without chance exp V_n(s) is the partition function: the sum of exp R(path) over all paths of n steps from s."""
    mdp, reward = world()
    plan = max_ent.plan_horizon(mdp, reward, HORIZON, 1.0)
    rewards = [float(reward[path].sum()) for path in all_paths(mdp, 0, HORIZON)]
    found = float(plan.values[HORIZON, 0])
    expect(
        not np.isclose(found, np.log(np.sum(np.exp(reward[:4])))),
        "Your values don't look ahead: they are those of one step, whatever the horizon. Q_n(s, a) is the reward "
        "and then what the next state is worth with n - 1 steps to go (`mdp.expected`).",
    )
    expect(
        not np.isclose(found, max(rewards)),
        "Your value is the best path's reward alone. The partition function has all paths: the soft maximum, not "
        "the hard one.",
    )
    expect(
        np.isclose(found, np.log(np.sum(np.exp(rewards)))),
        f"There are {len(rewards)} paths of {HORIZON} steps from cell 0, and the log of the sum of their exp "
        f"R(path) is {np.log(np.sum(np.exp(rewards))):.4f} ({PAPER}, eq. 2). Your V is {found:.4f}.",
    )


def test_the_backward_pass_discounts_what_comes_later() -> None:
    """Q_n(s, a) = r(s, a) + g sum_s' P(s'|s, a) V_{n-1}(s'), with V_0 = 0."""
    mdp, reward = world(discount=0.5)
    plan = max_ent.plan_horizon(mdp, reward, 2, 1.0)
    found, ahead = np.asarray(plan.action_values[2]), mdp.expected(plan.values[1])
    expect(
        np.allclose(plan.action_values[1], reward),
        "With one step to go nothing comes afterwards: V_0 = 0, so Q_1 = r.",
    )
    expect(
        not np.allclose(found, reward + ahead),
        "The discount is missing in your backward pass: what comes a step later counts `mdp.discount` times as much.",
    )
    expect(
        np.allclose(found, reward + 0.5 * ahead),
        f"At a discount of 0.5, Q_2 = r + 0.5 x the expected V_1. Yours is off by up to "
        f"{np.abs(found - reward - 0.5 * ahead).max():.3f}.",
    )


def test_the_forward_pass_counts_every_path() -> None:
    """D(s, a): how often the soft policy takes each pair, as the sum over all paths of their probabilities."""
    mdp, reward = world(discount=0.8)
    policy = max_ent.plan_horizon(mdp, reward, HORIZON, 1.0).policy
    start = starting_in(mdp, (2, 4, 0.5), (1, 2, 0.3), (0, 4, 0.2))
    found = np.asarray(max_ent.occupancy_horizon(mdp, policy, start))
    right, whole, undiscounted = (
        counted(mdp, policy, begins, discount)
        for begins, discount in (
            (start, 0.8),
            (starting_in(mdp, (2, 4, 0.5), (0, 4, 0.2)), 0.8),
            (start, 1.0),
        )
    )
    elsewhere = counted(mdp, policy, starting_in(mdp, (0, 4, 1.0)), 0.8)
    expect(
        not np.allclose(found, undiscounted),
        "The discount is missing in your forward pass: a visit one step later counts `mdp.discount` times as much, "
        "as it does in the demonstrations' counts. What is compared must be discounted alike.",
    )
    expect(
        not np.allclose(found, elsewhere),
        "Yours begins where the world does (`mdp.start`) and not where the demonstrations do (`start`). Then the "
        "gradient has the difference of the starts in it, and no reward can make that vanish.",
    )
    expect(
        not np.allclose(found, whole),
        "Yours leaves out who begins later: `start[to_go]` has those whose path has so many steps to go, and they "
        "join the visits there. Shorter demonstrations are lost so.",
    )
    expect(
        not np.isclose(found.sum(), 1.0),
        "Yours counts the first step only: where the taken pairs lead, their visits go on (`mdp.transition.T @ ...`).",
    )
    expect(
        np.allclose(found, right),
        f"Over all paths the pairs are taken {right.sum():.3f} times in all, discounted; yours {found.sum():.3f} "
        f"times, and a single pair is off by up to {np.abs(found - right).max():.3f}.",
    )


def test_chance_is_expected() -> None:
    """On ice the dynamics decide as well: P(s'|s, a) stands in both passes, and the visits of all steps sum to them."""
    mdp = Grid(3, 3, slip=0.4).mdp()
    reward = np.random.default_rng(0).normal(size=mdp.num_pairs)
    plan = max_ent.plan_horizon(mdp, reward, 5, 1.0)
    ahead = reward + mdp.expected(plan.values[4])
    expect(
        np.allclose(plan.action_values[5], ahead),
        "What the next state is worth is a mean over where the action may lead: `mdp.expected(values)`.",
    )
    total = float(np.asarray(max_ent.occupancy_horizon(mdp, plan.policy)).sum())
    expect(
        np.isclose(total, 5.0),
        f"Whoever walks 5 steps takes 5 pairs, whatever chance does; yours sum to {total:.3f}: visits get lost or "
        "are doubled.",
    )
