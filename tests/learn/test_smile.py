"""SMILe's weights are the paper's, and each policy is fitted to one round's data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.errors import InputError
from drive_sim.learn import smile
from drive_sim.policies.mixture import Mixture
from tests.learn.toy_task import EXPERT, Named, toy_task

ALPHAS = st.floats(0.01, 1.0)
ROUNDS = st.integers(1, 100)


@given(ALPHAS, ROUNDS)
def test_weights_sum_to_one(alpha: float, n: int) -> None:
    assert smile.expert_share(alpha, n) + smile.learned_weights(alpha, n).sum() == pytest.approx(1.0)
    assert smile.without_expert(alpha, n).sum() == pytest.approx(1.0)


@given(ALPHAS, ROUNDS)
def test_a_round_takes_its_share_from_the_expert_alone(alpha: float, n: int) -> None:
    before, after = smile.learned_weights(alpha, n), smile.learned_weights(alpha, n + 1)
    np.testing.assert_allclose(after[:-1], before)
    assert after[-1] == pytest.approx(alpha * smile.expert_share(alpha, n))
    assert smile.expert_share(alpha, n + 1) == pytest.approx((1.0 - alpha) * smile.expert_share(alpha, n))


def test_the_first_policy_still_drives_a_ninth_of_all_steps_after_twenty_rounds() -> None:
    weights = smile.without_expert(0.1, 20)
    assert weights[0] == pytest.approx(0.114, abs=5e-4)
    assert weights[-1] == pytest.approx(0.015, abs=5e-4)
    assert (np.diff(weights) < 0.0).all()


def test_the_textbook_is_one_round_late() -> None:
    """It leaves the expert (1 - a)^(k - 1) after k policies, where the paper leaves (1 - a)^k."""
    alpha, k = 0.1, 5
    textbook = (1.0 - alpha) ** (k - 1)
    assert smile.expert_share(alpha, k) == pytest.approx(0.59049)
    assert smile.expert_share(alpha, k) != pytest.approx(textbook)
    assert smile.expert_share(alpha, k - 1) == pytest.approx(textbook)


def test_who_drives_and_what_is_fitted() -> None:
    task, log = toy_task()
    rounds = list(smile.train(smile.Config(3, 5, alpha=0.25), task, np.random.default_rng(0)))
    assert [data.names for data in log.fitted] == [("1",) * 5, ("2",) * 5, ("3",) * 5]
    assert log.drivers[0] is EXPERT
    assert isinstance(log.drivers[2], Mixture)
    assert log.drivers[2].policies == (EXPERT, Named("policy 1"), Named("policy 2"))
    np.testing.assert_allclose(log.drivers[2].weights, [0.75**2, 0.25, 0.25 * 0.75])
    last = rounds[-1].policy
    assert last.policies == (Named("policy 1"), Named("policy 2"), Named("policy 3"))
    np.testing.assert_allclose(last.weights, smile.without_expert(0.25, 3))
    assert [r.metrics["num_labels"] for r in rounds] == [5, 10, 15]


@pytest.mark.parametrize("wrong", [{"num_rounds": 0}, {"alpha": 0.0}, {"alpha": 1.5}])
def test_impossible_settings_are_refused(wrong: dict) -> None:
    with pytest.raises(InputError, match="smile"):
        smile.Config(**wrong)
