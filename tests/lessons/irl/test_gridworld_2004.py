"""Laws of the lesson on the gridworld of 2004 that are its own."""

import numpy as np
import pytest

from drive_sim.irl.occupancy import sample
from drive_sim.irl.worlds.macrocells import Macrocells
from drive_sim.lessons.irl import gridworld_2004
from tests.lessons.irl.small_gridworld_2004 import GRIDWORLD_2004


@pytest.mark.parametrize("seed", range(20))
def test_rewards_are_sparse_and_sum_to_one(seed: int):
    weights = gridworld_2004.draw_reward(gridworld_2004.Config(), seed)
    assert weights.sum() == pytest.approx(1.0)
    assert np.all(weights >= 0.0)
    assert 1 <= np.count_nonzero(weights) <= 20


def test_who_mimics_does_what_was_seen_and_anything_elsewhere():
    mdp = Macrocells(4, 2).mdp()
    expert = sample(mdp, mdp.uniform_policy(), 1, np.random.default_rng(0), 6)
    policy = gridworld_2004.mimic(mdp, expert.counts(mdp))
    seen = np.unique(mdp.state[expert.paths[0]])
    assert np.all(policy[mdp.state == seen[0]][expert.counts(mdp)[mdp.state == seen[0]] == 0.0] == 0.0)
    assert np.all(policy[~np.isin(mdp.state, seen)] == 0.25)
    assert np.add.reduceat(policy, mdp.first) == pytest.approx(np.ones(16))


def test_in_the_swamp_is_only_who_may_not_say_avoid():
    found = gridworld_2004.swamp(GRIDWORLD_2004.config, "swamp", 0, lambda *_: None)
    shares = [float(of[list(gridworld_2004.SWAMP)].sum()) for of in (found.expert, found.signed, found.forced)]
    assert shares[0] == pytest.approx(shares[1], abs=1e-6)
    assert shares[2] > 10.0 * shares[0]
    goal = [of[gridworld_2004.GOAL] for of in (found.expert, found.signed, found.forced)]
    assert goal == pytest.approx([goal[0]] * 3, abs=1e-6)
