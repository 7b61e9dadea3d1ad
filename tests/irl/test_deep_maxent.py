"""Laws of maximum entropy with a network's reward, of objectworlds, and of the expected value difference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drive_sim.errors import InputError
from drive_sim.irl import deep_maxent, maxent
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.occupancy import Demonstrations, sample
from drive_sim.irl.path_likelihood import PathLikelihood, World
from drive_sim.irl.planning import policy_iteration
from drive_sim.irl.value_difference import expected_value_difference
from drive_sim.irl.worlds import objectworld
from drive_sim.irl.worlds.gridworld import Grid
from drive_sim.irl.worlds.objectworld import Objectworld

seeds = st.integers(0, 1000)
LINEAR = deep_maxent.Config(hidden=(), bias=False, weight_decay=0.1, tolerance=1e-7, most_iterations=2000)
GRID = Grid(3, 3, slip=0.3, discount=0.9)


def drawn(seed: int, num_paths: int = 6, grid: Grid = GRID) -> tuple[Mdp, np.ndarray, Demonstrations]:
    """A grid, features of its cells, and excerpts of what an optimal driver does there."""
    mdp, rng = grid.mdp(), np.random.default_rng(seed)
    features = rng.normal(size=(mdp.num_states, 3))
    policy = policy_iteration(mdp, np.tanh(features @ rng.normal(size=3))[mdp.state]).policy
    return mdp, features, sample(mdp, policy, num_paths, rng, 5)


def of_actions(mdp: Mdp, features: np.ndarray, paths: Demonstrations) -> World:
    return World(PathLikelihood.of_actions(mdp, paths), mdp.features_of_pairs(features), len(paths.paths))


@given(seeds)
@settings(max_examples=10)
def test_without_layers_and_bias_it_is_linear_maximum_entropy(seed: int):
    """With a whole path's likelihood, which is concave, so that there is one maximum from wherever one begins."""
    mdp, features, paths = drawn(seed)
    linear = maxent.fit(mdp, features, paths, maxent.Config(l2=LINEAR.weight_decay, tolerance=1e-7))
    found = deep_maxent.fit([World.make(mdp, features, paths)], np.random.default_rng(seed), LINEAR)
    assert found.network.parameters == pytest.approx(linear.weights, abs=1e-5)
    assert found.objective == pytest.approx(linear.objective, abs=1e-9)
    assert found.slope <= 1e-6
    assert np.allclose(found.plans[0].policy, linear.plan.policy, atol=1e-5)


@given(seeds, st.booleans(), st.booleans())
@settings(max_examples=15)
def test_the_gradient_through_torch_equals_finite_differences(seed: int, bias: bool, excerpts: bool):
    """Over two worlds that share the network, of which one speaks for more demonstrations."""
    make = of_actions if excerpts else World.make
    worlds = [make(*drawn(seed)), make(*drawn(seed + 1, 3, Grid(2, 4, slip=0.2, discount=0.8)))]
    config = deep_maxent.Config(hidden=(4, 3), bias=bias)
    network = deep_maxent.RewardNetwork.draw(3, config, np.random.default_rng(seed))
    objective = deep_maxent.Objective(worlds, network, 0.3)
    gradient = objective(network.parameters)[1]
    for place in range(0, len(gradient), 3):
        step = np.where(np.arange(len(gradient)) == place, 1e-5, 0.0)
        rise = objective(network.parameters + step)[0] - objective(network.parameters - step)[0]
        assert gradient[place] == pytest.approx(rise / 2e-5, abs=1e-6)


def test_the_same_seed_gives_the_same_network_and_another_another():
    world = of_actions(*drawn(0))
    first, again, other = (deep_maxent.fit([world], np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.network.parameters, again.network.parameters)
    assert not np.array_equal(first.network.parameters, other.network.parameters)
    assert first.objective == again.objective


def test_a_network_says_what_no_linear_reward_can():
    """Only where both features are 1 is it good, where one is 1 it is bad."""
    world = Grid(4, 4, discount=0.9, slip=0.1).mdp()
    rng = np.random.default_rng(0)
    features = rng.integers(2, size=(16, 2)).astype(np.float64)
    true = np.where(features.sum(axis=1) == 1.0, -1.0, features[:, 0])[world.state]
    paths = sample(world, policy_iteration(world, true).policy, 200, rng, 10)
    shared = of_actions(world, features, paths)
    linear = maxent.fit_shared([shared], maxent.Config(l2=0.01, tolerance=1e-3))
    network = deep_maxent.fit([shared], rng).network
    lost = expected_value_difference(world, true, network.reward(features)[world.state])
    assert lost == pytest.approx(0.0, abs=1e-9)
    assert expected_value_difference(world, true, (features @ linear.weights)[world.state]) > 0.1


@given(seeds)
@settings(max_examples=10)
def test_excerpts_have_the_log_likelihood_of_what_was_done_where_it_was_done(seed: int):
    mdp, _, paths = drawn(seed)
    likelihood = PathLikelihood.of_actions(mdp, paths)
    reward = np.random.default_rng([seed, 1]).normal(size=mdp.num_pairs)
    plan = policy_iteration(mdp, reward, 1.0)
    expected = np.mean([np.log(plan.policy[path]).sum() for path in paths.paths])
    assert likelihood.value(reward, likelihood.plan(reward)) == pytest.approx(expected, abs=1e-9)
    near = policy_iteration(mdp, reward + 0.1 * likelihood.demonstrated, 1.0).policy
    assert np.allclose(likelihood.plan(reward, near).values, plan.values, atol=1e-9)


TINY = objectworld.Config(size=5, num_objects=3, reach=2, slip=0.5)
OBJECTS = Objectworld(TINY, np.array([0, 3, 24]), np.array([0, 1, 0]), np.array([1, 1, 1]))
"""Outer colour 0 in two corners, 1 in the first row; nothing has the inner colour 0."""


def test_an_objectworlds_features_and_reward_by_hand():
    distances = OBJECTS.distances().reshape(5, 5, 4)
    assert distances[0].tolist() == pytest.approx(
        np.array(
            [
                [0, 3, 50**0.5, 0],
                [1, 2, 50**0.5, 1],
                [2, 1, 50**0.5, 1],
                [3, 0, 50**0.5, 0],
                [4, 1, 50**0.5, 1],
            ]
        )
    )
    assert distances[2, 2] == pytest.approx([8**0.5, 5**0.5, 50**0.5, 5**0.5])
    within = OBJECTS.within().reshape(5, 5, 4, 2)
    assert within[0, 2].tolist() == [[0, 1], [1, 1], [0, 0], [1, 1]]
    assert OBJECTS.reward().reshape(5, 5).tolist() == [
        [-1, 1, 1, 1, 0],
        [-1, -1, 1, 0, 1],
        [-1, -1, -1, 1, -1],
        [-1, 0, -1, -1, -1],
        [0, -1, -1, -1, -1],
    ]


def test_an_objectworlds_five_actions_slip_to_any_of_the_five():
    mdp = OBJECTS.mdp()
    rows = mdp.transition.toarray()[mdp.first[12] + np.arange(5)]
    assert rows[:, [7, 13, 17, 11, 12]] == pytest.approx(0.5 * np.eye(5) + 0.1)
    corner = mdp.transition.toarray()[mdp.first[0]]
    assert corner[[0, 1, 5]] == pytest.approx([0.8, 0.1, 0.1])


@given(seeds)
@settings(max_examples=10)
def test_the_true_reward_costs_nothing_nor_does_a_shaped_one_and_its_opposite_does(seed: int):
    world = Objectworld.draw(objectworld.Config(size=6, num_objects=6), np.random.default_rng(seed))
    mdp, potential = world.mdp(), np.random.default_rng([seed, 1]).normal(size=36)
    true = np.random.default_rng([seed, 2]).normal(size=36)[mdp.state]
    shaped = 3.0 * true + mdp.discount * mdp.expected(potential) - potential[mdp.state]
    assert expected_value_difference(mdp, true, true) == pytest.approx(0.0, abs=1e-9)
    assert expected_value_difference(mdp, true, shaped) == pytest.approx(0.0, abs=1e-6)
    assert expected_value_difference(mdp, true, -true) > 0.1


def test_what_cannot_be_is_refused():
    mdp, features, paths = drawn(0)
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="no demonstrations"):
        deep_maxent.fit([], rng)
    with pytest.raises(InputError, match="no demonstrations"):
        of_actions(mdp, features, Demonstrations(()))
    other = of_actions(mdp, features[:, :2], paths)
    with pytest.raises(InputError, match="world 1 has 2 features, but world 0 has 3"):
        deep_maxent.fit([of_actions(mdp, features, paths), other], rng)
    with pytest.raises(InputError, match="takes 3 features"):
        deep_maxent.RewardNetwork.draw(3, LINEAR, rng).reward(features[:, :2])
    with pytest.raises(InputError, match="weight decay"):
        deep_maxent.Config(weight_decay=0.0)
    with pytest.raises(InputError, match="layers need units"):
        deep_maxent.Config(hidden=(4, 0))
    with pytest.raises(InputError, match="room for its objects"):
        objectworld.Config(size=3, num_objects=10)
    with pytest.raises(InputError, match="discount"):
        objectworld.Config(discount=1.0)
