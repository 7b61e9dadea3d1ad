"""Weather that names cars: what one of them meets does not depend on which others are in its batch."""

from collections.abc import Iterator

import numpy as np

from drive_sim.arrays import CarIndex
from drive_sim.errors import InputError
from drive_sim.sim.disturbance import Disturbance, Push, Weather, WeatherState


class WeatherByCar(Iterator[Push]):
    """The pushes of all ticks to come, of each car from a child stream that its number names."""

    def __init__(self, disturbance: Disturbance, car_idx: CarIndex, dt_s: float, rng: np.random.Generator) -> None:
        self._disturbance = disturbance
        self._by_car = [Weather(disturbance, 1, dt_s, _child(rng, int(number))) for number in car_idx]

    def __next__(self) -> Push:
        """The pushes of the next tick."""
        pushes = [next(weather) for weather in self._by_car]
        return Push(*(np.concatenate([getattr(push, name) for push in pushes]) for name in Push.__slots__))

    @property
    def disturbance(self) -> Disturbance:
        """How strong it is for every car; another one counts from the next tick on."""
        return self._disturbance

    @disturbance.setter
    def disturbance(self, disturbance: Disturbance) -> None:
        """From the next tick on."""
        self._disturbance = disturbance
        for weather in self._by_car:
            weather.disturbance = disturbance

    def snapshot(self) -> tuple[WeatherState, ...]:
        """What decides the pushes to come, car by car."""
        return tuple(weather.snapshot() for weather in self._by_car)

    def restore(self, state: tuple[WeatherState, ...]) -> None:
        """Go back: the same pushes come again, to the bit."""
        for weather, of_car in zip(self._by_car, state, strict=True):
            weather.restore(of_car)


def make_weather(
    disturbance: Disturbance, num_cars: int, dt_s: float, rng: np.random.Generator, car_idx: CarIndex | None
) -> Weather | WeatherByCar:
    """The weather of a batch, whose streams all cars share; where `car_idx` (n,) numbers them, each has its own.

    Raises InputError where it numbers more cars, or fewer.
    """
    if car_idx is None:
        return Weather(disturbance, num_cars, dt_s, rng)
    if car_idx.shape != (num_cars,):
        raise InputError(f"weather: {num_cars} cars, but {car_idx.shape} numbers")
    return WeatherByCar(disturbance, car_idx, dt_s, rng)


def _child(rng: np.random.Generator, number: int) -> np.random.Generator:
    """The child that `rng.spawn` would make as its `number`-th, without making those before it."""
    parent = rng.bit_generator.seed_seq
    assert isinstance(parent, np.random.SeedSequence), "generators here are made by default_rng"
    return np.random.default_rng(np.random.SeedSequence(parent.entropy, spawn_key=(*parent.spawn_key, number)))
