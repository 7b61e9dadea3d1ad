"""A mixture draws its policy for every car anew at every step."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.policies.mixture import Mixture, joined, mixed, num_rows, rows_of
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import LanePose
from drive_sim.sim.vehicle import Command, VehicleState


def seen(n: int = 5) -> Observation:
    column = np.arange(n, dtype=np.float64)
    lane = LanePose(np.arange(n), *[column + k for k in range(5)])
    state = VehicleState(np.stack([column] * 3, axis=1), column, column, np.zeros((n, 2)))
    images = np.broadcast_to(np.arange(n, dtype=np.uint8)[:, None, None, None], (n, 2, 3, 3)).copy()
    return Observation(images, column, lane, state)


@dataclass
class Constant:
    """Commands its number, plus a tenth of the car's."""

    number: float
    num_shown: int = 0

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        self.num_shown += len(observation.speed_mps)
        return Command.steer(self.number + observation.lane.offset_m / 10.0)


class Plain:
    """Acts in a world of bare arrays."""

    def act(self, observation: Any, rng: np.random.Generator) -> Any:
        return 2.0 * observation


def test_each_car_draws_anew_at_every_step() -> None:
    n, weights = 4, np.array([0.2, 0.3, 0.5])
    policies = tuple(Constant(10.0 * k) for k in range(3))
    mixture, rng = Mixture(policies, weights), np.random.default_rng(0)
    commands = np.array([mixture.act(seen(n), rng).curvature_per_m for _ in range(2000)])
    component = np.round(commands / 10.0).astype(int)
    for car in component.T:
        np.testing.assert_allclose(np.bincount(car, minlength=3) / 2000, weights, atol=0.04)
        # What is drawn now says nothing about the next step, nor about the next car.
        again = np.mean(car[1:] == car[:-1])
        assert again == pytest.approx(np.sum(weights**2), abs=0.04)
    assert np.mean(component[:, 0] == component[:, 1]) == pytest.approx(np.sum(weights**2), abs=0.04)


def test_each_command_goes_to_the_car_that_it_is_for() -> None:
    policies = tuple(Constant(10.0 * k) for k in range(3))
    commands = Mixture(policies, np.full(3, 1 / 3)).act(seen(50), np.random.default_rng(1)).curvature_per_m
    np.testing.assert_allclose(commands % 10.0, (np.arange(50) + 1.0) / 10.0)
    # A policy is shown only the cars that follow it.
    assert sum(policy.num_shown for policy in policies) == 50


def test_same_seed_same_draws() -> None:
    mixture = Mixture((Constant(0.0), Constant(10.0)), np.array([0.5, 0.5]))
    a, b, c = (mixture.act(seen(30), np.random.default_rng(s)).curvature_per_m for s in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_records_are_taken_apart_and_put_together() -> None:
    whole, parts = seen(6), [np.array([4, 0]), np.array([5, 1, 2]), np.array([3])]
    back = joined([rows_of(whole, index) for index in parts], np.concatenate(parts))
    for a, b in [
        (back.images, whole.images),
        (back.lane.edge_m, whole.lane.edge_m),
        (back.state.poses, whole.state.poses),
    ]:
        np.testing.assert_array_equal(a, b)
    assert num_rows(whole) == 6


def test_it_mixes_in_a_world_of_bare_arrays() -> None:
    actions = Mixture((Plain(), Plain()), np.array([0.5, 0.5])).act(
        np.arange(9.0).reshape(9, 1), np.random.default_rng(0)
    )
    np.testing.assert_array_equal(actions, 2.0 * np.arange(9.0).reshape(9, 1))


def test_a_policy_alone_is_not_wrapped() -> None:
    a, b = Constant(0.0), Constant(1.0)
    assert mixed((a, b), (1.0, 0.0)) is a
    assert mixed((a, b), (0.0, 1.0)) is b
    assert isinstance(mixed((a, b), (0.5, 0.5)), Mixture)


@pytest.mark.parametrize("weights", [[0.5], [0.5, 0.6], [-0.5, 1.5], [np.nan, 1.0]])
def test_weights_are_probabilities(weights: list[float]) -> None:
    with pytest.raises(InputError, match="weights"):
        Mixture((Constant(0.0), Constant(1.0)), np.array(weights))
