"""Whatever is wrong with what public functions are given is told in one line: what, and where."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from drive_sim.errors import InputError
from drive_sim.irl import action_based, deep_maxent, identifiability, max_margin, max_margin_planning, maxent
from drive_sim.irl.horizon import occupancy_horizon, plan_horizon
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.occupancy import Demonstrations, occupancy, sample
from drive_sim.irl.path_likelihood import PathLikelihood, World
from drive_sim.irl.planning import evaluate_policy, modified_policy_iteration, policy_iteration, value_iteration
from drive_sim.irl.standard_errors import standard_errors
from drive_sim.irl.value_difference import expected_value_difference
from drive_sim.irl.worlds import objectworld
from drive_sim.irl.worlds.gridworld import Grid
from drive_sim.irl.worlds.macrocells import Macrocells
from drive_sim.irl.worlds.road_graph import CityConfig
from drive_sim.irl.worlds.road_trips import DriverConfig

GRID = Grid(3, 3, discount=0.9, ends=(8,), start=0).mdp()
ENDLESS = Grid(3, 3, ends=(8,), start=0).mdp()
WALKS = Demonstrations.from_states(GRID, [(0, 1, 2, 5, 8), (0, 1, 4, 5, 8)])
LOSS = max_margin_planning.loss_of_gaps(GRID, WALKS)
NAN = np.where(np.arange(33) == 7, np.nan, 0.0)
PLANNERS = {
    "policy iteration": policy_iteration,
    "value iteration": value_iteration,
    "modified policy iteration": modified_policy_iteration,
    "horizon": lambda mdp, reward, temperature: plan_horizon(mdp, reward, 3, temperature),
}


def two_states(value: Any = 1.0, **changes: Any) -> Mdp:
    transitions = np.array([[[0.0, 1], [1, 0]], [[1, 0], [0, 1]]])
    transitions[1, 0, 0] = value
    return Mdp.from_arrays(transitions, **{"start": [1, 0], "discount": 0.9} | changes)


def refuses(do: Callable[[], Any], message: str) -> None:
    """In one line, and before numpy warns."""
    with warnings.catch_warnings(), pytest.raises(InputError, match=message) as told:
        warnings.simplefilter("error")
        do()
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.5, 1e300, -1.0])
def test_a_row_that_does_not_sum_to_1_is_named(value: float):
    refuses(lambda: two_states(value), r"row 2 of the transitions \(state 1\) sums to .*, not to 1")


@pytest.mark.parametrize("discount", [0.0, -1.0, 1.1, np.nan, np.inf, "much"])
def test_discounts_are_refused(discount: Any):
    refuses(lambda: two_states(discount=discount), "the discount must")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": [np.nan, 1]}, "the start must be finite: number 0 is nan"),
        ({"start": [-1, 2]}, "the start must be probabilities that sum to 1"),
        ({"start": [[1, 0]]}, r"the start must be a probability a state, got \(1, 2\)"),
        ({"start": 1.0}, "the start must be a probability a state"),
        ({"start": ["a", "b"]}, "the start must be numbers"),
        ({"ends": (2,)}, r"there is no state 2 to be an end; they lie in 0\.\.1"),
        ({"ends": (-1,)}, "there is no state -1 to be an end"),
    ],
)
def test_starts_and_ends_are_refused(changes: dict[str, Any], message: str):
    refuses(lambda: two_states(**changes), message)


def test_arrays_that_are_no_transitions_are_refused():
    refuses(lambda: Mdp.from_arrays([[[1, 0], [1]], [[0, 1], [1, 0]]], [1, 0]), "transitions must be numbers")
    refuses(lambda: Mdp.from_arrays([[1, 0], [0, 1]], [1, 0]), r"must be \(states, actions, states\), got \(2, 2\)")
    refuses(lambda: Mdp(np.array([0, 0.5]), sparse.eye_array(2).tocsr(), np.array([1.0, 0])), "`state` must be whole")


@pytest.mark.parametrize("plan", PLANNERS.values(), ids=PLANNERS)
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_rewards_that_are_none_are_refused_by_every_planner(plan: Callable[..., Any], temperature: float):
    for strange in (np.nan, np.inf, -np.inf):
        refuses(lambda strange=strange: plan(GRID, NAN + strange, temperature), "the reward must be finite: number 0")
    refuses(lambda: plan(GRID, NAN, temperature), "the reward must be finite: number 7 is nan")
    refuses(lambda: plan(GRID, np.full(33, 1e300), temperature), "the reward must be below 1e100: number 0 is 1e")
    refuses(lambda: plan(GRID, np.zeros(3), temperature), r"a number for each of 33 pairs, got \(3,\)$")
    refuses(lambda: plan(GRID, np.zeros(9), temperature), r"write reward\[mdp.state\] for one of states")
    refuses(lambda: plan(GRID, 1.0, temperature), "a number for each of 33 pairs")
    refuses(lambda: plan(GRID, ["a"] * 33, temperature), "the reward must be numbers")


@pytest.mark.parametrize("plan", PLANNERS.values(), ids=PLANNERS)
def test_temperatures_are_refused(plan: Callable[..., Any]):
    for temperature in (-1.0, np.nan, np.inf):
        refuses(lambda temperature=temperature: plan(GRID, np.zeros(33), temperature), "the temperature must")


@pytest.mark.parametrize("plan", PLANNERS.values(), ids=PLANNERS)
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_lists_whole_numbers_and_float32_plan_as_float64_does(plan: Callable[..., Any], temperature: float):
    reward = np.arange(33) % 5
    exact = plan(GRID, reward.astype(np.float64), temperature)
    for given in (reward, reward.tolist(), reward.astype(np.float32), reward.astype(np.uint8)):
        assert np.array_equal(plan(GRID, given, temperature).values, exact.values)


def test_a_discount_too_near_1_for_sweeps_is_told_and_newton_takes_it():
    mdp = two_states(discount=1.0 - 1e-9)
    refuses(lambda: value_iteration(mdp, np.arange(4.0)), "still change after .* use policy_iteration")
    refuses(lambda: modified_policy_iteration(mdp, np.arange(4.0)), "still change after")
    assert policy_iteration(mdp, np.arange(4.0)).values == pytest.approx([3e9, 3e9], rel=1e-6)


@pytest.mark.parametrize("horizon", [-1, 1.5, None])
def test_horizons_are_refused(horizon: Any):
    refuses(lambda: plan_horizon(GRID, np.zeros(33), horizon), "the horizon must be a whole number of at least 0")
    refuses(lambda: sample(GRID, GRID.uniform_policy(), 3, np.random.default_rng(0), horizon), "the horizon must be")


def test_with_no_steps_to_go_nothing_is_paid():
    assert plan_horizon(GRID, np.ones(33), 0).values.tolist() == [[0.0] * 9]
    refuses(lambda: sample(GRID, GRID.uniform_policy(), 3, np.random.default_rng(0), 0), "of at least 1, got 0")


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_world_of_one_state(temperature: float):
    for discount, ends, worth in ((0.9, (), 10.0), (1.0, (0,), 1.0)):
        mdp = Mdp.from_arrays([[[1.0]]], [1.0], discount, ends=ends)
        for plan in list(PLANNERS.values())[:3]:
            assert plan(mdp, [1.0], temperature).values == pytest.approx([worth])


@pytest.mark.parametrize("policy", [NAN, np.ones(3), np.ones(33), -np.ones(33), np.zeros(33), ["a"] * 33])
def test_policies_that_are_none_are_refused(policy: Any):
    rng = np.random.default_rng(0)
    for use in (
        lambda: occupancy(GRID, policy),
        lambda: occupancy_horizon(GRID, np.array([policy] * 3)),
        lambda: evaluate_policy(GRID, policy, np.zeros(33)),
        lambda: sample(GRID, policy, 3, rng, 4),
    ):
        refuses(use, "the policy must")


def test_what_cannot_be_sampled_is_refused():
    policy, rng = GRID.uniform_policy(), np.random.default_rng(0)
    short = plan_horizon(GRID, np.zeros(33), 2, 1.0).policy
    refuses(lambda: sample(GRID, short, 3, rng, 4), r"for a horizon of 4 the policy must have 5 rows, got \(3, 33\)")
    refuses(lambda: sample(GRID, policy, 0, rng, 4), "the number of paths must be a whole number of at least 1")
    refuses(lambda: sample(GRID, policy, 3, rng, 4, np.full(9, np.nan)), "the start must be finite: number 0")
    refuses(lambda: sample(GRID, policy, 3, rng, 4, np.ones(9)), "the start must be probabilities that sum to 1")
    refuses(lambda: occupancy(GRID, policy, np.ones(4)), r"the start must be a number a state, \(9,\), got \(4,\)")
    refuses(lambda: occupancy(ENDLESS, np.eye(4)[0][np.arange(33) % 4]), "the policy must|no bound")


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ([], "there are no demonstrations"),
        (None, "demonstrations must be a list of paths, got NoneType"),
        ([(0, 1), ()], "demonstration 1 has no step"),
        ([(4,)], "demonstration 0 has no step"),
        ((0, 1, 2), "demonstration 0 must be whole numbers in one row"),
        ([(0, 1.5)], "demonstration 0 must be whole numbers"),
        ([(0, 1), (0, np.nan)], "demonstration 1 must be finite: number 1 is nan"),
        (["ab"], "demonstration 0 must be"),
        ([(0, 1), (-1, 0)], "demonstration 1, step 0: there is no state -1"),
        ([(0, 10**12)], "demonstration 0, step 1: there is no state 10"),
        ([(5, 8, 7)], "demonstration 0, step 1: no action leads from state 8 to state 7"),
    ],
)
def test_states_that_are_no_path_are_refused(paths: Any, message: str):
    refuses(lambda: Demonstrations.from_states(GRID, paths), message)


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (None, "demonstrations must be a list of paths"),
        ((np.array([1]), np.array([1.5])), "demonstration 1 must be whole numbers"),
        ((np.array([np.nan]),), "demonstration 0 must be finite"),
        ((np.array([[1, 5]]),), r"demonstration 0 must be whole numbers in one row, got \(1, 2\)"),
        ((np.array(["a"]),), "demonstration 0 must be numbers"),
        ((np.array([1]), np.array([1, 33])), r"demonstration 1, step 1: there is no pair 33; they lie in 0\.\.32"),
        ((np.array([32, 0]),), "step 0: from state 8 by pair 32 the dynamics never lead to state 0"),
    ],
)
def test_pairs_that_are_no_path_are_refused_by_every_learner(paths: Any, message: str):
    config, eye = maxent.Config(l2=0.1), np.eye(9)
    refuses(lambda: maxent.fit(GRID, eye, Demonstrations(paths), config), message)
    refuses(lambda: max_margin.demonstrated(GRID, eye, Demonstrations(paths)), message)
    refuses(lambda: max_margin_planning.fit(GRID, eye, Demonstrations(paths), LOSS), message)


def test_floats_and_lists_of_whole_numbers_are_paths():
    paths: Any = ([1.0, 5.0], np.array([1, 5], dtype=np.uint8))
    given = Demonstrations(paths).checked(GRID)
    assert [path.dtype == np.int64 and path.tolist() == [1, 5] for path in given.paths] == [True, True]


def test_without_discount_and_horizon_a_path_that_stops_short_of_an_end_has_no_likelihood():
    """Its reward would be set against paths that end: more than certain it became, the more a step was paid."""
    short = Demonstrations.from_states(ENDLESS, [(0, 1, 2, 5, 8), (0, 1, 4)])
    config = maxent.Config(l2=0.1, horizon=False)
    refuses(lambda: maxent.fit(ENDLESS, -np.ones((9, 1)), short, config, [3.0]), "demonstration 1 stops in state 1")
    assert maxent.fit(ENDLESS, -np.ones((9, 1)), WALKS, config, [3.0]).objective < 0.0


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.ones(9), r"a row for each of 9 states or 33 pairs, got \(9,\)"),
        (np.ones((8, 2)), r"got \(8, 2\)"),
        (np.where(np.arange(18).reshape(9, 2) == 7, np.inf, 0.0), "features must be finite: row 3, column 1 is inf"),
        (np.full((9, 1), 1e200), "features must be below 1e100: row 0, column 0"),
        ([["a"]] * 9, "features must be numbers"),
        ([[1]] * 8 + [[1, 2]], "features must be numbers, in rows of one length"),
        (np.eye(9) * 1j, "features must be numbers"),
    ],
)
def test_features_are_refused_by_every_learner(features: Any, message: str):
    refuses(lambda: maxent.fit(GRID, features, WALKS, maxent.Config(l2=0.1)), message)
    refuses(lambda: max_margin.mdp_planner(GRID, features), message)
    refuses(lambda: max_margin_planning.fit(GRID, features, WALKS, LOSS), message)


@pytest.mark.parametrize("horizon", [True, False])
def test_lists_whole_numbers_and_float32_are_fitted_as_float64_is(horizon: bool):
    config = maxent.Config(l2=0.1, horizon=horizon)
    exact = maxent.fit(GRID, np.eye(9), WALKS, config).weights
    for given in (np.eye(9).tolist(), np.eye(9, dtype=np.int8), np.eye(9, dtype=np.float32)):
        assert np.array_equal(maxent.fit(GRID, given, WALKS, config, [0] * 9).weights, exact)


@pytest.mark.parametrize("scale", [1e-60, 1e-7, 1e12, 1e60])
def test_features_so_small_or_large_that_no_search_moves_are_refused(scale: float):
    features = np.eye(9) * scale * np.linspace(1, 2, 9)
    refuses(lambda: maxent.fit(GRID, features, WALKS, maxent.Config(l2=0.1)), "of feature 8 the largest is 2e")


@pytest.mark.parametrize("scale", [1e-3, 1e3, 1e6, 1e9])
@pytest.mark.parametrize("horizon", [True, False])
def test_scaled_features_are_fitted_to_the_same_reward(scale: float, horizon: bool):
    config, plain = (maxent.Config(l2=0.1 * by**2, tolerance=1e-6 * by, horizon=horizon) for by in (scale, 1.0))
    scaled = maxent.fit(GRID, scale * np.eye(9), WALKS, config).weights
    expected = maxent.fit(GRID, np.eye(9), WALKS, plain).weights
    assert scale * scaled == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("horizon", [True, False])
def test_no_features_say_nothing(horizon: bool):
    found = maxent.fit(GRID, np.zeros((9, 0)), WALKS, maxent.Config(horizon=horizon))
    assert (found.weights.shape, found.slope) == ((0,), 0.0)


def test_what_is_paid_for_ever_alike_has_no_best_weight():
    mdp = Mdp.from_arrays([[[1.0]]], [1.0], 0.9)
    short = Demonstrations((np.array([0, 0]),))
    refuses(lambda: maxent.fit(mdp, [[1.0]], short, maxent.Config(horizon=False)), "weight of feature 0 goes down")


@pytest.mark.parametrize("first", [np.nan, np.inf, 1e200])
def test_first_weights_are_refused(first: float):
    config = maxent.Config(l2=0.1)
    refuses(lambda: maxent.fit(GRID, np.eye(9), WALKS, config, np.full(9, first)), "the first weights must be")


def test_very_large_first_weights_are_left():
    config = maxent.Config(l2=0.1)
    far, near = (maxent.fit(GRID, np.eye(9), WALKS, config, first).weights for first in (1e6 * np.arange(9), None))
    assert far == pytest.approx(near, abs=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [{name: value} for name in ("l1", "l2", "tolerance") for value in (np.nan, np.inf, -1.0, "a", None)]
    + [{"most_iterations": value} for value in (0, -1, 1.5, None)],
    ids=str,
)
def test_settings_of_maximum_entropy_are_refused(wrong: dict[str, Any]):
    refuses(lambda: maxent.Config(**wrong), "^maxent: ")


def test_what_other_learners_cannot_take_is_refused():
    planner = max_margin.mdp_planner(GRID, np.eye(9))
    refuses(lambda: max_margin.fit(planner, np.ones(3)), "expectations have 3 features, a policy's 9")
    refuses(lambda: max_margin.fit(planner, np.full(9, 1e300)), "expectations must be below 1e100: number 0")
    refuses(lambda: max_margin.Config(num_iterations=1.5), "iterations must be a whole number")  # type: ignore[arg-type]
    refuses(lambda: max_margin.Config(method="margin"), "unknown method of maximum margin 'margin'")  # type: ignore[arg-type]
    for loss in (NAN, np.zeros(3), np.full(33, np.inf)):
        refuses(lambda loss=loss: max_margin_planning.fit(GRID, np.eye(9), WALKS, loss), "the loss must be")
    refuses(lambda: deep_maxent.Config(weight_decay=np.inf), "weight decay and tolerance must be finite")
    refuses(lambda: deep_maxent.Config(hidden=(1.5,)), "must be whole numbers")  # type: ignore[arg-type]
    world = World.make(ENDLESS, np.ones((9, 1)), WALKS, horizon=False)
    for firsts in ([], [np.array([-1.0, -1.0])], [np.array([np.nan])]):
        refuses(lambda firsts=firsts: action_based.fit([world], firsts), "first weights")
    for num in (0.0, -1.0, np.nan):
        refuses(lambda num=num: World(world.likelihood, world.features, num), "demonstrations")
    refuses(lambda: World(world.likelihood, np.ones((4, 1))), "features must be a row for each")


def test_standard_errors_of_another_fit_are_refused():
    found = maxent.fit(GRID, np.eye(9), WALKS, maxent.Config(l2=0.1))
    for features, horizon in ((np.eye(9)[:, :3], True), (np.eye(9), False)):
        config = maxent.Config(l2=0.1, horizon=horizon)
        refuses(lambda f=features, c=config: standard_errors(GRID, f, WALKS, found, c), "that the weights were fitted")


@pytest.mark.parametrize("reward", [NAN, np.full(33, np.inf), np.zeros(3), np.zeros(9), ["a"] * 33])
def test_rewards_that_are_none_are_refused_by_whatever_compares_them(reward: Any):
    other = np.arange(33.0)
    for use in (
        lambda: identifiability.reward_distance(GRID, reward, other),
        lambda: identifiability.reward_distance(GRID, other, reward),
        lambda: expected_value_difference(GRID, reward, other),
        lambda: expected_value_difference(GRID, other, reward),
        lambda: PathLikelihood.make(GRID, WALKS).value_and_gradient(reward),
    ):
        refuses(use, "the reward must be")


@pytest.mark.parametrize("scale", [1e-200, 1e-20, 1e20, 1e90])
def test_no_scale_is_too_small_or_too_large_for_a_distance(scale: float):
    first, second = np.random.default_rng(0).normal(size=(2, 33))
    plain = identifiability.reward_distance(GRID, first, second)
    assert identifiability.reward_distance(GRID, scale * first, second) == pytest.approx(plain, abs=1e-12)


def test_pairs_that_are_none_are_refused_by_degrees_of_freedom():
    for pairs in ([33], [-1]):
        for count in (identifiability.walks_freedom, lambda mdp, of: identifiability.soft_driver_freedom([mdp], of)):
            refuses(lambda count=count, pairs=pairs: count(GRID, pairs), "there is no pair .*; they lie in 0..32")
    refuses(lambda: identifiability.walks_freedom(GRID, [0.5]), "pairs must be whole numbers")
    for reward in (np.zeros(33), np.zeros(3)):
        refuses(lambda reward=reward: identifiability.explains(GRID, reward, [1]), "a number for each of 9 states")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": 0}, "a grid's rows must be a whole number of at least 1"),
        ({"columns": 1.5}, "a grid's columns must be a whole number"),
        ({"slip": np.nan}, "a grid's slip must be finite"),
        ({"slip": 1.1}, "a grid's slip must lie between 0 and 1, got 1.1"),
        ({"ends": (9,)}, "has no cell 9"),
        ({"start": -1}, "has no cell -1"),
        ({"start": 1.5}, "a grid's cells must be whole numbers"),
        ({"walls": ((0, 4),)}, r"neighbouring cells, which \(0, 4\) are not"),
        ({"walls": ((2, 3),)}, r"neighbouring cells, which \(2, 3\) are not"),
        ({"walls": ((0,),)}, "neighbouring cells"),
    ],
)
def test_grids_that_cannot_be_are_refused(changes: dict[str, Any], message: str):
    made: dict[str, Any] = {"rows": 3, "columns": 3} | changes
    refuses(lambda: Grid(**made), message)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        *((objectworld.Config, name) for name in ("size", "num_objects", "num_colours", "reach", "slip", "discount")),
        *((CityConfig, name) for name in ("rows", "arterial_every", "block_m", "jitter_m", "lost", "speed_spread")),
        *((DriverConfig, name) for name in ("taste_spread", "habit_spread", "errands", "least_blocks", "block_m")),
        *((Macrocells, name) for name in ("num", "slip", "discount")),
    ],
)
@pytest.mark.parametrize("value", [np.nan, np.inf, -1.5])
def test_worlds_that_cannot_be_are_refused(make: Callable[..., Any], name: str, value: float):
    refuses(lambda: make(**{name: value}), "must|need")


def test_a_large_grid_takes_memory_by_its_pairs_not_by_their_square():
    mdp = Grid(300, 300, slip=0.3, ends=(5,)).mdp()
    assert mdp.num_pairs == 4 * 300 * 300 - 3
    assert mdp.transition.nnz <= 4 * mdp.num_pairs
