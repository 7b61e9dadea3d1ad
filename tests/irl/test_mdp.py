"""Laws of finite MDPs: values, policies, occupancies, and paths."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from drive_sim.errors import InputError
from drive_sim.irl.horizon import occupancy_horizon, plan_horizon, policy_of, state_values
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.occupancy import Demonstrations, occupancy, sample
from drive_sim.irl.planning import evaluate_policy, modified_policy_iteration, policy_iteration, value_iteration
from drive_sim.irl.worlds.gridworld import Grid

seeds = st.integers(0, 10_000)
LECTURE = Grid(3, 3, discount=0.9, ends=(8,), start=0)


def random_mdp(seed: int, *, discount: float = 0.9, ends: tuple[int, ...] = (), num_states: int = 6) -> Mdp:
    rng = np.random.default_rng(seed)
    transitions = rng.dirichlet(np.full(num_states, 0.3), (num_states, 3))
    return Mdp.from_arrays(transitions, rng.dirichlet(np.ones(num_states)), discount, ends=ends)


def random_reward(mdp: Mdp, seed: int) -> np.ndarray:
    return np.random.default_rng([seed, 1]).normal(size=mdp.num_pairs)


@given(seeds)
def test_an_end_pays_once_and_has_one_action(seed: int):
    mdp = random_mdp(seed, ends=(2,))
    reward = random_reward(mdp, seed)
    (end,) = np.flatnonzero(mdp.state == 2)
    for temperature in (0.0, 1.0):
        assert policy_iteration(mdp, reward, temperature).values[2] == pytest.approx(reward[end], abs=1e-12)
        assert plan_horizon(mdp, reward, 5, temperature).values[1:, 2] == pytest.approx(reward[end])


@given(seeds, st.sampled_from([0.0, 0.3, 1.0]))
def test_newton_and_sweeps_find_the_same_values_which_satisfy_bellmans_equation(seed: int, temperature: float):
    mdp = random_mdp(seed, ends=(0,) if seed % 2 else ())
    reward = random_reward(mdp, seed)
    newton, sweeps = policy_iteration(mdp, reward, temperature), value_iteration(mdp, reward, temperature)
    both = modified_policy_iteration(mdp, reward, temperature, first=random_reward(mdp, seed)[: mdp.num_states])
    assert np.allclose(newton.values, sweeps.values, atol=1e-8)
    assert np.allclose(newton.values, both.values, atol=1e-8)
    after = reward + mdp.discount * mdp.expected(newton.values)
    assert np.allclose(newton.values, state_values(mdp, after, temperature), atol=1e-9)
    assert np.allclose(newton.values, evaluate_policy(mdp, newton.policy, reward, temperature), atol=1e-9)


@given(seeds)
def test_soft_values_bound_hard_ones_and_meet_them_as_the_temperature_falls(seed: int):
    mdp = random_mdp(seed)
    reward = random_reward(mdp, seed)
    hard = policy_iteration(mdp, reward).values
    gaps = [policy_iteration(mdp, reward, temperature).values - hard for temperature in (1.0, 0.1, 0.001)]
    assert all(np.all(gap >= -1e-9) for gap in gaps)
    assert np.all(gaps[0] >= gaps[1] - 1e-9)
    assert np.all(gaps[1] >= gaps[2] - 1e-9)
    assert np.all(gaps[2] <= 0.001 * np.log(3) / (1 - mdp.discount) + 1e-9)


@given(seeds, st.integers(1, 12))
def test_occupancies_sum_to_the_horizon_or_to_one_over_one_less_the_discount(seed: int, horizon: int):
    mdp = random_mdp(seed)
    reward = random_reward(mdp, seed)
    assert occupancy(mdp, policy_iteration(mdp, reward, 1.0).policy).sum() == pytest.approx(1 / (1 - mdp.discount))
    undiscounted = random_mdp(seed, discount=1.0)
    policy = plan_horizon(undiscounted, reward, horizon, 1.0).policy
    assert occupancy_horizon(undiscounted, policy).sum() == pytest.approx(horizon)


@given(seeds)
def test_a_policys_return_is_its_occupancy_times_the_reward(seed: int):
    mdp = random_mdp(seed, ends=(1,))
    reward = random_reward(mdp, seed)
    policy = policy_iteration(mdp, random_reward(mdp, seed + 1), 1.0).policy
    assert occupancy(mdp, policy) @ reward == pytest.approx(mdp.start @ evaluate_policy(mdp, policy, reward))


@given(seeds, st.sampled_from([0.0, 1.0]))
def test_a_potential_changes_no_policy(seed: int, temperature: float):
    mdp = random_mdp(seed, ends=(3,))
    reward = random_reward(mdp, seed)
    potential = np.where(mdp.is_end, 0.0, np.random.default_rng([seed, 2]).normal(size=mdp.num_states))
    shaped = reward + mdp.discount * mdp.expected(potential) - potential[mdp.state]
    plain, moved = policy_iteration(mdp, reward, temperature), policy_iteration(mdp, shaped, temperature)
    assert np.allclose(plain.policy, moved.policy, atol=1e-8)
    assert np.allclose(plain.values - potential, moved.values, atol=1e-8)


@given(seeds, st.sampled_from([0.0, 1.0]))
def test_permuted_states_permute_answers(seed: int, temperature: float):
    mdp = random_mdp(seed)
    reward, order = random_reward(mdp, seed), np.random.default_rng([seed, 3]).permutation(mdp.num_states)
    pairs = np.concatenate([np.flatnonzero(mdp.state == state) for state in order])
    permuted = Mdp(np.repeat(np.arange(len(order)), 3), mdp.transition[pairs][:, order], mdp.start[order], 0.9)
    plan, moved = policy_iteration(mdp, reward, temperature), policy_iteration(permuted, reward[pairs], temperature)
    assert np.allclose(plan.values[order], moved.values)
    assert np.allclose(plan.policy[pairs], moved.policy, atol=1e-9)
    assert np.allclose(occupancy(mdp, plan.policy)[pairs], occupancy(permuted, moved.policy), atol=1e-8)


def test_a_batch_of_rewards_equals_its_singles():
    mdp = random_mdp(0)
    rewards = np.stack([random_reward(mdp, seed) for seed in range(4)])
    together, horizon = value_iteration(mdp, rewards, 0.5), plan_horizon(mdp, rewards, 3, 0.5)
    for row, reward in enumerate(rewards):
        assert np.allclose(together.policy[row], policy_iteration(mdp, reward, 0.5).policy, atol=1e-8)
        assert np.allclose(horizon.values[:, row], plan_horizon(mdp, reward, 3, 0.5).values)


@pytest.mark.parametrize("slip", [0.0, 0.3])
def test_without_chance_soft_values_count_paths_and_on_ice_they_do_not(slip: float):
    """All 4^4 sequences of actions on the lecture's grid without its end, from the first cell."""
    mdp = Grid(3, 3, slip=slip, start=0).mdp()
    reward = np.random.default_rng(0).normal(size=9)[mdp.state]
    partition = 0.0
    for actions in itertools.product(range(4), repeat=4):
        reached = mdp.start
        weight = np.log(reached, where=reached > 0, out=np.full(9, -np.inf))
        for action in actions:  # the mean of exp R over what chance may do
            pairs = mdp.first + action
            with np.errstate(divide="ignore"):
                weight = np.log(mdp.transition[pairs].T @ np.exp(weight + reward[pairs]))
        partition += np.exp(weight).sum()
    soft = plan_horizon(mdp, reward, 4, 1.0).values[4, 0]
    if slip == 0.0:
        assert soft == pytest.approx(np.log(partition), abs=1e-12)
    else:
        assert soft < np.log(partition) - 0.01


@given(seeds)
@settings(max_examples=5)
def test_drawn_paths_take_pairs_as_often_as_the_occupancy_says(seed: int):
    mdp = random_mdp(seed, discount=1.0, ends=(1,))
    policy = plan_horizon(mdp, random_reward(mdp, seed), 5, 1.0).policy
    drawn = sample(mdp, policy, 8_000, np.random.default_rng(seed), 5).checked(mdp)
    error = drawn.features(mdp, np.eye(mdp.num_pairs)).std(axis=0) / np.sqrt(len(drawn.paths)) + 1e-4
    assert np.all(np.abs(drawn.counts(mdp) - occupancy_horizon(mdp, policy)) < 5 * error)


def test_ties_are_shared():
    mdp = LECTURE.mdp()
    plan = policy_iteration(mdp, np.where(mdp.is_end, 1.0, 0.0)[mdp.state])
    assert plan.policy[mdp.state == 0].tolist() == [0.0, 0.5, 0.5, 0.0]
    assert np.array_equal(policy_of(mdp, plan.action_values), plan.policy)


def test_paths_are_read_from_states():
    mdp = LECTURE.mdp()
    walks = Demonstrations.from_states(mdp, [(0, 1, 2, 5, 8), (0, 1, 4)])
    assert [mdp.state[path].tolist() for path in walks.paths] == [[0, 1, 2, 5, 8], [0, 1]]
    assert walks.counts(mdp).sum() == pytest.approx(0.5 * (1 - 0.9**5) / (1 - 0.9) + 0.5 * 1.9)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ((0, 4), "demonstration 0, step 0: no action leads from state 0 to state 4"),
        ((0, 0), "step 0: 2 actions lead from state 0 to state 0"),
        ((0, 1, 9), "step 2: there is no state 9"),
        ((8, 0), "step 0: no action leads from state 8"),
        ((), "demonstration 0 has no step"),
    ],
)
def test_paths_that_cannot_be_are_refused(path: tuple[int, ...], message: str):
    with pytest.raises(InputError, match=message):
        Demonstrations.from_states(LECTURE.mdp(), [path])


def test_pairs_that_cannot_follow_are_refused():
    with pytest.raises(InputError, match="demonstration 0, step 0: from state 0 by pair 1 the dynamics never lead to"):
        Demonstrations((np.array([1, 12]),)).checked(LECTURE.mdp())
    with pytest.raises(InputError, match="there are no demonstrations"):
        Demonstrations(()).checked(LECTURE.mdp())


@pytest.mark.parametrize(
    ("transition", "start", "message"),
    [
        ([[0.5, 0.4], [0, 0]], [1.0, 0.0], r"row 0 of the transitions \(state 0\) sums to 0.9"),
        ([[1.5, -0.5], [0, 0]], [1.0, 0.0], r"row 0 of the transitions \(state 0\) has a negative"),
        ([[np.nan, 0.5], [0, 0]], [1.0, 0.0], "row 0 of the transitions"),
        ([[1.0, 0.0], [0, 0]], [0.7, 0.7], "start must be probabilities"),
        ([[1.0, 0.0], [0, 0]], [1.0], "a column for each of the 1 states"),
    ],
)
def test_what_is_no_mdp_is_refused(transition: list[list[float]], start: list[float], message: str):
    with pytest.raises(InputError, match=message):
        Mdp(np.array([0, 1]), sparse.csr_array(np.array(transition)), np.array(start))


def test_an_end_with_two_actions_is_refused():
    with pytest.raises(InputError, match="state 1 is an end and must have exactly one action"):
        Mdp(np.array([0, 1, 1]), sparse.csr_array(np.array([[0.0, 1], [0, 0], [0, 0]])), np.array([1.0, 0.0]))
    with pytest.raises(InputError, match="state 1 is an end and must have exactly one action"):
        Mdp(np.array([0, 1, 1]), sparse.csr_array(np.array([[0.0, 1], [0, 0], [1, 0]])), np.array([1.0, 0.0]))


@pytest.mark.parametrize("num", [2, 4])
def test_copies_of_an_ends_action_would_add_the_logarithm_of_their_number(num: int):
    """What popular copies do: here the copies must be a state of their own, which leads to an end that pays nothing."""
    one, several = LECTURE.mdp(), np.zeros((num, 10))
    several[:, 9] = 1.0
    transition = np.vstack((np.pad(one.transition.toarray()[:-1], ((0, 0), (0, 1))), several, np.zeros(10)))
    state = np.concatenate((one.state[:-1], np.full(num, 8), [9]))
    copied = Mdp(state, sparse.csr_array(transition), np.eye(10)[0], one.discount)
    reward = np.random.default_rng(0).normal(size=9)
    alone = policy_iteration(one, reward[one.state], 1.0).values[8]
    copies = policy_iteration(copied, np.append(reward, 0.0)[state], 1.0).values[8]
    assert (alone, copies) == pytest.approx((reward[8], reward[8] + np.log(num)), abs=1e-12)


@given(seeds)
def test_all_paths_to_an_end_are_summed_just_where_the_spectral_radius_is_below_1(seed: int):
    rng = np.random.default_rng(seed)
    leads = np.minimum(rng.integers(0, 7, size=(6, 2)), 5)
    leads[:, 0] = np.arange(1, 7).clip(max=5)  # the end can be reached
    mdp = Mdp.from_arrays(np.eye(6)[leads], np.eye(6)[0], ends=(5,))
    reward = rng.normal(-0.7, 0.5, size=mdp.num_pairs)
    radius = np.abs(np.linalg.eigvals(mdp.matrix(np.exp(reward)).toarray())).max()
    if radius < 1.0 - 1e-6:
        swept = value_iteration(mdp, reward, 1.0, tolerance=1e-9) if radius < 0.9 else None
        values = policy_iteration(mdp, reward, 1.0).values
        assert swept is None or values == pytest.approx(swept.values, abs=1e-6)
    elif radius > 1.0 + 1e-6:
        with pytest.raises(InputError, match="no bound"):
            policy_iteration(mdp, reward, 1.0)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_paths_that_are_paid_for_ever_are_refused(temperature: float):
    mdp = Grid(3, 3, ends=(8,)).mdp()
    assert np.isfinite(policy_iteration(mdp, np.full(mdp.num_pairs, -2.0), temperature).values).all()
    with pytest.raises(InputError, match="no bound"):
        policy_iteration(mdp, np.full(mdp.num_pairs, 0.1), temperature)
    with pytest.raises(InputError, match="no bound"):
        policy_iteration(Grid(3, 3).mdp(), np.full(36, -2.0), temperature)


def test_features_of_another_length_are_refused():
    mdp = LECTURE.mdp()
    with pytest.raises(InputError, match="a row for each of 9 states or 33 pairs"):
        mdp.features_of_pairs(np.zeros((7, 2)))
    with pytest.raises(InputError, match="row 3, column 1"):
        mdp.features_of_pairs(np.where(np.arange(18).reshape(9, 2) == 7, np.nan, 0.0))
