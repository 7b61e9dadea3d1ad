"""At whose speed is driven, and how tightly the car turns, as it is typed."""

from __future__ import annotations

from argparse import _ActionsContainer
from typing import TYPE_CHECKING

from drive_sim.cli.numbers import between
from drive_sim.errors import one_of

if TYPE_CHECKING:
    from drive_sim.policies.speed_profile import SpeedLimits
    from drive_sim.sim.vehicle import VehicleParams

SPEEDS = ("kept", "own")


def add_car(command: _ActionsContainer) -> None:
    """The speed, one of `SPEEDS`, and the turning radius."""
    command.add_argument(
        "--speed",
        default="kept",
        metavar="kept|own",
        help="kept (default): 12 m/s throughout; own: slower in bends, faster on straights, as whoever drives chooses",
    )
    command.add_argument(
        "--turning-radius",
        type=between(2.0, 100.0),
        metavar="M",
        help="the tightest circle that the wheels drive (default: 8.3; what bends to 8 m take is 6.5, say)",
    )


def chosen_speed(name: str) -> SpeedLimits | None:
    """The limits of a drive at one's own speed; None where the speed is kept. Raises InputError for another word."""
    from drive_sim.policies.speed_profile import SpeedLimits

    return None if one_of("speed", name, SPEEDS) == "kept" else SpeedLimits()


def chosen_car(turning_radius_m: float | None) -> VehicleParams:
    """The usual car, with wheels that turn so far."""
    from dataclasses import replace

    from drive_sim.sim.conditions import CONDITIONS

    car = CONDITIONS.vehicle
    return car if turning_radius_m is None else replace(car, max_curvature_per_m=1.0 / turning_radius_m)
