"""Laws of maximum margin planning."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drive_sim.errors import InputError
from drive_sim.irl import max_margin_planning as planning
from drive_sim.irl.identifiability import explains
from drive_sim.irl.occupancy import Demonstrations
from drive_sim.irl.planning import policy_iteration, value_iteration
from drive_sim.irl.worlds.gridworld import Grid

seeds = st.integers(0, 10_000)
LECTURE = Grid(3, 3, discount=0.9, ends=(8,), start=0).mdp()
WALKS = Demonstrations.from_states(LECTURE, [(0, 1, 2, 5, 8), (0, 1, 4, 5, 8)])
losses = pytest.mark.parametrize("loss_of", [planning.loss_of_gaps, planning.loss_of_others])


@losses
def test_both_walks_win_by_the_loss_over_every_other_action(loss_of):
    loss = loss_of(LECTURE, WALKS)
    fit = planning.fit(LECTURE, np.eye(9), WALKS, loss)
    taken = np.unique(np.concatenate(WALKS.paths))
    assert explains(LECTURE, fit.weights, taken)
    shown = WALKS.features(LECTURE, np.eye(9)[LECTURE.state]) @ fit.weights
    augmented = policy_iteration(LECTURE, fit.weights[LECTURE.state] + loss)
    assert shown == pytest.approx(augmented.values[[0, 0]], abs=1e-8)
    others = np.isin(LECTURE.state, LECTURE.state[taken]) & ~np.isin(np.arange(LECTURE.num_pairs), taken)
    gaps = (fit.plan.values[LECTURE.state] - fit.plan.action_values)[others]
    assert gaps.min() >= 1.0 - 1e-8


@losses
def test_no_smaller_reward_does_which_makes_it_unique(loss_of):
    """The multipliers prove it: w is a sum of violated policies' rows, and every one that counts is met exactly."""
    fit = planning.fit(LECTURE, np.eye(9), WALKS, loss_of(LECTURE, WALKS))
    assert np.all(fit.multipliers >= 0.0)
    rng = np.random.default_rng(0)
    loss = loss_of(LECTURE, WALKS)
    others = rng.uniform(-1.0, 1.0, (4000, 9)) + fit.weights * rng.uniform(0.8, 1.5, (4000, 1))
    others[:, 4] = others[:, 2]
    others = np.vstack((others, fit.weights + rng.normal(0.0, 0.02, (4000, 1)) * rng.normal(size=(4000, 9))))
    shown = (others @ WALKS.features(LECTURE, np.eye(9)[LECTURE.state]).T).min(axis=1)
    augmented = value_iteration(LECTURE, others[:, LECTURE.state] + loss).values[:, 0]
    enough = others[shown >= augmented - 1e-9]
    assert len(enough) > 10
    assert np.all(np.linalg.norm(enough, axis=1) > np.linalg.norm(fit.weights))


@given(seeds, st.integers(2, 6), st.integers(1, 5))
def test_the_smallest_point_of_a_polyhedron_meets_its_conditions(seed: int, width: int, num: int):
    rng = np.random.default_rng(seed)
    rows, inside = rng.normal(size=(num, width)), rng.normal(size=width)
    gaps = rows @ inside - rng.random(num)
    found, multipliers = planning.smallest(rows, gaps)
    assert np.all(rows @ found >= gaps - 1e-8)
    assert found == pytest.approx(multipliers @ rows)
    assert multipliers @ (rows @ found - gaps) == pytest.approx(0.0, abs=1e-7)
    assert np.linalg.norm(found) <= np.linalg.norm(inside) + 1e-9


@given(seeds, st.sampled_from([0.5, 3.0]))
@settings(max_examples=15)
def test_weights_grow_as_the_loss_does(seed: int, factor: float):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(9, 4))
    walk = Demonstrations.from_states(LECTURE, [(0, 1, 2, 5, 8)])
    loss = planning.loss_of_gaps(LECTURE, walk)
    config = planning.Config(penalty=10.0)
    plain = planning.fit(LECTURE, features, walk, loss, config)
    assert planning.fit(LECTURE, features, walk, factor * loss, config).weights == pytest.approx(
        factor * plain.weights, abs=1e-6
    )


@given(seeds)
@settings(max_examples=15)
def test_slack_falls_and_weights_grow_as_it_costs_more(seed: int):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(9, 3))
    walks = Demonstrations.from_states(LECTURE, [(0, 1, 2, 5, 8)])
    loss = planning.loss_of_others(LECTURE, walks)
    fits = [planning.fit(LECTURE, features, walks, loss, planning.Config(cost)) for cost in (0.1, 1.0, 10.0)]
    slack, size = ([np.linalg.norm(getattr(fit, name)) for fit in fits] for name in ("slack", "weights"))
    assert np.all(np.diff(slack) <= 1e-9)
    assert np.all(np.diff(size) >= -1e-9)


def test_what_cannot_be_is_refused():
    loss = planning.loss_of_others(LECTURE, WALKS)
    with pytest.raises(InputError, match="no weights make every demonstration better"):
        planning.fit(LECTURE, np.ones((9, 1)), WALKS, loss)
    short = Demonstrations.from_states(LECTURE, [(0, 1, 2)])
    with pytest.raises(InputError, match="demonstration 0 stops in state 1, which is no end"):
        planning.fit(LECTURE, np.eye(9), short, loss)
    with pytest.raises(InputError, match="penalty"):
        planning.Config(penalty=0.0)
    with pytest.raises(InputError, match="raise most_rounds"):
        planning.fit(LECTURE, np.eye(9), WALKS, loss, planning.Config(most_rounds=2))
