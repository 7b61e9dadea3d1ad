"""Laws of maximum margin and projection, and of the world in which a sweep is four shifts."""

from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from drive_sim.errors import InputError
from drive_sim.irl import max_margin
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.occupancy import Demonstrations, occupancy, sample
from drive_sim.irl.path_likelihood import PathLikelihood
from drive_sim.irl.planning import policy_iteration
from drive_sim.irl.worlds.gridworld import Grid
from drive_sim.irl.worlds.macrocells import Macrocells, ShiftLikelihood, Shifts

seeds = st.integers(0, 10_000)
methods = st.sampled_from(["max-margin", "projection"])
Method = Literal["max-margin", "projection"]


def drawn(seed: int, num_features: int = 5) -> tuple[Mdp, np.ndarray, np.ndarray]:
    """A world, features of its states, and the expectations of an expert with a reward linear in them."""
    rng = np.random.default_rng(seed)
    mdp = Grid(4, 5, slip=0.2, discount=0.9).mdp()
    features = rng.normal(size=(mdp.num_states, num_features))
    return mdp, features, max_margin.mdp_planner(mdp, features)(rng.normal(size=num_features)).expectations


def points(seed: int, num: int, num_features: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng([seed, 1])
    return rng.normal(size=num_features), rng.normal(size=(num, num_features)) + rng.normal(size=num_features)


@given(seeds, methods, st.booleans())
@settings(max_examples=25)
def test_the_margin_never_grows(seed: int, method: Method, non_negative: bool):
    mdp, features, expert = drawn(seed)
    config = max_margin.Config(method, 12, non_negative=non_negative)
    story = list(max_margin.search(max_margin.mdp_planner(mdp, features), expert, config))
    margins = [now.hull.margin for now in story]
    assert np.all(np.diff(margins) <= 1e-12)
    assert all(now.bound <= now.hull.margin + 1e-9 for now in story)
    if not non_negative:
        own = [np.linalg.norm(now.point - expert) for now in story]
        assert np.all(np.diff(own) <= 1e-12)
        assert np.all(margins <= np.array(own) + 1e-9)


@given(seeds, st.integers(1, 30), st.integers(1, 8), st.booleans())
def test_the_hulls_distance_equals_the_margin_of_its_weights(seed: int, num: int, num_features: int, signed: bool):
    """Weak duality bounds either by the other, so that where they meet both are optimal."""
    expert, policies = points(seed, num, num_features)
    hull = max_margin.nearest(expert, list(policies), non_negative=not signed)
    assert np.all(hull.shares >= 0.0)
    assert hull.shares.sum() == pytest.approx(1.0, abs=1e-12)
    assert hull.expectations == pytest.approx(hull.shares @ policies, abs=1e-12)
    apart = expert - hull.shares @ policies
    assert np.linalg.norm(apart if signed else np.maximum(apart, 0.0)) == pytest.approx(hull.margin, abs=1e-12)
    assert np.min((expert - policies) @ hull.weights) == pytest.approx(hull.margin, abs=1e-9)
    assert np.linalg.norm(hull.weights) == pytest.approx(float(hull.weights.any()), abs=1e-12)
    assert signed or np.all(hull.weights >= 0.0)


@given(seeds)
@settings(max_examples=10)
def test_a_general_optimiser_finds_the_same_mixture(seed: int):
    expert, policies = points(seed, 6, 8)
    found = minimize(
        lambda shares: np.sum((shares @ policies - expert) ** 2),
        np.full(6, 1 / 6),
        bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda shares: shares.sum() - 1.0},
        method="SLSQP",
        options={"ftol": 1e-14},
    )
    assert max_margin.nearest(expert, list(policies)).shares == pytest.approx(found.x, abs=1e-4)


@given(seeds)
def test_an_expert_in_the_hull_has_no_margin(seed: int):
    _, policies = points(seed, 9, 4)
    shares = np.random.default_rng([seed, 2]).dirichlet(np.ones(9))
    hull = max_margin.nearest(shares @ policies, list(policies))
    assert hull.margin == pytest.approx(0.0, abs=1e-12)


@given(seeds)
@settings(max_examples=20)
def test_maximum_margin_ends_beside_an_expert_who_is_best_by_some_weights(seed: int):
    mdp, features, expert = drawn(seed, 3)
    found = max_margin.fit(max_margin.mdp_planner(mdp, features), expert, max_margin.Config(num_iterations=500))
    assert found.hull.margin <= 1e-6


@given(seeds, methods)
@settings(max_examples=10)
def test_the_final_mixture_expects_what_its_policies_do_by_their_shares(seed: int, method: Method):
    mdp, features, expert = drawn(seed)
    found = max_margin.fit(max_margin.mdp_planner(mdp, features), expert, max_margin.Config(method, 10))
    each = np.array([occupancy(mdp, of.policy) @ features[mdp.state] for of in found.planned])
    assert found.hull.expectations == pytest.approx(found.hull.shares @ each, abs=1e-8)
    others = np.random.default_rng(seed).dirichlet(np.ones(len(each)), 200) @ each
    assert np.all(np.linalg.norm(others - expert, axis=1) >= found.hull.margin - 1e-9)


@given(seeds)
@settings(max_examples=10)
def test_permuted_states_permute_answers(seed: int):
    mdp, features, expert = drawn(seed)
    order = np.random.default_rng([seed, 3]).permutation(mdp.num_states)
    pairs = np.concatenate([np.flatnonzero(mdp.state == state) for state in order])
    moved = Mdp(np.repeat(np.arange(len(order)), 4), mdp.transition[pairs][:, order], mdp.start[order], mdp.discount)
    config = max_margin.Config(num_iterations=6)
    one = max_margin.fit(max_margin.mdp_planner(mdp, features), expert, config)
    other = max_margin.fit(max_margin.mdp_planner(moved, features[order]), expert, config)
    assert one.hull.margin == pytest.approx(other.hull.margin, abs=1e-7)
    assert one.weights == pytest.approx(other.weights, abs=1e-5)
    assert one.planned[1].policy[pairs] == pytest.approx(other.planned[1].policy)


@given(seeds, st.sampled_from([0.0, 0.5]), st.sampled_from([0.0, 0.3, 1.0]))
@settings(max_examples=20)
def test_four_shifts_equal_planning_on_a_small_grid(seed: int, temperature: float, slip: float):
    world = Macrocells(6, 3, slip, 0.9)
    mdp, reward = world.mdp(), np.random.default_rng(seed).normal(size=world.num_cells)
    shifts, plan = Shifts(world, tolerance=1e-11), policy_iteration(mdp, reward[mdp.state], temperature)
    values = shifts.values(reward, temperature)
    assert values == pytest.approx(plan.values, abs=1e-9)
    policy = shifts.policy(plan.values, temperature)
    assert policy == pytest.approx(plan.policy, abs=1e-9)
    assert shifts.visits(policy) == pytest.approx(np.add.reduceat(occupancy(mdp, plan.policy), mdp.first), abs=1e-9)


def test_its_transitions_are_the_grids():
    world = Macrocells(6, 3, 0.3, 0.9)
    same = Grid(6, 6, slip=0.3, discount=0.9).mdp()
    assert world.mdp().transition.toarray() == pytest.approx(same.transition.toarray(), abs=1e-15)
    assert np.array_equal(world.mdp().state, same.state)


@given(seeds)
@settings(max_examples=10)
def test_four_shifts_give_demonstrations_the_likelihood_that_planning_does(seed: int):
    world = Macrocells(6, 3, 0.3, 0.9)
    mdp, rng = world.mdp(), np.random.default_rng(seed)
    demonstrated = occupancy(mdp, policy_iteration(mdp, rng.normal(size=36)[mdp.state]).policy)
    reward = rng.normal(size=36)[mdp.state]
    known = PathLikelihood(mdp, demonstrated, mdp.start, None).value_and_gradient(reward)
    shifts = Shifts(world, tolerance=1e-11)
    by_shifts = ShiftLikelihood(mdp, demonstrated, mdp.start, None, shifts).value_and_gradient(reward)
    assert by_shifts[0] == pytest.approx(known[0], abs=1e-8)
    assert by_shifts[1] == pytest.approx(known[1], abs=1e-8)


def test_sweeps_may_begin_anywhere():
    shifts = Shifts(Macrocells(8, 4), tolerance=1e-11)
    rng = np.random.default_rng(0)
    reward = rng.normal(size=64)
    assert shifts.values(reward, first=rng.normal(size=64)) == pytest.approx(shifts.values(reward), abs=1e-8)


def test_every_cell_lies_in_one_macrocell():
    indicators = Macrocells(6, 3).indicators()
    assert indicators.sum(axis=1).tolist() == [1.0] * 36
    assert indicators.sum(axis=0).tolist() == [4.0] * 9
    assert np.argmax(indicators.reshape(6, 6, 9), axis=-1)[[0, 1, 2, 5], [0, 2, 1, 5]].tolist() == [0, 1, 3, 8]


def test_weights_that_are_not_negative_cannot_say_avoid():
    """A swamp lies between start and goal: with weights of any sign the learner goes round it, as the expert does."""
    grid = Grid(3, 5, discount=0.9, start=5)
    mdp, goal, swamp = grid.mdp(), 9, 7
    features = np.eye(grid.size)[:, [goal, swamp]]
    planner = max_margin.mdp_planner(mdp, features)
    expert = planner(np.array([1.0, -10.0])).expectations
    assert expert[1] == pytest.approx(0.0, abs=1e-12)
    signed = max_margin.fit(planner, expert)
    forced = max_margin.fit(planner, expert, max_margin.Config(non_negative=True))
    assert signed.hull.expectations == pytest.approx(expert, abs=1e-6)
    assert forced.hull.expectations[1] > 0.1
    assert forced.hull.margin == pytest.approx(0.0, abs=1e-9), "and it takes itself to be done"


def test_many_demonstrations_stand_for_the_expert():
    mdp, features, _ = drawn(0)
    expert = max_margin.mdp_planner(mdp, features)(np.ones(5))
    paths = sample(mdp, expert.policy, 4000, np.random.default_rng(0), 150)
    error = 5.0 * paths.features(mdp, features[mdp.state]).std(axis=0) / np.sqrt(4000)
    assert np.all(np.abs(max_margin.demonstrated(mdp, features, paths) - expert.expectations) < error)


def test_what_cannot_be_is_refused():
    mdp, features, expert = drawn(0)
    planner = max_margin.mdp_planner(mdp, features)
    with pytest.raises(InputError, match=r"features must be a row for each of 20 states or 80 pairs, got \(7, 2\)"):
        max_margin.mdp_planner(mdp, np.zeros((7, 2)))
    with pytest.raises(InputError, match="expert's expectations have 3 features, a policy's 5"):
        max_margin.fit(lambda _: planner(np.zeros(5)), expert[:3])
    with pytest.raises(InputError, match="must be finite: number 2 is nan"):
        max_margin.fit(planner, [0.0, 1.0, np.nan, 0.0, 0.0])
    with pytest.raises(InputError, match="a number a feature"):
        max_margin.fit(planner, np.zeros((2, 5)))
    with pytest.raises(InputError, match="there are no demonstrations"):
        max_margin.demonstrated(mdp, features, Demonstrations(()))
    with pytest.raises(InputError, match="iterations must be a whole number of at least 0, got -1"):
        max_margin.Config(num_iterations=-1)
    with pytest.raises(InputError, match="part the side evenly: 128 cells in 7"):
        Macrocells(num=7)
    with pytest.raises(InputError, match="discount"):
        Macrocells(discount=1.0)


def test_policies_kept_by_their_distance_as_a_key_lose_one_of_two_that_are_equally_far():
    """A fault of popular copies: of an expert who goes left as often as right, the mixture of both is never found."""
    mdp = Grid(1, 5, discount=0.9, start=2).mdp()
    features = np.eye(5)[:, [0, 4]]  # either end of a corridor
    planner = max_margin.mdp_planner(mdp, features)
    ways = [planner(np.array(weights)).expectations for weights in ((1.0, 0.0), (0.0, 1.0))]
    expert = 0.5 * (ways[0] + ways[1])
    by_distance = {float(np.linalg.norm(one - expert)): one for one in ways}
    assert len(by_distance) == 1
    assert max_margin.nearest(expert, list(by_distance.values())).margin > 1.0
    assert max_margin.nearest(expert, ways).margin == pytest.approx(0.0, abs=1e-12)
    assert max_margin.fit(planner, expert).hull.margin == pytest.approx(0.0, abs=1e-9)
