"""What the world does to a car that it did not ask for: gusts of wind, kicks, and wheels that do not obey exactly."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from drive_sim.arrays import PerCar
from drive_sim.errors import InputError
from drive_sim.sim.generator_state import GeneratorState


@dataclass(frozen=True, slots=True)
class Disturbance:
    """How strong the gusts, kicks and wheel errors are; all zero: calm.

    A gust is a sideways drift, an Ornstein-Uhlenbeck process with standard deviation `gust_mps` and time constant
    `gust_time_s`. Kicks come as a Poisson process and shift and turn the car at once, uniformly within ± the two
    limits. `wheel_noise_per_m` is the standard deviation of an error added to each command. `wind_mps` is a sideways
    drift that never changes, left positive.
    """

    gust_mps: float = 0.0
    gust_time_s: float = 2.0
    kick_rate_hz: float = 0.0
    kick_shift_m: float = 0.0
    kick_turn_rad: float = 0.0
    wheel_noise_per_m: float = 0.0
    wind_mps: float = 0.0

    def __post_init__(self) -> None:
        for name in ("gust_mps", "kick_rate_hz", "kick_shift_m", "kick_turn_rad", "wheel_noise_per_m"):
            if not getattr(self, name) >= 0.0:
                raise InputError(f"disturbance: {name} must not be negative, got {getattr(self, name)}")
        if not math.isfinite(self.wind_mps):
            raise InputError(f"disturbance: wind_mps must be finite, got {self.wind_mps}")
        if not self.gust_time_s > 0.0:
            raise InputError(f"disturbance: gust_time_s must be positive, got {self.gust_time_s}")

    @classmethod
    def none(cls) -> Self:
        """No wind, no kicks, wheels that obey."""
        return cls()

    @property
    def is_steady(self) -> bool:
        """Whether every tick is pushed as the last one was, once no gust blows any more: nothing is drawn."""
        return not (self.gust_mps or self.kick_rate_hz or self.wheel_noise_per_m)


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

    def without_kick(self) -> Self:
        """The same for the rest of the tick: shift and turn happen at its start only."""
        nothing = np.zeros_like(self.drift_mps)
        return replace(self, shift_m=nothing, turn_rad=nothing)


@dataclass(frozen=True, slots=True, eq=False)
class WeatherState:
    """The drift (n,) of the gusts now, and the generators of gusts, kicks and wheel errors: all pushes to come."""

    drift_mps: PerCar
    gust: GeneratorState
    kick: GeneratorState
    wheel: GeneratorState


class Weather(Iterator[Push]):
    """The pushes of all ticks to come, without end; it can be copied and pickled with the world it blows in.

    Nothing that the cars do can reach them, so every policy meets the same ones. Gusts, kicks and wheel errors have
    streams of their own: the gusts are the same with and without kicks. Another `disturbance` counts from the next
    tick on; a gust that blows then dies down or grows as it would.
    """

    def __init__(self, disturbance: Disturbance, num_cars: int, dt_s: float, rng: np.random.Generator) -> None:
        self.disturbance, self._num_cars, self._dt_s = disturbance, num_cars, dt_s
        self._gust_rng, self._kick_rng, self._wheel_rng = rng.spawn(3)
        # The wind before the first tick is drawn from its stationary distribution.
        self._drift_mps = _normal(self._gust_rng, disturbance.gust_mps, num_cars)
        self._steady: tuple[Disturbance, Push] | None = None

    def __next__(self) -> Push:
        """The pushes of the next tick."""
        disturbance, num_cars = self.disturbance, self._num_cars
        if self._steady is not None and self._steady[0] is disturbance:
            return self._steady[1]
        push = self._drawn(disturbance, num_cars)
        is_steady = disturbance.is_steady and not self._drift_mps.any()
        self._steady = (disturbance, push) if is_steady else None
        return push

    def _drawn(self, disturbance: Disturbance, num_cars: int) -> Push:
        kept = math.exp(-self._dt_s / disturbance.gust_time_s)
        fresh_mps = disturbance.gust_mps * math.sqrt(1.0 - kept**2)
        self._drift_mps = kept * self._drift_mps + _normal(self._gust_rng, fresh_mps, num_cars)
        wheel_error_per_m = _normal(self._wheel_rng, disturbance.wheel_noise_per_m, num_cars)
        kicks = _kicks(disturbance, num_cars, self._dt_s, self._kick_rng)
        return Push(disturbance.wind_mps + self._drift_mps, *kicks, wheel_error_per_m)

    def snapshot(self) -> WeatherState:
        """What decides the pushes to come; the weather goes on as if nothing had been kept."""
        return WeatherState(self._drift_mps, *map(GeneratorState.of, (self._gust_rng, self._kick_rng, self._wheel_rng)))

    def restore(self, state: WeatherState) -> None:
        """Go back: the same pushes come again, to the bit."""
        self._drift_mps, self._steady = state.drift_mps, None
        self._gust_rng, self._kick_rng, self._wheel_rng = state.gust.make(), state.kick.make(), state.wheel.make()


def _kicks(disturbance: Disturbance, num_cars: int, dt_s: float, rng: np.random.Generator) -> tuple[PerCar, PerCar]:
    """Shift and turn of each car; when they come does not depend on how strong they are."""
    shift_m, turn_rad = np.zeros(num_cars), np.zeros(num_cars)
    if disturbance.kick_rate_hz > 0.0:
        kicked = np.flatnonzero(rng.random(num_cars) < -math.expm1(-disturbance.kick_rate_hz * dt_s))
        side, turn = rng.uniform(-1.0, 1.0, (2, len(kicked)))
        shift_m[kicked], turn_rad[kicked] = disturbance.kick_shift_m * side, disturbance.kick_turn_rad * turn
    return shift_m, turn_rad


def _normal(rng: np.random.Generator, sd: float, num_cars: int) -> PerCar:
    return sd * rng.standard_normal(num_cars) if sd > 0.0 else np.zeros(num_cars)
