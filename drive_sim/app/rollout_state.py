"""A live rollout at one frame, as a value: what is kept to go back to, and what another rollout can go on from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from drive_sim.app.canvas import Colour
from drive_sim.app.drivers import PolicyDriver
from drive_sim.app.lane_watch import OffLane
from drive_sim.app.lap_counter import LapsKept
from drive_sim.app.nudge import Nudge
from drive_sim.app.single_car import CarState
from drive_sim.app.tally import Tally
from drive_sim.sim.generator_state import GeneratorState


class PastTick(NamedTuple):
    """One control tick of the past: how far off the car was, whose doing it was, and whether it was put back then."""

    offset_m: float
    colour: Colour
    was_put_back: bool


class CountedDriver(NamedTuple):
    """A driver, and a copy of what it had done by then."""

    driver: PolicyDriver
    tally: Tally


class RolloutInput(NamedTuple):
    """What was done to a rollout from outside: after how many frames, and with which of its methods."""

    num_frames: int
    do: Callable[..., None]
    arguments: tuple[object, ...] = ()
    replaces: bool = False
    """Of several at one frame the last one counts."""
    nudge: Nudge | None = None
    """What came of it, where that was drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class RolloutState:
    """The car, the generators of policies and nudges, who drives, what each driver has done, and what was shown."""

    car: CarState
    laps: LapsKept
    policy: GeneratorState
    nudge: GeneratorState
    drivers: tuple[CountedDriver, ...]
    driver: PolicyDriver
    tick_driver: PolicyDriver | None
    """Whose tick is under way; None: a person's."""
    history: tuple[PastTick, ...]
    num_frames: int
    num_ticks: int
    lane: OffLane
    """Whether the car was off its lane, and since when."""
    next_nudge: Nudge | None
    """How the car will be pushed at the next control tick."""
    command_per_m: float
    expert_per_m: float
    puts_back: bool
    by_hand: bool
