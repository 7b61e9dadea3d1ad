"""Laws of GAIL: its objective's sign, each reward's sign and slope, what cannot be told apart, what it never reads."""

from dataclasses import replace
from functools import partial
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.gym.world import make_task
from drive_sim.learn import gail, ppo
from drive_sim.learn.adversarial_rewards import REWARDS
from drive_sim.learn.base import ImitationTask
from drive_sim.learn.discriminator import Discriminator, make_discriminator, pairs
from drive_sim.learn.initial_flat import initial_choice
from drive_sim.policies.regressor import FlatObservation
from drive_sim.policies.stochastic import TrainableCategorical

SMALL = gail.Config(
    policy=ppo.Config(num_rounds=3, ticks_per_round=40, num_epochs=4, batch_size=32),
    learning_rate=0.01,
    steps_per_round=1,
)
LINEAR = gail.Config(hidden=(), learning_rate=0.05, steps_per_round=400)
Z = torch.linspace(-6.0, 6.0, 101, dtype=torch.float64)


def steps(n: int, seed: int, *, shift: float = 0.0, num_actions: int | None = 2) -> Transitions:
    """Rows of three normal numbers, and one of two actions, or a number."""
    rng = np.random.default_rng(seed)
    seen = (rng.normal(size=(n, 3)) + shift).astype(np.float32)
    action = rng.normal(size=(n, 1)) if num_actions is None else rng.integers(num_actions, size=(n, 1)).astype(float)
    ends = np.zeros(n, dtype=np.bool_), np.arange(n) == n - 1
    return Transitions(seen, action, seen, *ends, -np.ones(1), np.ones(1), num_actions=num_actions)


def cart_pole(*, keep_rewards: bool = False) -> ImitationTask[Transitions, Any]:
    env = gymnasium.make_vec("CartPole-v1", num_envs=4, vectorization_mode="vector_entry_point")
    shown = replace(steps(30, 7), observation=np.random.default_rng(8).normal(0.0, 0.1, (30, 4)).astype(np.float32))
    shown = replace(shown, next_observation=shown.observation)
    return make_task(env, demonstrations=shown, keep_rewards=keep_rewards)


def begin(config: gail.Config, shown: Transitions, rng: np.random.Generator) -> Discriminator:
    return make_discriminator(shown, config.hidden, config.learning_rate, rng)


def trained(config: gail.Config, rollout: Transitions, shown: Transitions) -> Discriminator:
    discriminator = begin(config, shown, np.random.default_rng(0))
    gail.discriminate(config, discriminator, rollout, shown)
    return discriminator


def learned(config: gail.Config, task: ImitationTask[Transitions, Any], seed: int = 0) -> list[np.ndarray]:
    policy = list(gail.train(config, task, np.random.default_rng(seed)))[-1].policy
    return [parameter.detach().numpy() for parameter in policy.parameters()]


def same(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_the_seed_s_sign_c_is_high_where_the_policy_goes() -> None:
    policys, demonstrators = steps(400, 0, shift=1.0), steps(400, 1, shift=-1.0)
    discriminator = trained(replace(SMALL, steps_per_round=30), policys, demonstrators)
    assert discriminator.probabilities(policys).mean() > 0.9
    assert discriminator.probabilities(demonstrators).mean() < 0.1


def test_the_objective_is_that_of_the_paper_and_rises() -> None:
    policys, demonstrators = steps(400, 0, shift=0.3), steps(100, 1)
    discriminator = begin(SMALL, demonstrators, np.random.default_rng(0))
    first = gail.discriminate(SMALL, discriminator, policys, demonstrators)
    # It began at C = 1/2, and what is told is from before the step.
    assert first["objective"] == pytest.approx(-2.0 * np.log(2.0)) and first["accuracy"] == 0.5
    C = [discriminator.probabilities(rows) for rows in (policys, demonstrators)]
    now = np.log(C[0]).mean() + np.log(1.0 - C[1]).mean()
    assert now > first["objective"]
    assert gail.discriminate(SMALL, discriminator, policys, demonstrators)["objective"] == pytest.approx(now)


@pytest.mark.parametrize(("name", "sign"), [("survival", 1.0), ("penalty", -1.0), ("logit", 0.0)])
def test_each_reward_s_sign_and_slope(name: str, sign: float) -> None:
    C = torch.sigmoid(Z)
    stated = {"survival": -C.log(), "penalty": (1.0 - C).log(), "logit": ((1.0 - C) / C).log()}[name]
    reward = REWARDS[name](Z)
    torch.testing.assert_close(reward, stated)
    assert (reward.diff() < 0.0).all(), "It falls where the policy is told apart."
    assert ((sign * reward > 0.0).all()) if sign else (reward[Z > 0] < 0.0).all() and (reward[Z < 0] > 0.0).all()
    torch.testing.assert_close(REWARDS[f"flipped-{name}"](Z), -reward)


def test_the_logit_is_the_sum_of_the_others_and_nothing_is_lost_far_out() -> None:
    far = torch.tensor([-800.0, 0.0, 800.0], dtype=torch.float64)
    survival, penalty, logit = (REWARDS[name](far) for name in ("survival", "penalty", "logit"))
    torch.testing.assert_close(survival + penalty, logit)
    torch.testing.assert_close(logit, -far)


@pytest.mark.parametrize("num_actions", [2, None])
def test_two_equal_sets_are_told_apart_by_sampling_error_alone(num_actions: int | None) -> None:
    """A linear logit that maximises the objective has slopes (m_policy - m_demonstrations) / variance near zero.

    So each has mean 0 and variance 2 / n in units of a column's spread, and C is 1/2 up to that.
    """
    n = 2000
    policys, demonstrators = (steps(n, seed, num_actions=num_actions) for seed in (3, 4))
    discriminator = trained(LINEAR, policys, demonstrators)
    slopes = discriminator.network.network[0].weight.detach().numpy()[0, :3]  # pyright: ignore
    moved = policys.observation.mean(axis=0) - demonstrators.observation.mean(axis=0)
    assert (np.abs(slopes) < 5.0 * np.sqrt(2.0 / n)).all()
    np.testing.assert_allclose(slopes, moved, atol=0.2 * np.sqrt(2.0 / n))
    assert np.abs(discriminator.probabilities(policys) - 0.5).max() < 0.2
    apart = trained(LINEAR, steps(n, 3, shift=0.5, num_actions=num_actions), demonstrators)
    assert (np.abs(apart.network.network[0].weight.detach().numpy()[0, :3]) > 0.3).all()  # pyright: ignore


def test_a_network_that_began_wrong_goes_to_one_half_on_the_very_same_rows() -> None:
    rows = steps(200, 5)
    discriminator = begin(SMALL, rows, np.random.default_rng(0))
    with torch.no_grad():
        list(discriminator.network.parameters())[-2].normal_(generator=torch.Generator().manual_seed(0))
    assert np.abs(discriminator.probabilities(rows) - 0.5).max() > 0.4
    gail.discriminate(replace(SMALL, steps_per_round=600), discriminator, rows, rows)
    discriminator.optimiser.param_groups[0]["lr"] = 0.1 * SMALL.learning_rate  # Adam leaps where gradients vanish.
    gail.discriminate(replace(SMALL, steps_per_round=300), discriminator, rows, rows)
    assert np.abs(discriminator.probabilities(rows) - 0.5).max() < 0.02
    told = gail.discriminate(SMALL, discriminator, rows, rows)
    assert told["objective"] == pytest.approx(-2.0 * np.log(2.0), abs=1e-3)


def test_both_sides_weigh_alike_however_many_rows_each_has() -> None:
    policys, demonstrators = steps(300, 0, shift=0.3), steps(20, 1)
    twice = demonstrators + demonstrators
    once, again = (trained(LINEAR, policys, shown).probabilities(policys) for shown in (demonstrators, twice))
    np.testing.assert_allclose(once, again, atol=1e-4)


def test_a_chosen_action_is_a_1_among_zeros() -> None:
    rows = steps(6, 0, num_actions=4)
    seen = pairs(rows)
    np.testing.assert_array_equal(seen[:, :3], rows.observation)
    np.testing.assert_array_equal(seen[:, 3:].argmax(axis=1), rows.action[:, 0])
    np.testing.assert_array_equal(seen[:, 3:].sum(axis=1), 1.0)


def test_same_seed_same_policy_whatever_the_environment_pays() -> None:
    plain, told = cart_pole(), cart_pole(keep_rewards=True)
    assert same(learned(SMALL, plain), learned(SMALL, told))
    assert not same(learned(SMALL, plain), learned(SMALL, plain, seed=1))
    first = next(gail.train(SMALL, plain, np.random.default_rng(0)))
    assert "mean_return" not in first.metrics and {"accuracy", "entropy", "mean_reward"} <= first.metrics.keys()


def test_the_reward_s_name_is_heeded() -> None:
    policies = [learned(replace(SMALL, reward=name), cart_pole()) for name in ("survival", "penalty", "logit")]
    assert not any(same(a, b) for a, b in ((policies[0], policies[1]), (policies[0], policies[2])))


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(InputError, match="gail: reward 'fame' is unknown; use one of survival, penalty"):
        gail.Config(reward="fame")
    with pytest.raises(InputError, match=r"^gail: steps_per_round must be positive"):
        gail.Config(steps_per_round=0)
    with pytest.raises(InputError, match=r"^gail needs demonstrations, which the task does not offer"):
        next(gail.train(SMALL, replace(cart_pole(), demonstrations=None), np.random.default_rng(0)))
    for shape, num_actions, told in (
        ((5, 5, 3), 2, "5x5 pictures are too small for their network"),
        ((30, 32, 1), 2, "rows of numbers or RGB pictures"),
        ((30, 32, 3), None, "of pictures it can tell chosen actions, and these are numbers"),
    ):
        pictures = replace(steps(4, 0, num_actions=num_actions), observation=np.zeros((4, *shape), np.uint8))
        with pytest.raises(InputError, match=told):
            begin(SMALL, pictures, np.random.default_rng(0))


def pictures(n: int, seed: int, num_actions: int = 3) -> Transitions:
    """Grey pictures as bright as their action says, on black; the demonstrator's are."""
    rng = np.random.default_rng(seed)
    action = rng.integers(num_actions, size=(n, 1)).astype(np.float64)
    seen = np.zeros((n, 30, 32, 3), np.uint8)
    seen[:, 10:] = (60 * (action + 1)).astype(np.uint8)[:, :, None, None]
    ends = np.zeros(n, dtype=np.bool_), np.arange(n) == n - 1
    return Transitions(seen, action, seen, *ends, np.zeros(1), np.full(1, num_actions - 1.0), num_actions=num_actions)


def test_of_pictures_c_tells_who_does_what_where() -> None:
    shown, done = pictures(90, 0), pictures(90, 1)
    done = replace(done, action=(done.action + 1.0) % 3.0)
    config = replace(SMALL, steps_per_round=60)
    discriminator = begin(config, shown, np.random.default_rng(0))
    np.testing.assert_array_equal(discriminator.probabilities(done), 0.5)
    gail.discriminate(config, discriminator, done, shown)
    assert discriminator.probabilities(done).min() > 0.8 and discriminator.probabilities(shown).max() < 0.2


@pytest.mark.slow
def test_a_policy_of_pictures_learns_what_was_shown() -> None:
    """Pictures that come whatever is done: what is left to learn is what to do in view of each."""
    shown = pictures(60, 0)

    def collect(env: int, policy: Any, num_ticks: int, rng: np.random.Generator, **_: Any) -> Transitions:
        met = pictures(num_ticks, env)
        return replace(met, action=policy.act(FlatObservation(met.observation), rng))

    draws = iter(range(100, 200))
    task = ImitationTask(shown, lambda _: next(draws), None, None, collect, partial(initial_choice, (30, 32, 3), 3))
    at_once = replace(SMALL.policy, num_rounds=25, ticks_per_round=60, gamma=0.0)
    config = replace(SMALL, reward="logit", steps_per_round=3, policy=at_once)
    *_, last = gail.train(replace(config, learning_rate=1e-3), task, np.random.default_rng(0))
    assert isinstance(last.policy, TrainableCategorical)
    right = last.policy.probabilities(shown.observation)[np.arange(60), shown.action[:, 0].astype(int)]
    assert right.mean() > 0.6


def test_pairs_that_are_shared_are_nobody_s() -> None:
    """E_policy[log C] + E_shared[log C + log(1 - C)] is largest at C = 2/3 where the policy does what is shared."""
    policys, demonstrators, elsewhere = steps(80, 0, shift=2.0), steps(80, 1, shift=-2.0), steps(1, 2, shift=8.0)
    found = {}
    for name, shared in {"none": None, "elsewhere": elsewhere, "the policy's": policys}.items():
        config, rng = replace(SMALL, hidden=(16,), steps_per_round=250), np.random.default_rng(0)
        discriminator = begin(config, demonstrators, rng)
        gail.discriminate(config, discriminator, policys, demonstrators, shared)
        found[name] = discriminator.probabilities(policys).mean(), discriminator.probabilities(elsewhere)[0]
    assert found["none"][1] > 0.9, "Far beyond the policy's side it would be taken for its own."
    assert found["elsewhere"][1] == pytest.approx(0.5, abs=0.05) and found["elsewhere"][0] > 0.95
    assert found["the policy's"][0] == pytest.approx(2.0 / 3.0, abs=0.03)


@pytest.mark.parametrize("weight", [0.25, 1.0])
def test_where_the_policy_does_what_is_shared_c_rises_the_more_the_less_that_weighs(weight: float) -> None:
    """E_policy[log C] + w E_shared[log C + log(1 - C)] is largest at C = (1 + w) / (1 + 2 w)."""
    policys, demonstrators = steps(80, 0, shift=2.0), steps(80, 1, shift=-2.0)
    config = replace(SMALL, hidden=(16,), steps_per_round=250, shared_weight=weight)
    discriminator = begin(config, demonstrators, np.random.default_rng(0))
    gail.discriminate(config, discriminator, policys, demonstrators, policys)
    found = discriminator.probabilities(policys).mean()
    assert found == pytest.approx((1.0 + weight) / (1.0 + 2.0 * weight), abs=0.03)


def test_what_was_done_before_is_remembered_where_it_stands_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a step of an earlier round beside each of this one's, none in the first, and never a later one's."""
    whole, sizes = gail.discriminate, []

    def told(config: Any, discriminator: Any, done: Transitions, *args: Any, **words: Any) -> dict[str, float]:
        sizes.append(len(done))
        return whole(config, discriminator, done, *args, **words)

    monkeypatch.setattr(gail, "discriminate", told)
    rounds = list(gail.train(replace(SMALL, past_share=0.5), cart_pole(), np.random.default_rng(0)))
    done = [len(of.rollout) for of in rounds if of.rollout is not None]
    assert sizes == [done[0], done[1] + round(0.5 * done[1]), done[2] + round(0.5 * done[2])]


def test_a_round_s_discriminator_is_left_alone_by_later_ones() -> None:
    first, *others = list(gail.train(SMALL, cart_pole(), np.random.default_rng(0)))
    again = next(gail.train(SMALL, cart_pole(), np.random.default_rng(0)))
    rows = steps(30, 7)
    rows = replace(rows, observation=np.concatenate([rows.observation, rows.observation[:, :1]], axis=1))
    discriminators = [latest.discriminator for latest in (first, again, others[-1])]
    C = [of.probabilities(rows) for of in discriminators if of is not None]
    np.testing.assert_array_equal(C[0], C[1])
    assert not np.array_equal(C[0], C[2])
