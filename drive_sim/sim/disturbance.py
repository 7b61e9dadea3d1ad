"""What the world does to a car that it did not ask for: gusts of wind, kicks, and wheels that do not obey exactly."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from drive_sim.arrays import PerCar
from drive_sim.errors import InputError


@dataclass(frozen=True, slots=True)
class Disturbance:
    """How strong the gusts, kicks and wheel errors are; all zero: calm.

    A gust is a sideways drift, an Ornstein-Uhlenbeck process with standard deviation `gust_mps` and time constant
    `gust_time_s`. Kicks come as a Poisson process and shift and turn the car at once, uniformly within ± the two
    limits. `wheel_noise_per_m` is the standard deviation of an error added to each command.
    """

    gust_mps: float = 0.0
    gust_time_s: float = 2.0
    kick_rate_hz: float = 0.0
    kick_shift_m: float = 0.0
    kick_turn_rad: float = 0.0
    wheel_noise_per_m: float = 0.0

    def __post_init__(self) -> None:
        for name in ("gust_mps", "kick_rate_hz", "kick_shift_m", "kick_turn_rad", "wheel_noise_per_m"):
            if not getattr(self, name) >= 0.0:
                raise InputError(f"disturbance: {name} must not be negative, got {getattr(self, name)}")
        if not self.gust_time_s > 0.0:
            raise InputError(f"disturbance: gust_time_s must be positive, got {self.gust_time_s}")

    @classmethod
    def none(cls) -> Self:
        """No wind, no kicks, wheels that obey."""
        return cls()


@dataclass(frozen=True, slots=True, eq=False)
class Push:
    """What happens to each car in one control tick, all (n,): a drift to the left all through it, a shift to the
    left and a turn to the left at its start, and an error of the commanded curvature."""

    drift_mps: PerCar
    shift_m: PerCar
    turn_rad: PerCar
    wheel_error_per_m: PerCar

    @classmethod
    def none(cls, num_cars: int) -> Self:
        """Nothing happens."""
        return cls(*np.zeros((4, num_cars)))


def first_push(disturbance: Disturbance, num_cars: int, rng: np.random.Generator) -> Push:
    """The wind before the first tick: drawn from its stationary distribution."""
    calm = Push.none(num_cars)
    return Push(disturbance.gust_mps * rng.standard_normal(num_cars), calm.shift_m, calm.turn_rad, calm.turn_rad)


def next_push(disturbance: Disturbance, before: Push, dt_s: float, rng: np.random.Generator) -> Push:
    """The next tick's push.

    Always takes the same number of draws, however strong the disturbance is and whatever the cars do, so that
    every policy meets the same gusts, and the same gusts with and without kicks.
    """
    num_cars = len(before.drift_mps)
    gust, wheel = rng.standard_normal((2, num_cars))
    chance, side, turn = rng.random((3, num_cars))
    kept = np.exp(-dt_s / disturbance.gust_time_s)
    kicked = chance < -np.expm1(-disturbance.kick_rate_hz * dt_s)
    return Push(
        drift_mps=kept * before.drift_mps + disturbance.gust_mps * np.sqrt(1.0 - kept**2) * gust,
        shift_m=disturbance.kick_shift_m * kicked * (2.0 * side - 1.0),
        turn_rad=disturbance.kick_turn_rad * kicked * (2.0 * turn - 1.0),
        wheel_error_per_m=disturbance.wheel_noise_per_m * wheel,
    )
