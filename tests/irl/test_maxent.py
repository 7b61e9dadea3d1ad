"""Laws of maximum entropy inverse reinforcement learning."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drive_sim.errors import InputError
from drive_sim.irl import maxent
from drive_sim.irl.horizon import plan_horizon
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.occupancy import Demonstrations, occupancy, sample
from drive_sim.irl.path_likelihood import PathLikelihood, World
from drive_sim.irl.planning import policy_iteration
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
    likelihood = PathLikelihood.make(mdp, paths, horizon=horizon)
    gradient = likelihood.value_and_gradient(reward)[1]
    for pair in range(0, mdp.num_pairs, 5):
        step = np.where(np.arange(mdp.num_pairs) == pair, 1e-5, 0.0)
        rise = likelihood.value_and_gradient(reward + step)[0] - likelihood.value_and_gradient(reward - step)[0]
        assert gradient[pair] == pytest.approx(rise / 2e-5, abs=1e-6)


@given(seeds, st.sampled_from([0.0, 0.3]), st.booleans())
@settings(max_examples=20)
def test_with_one_discount_and_one_start_the_gradient_vanishes_at_the_truth(seed: int, slip: float, horizon: bool):
    """Of exact expectations; and it doesn't where one side has another discount, or another start."""
    mdp, other = (Grid(3, 3, slip=slip, discount=discount, start=0).mdp() for discount in (0.9, 0.8))
    reward, steps = np.random.default_rng(seed).normal(size=mdp.num_pairs), 6 if horizon else None
    whole, elsewhere = np.zeros((7, 9)), np.zeros((7, 9))
    whole[6, 0] = elsewhere[6, 8] = 1.0
    start, corner = (whole, elsewhere) if horizon else (whole[6], elsewhere[6])
    learner = PathLikelihood(mdp, np.zeros(mdp.num_pairs), start, steps)
    policy = learner.plan(reward).policy
    for expert in (learner, PathLikelihood(other, learner.demonstrated, start, steps), replace(learner, start=corner)):
        slope = replace(learner, demonstrated=expert.occupancy(policy)).value_and_gradient(reward)[1]
        assert (np.abs(slope).max() < 1e-9) == (expert is learner)


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
    assert PathLikelihood.make(mdp, paths).value_and_gradient(reward)[0] == pytest.approx(expected, abs=1e-12)


@given(seeds, st.sampled_from([0.0, 0.3]))
@settings(max_examples=15)
def test_at_the_optimum_the_expected_features_meet_the_demonstrations(seed: int, slip: float):
    """Up to what the l2 holds back: on ice lucky walks may have more of a feature than any policy expects."""
    mdp, config = Grid(3, 3, slip=slip).mdp(), maxent.Config(l2=0.01)
    features, _, paths = drawn(mdp, seed, 50, 8)
    found = maxent.fit(mdp, features, paths, config)
    expected = PathLikelihood.make(mdp, paths).occupancy(found.plan.policy) @ features
    assert expected + config.l2 * found.weights == pytest.approx(paths.counts(mdp) @ features, abs=1e-6)
    assert found.slope <= 1e-6


def test_lucky_walks_on_ice_that_no_policy_expects_are_refused():
    mdp = Grid(3, 3, slip=0.3).mdp()
    features, _, paths = drawn(mdp, 320, 50, 8)
    with pytest.raises(InputError, match="no weights are best"):
        maxent.fit(mdp, features, paths)


def test_paths_of_any_length_need_no_padding():
    """A horizon each equals the mean of the likelihoods of the single demonstrations."""
    mdp = Grid(3, 3, slip=0.2, ends=(4,)).mdp()
    paths = sample(mdp, mdp.uniform_policy(), 30, np.random.default_rng(0), 9)
    assert len(set(paths.lengths().tolist())) > 2
    reward = np.random.default_rng(0).normal(size=mdp.num_pairs)
    together = PathLikelihood.make(mdp, paths).value_and_gradient(reward)
    single = [PathLikelihood.make(mdp, Demonstrations((path,))).value_and_gradient(reward) for path in paths.paths]
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
    for seed in range(40):
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


@given(seeds, st.booleans())
@settings(max_examples=10)
def test_with_l2_twice_the_demonstrations_change_nothing(seed: int, horizon: bool):
    mdp = Grid(3, 3, slip=0.1, discount=0.9).mdp()
    features, _, paths = drawn(mdp, seed, 5, 6)
    config = maxent.Config(l2=0.1, horizon=horizon)
    once, twice = (maxent.fit(mdp, features, Demonstrations(paths.paths * n), config) for n in (1, 2))
    assert once.objective == pytest.approx(twice.objective, abs=1e-12)
    assert once.weights == pytest.approx(twice.weights, abs=1e-6)


@given(seeds, st.sampled_from([0.0, 0.3]), st.booleans())
@settings(max_examples=15)
def test_a_potential_changes_no_likelihood_of_whole_paths(seed: int, slip: float, discounted: bool):
    """Of paths that end; V moves by the potential at the start, and so does what a path is paid, in the mean."""
    mdp = Grid(3, 3, slip=slip, discount=0.9 if discounted else 1.0, ends=(4,)).mdp()
    rng = np.random.default_rng(seed)
    reward, potential = rng.normal(size=mdp.num_pairs) - 4.0, np.where(mdp.is_end, 0.0, rng.normal(size=9))
    shaped = reward + mdp.discount * mdp.expected(potential) - potential[mdp.state]
    start = rng.dirichlet(np.ones(9))
    demonstrated = occupancy(mdp, mdp.uniform_policy(), start)
    likelihood = PathLikelihood(mdp, demonstrated, start, None)
    plain, moved = likelihood.value_and_gradient(reward), likelihood.value_and_gradient(shaped)
    assert plain[0] == pytest.approx(moved[0], abs=1e-9)
    assert plain[1] == pytest.approx(moved[1], abs=1e-9)


@given(seeds, st.booleans())
@settings(max_examples=10)
def test_permuted_states_permute_the_fit(seed: int, horizon: bool):
    mdp = Grid(3, 3, slip=0.2, discount=0.9).mdp()
    _, _, paths = drawn(mdp, seed, 20, 6)
    order = np.random.default_rng([seed, 3]).permutation(9)
    pairs = np.concatenate([np.flatnonzero(mdp.state == state) for state in order])
    permuted = Mdp(np.repeat(np.arange(9), 4), mdp.transition[pairs][:, order], mdp.start[order], mdp.discount)
    moved = Demonstrations(tuple(np.argsort(pairs)[path] for path in paths.paths))
    config = maxent.Config(l2=0.1, horizon=horizon)
    plain, other = maxent.fit(mdp, np.eye(9), paths, config), maxent.fit(permuted, np.eye(9), moved, config)
    assert other.objective == pytest.approx(plain.objective, abs=1e-10)
    assert other.weights == pytest.approx(plain.weights[order], abs=1e-5)
    assert other.plan.policy == pytest.approx(plain.plan.policy[..., pairs], abs=1e-5)


@pytest.mark.parametrize("horizon", [True, False])
def test_worlds_that_are_one_share_the_weights_of_one(horizon: bool):
    mdp, config = Grid(3, 3, slip=0.1, discount=0.9).mdp(), maxent.Config(horizon=horizon)
    features, _, paths = drawn(mdp, 0, 30, 6)
    parted = [Demonstrations(paths.paths[:7]), Demonstrations(paths.paths[7:])]
    worlds = [World.make(mdp, features, some, horizon=horizon) for some in parted]
    together, shared = maxent.fit(mdp, features, paths, config), maxent.fit_shared(worlds, config)
    assert shared.objective == pytest.approx(together.objective, abs=1e-10)
    assert shared.weights == pytest.approx(together.weights, abs=1e-5)


def trips_with_ends_of_their_own(num: int, weights: tuple[float, float]) -> list[World]:
    """Trips over a grid without chance to an end each, by the soft policy of a reward."""
    worlds, rng = [], np.random.default_rng(0)
    features = np.stack([np.ones(16), np.arange(16) % 3 == 0], axis=1)
    for end in rng.integers(16, size=num):
        mdp = Grid(4, 4, ends=(int(end),)).mdp()
        policy = policy_iteration(mdp, mdp.features_of_pairs(features) @ weights, 1.0).policy
        worlds.append(World.make(mdp, features, sample(mdp, policy, 20, rng, 200), horizon=False))
    return worlds


def test_trips_with_ends_of_their_own_share_weights():
    """Their search begins where all paths together are finitely many, and turns back where they are not."""
    worlds = trips_with_ends_of_their_own(12, (-1.6, 0.3))
    for first in ([-5.0, 0.0], [-1.5, 0.0]):
        found = maxent.fit_shared(worlds, maxent.Config(horizon=False), np.array(first))
        assert found.slope <= 1e-6
        assert found.weights == pytest.approx([-1.6, 0.3], abs=0.15)
    with pytest.raises(InputError, match="no bound"):
        maxent.fit_shared(worlds)


def test_without_l2_what_no_world_tells_of_is_refused():
    worlds = trips_with_ends_of_their_own(3, (-1.6, 0.3))
    rests = [
        World(world.likelihood, np.hstack((world.features, never)))
        for world in worlds
        for never in ((world.likelihood.demonstrated == 0.0)[:, None] * 1.0,)
    ]
    with pytest.raises(InputError, match="the weight of feature 2 goes down"):
        maxent.fit_shared(rests, maxent.Config(horizon=False), np.array([-3.0, 0.0, 0.0]))


def test_what_cannot_be_is_refused():
    mdp = Grid(3, 3).mdp()
    _, _, paths = drawn(mdp, 0, 1, 4)
    with pytest.raises(InputError, match="features must be a row for each"):
        maxent.fit(mdp, np.zeros((4, 1)), paths)
    with pytest.raises(InputError, match="at least two"):
        found = maxent.fit(mdp, np.eye(9), paths, maxent.Config(l2=1.0))
        standard_errors(mdp, np.eye(9), paths, found, maxent.Config(l2=1.0))
    with pytest.raises(InputError, match="world 1 has 2 features, but world 0 has 1"):
        maxent.fit_shared([World.make(mdp, np.ones((9, num)), paths) for num in (1, 2)])
    with pytest.raises(InputError, match="no demonstrations"):
        maxent.fit_shared([])
    with pytest.raises(InputError, match="no demonstrations"):
        maxent.fit(mdp, np.eye(9), Demonstrations(()))
    with pytest.raises(InputError, match="demonstration 0, step 0: from state 0 by pair 1 the dynamics never lead to"):
        maxent.fit(mdp, np.eye(9), Demonstrations((np.array([1, 35]),)))
    with pytest.raises(InputError, match=r"demonstration 0, step 1: there is no pair 99; they lie in 0\.\.35"):
        maxent.fit(mdp, np.eye(9), Demonstrations((np.array([1, 99]),)))
    with pytest.raises(InputError, match=r"the first weights must be \(9,\)"):
        maxent.fit(mdp, np.eye(9), paths, first=np.zeros(4))
    with pytest.raises(InputError, match="l1 and l2"):
        maxent.Config(l2=-1.0)
