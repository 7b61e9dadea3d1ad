"""Laws of FEM: the best w, what it is worth, its features, and a shift that leaves nothing negative."""

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.gym.world import make_task
from drive_sim.learn import fem, ppo
from drive_sim.learn.base import ImitationTask

SMALL = fem.Config(ppo.Config(num_rounds=3, ticks_per_round=40, num_epochs=2, batch_size=32))


def steps(n: int, seed: int, *, num_actions: int | None = 2) -> Transitions:
    rng = np.random.default_rng(seed)
    seen = rng.normal(0.0, 0.1, size=(n, 4)).astype(np.float32)
    action = rng.normal(size=(n, 1)) if num_actions is None else rng.integers(num_actions, size=(n, 1)).astype(float)
    ends = np.zeros(n, dtype=np.bool_), np.arange(n) == n - 1
    return Transitions(seen, action, seen, *ends, -np.ones(1), np.ones(1), num_actions=num_actions)


def cart_pole() -> ImitationTask[Transitions, Any]:
    env = gymnasium.make_vec("CartPole-v1", num_envs=4, vectorization_mode="vector_entry_point")
    return make_task(env, demonstrations=steps(30, 7))


@pytest.mark.parametrize("num_actions", [2, 3, None])
def test_no_weights_of_length_1_tell_the_two_further_apart(num_actions: int | None) -> None:
    rows, shown = (steps(60, seed, num_actions=num_actions) for seed in (0, 1))
    features = fem.FeatureMap.of(shown)
    wanted, found = features(shown).mean(axis=0), features(rows).mean(axis=0)
    w, gap = fem.direction(wanted, found)
    assert np.linalg.norm(w) == pytest.approx(1.0) and w @ (wanted - found) == pytest.approx(gap)
    others = np.random.default_rng(2).normal(size=(200, len(w)))
    others /= np.linalg.norm(others, axis=1, keepdims=True)
    assert (others @ (wanted - found) < gap).all()
    # What is rewarded is what the demonstrator does more of.
    assert (features(shown) @ w).mean() - (features(rows) @ w).mean() == pytest.approx(gap)


def test_where_expectations_meet_nothing_is_worth_anything() -> None:
    wanted = np.random.default_rng(0).normal(size=5)
    w, gap = fem.direction(wanted, wanted)
    assert gap == 0.0 and not w.any()


def test_each_action_has_a_block_of_its_own() -> None:
    rows = steps(50, 0, num_actions=3)
    features = fem.FeatureMap.of(rows)(rows)
    blocks = features[:, :-1].reshape(50, 3, 8)
    index = rows.action[:, 0].astype(int)
    for action in range(3):
        assert blocks[index == action, action].any() and not blocks[index != action, action].any()
    own = blocks[np.arange(50), index]
    np.testing.assert_allclose(own[:, :4].mean(axis=0), 0.0, atol=1e-6)
    np.testing.assert_allclose(own[:, :4].std(axis=0), 1.0, atol=1e-5)
    np.testing.assert_allclose(own[:, 4:], (own[:, :4] / 100.0) ** 2)
    np.testing.assert_array_equal(features[:, -1], 1.0)


@pytest.mark.parametrize("is_shifted", [True, False])
def test_a_shifted_reward_is_never_negative(is_shifted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[np.ndarray] = []
    improve = ppo.improve

    def seen(config: Any, learner: Any, rollout: Any, reward: np.ndarray, *rest: Any) -> Any:
        told.append(reward)
        return improve(config, learner, rollout, reward, *rest)

    monkeypatch.setattr(ppo, "improve", seen)
    rounds = list(fem.train(replace(SMALL, is_shifted=is_shifted), cart_pole(), np.random.default_rng(0)))
    assert len(told) == 3 and all(latest.metrics["gap"] > 0.0 for latest in rounds)
    assert all((reward >= 0.0).all() for reward in told) == is_shifted
    assert any((reward > 0.0).any() for reward in told)


def test_pictures_are_refused() -> None:
    pictures = replace(steps(4, 0), observation=np.zeros((4, 5, 5, 3), np.uint8))
    with pytest.raises(InputError, match="fem: it sees rows of numbers"):
        next(fem.train(SMALL, replace(cart_pole(), demonstrations=pictures), np.random.default_rng(0)))
