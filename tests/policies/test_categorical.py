"""Laws of a policy that chooses one of k actions and is trained by gradients, and of the network behind it."""

import math

import numpy as np
import pytest
import torch

from drive_sim.errors import InputError
from drive_sim.policies.base import StochasticPolicy
from drive_sim.policies.flat_network import make_flat_network
from drive_sim.policies.regressor import FlatObservation
from drive_sim.policies.stochastic import Greedy, TrainableCategorical

NUM_DRAWS, NUM_ACTIONS = 20_000, 4
EVERY = np.arange(NUM_ACTIONS, dtype=np.float64)[:, None]


def policy(last_gain: float = 1.0) -> TrainableCategorical:
    """Three numbers to one of four actions."""
    return TrainableCategorical(make_flat_network((3, 8, NUM_ACTIONS), np.random.default_rng(0), last_gain=last_gain))


def rows(n: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(n, 3)).astype(np.float32)


def many(n: int = NUM_DRAWS) -> np.ndarray:
    return np.repeat(rows(1), n, axis=0)


def probabilities() -> np.ndarray:
    """Of each action in the first row."""
    with torch.no_grad():
        return policy().log_probability(many(NUM_ACTIONS), EVERY).exp().numpy()


def test_probabilities_sum_to_one() -> None:
    assert probabilities().sum() == pytest.approx(1.0, abs=1e-12)
    assert probabilities().min() < 0.9 * probabilities().max()


def test_entropy_is_the_mean_of_minus_the_log_probability() -> None:
    with torch.no_grad():
        entropy = policy().entropy(rows(3)).numpy()
    assert entropy.shape == (3,)
    assert entropy[0] == pytest.approx(-(probabilities() * np.log(probabilities())).sum(), abs=1e-12)
    with torch.no_grad():
        undecided = policy(last_gain=0.0).entropy(rows(3)).numpy()
    np.testing.assert_allclose(undecided, math.log(NUM_ACTIONS))
    assert (entropy < undecided).all()


def test_draws_have_the_probabilities_that_are_stated() -> None:
    drawn = policy().sample(many(), np.random.default_rng(0))
    assert drawn.shape == (NUM_DRAWS, 1)
    share, p = np.bincount(drawn[:, 0].astype(np.int64), minlength=NUM_ACTIONS) / NUM_DRAWS, probabilities()
    assert (np.abs(share - p) < 5.0 * np.sqrt(p * (1.0 - p) / NUM_DRAWS)).all()


def test_same_seed_same_draws_and_torchs_own_generator_is_left_alone() -> None:
    before = torch.random.get_rng_state()
    first, again, other = (policy().sample(many(), np.random.default_rng(seed)) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_batch_is_its_rows() -> None:
    actions = policy().sample(rows(3), np.random.default_rng(0))
    with torch.no_grad():
        whole = policy().log_probability(rows(3), actions)
        singles = [policy().log_probability(rows(3)[i : i + 1], actions[i : i + 1]) for i in range(3)]
    assert whole.shape == (3,)
    torch.testing.assert_close(whole, torch.cat(singles), rtol=1e-5, atol=1e-6)


def test_gradients_reach_every_parameter_and_are_those_of_the_probability() -> None:
    """For the last bias they are 1 - p for what was done and -p for the rest; for all a small step goes uphill."""
    trained, seen = policy(), rows(1)
    before = trained.log_probability(seen, EVERY[2:3]).sum()
    before.backward()
    parameters = list(trained.parameters())
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    assert len(gradients) == len(parameters) and all(bool((gradient != 0.0).any()) for gradient in gradients)
    np.testing.assert_allclose(gradients[-1].numpy(), np.eye(NUM_ACTIONS)[2] - probabilities(), atol=1e-6)
    length = math.sqrt(sum(float(g.square().sum()) for g in gradients))
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.add_(1e-3 * gradient / length)
        uphill = trained.log_probability(seen, EVERY[2:3]).sum() - before
    assert float(uphill) == pytest.approx(1e-3 * length, rel=0.05)


def test_the_score_has_no_mean() -> None:
    """E[d log p / d theta] = 0, on which policy gradients rest (Williams 1992): summed over actions, exactly."""
    trained = policy()
    log_probability = trained.log_probability(many(NUM_ACTIONS), EVERY)
    (log_probability * log_probability.detach().exp()).sum().backward()
    for parameter in trained.parameters():
        assert parameter.grad is not None
        np.testing.assert_allclose(parameter.grad.numpy(), 0.0, atol=1e-6)


def test_training_raises_the_probability_of_what_was_done() -> None:
    trained, seen, done = policy(), rows(50), np.full((50, 1), 3.0)
    before = float(trained.log_probability(seen, done).detach().mean())
    optimiser = torch.optim.Adam(trained.parameters(), lr=0.01)
    for _ in range(50):
        optimiser.zero_grad()
        (-trained.log_probability(seen, done).mean()).backward()
        optimiser.step()
    assert float(trained.log_probability(seen, done).detach().mean()) > before
    np.testing.assert_array_equal(trained.likeliest(seen), done)


def test_it_acts_as_it_draws_and_the_greedy_one_as_is_likeliest() -> None:
    drawn: StochasticPolicy = policy()
    flat, rng = FlatObservation(rows(50)), np.random.default_rng(2)
    acted = policy().act(flat, np.random.default_rng(2))
    np.testing.assert_array_equal(acted, drawn.sample(flat.inputs, rng))
    greedy = Greedy(policy()).act(flat, rng)
    with torch.no_grad():
        log_p = [policy().log_probability(flat.inputs, np.full((50, 1), float(a))) for a in range(NUM_ACTIONS)]
    np.testing.assert_array_equal(greedy[:, 0], torch.stack(log_p).argmax(dim=0).numpy())
    assert (greedy != acted).any()


def test_the_network_s_layers_are_orthogonal_and_its_inputs_standardised() -> None:
    mean, spread = np.array([1.0, -2.0, 0.0], np.float32), np.array([2.0, 0.1, 1.0], np.float32)
    made = make_flat_network((3, 8, 2), np.random.default_rng(0), input_mean=mean, input_spread=spread)
    plain = make_flat_network((3, 8, 2), np.random.default_rng(0))
    first, last = [p.detach() for p in made.parameters() if p.ndim == 2]
    torch.testing.assert_close(first.T @ first, 2.0 * torch.eye(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(last @ last.T, torch.eye(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(made.outputs(rows(5) * spread + mean), plain.outputs(rows(5)), atol=1e-5, rtol=1e-5)


def test_what_cannot_be_is_said() -> None:
    for widths in ((3,), (3, 0, 2)):
        with pytest.raises(InputError, match="at least one unit"):
            make_flat_network(widths, np.random.default_rng(0))
    with pytest.raises(InputError, match="a network of 3 inputs was given rows of shape"):
        policy().sample(np.zeros((2, 4), np.float32), np.random.default_rng(0))
