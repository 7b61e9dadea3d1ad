"""The virtual car beside a driven one: it goes where the driven one goes if steered alike, and is put back if not."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.arrays import Images, PerCar
from drive_sim.evaluate.virtual_car import VirtualCar, VirtualTick
from drive_sim.policies.alvinn import ALVINN_CAMERA
from drive_sim.sim.vehicle import Command, VehicleParams, VehicleState, step

VEHICLE = VehicleParams()
PICTURE = np.random.default_rng(0).integers(0, 256, (1, 30, 32, 3), dtype=np.uint8)


def driven(num_ticks: int, curvature_per_m: float = 0.02) -> list[VehicleState]:
    states = [VehicleState.at(np.zeros((1, 3)), VEHICLE)]
    for _ in range(num_ticks - 1):
        states.append(step(states[-1], Command.steer(curvature_per_m), VEHICLE, 0.1 / 6, num_substeps=6))
    return states


def drive(states: list[VehicleState], curvature_per_m: float) -> list[VirtualTick]:
    car = VirtualCar(ALVINN_CAMERA, VEHICLE, 0.1)
    return [car.drive(state, PICTURE, lambda _: np.array([curvature_per_m])) for state in states]


def test_steered_as_the_driven_car_it_stays_where_that_is() -> None:
    ticks = drive(driven(50), 0.02)
    assert max(abs(tick.shift_m) for tick in ticks) < 1e-9
    assert max(abs(tick.turn_rad) for tick in ticks) < 1e-9
    assert not any(tick.was_put_back for tick in ticks)


@pytest.mark.parametrize("too_much_per_m", [0.01, -0.01])
def test_steered_too_far_it_leaves_to_that_side_and_is_put_back(too_much_per_m: float) -> None:
    ticks = drive(driven(40), 0.02 + too_much_per_m)
    first = next(i for i, tick in enumerate(ticks) if tick.was_put_back)
    before = ticks[first - 1]
    assert np.sign(before.shift_m) == np.sign(before.turn_rad) == np.sign(too_much_per_m)
    # Half of curvature times length squared, less what the wheels lag behind: 1 m after 14 m of way, 12 ticks.
    assert first == pytest.approx(12, abs=2)
    assert (ticks[first].shift_m, ticks[first].turn_rad) == (0.0, 0.0)


def test_it_sees_what_a_car_in_its_place_would_and_a_straight_picture_where_it_has_not_moved() -> None:
    seen: list[Images] = []

    def predict(images: Images) -> PerCar:
        seen.append(images)
        return np.array([0.05])

    car = VirtualCar(ALVINN_CAMERA, VEHICLE, 0.1)
    for state in driven(5):
        car.drive(state, PICTURE, predict)
    np.testing.assert_array_equal(seen[0], PICTURE)
    assert (seen[-1] != PICTURE).any()


def test_where_the_driven_car_was_placed_the_virtual_one_follows_and_nothing_is_counted() -> None:
    far = replace(driven(1)[0], poses=np.array([[50.0, 30.0, 1.0]]))
    car = VirtualCar(ALVINN_CAMERA, VEHICLE, 0.1)
    car.drive(driven(1)[0], PICTURE, lambda _: np.zeros(1))
    car.leave()
    tick = car.drive(far, PICTURE, lambda _: np.zeros(1))
    assert (tick.shift_m, tick.turn_rad, tick.was_put_back) == (0.0, 0.0, False)
