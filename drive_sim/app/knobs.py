"""Knobs: what of the car and its world a person can turn while it drives, each with its range and its words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from drive_sim.app.wanted_place import BY_SIGHT, STEP, from_slider, in_words, on_slider
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.lateral_goal import WIDEST_GOAL
from drive_sim.sim.vehicle import VehicleParams

_KICK_M, _KICK_M_PER_RAD = 0.1, 5.0
"""A kick's size where a regime has none, and how it turns a car that it shifts: both are the evaluation's."""
_TICK_S = 0.1
_MOST_GRIP_MPS2 = 10.0


@dataclass(frozen=True, slots=True)
class Knobs:
    """How the car answers, what the world does to it, and how much its camera's picture is noisy (grey levels).

    `own_speed`: whoever drives chooses the speed; else it is kept. `wanted_place`: where on the road drivers are told
    to drive, in half widths, left positive (None: they go by sight).
    """

    vehicle: VehicleParams
    disturbance: Disturbance
    noise_grey: float
    own_speed: bool = False
    wanted_place: float | None = None

    def values_beside(self, regime: "Knobs") -> dict[str, float]:
        """The knobs, by name, that stand elsewhere than a regime has them."""
        return {knob.name: knob.value(self) for knob in KNOBS if knob.value(self) != knob.value(regime)}

    def with_values(self, values: Mapping[str, float]) -> "Knobs":
        """The same with some of them turned."""
        turned = self
        for knob in KNOBS:
            if knob.name in values:
                turned = knob.turned(turned, values[knob.name])
        return turned

    def words_beside(self, regime: "Knobs") -> list[str]:
        """What is turned, each in a few words; the size of kicks that never come is none of it."""
        silent = set() if self.disturbance.kick_rate_hz else {"kick_m"}
        names = self.values_beside(regime).keys() - silent
        return [f"{knob.label.lower()} {knob.words(knob.value(self))}" for knob in KNOBS if knob.name in names]


@dataclass(frozen=True, slots=True)
class Knob:
    """One of them: from `least` to `most` in steps, how it is read and turned, and how its value is said."""

    name: str
    label: str
    least: float
    most: float
    step: float
    value: Callable[[Knobs], float]
    turned: Callable[[Knobs, float], Knobs]
    words: Callable[[float], str]

    def nearest(self, value: float, home: float) -> float:
        """The nearest value that it can have: a multiple of its step, or where the regime has it (`home`)."""
        value = min(max(value, self.least), self.most)
        return home if abs(value - home) < self.step / 2 else round(round(value / self.step) * self.step, 6)


def _weather(field: str, factor: float = 1.0) -> tuple[Callable[[Knobs], float], Callable[[Knobs, float], Knobs]]:
    """Reads and turns a field of the disturbance, of which the knob shows a multiple."""
    return (
        lambda knobs: factor * getattr(knobs.disturbance, field),
        lambda knobs, value: replace(knobs, disturbance=replace(knobs.disturbance, **{field: value / factor})),
    )


def turned_by_hand(knobs: Knobs, knob: Knob, value: float) -> Knobs:
    """One of them turned; the first kicks that are asked for have a size, where none was given."""
    turned = knob.turned(knobs, value)
    first = turned.disturbance.kick_rate_hz and not knobs.disturbance.kick_rate_hz
    return turned if turned.disturbance.kick_shift_m or not first else _kick_size(turned, _KICK_M)


def _kicks(knobs: Knobs, a_minute: float) -> Knobs:
    return replace(knobs, disturbance=replace(knobs.disturbance, kick_rate_hz=a_minute / 60.0))


def _kick_size(knobs: Knobs, shift_m: float) -> Knobs:
    kicks = replace(knobs.disturbance, kick_shift_m=shift_m, kick_turn_rad=shift_m / _KICK_M_PER_RAD)
    return replace(knobs, disturbance=kicks)


def _grip(knobs: Knobs) -> float:
    return _MOST_GRIP_MPS2 if knobs.vehicle.grip_mps2 is None else knobs.vehicle.grip_mps2


def _with_grip(knobs: Knobs, grip_mps2: float) -> Knobs:
    limit = None if grip_mps2 >= _MOST_GRIP_MPS2 else grip_mps2
    return replace(knobs, vehicle=replace(knobs.vehicle, grip_mps2=limit))


def _wind_words(wind_mps: float) -> str:
    return "none" if not wind_mps else f"{abs(wind_mps):.1f} m/s to the {'left' if wind_mps > 0 else 'right'}"


KNOBS = (
    Knob("wind_mps", "Wind", -2.0, 2.0, 0.1, *_weather("wind_mps"), _wind_words),
    Knob(
        "gust_mps",
        "Gusts",
        0.0,
        1.0,
        0.05,
        *_weather("gust_mps"),
        lambda value: f"{value:.2f} m/s" if value else "none",
    ),
    Knob(
        "kicks_a_minute",
        "Kicks",
        0.0,
        60.0,
        3.0,
        lambda knobs: round(60.0 * knobs.disturbance.kick_rate_hz, 9),
        _kicks,
        lambda value: f"{value:.0f} a minute" if value else "none",
    ),
    Knob(
        "kick_m",
        "Kick size",
        0.0,
        0.6,
        0.05,
        lambda knobs: knobs.disturbance.kick_shift_m,
        _kick_size,
        lambda value: f"up to {100 * value:.0f} cm" if value else "none",
    ),
    Knob(
        "lag_s",
        "Steering lag",
        0.0,
        1.0,
        0.05,
        lambda knobs: knobs.vehicle.lag_s,
        lambda knobs, value: replace(knobs, vehicle=replace(knobs.vehicle, lag_s=value)),
        lambda value: f"{value:.2f} s",
    ),
    Knob(
        "delay_s",
        "Command delay",
        0.0,
        1.0,
        _TICK_S,
        lambda knobs: round(_TICK_S * knobs.vehicle.latency_ticks, 6),
        lambda knobs, value: replace(knobs, vehicle=replace(knobs.vehicle, latency_ticks=round(value / _TICK_S))),
        lambda value: f"{value:.1f} s",
    ),
    Knob(
        "noise_grey",
        "Camera noise",
        0.0,
        40.0,
        1.0,
        lambda knobs: knobs.noise_grey,
        lambda knobs, value: replace(knobs, noise_grey=value),
        lambda value: f"{value:.1f} of 255",
    ),
    Knob(
        "grip_mps2",
        "Grip",
        1.0,
        _MOST_GRIP_MPS2,
        0.5,
        _grip,
        _with_grip,
        lambda value: "no limit" if value >= _MOST_GRIP_MPS2 else f"{value:.1f} m/s²",
    ),
    Knob(
        "own_speed",
        "Speed",
        0.0,
        1.0,
        1.0,
        lambda knobs: float(knobs.own_speed),
        lambda knobs, value: replace(knobs, own_speed=value >= 0.5),
        lambda value: "the driver's own" if value else "kept",
    ),
    Knob(
        "wanted_place",
        "Place",
        BY_SIGHT,
        WIDEST_GOAL,
        STEP,
        lambda knobs: on_slider(knobs.wanted_place),
        lambda knobs, value: replace(knobs, wanted_place=from_slider(value)),
        lambda value: in_words(from_slider(value)),
    ),
)
"""All of them, as the drawer lists them. The camera's noise is the scene's own where nobody turns it."""
