"""The algorithm as printed, and what each fault of its popular copies does."""

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.irl import maxent
from drive_sim.irl.horizon import occupancy_horizon, plan_horizon
from drive_sim.lessons.irl.maxent_cities import Trips
from drive_sim.lessons.irl.maxent_faults import (
    FAULTS,
    Fault,
    Walks,
    ascend,
    expected_visits,
    policy_of_reward,
    visits_by_time,
)
from drive_sim.lessons.irl.maxent_small_world import SmallWorld, small_world

HORIZON = 6


def world(seed: int = 0):
    """The small world, its reward, and walks of its soft driver."""
    mdp, reward = small_world(seed)
    return mdp, reward, Walks.draw(mdp, reward[mdp.state], 400, HORIZON, np.random.default_rng(seed))


def gradient(fault: Fault, weights: np.ndarray) -> np.ndarray:
    mdp, _, walks = world()
    return ascend(mdp, walks, weights, fault, num_steps=1, rate=1.0)[1] - weights


def test_as_printed_it_counts_as_the_exact_passes_do_and_climbs_to_their_optimum():
    mdp, reward, walks = world()
    policy = plan_horizon(mdp, reward[mdp.state], HORIZON, 1.0).policy
    exact = np.add.reduceat(occupancy_horizon(mdp, policy), mdp.first)
    assert expected_visits(mdp, policy[1:], mdp.start) == pytest.approx(exact, abs=1e-12)
    best = maxent.fit(mdp, np.eye(25), walks.taken)
    climbed = ascend(mdp, walks, np.zeros(25), "none", num_steps=1500, rate=0.3)[-1]
    assert climbed - climbed.mean() == pytest.approx(best.weights - best.weights.mean(), abs=1e-3)
    assert np.abs(gradient("none", best.weights)).max() < 1e-6


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "none"])
def test_with_a_fault_the_gradient_does_not_vanish_at_the_optimum(fault: Fault):
    mdp, _, walks = world()
    best = maxent.fit(mdp, np.eye(25), walks.taken).weights
    assert np.abs(gradient(fault, best)).max() > 1e-3


def test_states_outside_time_lose_visits():
    mdp, reward, _ = world()
    policy = policy_of_reward(mdp, reward[mdp.state], HORIZON)
    whole, lost = (
        visits_by_time(mdp, policy, mdp.start, fault).sum(axis=1) for fault in ("none", "states outside time")
    )
    assert whole == pytest.approx(np.ones(HORIZON + 1))
    assert lost[:2] == pytest.approx([1.0, 1.0])
    assert np.all(np.diff(lost[1:]) < -0.01)


def test_shares_of_values_are_no_probabilities():
    mdp, reward, _ = world()
    assert policy_of_reward(mdp, 2.0 * reward[mdp.state] - 1.5, HORIZON, "Q / sum Q").min() < 0.0


def test_normalised_on_one_side_the_sums_differ():
    assert gradient("one side normalised", np.zeros(25)).sum() == pytest.approx(HORIZON - 1.0)


def test_with_one_state_more_all_is_counted_after_the_last_step_on_both_sides():
    mdp, reward, walks = world()
    policy = policy_of_reward(mdp, reward[mdp.state], HORIZON)
    assert expected_visits(mdp, policy, mdp.start, "one state more").sum() == pytest.approx(HORIZON + 1.0)
    assert walks.visits(mdp, "one state more").sum() == pytest.approx(HORIZON + 1.0)


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="maxent-2008: it takes walks"):
        SmallWorld(rate=0.0)
    with pytest.raises(InputError, match="maxent-2008: it takes ends"):
        Trips(per_end=0)
