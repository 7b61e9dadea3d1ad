"""What a screen is, and the ways from one to another: a screen returns where to go and knows no other screen."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pygame

from drive_sim.app.canvas import Canvas
from drive_sim.app.shared_state import SharedState
from drive_sim.app.steering_wheel import HeldKeys


@dataclass(frozen=True, slots=True)
class ToHome:
    """The home screen."""


@dataclass(frozen=True, slots=True)
class ToDrive:
    """Drive by hand and record, on the session's road."""


@dataclass(frozen=True, slots=True)
class ToWatch:
    """Models drive, the first of them at once; None: those that the session has learned, else the expert.

    A model is named by its folder, one of the models that ship, or `expert`. `road_number` counts the sitting's roads
    to watch on, from 0.
    """

    models: tuple[str, ...] | None = None
    road_number: int = 0


@dataclass(frozen=True, slots=True)
class ToLecture:
    """The lecture in five steps."""

    models: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ToStory:
    """The sixty-second story, which needs no key; None: of the pair that ships."""

    models: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ToCompare:
    """Butterfly: the expert and models from one pose, and what their batches pay; as in `ToWatch`."""

    models: tuple[str, ...] | None = None
    road_number: int = 0


@dataclass(frozen=True, slots=True)
class ToTruth:
    """The truth-o-meter, on a recording or a Udacity log (with its camera's file), or, with None, on the live road.

    It begins shifted and turned to the left by so much, at the row with that number.
    """

    path: Path | None = None
    camera: Path | None = None
    shift_m: float = 1.0
    turn_deg: float = 0.0
    row: int = 0


@dataclass(frozen=True, slots=True)
class ToBasin:
    """From where models find back; None: those that the session has learned, else the newest, else what ships.

    It is searched at arc length `at_m` of the road with that number, as in `ToWatch`.
    """

    models: tuple[str, ...] | None = None
    road_number: int = 0
    at_m: float | None = None


@dataclass(frozen=True, slots=True)
class ToShared:
    """A view that was shared, with the folders of its models."""

    state: SharedState
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leave:
    """Close the window."""


Destination = ToHome | ToDrive | ToWatch | ToLecture | ToStory | ToCompare | ToTruth | ToBasin | ToShared
"""A way to a screen."""
Route = Destination | Leave


@dataclass(frozen=True, slots=True)
class Key:
    """A key (as it is printed on the keyboard) and what it does, for the help overlay; `short` for the bottom line."""

    name: str
    does: str
    short: str = ""

    @property
    def code(self) -> int | None:
        """Pygame's number of the first key that the name names; None where it names none, such as "Arrows"."""
        first = self.name.partition(" or ")[0]
        first = {"Enter": "RETURN", "Esc": "ESCAPE"}.get(first, first.replace(" ", "").upper())
        return getattr(pygame, f"K_{first.lower() if len(first) == 1 else first}", None)


class Screen(Protocol):
    """Something that fills the window; `handle` and `advance` return where to go, or None to stay."""

    title: str
    keys: tuple[Key, ...]

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:
        """An event that the window itself did not take: a key, the mouse, a game pad."""
        ...

    def advance(self, held: HeldKeys) -> Route | None:
        """One frame's step of 1/60 s; `held` says which keys are down."""
        ...

    def draw(self, canvas: Canvas) -> None:
        """Draw what is now."""
        ...

    def close(self) -> None:
        """The screen is left: end what it began; what was recorded is on the disk."""
        ...
