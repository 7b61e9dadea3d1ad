"""The highway: its chains, its features, and that planning on it avoids what it is told to."""

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.irl.highway import DISTANCES, FEATURES, FELT, PLACES, Highway, features, states, stationary
from drive_sim.irl.occupancy import sample
from drive_sim.irl.planning import value_iteration

MDP = Highway(discount=0.95).mdp()
COLLISION = FEATURES.index("collision")


def test_traffic_does_not_depend_on_what_the_driver_does():
    _, lanes = states()
    for one in range(3):
        nearest = (lanes[:, one] == DISTANCES.index(0)).astype(np.float64)
        chance = MDP.expected(nearest).reshape(-1, len(PLACES))
        assert np.ptp(chance, axis=1).max() < 1e-12


def test_each_state_is_in_one_place_and_feels_at_most_one_car_and_on_a_verge_none():
    by_state = features()
    place, _ = states()
    assert by_state.shape == (MDP.num_states, len(FEATURES))
    assert np.all(by_state[:, : len(PLACES)].sum(axis=1) == 1)
    assert by_state[:, len(PLACES) :].sum(axis=1).max() == 1
    assert by_state[np.isin(place, (0, 4)), len(PLACES) :].sum() == 0
    assert len(FELT) == 10


def test_drawn_traffic_is_the_stationary_one():
    stay = np.zeros(MDP.num_pairs)
    place, lanes = states()
    stay[MDP.first + place] = 1.0
    (drive,) = sample(MDP, stay, 1, np.random.default_rng(0), 20_000).paths
    hit = np.mean(lanes[MDP.state[drive], 1] == DISTANCES.index(0))
    traffic = stationary(Highway()._traffic())
    expected = traffic @ (lanes[: len(traffic), 1] == DISTANCES.index(0))
    assert hit == pytest.approx(expected, abs=0.02)
    assert np.all(place[MDP.state[drive]] == 2)


def test_who_minds_collisions_has_none_and_who_likes_them_has_many():
    shares = []
    for weight in (-10.0, 10.0):
        wanted = features() @ np.where(np.arange(len(FEATURES)) == COLLISION, weight, 0.0)
        wanted -= 0.1 * np.isin(states()[0], (0, 4))
        plan = value_iteration(MDP, wanted[MDP.state], tolerance=1e-4)
        (drive,) = sample(MDP, plan.policy, 1, np.random.default_rng(1), 5000).paths
        shares.append(features()[MDP.state[drive], COLLISION].mean())
    assert shares[0] < 0.01
    assert shares[1] > 0.1


def test_chances_that_are_none_are_refused():
    with pytest.raises(InputError, match="chances"):
        Highway(arrival=0.0)
