"""Laws of maximum entropy inverse reinforcement learning."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drive_sim.errors import InputError
from drive_sim.irl import maxent
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.occupancy import Demonstrations, sample
from drive_sim.irl.planning import plan_horizon, policy_iteration
from drive_sim.irl.standard_errors import standard_errors
from drive_sim.irl.worlds.gridworld import Grid

seeds = st.integers(0, 1000)


def drawn(mdp: Mdp, seed: int, num_paths: int, horizon: int, num_features: int = 3):
    """Features, and paths of the soft policy of a reward that is linear in them."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(mdp.num_pairs, num_features))
    weights = rng.normal(size=num_features)
    policy = plan_horizon(mdp, features @ weights, horizon, 1.0).policy
    return features, weights, sample(mdp, policy, num_paths, rng, horizon)


@given(seeds, st.sampled_from([0.0, 0.3]), st.booleans(), st.booleans())
@settings(max_examples=30)
def test_the_gradient_equals_finite_differences(seed: int, slip: float, with_end: bool, horizon: bool):
    mdp = Grid(3, 3, slip=slip, discount=0.9, ends=(8,) if with_end else ()).mdp()
    _, _, paths = drawn(mdp, seed, 4, 5)
    reward = np.random.default_rng([seed, 1]).normal(size=mdp.num_pairs)
    likelihood = maxent.PathLikelihood.make(mdp, paths, horizon=horizon)
    gradient = likelihood.value_and_gradient(reward)[1]
    for pair in range(0, mdp.num_pairs, 5):
        step = np.where(np.arange(mdp.num_pairs) == pair, 1e-5, 0.0)
        rise = likelihood.value_and_gradient(reward + step)[0] - likelihood.value_and_gradient(reward - step)[0]
        assert gradient[pair] == pytest.approx(rise / 2e-5, abs=1e-6)


def test_without_chance_it_is_the_log_likelihood_of_the_paths_and_counts_them_all():
    mdp = Grid(3, 3, start=0).mdp()
    _, _, paths = drawn(mdp, 0, 3, 4)
    reward = np.random.default_rng(1).normal(size=mdp.num_pairs)
    rewards = []
    for actions in itertools.product(range(4), repeat=4):
        state, total = 0, 0.0
        for action in actions:
            total += reward[mdp.first[state] + action]
            (state,) = mdp.transition[[mdp.first[state] + action]].indices
        rewards.append(total)
    log_partition = np.log(np.exp(rewards).sum())
    expected = np.mean([reward[path].sum() - log_partition for path in paths.paths])
    assert maxent.PathLikelihood.make(mdp, paths).value_and_gradient(reward)[0] == pytest.approx(expected, abs=1e-12)


@given(seeds, st.sampled_from([0.0, 0.3]))
@settings(max_examples=15)
def test_at_the_optimum_the_expected_features_meet_the_demonstrations(seed: int, slip: float):
    mdp = Grid(3, 3, slip=slip).mdp()
    features, _, paths = drawn(mdp, seed, 50, 8)
    found = maxent.fit(mdp, features, paths)
    likelihood = maxent.PathLikelihood.make(mdp, paths)
    assert likelihood.occupancy(found.plan.policy) @ features == pytest.approx(paths.counts(mdp) @ features, abs=1e-6)
    assert found.slope <= 1e-6


def test_paths_of_any_length_need_no_padding():
    """A horizon each equals the mean of the likelihoods of the single demonstrations."""
    mdp = Grid(3, 3, slip=0.2, ends=(4,)).mdp()
    paths = sample(mdp, mdp.uniform_policy(), 30, np.random.default_rng(0), 9)
    assert len(set(paths.lengths().tolist())) > 2
    reward = np.random.default_rng(0).normal(size=mdp.num_pairs)
    together = maxent.PathLikelihood.make(mdp, paths).value_and_gradient(reward)
    single = [
        maxent.PathLikelihood.make(mdp, Demonstrations((path,))).value_and_gradient(reward) for path in paths.paths
    ]
    assert together[0] == pytest.approx(np.mean([value for value, _ in single]))
    assert together[1] == pytest.approx(np.mean([gradient for _, gradient in single], axis=0))


def test_until_an_end_paths_of_all_lengths_are_counted():
    mdp = Grid(2, 2, ends=(3,), start=0).mdp()
    reward = np.full(mdp.num_pairs, -2.0)
    horizons = plan_horizon(mdp, reward, 200, 1.0)  # also counts paths cut short, which weigh nothing at last
    assert policy_iteration(mdp, reward, 1.0).values[0] == pytest.approx(horizons.values[-1, 0], abs=1e-9)


@given(seeds)
@settings(max_examples=10)
def test_many_demonstrations_give_the_weights_back_within_their_standard_errors(seed: int):
    mdp = Grid(4, 4, slip=0.1).mdp()
    features, weights, paths = drawn(mdp, seed, 2000, 10)
    found = maxent.fit(mdp, features, paths)
    errors = standard_errors(mdp, features, paths, found, maxent.Config())
    assert np.all(np.abs(found.weights - weights) < 5.0 * errors)


@pytest.mark.parametrize("horizon", [True, False])
def test_standard_errors_are_the_spread_of_fits_to_other_draws(horizon: bool):
    mdp = Grid(3, 3, discount=0.8, ends=(8,)).mdp()
    features = np.random.default_rng(0).normal(size=(mdp.num_pairs, 2))
    policy, config = policy_iteration(mdp, features @ [0.5, -1.0], 1.0).policy, maxent.Config(horizon=horizon, l2=0.1)
    fits, errors = [], []
    for seed in range(60):
        paths = sample(mdp, policy, 100, np.random.default_rng(seed), 12)
        found = maxent.fit(mdp, features, paths, config)
        fits.append(found.weights)
        errors.append(standard_errors(mdp, features, paths, found, config))
    assert np.mean(errors, axis=0) == pytest.approx(np.std(fits, axis=0), rel=0.35)


def test_l1_leaves_out_what_says_nothing():
    mdp = Grid(4, 4, slip=0.1).mdp()
    features, weights, paths = drawn(mdp, 0, 2000, 10)
    noise = np.random.default_rng(9).normal(size=(mdp.num_pairs, 5))
    config = maxent.Config(l1=0.3)
    found = maxent.fit(mdp, np.hstack((features, noise)), paths, config)
    assert found.slope <= config.tolerance
    assert np.all(found.weights[3:] == 0.0)
    assert np.sign(found.weights[:3]).tolist() == np.sign(weights).tolist()


@pytest.mark.parametrize("horizon", [True, False])
def test_without_l2_an_objective_without_a_maximum_is_refused_with_the_feature_named(horizon: bool):
    mdp = Grid(3, 3, discount=0.9, ends=(8,), start=0).mdp()
    walks = Demonstrations.from_states(mdp, [(0, 1, 2, 5, 8), (0, 1, 4, 5, 8)])
    rests = np.eye(9)[:, [6, 3]]  # neither walk was ever there
    with pytest.raises(InputError, match=r"no weights are best: the more the weight of feature [01] goes down.*l2"):
        maxent.fit(mdp, rests, walks, maxent.Config(horizon=horizon))
    assert maxent.fit(mdp, rests, walks, maxent.Config(horizon=horizon, l2=0.1)).slope <= 1e-6


def test_what_cannot_be_is_refused():
    mdp = Grid(3, 3).mdp()
    _, _, paths = drawn(mdp, 0, 1, 4)
    with pytest.raises(InputError, match="features must be a row for each"):
        maxent.fit(mdp, np.zeros((4, 1)), paths)
    with pytest.raises(InputError, match="at least two"):
        found = maxent.fit(mdp, np.eye(9), paths, maxent.Config(l2=1.0))
        standard_errors(mdp, np.eye(9), paths, found, maxent.Config(l2=1.0))
    with pytest.raises(InputError, match="l1 and l2"):
        maxent.Config(l2=-1.0)
