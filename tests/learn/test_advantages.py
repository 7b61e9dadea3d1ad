"""Laws of generalised advantage estimation: its two limits, where an episode stops, and what absorbing is worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.learn.advantages import advantages

GAMMA = 0.9


def drawn(seed: int, n: int = 40) -> tuple[np.ndarray, ...]:
    """Rewards and values as V says them where a row leads to the next, and where episodes end and are cut off."""
    rng = np.random.default_rng(seed)
    reward, value, other = rng.normal(size=(3, n))
    terminated, truncated = rng.random((2, n)) < 0.15
    truncated[-1] = True
    truncated &= ~terminated
    next_value = np.where(terminated | truncated, other, np.roll(value, -1))
    return reward, value, next_value, terminated, truncated


def discounted_sum(columns: tuple[np.ndarray, ...], start: int) -> float:
    """What is earned from a row on, term by term, with V for what was cut off."""
    reward, _, next_value, terminated, truncated = columns
    total, weight = 0.0, 1.0
    for t in range(start, len(reward)):
        total += weight * reward[t]
        weight *= GAMMA
        if terminated[t]:
            return total
        if truncated[t]:
            return total + weight * next_value[t]
    raise AssertionError("the last row is done")


@given(st.integers(0, 2**32 - 1))
def test_at_lambda_1_it_is_the_sum_of_what_is_earned_less_what_was_expected(seed: int) -> None:
    columns = drawn(seed)
    wanted = [discounted_sum(columns, start) - columns[1][start] for start in range(len(columns[0]))]
    np.testing.assert_allclose(advantages(*columns, gamma=GAMMA, lambda_=1.0), wanted, atol=1e-12)


@given(st.integers(0, 2**32 - 1))
def test_at_lambda_0_it_is_the_surprise_of_one_step(seed: int) -> None:
    reward, value, next_value, terminated, truncated = drawn(seed)
    wanted = reward + GAMMA * next_value * ~terminated - value
    np.testing.assert_allclose(
        advantages(reward, value, next_value, terminated, truncated, gamma=GAMMA, lambda_=0.0), wanted, atol=1e-12
    )


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0))
def test_episodes_do_not_know_each_other(seed: int, lambda_: float) -> None:
    columns = drawn(seed)
    ends = np.flatnonzero(columns[3] | columns[4])
    parts = np.split(np.arange(len(columns[0])), ends[:-1] + 1)
    alone = [advantages(*(c[rows] for c in columns), gamma=GAMMA, lambda_=lambda_) for rows in parts]
    np.testing.assert_array_equal(np.concatenate(alone), advantages(*columns, gamma=GAMMA, lambda_=lambda_))


def absorbed(value: np.ndarray, next_value: np.ndarray, *, ends: bool, lambda_: float, r: float = 2.0) -> np.ndarray:
    last = np.arange(len(value)) == len(value) - 1
    return advantages(
        np.full(len(value), r), value, next_value, last & ends, last & (not ends), gamma=GAMMA, lambda_=lambda_
    )


@pytest.mark.parametrize("lambda_", [0.0, 0.5, 0.95, 1.0])
def test_an_absorbed_state_is_worth_r_over_1_less_gamma_where_one_bootstraps_at_the_limit(lambda_: float) -> None:
    """It is the only value that no estimate wants to change, and repeated fits lead there from anywhere."""
    worth = np.full(20, 2.0 / (1.0 - GAMMA))
    np.testing.assert_allclose(absorbed(worth, worth, ends=False, lambda_=lambda_), 0.0, atol=1e-12)
    value = np.zeros(20)
    for _ in range(400):
        value = np.full(20, np.mean(value + absorbed(value, value, ends=False, lambda_=lambda_)))
    np.testing.assert_allclose(value, worth)


@pytest.mark.parametrize("lambda_", [0.0, 0.5, 0.95, 1.0])
def test_with_a_horizon_it_is_worth_what_k_steps_earn(lambda_: float) -> None:
    to_go = np.arange(20, 0, -1)
    worth = 2.0 * (1.0 - GAMMA**to_go) / (1.0 - GAMMA)
    np.testing.assert_allclose(absorbed(worth, np.append(worth[1:], 7.0), ends=True, lambda_=lambda_), 0.0, atol=1e-12)
    # At lambda 1 no value is needed for it.
    zero = np.zeros(20)
    np.testing.assert_allclose(absorbed(zero, zero, ends=True, lambda_=1.0), worth)
