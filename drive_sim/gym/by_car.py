"""Between one batch and learners that ask car by car: what is told of the cars, and where each of them starts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from drive_sim.errors import InputError

Told = Mapping[str, Any]
"""What a vector environment tells: an array (n, ...) a name, and masks whose names begin with an underscore."""


def told_by_car(told: Told, num_cars: int) -> list[dict[str, Any]]:
    """What is told of each car, as the environment of one car tells it: Python's own numbers and words."""
    names = [name for name in told if not name.startswith("_")]
    columns = [np.asarray(told[name]).tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)] if names else _nothing(num_cars)


def start_of_all(options: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The options of a reset of all cars from those of each of them: an array (n,) a name; None where there are none.

    Raises InputError where only some of the cars are given an option.
    """
    names = dict.fromkeys(name for of_car in options for name in of_car)
    for name in names:
        lacking = [car for car, of_car in enumerate(options) if name not in of_car]
        if lacking:
            raise InputError(f"road: option {name} is given for some cars and not for car {lacking[0]}; give it to all")
    return {name: np.array([of_car[name] for of_car in options]) for name in names} or None


def _nothing(num_cars: int) -> list[dict[str, Any]]:
    return [{} for _ in range(num_cars)]
