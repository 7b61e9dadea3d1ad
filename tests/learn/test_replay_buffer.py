"""A replay buffer keeps the latest steps, and draws evenly from them."""

import numpy as np
import pytest

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.learn.replay_buffer import ReplayBuffer


def numbered(first: int, last: int) -> Transitions:
    """Steps that carry their number everywhere."""
    number = np.arange(first, last)
    row, goes_on = number[:, None].astype(np.float32), np.zeros(len(number), dtype=np.bool_)
    act = row.astype(float)
    return Transitions(row, act, row + 1.0, goes_on, goes_on, np.zeros(1), np.ones(1), num_actions=9, reward=act[:, 0])


def kept(buffer: ReplayBuffer, draws: int = 2000) -> np.ndarray:
    return np.unique(buffer.sample(draws, np.random.default_rng(0)).observation[:, 0])


def test_it_keeps_the_latest_steps_and_forgets_older_ones() -> None:
    buffer = ReplayBuffer(10)
    for first in range(0, 24, 4):
        buffer.add(numbered(first, first + 4))
    assert len(buffer) == 10
    np.testing.assert_array_equal(kept(buffer), np.arange(14, 24))
    buffer.add(numbered(100, 137))
    np.testing.assert_array_equal(kept(buffer), np.arange(127, 137))


def test_what_belongs_together_stays_together() -> None:
    buffer = ReplayBuffer(7)
    buffer.add(numbered(0, 5))
    buffer.add(numbered(5, 9))
    drawn = buffer.sample(50, np.random.default_rng(1))
    np.testing.assert_array_equal(drawn.next_observation, drawn.observation + 1.0)
    np.testing.assert_array_equal(drawn.action, drawn.observation)
    assert drawn.num_actions == 9 and drawn.reward is not None


def test_it_draws_evenly() -> None:
    buffer = ReplayBuffer(8)
    buffer.add(numbered(0, 5))
    counts = np.bincount(buffer.sample(5000, np.random.default_rng(2)).observation[:, 0].astype(int), minlength=8)
    assert counts[5:].sum() == 0 and (np.abs(counts[:5] - 1000) < 5.0 * np.sqrt(5000 * 0.2 * 0.8)).all()


def test_what_was_added_is_not_touched_nor_followed() -> None:
    buffer, steps = ReplayBuffer(4), numbered(0, 4)
    buffer.add(steps)
    steps.observation[:] = -1.0
    np.testing.assert_array_equal(kept(buffer), np.arange(4))


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(InputError, match="nothing was added yet"):
        ReplayBuffer(3).sample(1, np.random.default_rng(0))
    with pytest.raises(InputError, match="capacity must be at least 1"):
        ReplayBuffer(0)
