"""Laws of a policy that draws and is trained by gradients: in a world of flat observations, and on our own road."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import nn

from drive_sim.errors import InputError
from drive_sim.policies.base import Observations, StochasticPolicy
from drive_sim.policies.gaussian import GaussianPolicy
from drive_sim.policies.linear import KART_CAMERA, LinearPolicy
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.regressor import FlatObservation, Regressor
from drive_sim.policies.stochastic import TrainableGaussian, likeliest_std, trainable_gaussian

NUM_DRAWS = 20_000
STD = np.array([0.5, 0.02])


def regressor() -> Regressor:
    """Three numbers to two actions."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2))
    ones = np.ones(3, np.float32)
    return Regressor(network, 0.1 * ones, 2.0 * ones, np.array([0.3, 0.0]), np.array([1.0, 0.02]), -STD, STD)


def network() -> NeuralPolicy:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return NeuralPolicy(make_network("thumbnail", 19, 25), "thumbnail", KART_CAMERA, precision="fp32")


def rows(n: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(n, 3)).astype(np.float32)


def pictures(n: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (n, 19, 25, 3), dtype=np.uint8)


POLICIES = {
    "flat": (lambda: trainable_gaussian(regressor(), STD), rows),
    "road": (lambda: GaussianPolicy(network(), 0.02).trainable(), pictures),
}


@pytest.fixture(params=POLICIES)
def drawn_from(request: pytest.FixtureRequest) -> Iterator[tuple[TrainableGaussian, Observations]]:
    make, observations = POLICIES[request.param]
    yield make(), observations(3)


Case = tuple[TrainableGaussian, Observations]


def many(observations: Observations, row: int = 0, n: int = NUM_DRAWS) -> Observations:
    return np.repeat(observations[row : row + 1], n, axis=0)


def draws(case: Case, seed: int = 0) -> np.ndarray:
    policy, observations = case
    return policy.sample(many(observations), np.random.default_rng(seed))


def test_the_density_integrates_to_one(drawn_from: Case) -> None:
    policy, observations = drawn_from
    (mean,) = policy.mean.means(observations[:1]).detach().numpy()
    std = policy.log_std.detach().exp().numpy()
    steps = np.linspace(-8.0, 8.0, 61)
    grid = np.stack(np.meshgrid(*[steps] * len(mean), indexing="ij"), axis=-1).reshape(-1, len(mean))
    with torch.no_grad():
        log_density = policy.log_probability(many(observations, n=len(grid)), mean + grid * std).numpy()
    assert np.exp(log_density).sum() * np.prod(std * (steps[1] - steps[0])) == pytest.approx(1.0, abs=1e-9)


def test_entropy_is_the_mean_of_minus_the_log_probability(drawn_from: Case) -> None:
    policy, observations = drawn_from
    with torch.no_grad():
        surprise = -policy.log_probability(many(observations), draws(drawn_from)).numpy()
        entropy = policy.entropy(observations).numpy()
    assert abs(surprise.mean() - entropy[0]) < 5.0 * surprise.std() / math.sqrt(NUM_DRAWS)
    std = policy.log_std.detach().exp().numpy()
    np.testing.assert_allclose(entropy, 0.5 * np.log(2.0 * np.pi * np.e * std**2).sum())


def test_draws_have_the_mean_and_the_width_that_are_stated(drawn_from: Case) -> None:
    policy, observations = drawn_from
    (mean,), std = policy.mean.means(observations[:1]).detach().numpy(), policy.log_std.detach().exp().numpy()
    actions = draws(drawn_from)
    assert (np.abs(actions.mean(axis=0) - mean) < 5.0 * std / math.sqrt(NUM_DRAWS)).all()
    assert (np.abs(actions.std(axis=0) / std - 1.0) < 5.0 / math.sqrt(2 * NUM_DRAWS)).all()
    if len(std) > 1:
        assert abs(np.corrcoef(actions.T)[0, 1]) < 5.0 / math.sqrt(NUM_DRAWS)


def test_same_seed_same_draws_and_torchs_own_generator_is_left_alone(drawn_from: Case) -> None:
    before = torch.random.get_rng_state()
    np.testing.assert_array_equal(draws(drawn_from, 4), draws(drawn_from, 4))
    assert (draws(drawn_from, 4) != draws(drawn_from, 5)).any()
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_batch_is_its_rows(drawn_from: Case) -> None:
    policy, observations = drawn_from
    actions = policy.sample(observations, np.random.default_rng(0))
    with torch.no_grad():
        whole = policy.log_probability(observations, actions)
        singles = [policy.log_probability(observations[i : i + 1], actions[i : i + 1]) for i in range(3)]
    assert whole.shape == (3,)
    torch.testing.assert_close(whole, torch.cat(singles), rtol=1e-5, atol=1e-5)


def test_gradients_reach_every_parameter_and_are_those_of_the_density(drawn_from: Case) -> None:
    """For log sigma they are z^2 - 1, z the draw in units of sigma; for the rest a small step goes uphill."""
    policy, observations = drawn_from
    actions = policy.sample(observations, np.random.default_rng(0))
    log_probability = policy.log_probability(observations, actions).sum()
    log_probability.backward()
    gradients = [parameter.grad for parameter in policy.parameters()]
    assert all(gradient is not None and bool(gradient.isfinite().all()) for gradient in gradients)
    assert sum(bool((gradient != 0.0).any()) for gradient in gradients if gradient is not None) >= len(gradients) - 1
    z = (actions - policy.mean.means(observations).detach().numpy()) / policy.log_std.detach().exp().numpy()
    assert policy.log_std.grad is not None
    np.testing.assert_allclose(policy.log_std.grad.numpy(), (z**2 - 1.0).sum(axis=0), rtol=1e-6)
    length = math.sqrt(sum(float(g.square().sum()) for g in gradients if g is not None))
    with torch.no_grad():
        for parameter, gradient in zip(policy.parameters(), gradients, strict=True):
            assert gradient is not None
            parameter.add_(1e-4 * gradient / length)
        uphill = policy.log_probability(observations, actions).sum() - log_probability
    assert float(uphill) == pytest.approx(1e-4 * length, rel=0.05)


def test_the_score_has_no_mean() -> None:
    """E[d log p / d theta] = 0, on which policy gradients rest (Williams 1992)."""
    policy, observations = trainable_gaussian(regressor(), STD), rows(1)
    bias = policy.mean.network[-1].bias  # pyright: ignore[reportAttributeAccessIssue] - a Regressor's
    z = draws((policy, observations))
    policy.log_probability(many(observations), z).mean().backward()
    # For the last bias the score is z / sigma in its units of an action's spread.
    spread = np.array([1.0, 0.02]) / STD
    assert (np.abs(bias.grad.numpy()) < 5.0 * spread / math.sqrt(NUM_DRAWS)).all()


def test_at_the_likeliest_width_no_other_is_likelier() -> None:
    mean, observations = regressor(), rows(200)
    actions = np.random.default_rng(3).normal(size=(200, 2))
    policy = trainable_gaussian(mean, likeliest_std(mean.means(observations).detach().numpy(), actions))
    policy.log_probability(observations, actions).mean().backward()
    assert policy.log_std.grad is not None
    np.testing.assert_allclose(policy.log_std.grad.numpy(), 0.0, atol=1e-12)


def test_training_raises_the_probability_of_what_was_done() -> None:
    policy, observations = trainable_gaussian(regressor(), STD), rows(50)
    actions = np.random.default_rng(0).normal([1.0, 0.1], 0.01, (50, 2))
    before = float(policy.log_probability(observations, actions).detach().mean())
    optimiser = torch.optim.Adam(policy.parameters(), lr=0.01)
    for _ in range(50):
        optimiser.zero_grad()
        (-policy.log_probability(observations, actions).mean()).backward()
        optimiser.step()
    assert float(policy.log_probability(observations, actions).detach().mean()) > before


def test_it_acts_as_it_draws(drawn_from: Case) -> None:
    policy: StochasticPolicy = drawn_from[0]
    if drawn_from[1].ndim == 2:
        flat = FlatObservation(drawn_from[1].astype(np.float32))
        acted = drawn_from[0].act(flat, np.random.default_rng(2))
        np.testing.assert_array_equal(acted, policy.sample(flat.inputs, np.random.default_rng(2)))


def test_to_training_and_back_the_road_s_policy_is_the_same() -> None:
    before = GaussianPolicy(network(), 0.02)
    again = GaussianPolicy.of(before.trainable())
    assert again.width_per_m == pytest.approx(before.width_per_m, rel=1e-14)
    assert isinstance(again.mean, NeuralPolicy)
    np.testing.assert_array_equal(again.mean.predict(pictures(2)), network().predict(pictures(2)))
    assert again.mean.network is not before.mean.network  # pyright: ignore[reportAttributeAccessIssue]
    for wrong in (GaussianPolicy(LinearPolicy(np.zeros(1425), 0.0), 0.02), GaussianPolicy(network(), 0.0)):
        with pytest.raises(InputError, match="only a network of one frame with a positive width"):
            wrong.trainable()
