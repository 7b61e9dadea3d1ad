"""Laws of what behaviour leaves open of a reward, and the counts of the lecture's exercise."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.errors import InputError
from drive_sim.irl import identifiability as ident
from drive_sim.irl.horizon import policy_of
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.occupancy import Demonstrations
from drive_sim.irl.planning import policy_iteration, value_iteration
from drive_sim.irl.worlds.gridworld import Grid

seeds = st.integers(0, 10_000)
SHORTEST = [(0, 1, 2, 5, 8), (0, 1, 4, 5, 8), (0, 3, 4, 5, 8), (0, 1, 4, 7, 8), (0, 3, 4, 7, 8), (0, 3, 6, 7, 8)]
WALLS = [(a, b) for a, b in combinations(range(9), 2) if b - a == 3 or (b - a == 1 and b % 3)]


def grid(ends: tuple[int, ...] = (8,), *, discount: float = 0.9, slip: float = 0.0, walls=()) -> Mdp:
    return Grid(3, 3, slip, discount, ends, tuple(walls), start=0).mdp()


def walked(mdp: Mdp, num: int) -> np.ndarray:
    return np.unique(np.concatenate(Demonstrations.from_states(mdp, SHORTEST[:num]).paths))


def random_mdp(seed: int, discount: float = 0.9, ends: tuple[int, ...] = (2,)) -> Mdp:
    rng = np.random.default_rng(seed)
    return Mdp.from_arrays(rng.dirichlet(np.full(5, 0.4), (5, 3)), np.full(5, 0.2), discount, ends=ends)


def shaping(mdp: Mdp, rng: np.random.Generator) -> np.ndarray:
    return ident.bellman_matrix(mdp) @ np.where(mdp.is_end, 0.0, rng.normal(size=mdp.num_states))


@pytest.mark.parametrize("ends", [(), (8,)])
def test_a_known_soft_driver_leaves_what_the_published_rank_test_says(ends: tuple[int, ...]):
    world = grid(ends)
    others = [world, grid(ends, walls=[(0, 1)]), grid(ends, walls=[(0, 1), (1, 2)])]
    others += [grid(ends, discount=0.5), grid(ends, slip=0.3)]
    matrix = ident.bellman_matrix
    assert [ident.rank(np.hstack((matrix(world), -matrix(other)))) for other in others] == [9, 10, 11, 17, 17]
    assert [ident.soft_driver_freedom([world, other]) for other in others] == [9, 8, 7, 1, 1]
    assert ident.soft_driver_freedom([world]) == 9
    assert ident.soft_driver_freedom([world], of_states=True) == 1
    assert {ident.soft_driver_freedom([world, grid(ends, walls=[wall])]) for wall in WALLS} == {8}
    assert {ident.soft_driver_freedom([world, grid(ends, walls=two)]) for two in combinations(WALLS, 2)} == {7}


def test_of_a_driver_seen_on_the_walks_a_wall_teaches_only_across_a_walk_and_where_they_part():
    seen = walked(grid(), 2)
    left = {wall: ident.soft_driver_freedom([grid(), grid(walls=[wall])], seen) for wall in WALLS}
    assert ident.soft_driver_freedom([grid()], seen) == 6
    assert {wall for wall, freedom in left.items() if freedom < 6} == {(1, 2), (1, 4), (2, 5), (4, 5)}
    across = {tuple(sorted(step)) for walk in SHORTEST[:2] for step in pairwise(walk)}
    assert {wall for wall, freedom in left.items() if freedom < 6} < across


@pytest.mark.parametrize(("num", "left"), [(0, 9), (1, 9), (2, 8), (3, 7), (6, 5)])
def test_each_walk_leaves_less_of_a_reward_of_states(num: int, left: int):
    pairs = walked(grid(), num) if num else np.array([], dtype=np.int64)
    assert ident.walks_freedom(grid(), pairs) == left


def test_the_two_walks_force_cells_3_and_5_to_be_worth_the_same_but_not_on_ice():
    assert np.allclose(ident.forced_equalities(grid(), walked(grid(), 2)), [[0, 0, 1, 0, -1, 0, 0, 0, 0]])
    ice = grid(slip=0.3)
    assert ident.walks_freedom(ice, walked(grid(), 2)) == 9


@given(seeds, st.sampled_from([0.0, 0.3]), st.booleans())
def test_rewards_that_explain_satisfy_the_equalities_and_shaping_and_scale_change_none(
    seed: int, slip: float, whole: bool
):
    """Whole numbers give ties, and with them equalities."""
    rng = np.random.default_rng(seed)
    mdp = grid(slip=slip)
    reward = (rng.integers(-1, 2, 9) if whole else rng.normal(size=9)).astype(float)
    optimal = np.flatnonzero(policy_iteration(mdp, reward[mdp.state]).policy)
    assert ident.explains(mdp, reward, optimal)
    assert np.allclose(ident.forced_equalities(mdp, optimal) @ reward, 0.0, atol=1e-8)
    shaped = 3.0 * reward[mdp.state] + shaping(mdp, rng)
    plan = policy_iteration(mdp, shaped)
    again = np.flatnonzero(policy_of(mdp, plan.action_values.round(9)))
    assert again.tolist() == optimal.tolist()
    assert ident.walks_freedom(mdp, again) == ident.walks_freedom(mdp, optimal)


@given(seeds)
def test_potentials_and_scale_are_no_distance_and_distances_are_distances(seed: int):
    mdp, rng = random_mdp(seed), np.random.default_rng([seed, 1])
    first, second, third = rng.normal(size=(3, mdp.num_pairs))
    assert ident.reward_distance(mdp, first, 2.5 * first + shaping(mdp, rng)) == pytest.approx(0.0, abs=1e-7)
    assert ident.reward_distance(mdp, first, shaping(mdp, rng) - first) == pytest.approx(1.0)
    apart = ident.reward_distance(mdp, first, second)
    assert 0.0 < apart < 1.0
    assert apart == pytest.approx(ident.reward_distance(mdp, second + shaping(mdp, rng), 7.0 * first))
    assert apart <= ident.reward_distance(mdp, first, third) + ident.reward_distance(mdp, third, second) + 1e-12
    assert ident.reward_distance(mdp, first, shaping(mdp, rng)) == pytest.approx(0.5)


@given(seeds)
def test_rewards_without_distance_have_the_same_optimal_actions(seed: int):
    mdp, rng = random_mdp(seed), np.random.default_rng([seed, 1])
    reward = rng.normal(size=mdp.num_pairs)
    plain, small = policy_iteration(mdp, reward), policy_iteration(mdp, ident.canonical(mdp, reward))
    assert np.allclose(plain.policy, small.policy)
    assert np.linalg.norm(ident.canonical(mdp, reward)) <= np.linalg.norm(reward)


@given(seeds)
def test_permuted_states_permute_answers(seed: int):
    rng = np.random.default_rng(seed)
    mdp, other, order = random_mdp(seed, ends=()), random_mdp(seed + 1, ends=()), rng.permutation(5)
    pairs = np.concatenate([np.flatnonzero(mdp.state == state) for state in order])
    moved, moved_other = (
        Mdp(np.repeat(np.arange(5), 3), of.transition[pairs][:, order], of.start[order], 0.9) for of in (mdp, other)
    )
    seen = rng.choice(mdp.num_pairs, 8, replace=False)
    seen_moved = np.flatnonzero(np.isin(pairs, seen))
    assert ident.soft_driver_freedom([mdp, other], seen) == ident.soft_driver_freedom([moved, moved_other], seen_moved)
    forced, forced_moved = (ident.forced_equalities(*of) for of in ((mdp, seen), (moved, seen_moved)))
    assert ident.rank(np.vstack((forced[:, order], forced_moved))) == len(forced) == len(forced_moved)
    first, second = rng.normal(size=(2, mdp.num_pairs))
    apart = ident.reward_distance(moved, first[pairs], second[pairs])
    assert apart == pytest.approx(ident.reward_distance(mdp, first, second))


@given(seeds, st.integers(1, 3))
def test_the_freedom_is_that_of_rewards_of_one_and_the_same_soft_driver(seed: int, num_worlds: int):
    """Every reward with the driver's policies in all worlds lies in the intersection, and there is no other."""
    rng = np.random.default_rng(seed)
    grids = [grid(walls=[WALLS[index]]) for index in rng.choice(12, num_worlds, replace=False)]
    matrices = [ident.bellman_matrix(world) for world in grids]
    outside = [np.linalg.svd(matrix)[0][:, 9:] for matrix in matrices]
    assert ident.soft_driver_freedom(grids) == len(matrices[0]) - np.linalg.matrix_rank(np.hstack(outside))
    assert ident.rank(matrices[0][:, :4]) == 4
    reward = rng.normal(size=grids[0].num_pairs)
    for world, matrix in zip(grids, matrices, strict=True):
        plan = policy_iteration(world, reward, 1.0)
        assert np.allclose(np.log(plan.policy) + matrix @ plan.values, reward, atol=1e-8)


@given(seeds)
def test_elimination_finds_numpys_rank(seed: int):
    rng = np.random.default_rng(seed)
    low = rng.normal(size=(6, 3)) @ rng.normal(size=(3, 8))
    assert ident.rank(low) == np.linalg.matrix_rank(low) == 3
    reduced = ident.reduced_rows(low)
    assert ident.rank(np.vstack((reduced, low))) == 3


def test_a_batch_of_rewards_equals_its_singles():
    rewards = np.random.default_rng(0).normal(size=(20, 9))
    rewards[:5] = [-1.0] * 8 + [1.0]
    pairs = walked(grid(), 2)
    found = ident.explains(grid(), rewards, pairs)
    assert found.tolist() == [bool(ident.explains(grid(), reward, pairs)) for reward in rewards]
    assert found.tolist() == [True] * 5 + [False] * 15
    plan = value_iteration(grid(), rewards[:, grid().state])
    assert ident.optimal_pairs(plan, grid()).shape == (20, grid().num_pairs)


def test_worlds_of_other_states_or_actions_are_refused():
    with pytest.raises(InputError, match="the same states and actions"):
        ident.soft_driver_freedom([grid(), grid(ends=())])
