"""At whose speed is driven, as it is typed."""

from __future__ import annotations

from argparse import _ActionsContainer
from typing import TYPE_CHECKING

from drive_sim.errors import one_of

if TYPE_CHECKING:
    from drive_sim.policies.speed_profile import SpeedLimits

SPEEDS = ("kept", "own")


def add_speed(command: _ActionsContainer) -> None:
    """One of `SPEEDS`."""
    command.add_argument(
        "--speed",
        default="kept",
        metavar="kept|own",
        help="kept (default): 12 m/s throughout; own: slower in bends, faster on straights, as whoever drives chooses",
    )


def chosen_speed(name: str) -> SpeedLimits | None:
    """The limits of a drive at one's own speed; None where the speed is kept. Raises InputError for another word."""
    from drive_sim.policies.speed_profile import SpeedLimits

    return None if one_of("speed", name, SPEEDS) == "kept" else SpeedLimits()
