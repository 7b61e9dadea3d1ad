"""The convolutional base learner: it learns what pictures show, keeps them as bytes, and says what it cannot read."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.learn import convolutional
from drive_sim.learn.convolutional import Config
from drive_sim.policies.pixel_regressor import PixelRegressor
from drive_sim.policies.regressor import FlatObservation
from drive_sim.policies.stochastic import Greedy

RNG = np.random.default_rng


def bars(num: int, rng: np.random.Generator, *, num_actions: int | None = None) -> Transitions:
    """Two frames each with a white bar: the action is where it is now, and how far it moved."""
    now, moved = rng.integers(6, 24, num), rng.integers(-4, 5, num)
    pictures = np.zeros((num, 2, 20, 30, 3), dtype=np.uint8)
    for frame, place in ((0, now - moved), (1, now)):
        pictures[np.arange(num), frame, :, place] = 255
    action = np.stack([(now - 15.0) / 9.0, 100.0 + moved], axis=1)
    if num_actions is not None:
        action = np.floor((now[:, None] - 6) / 6.0).astype(np.float64)
    low, high = np.full((2, action.shape[1]), [[-np.inf], [np.inf]])
    ends = np.zeros(num, dtype=np.bool_)
    return Transitions(pictures, action.astype(np.float64), pictures, ends, ends, low, high, num_actions=num_actions)


@pytest.mark.slow
def test_it_reads_a_place_and_a_speed_off_two_frames() -> None:
    policy = convolutional.fit(Config("thumbnail", num_epochs=60.0), bars(300, RNG(0)), RNG(1))
    assert isinstance(policy, PixelRegressor)
    unseen = bars(200, RNG(2))
    error = policy.predict(unseen.observation) - unseen.action
    # Always the mean would miss by 0.58 and 2.6.
    assert np.abs(error).mean(axis=0)[0] < 0.15 and np.abs(error).mean(axis=0)[1] < 0.8


@pytest.mark.slow
def test_it_chooses_by_what_is_likeliest() -> None:
    policy = convolutional.fit(Config("thumbnail", num_epochs=60.0), bars(300, RNG(0), num_actions=3), RNG(1))
    assert isinstance(policy, Greedy)
    unseen = bars(200, RNG(2), num_actions=3)
    assert (policy.act(FlatObservation(unseen.observation), RNG(0)) == unseen.action).mean() > 0.9


def test_same_seed_same_weights_and_what_is_given_is_left() -> None:
    data = bars(40, RNG(0))
    before = data.observation.copy()
    first, again, other = (convolutional.fit(Config("thumbnail", least_steps=3), data, RNG(seed)) for seed in (1, 1, 2))
    unseen = bars(5, RNG(3)).observation
    np.testing.assert_array_equal(first.predict(unseen), again.predict(unseen))  # pyright: ignore
    assert (first.predict(unseen) != other.predict(unseen)).any()  # pyright: ignore
    np.testing.assert_array_equal(data.observation, before)
    assert data.observation.dtype == np.uint8


def test_steps_grow_with_the_rows() -> None:
    config = Config(num_epochs=10.0, batch_size=64, least_steps=100)
    assert [config.descent(num).num_steps for num in (300, 640, 2400)] == [100, 100, 375]


@pytest.mark.parametrize(
    "field", [{"num_epochs": 0.0}, {"least_steps": 0}, {"batch_size": -1}, {"learning_rate": 0.0}, {"num_threads": 0}]
)
def test_settings_that_cannot_be_are_refused(field: Any) -> None:
    with pytest.raises(InputError, match=f"convolutional: {next(iter(field))} must be positive"):
        Config(**field)
    with pytest.raises(InputError, match="unknown network 'resnet'"):
        Config("resnet")


def test_what_is_no_picture_of_bytes_is_refused() -> None:
    data = bars(4, RNG(0))
    for rows in (data.observation.astype(np.float32), data.observation.reshape(4, -1)):
        with pytest.raises(InputError, match=r"convolutional: pictures of bytes \(uint8\) are needed"):
            convolutional.fit(Config("thumbnail"), replace(data, observation=rows), RNG(0))
