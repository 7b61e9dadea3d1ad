"""Game pads: none, one or several, that may come and go; what the hands on them ask for."""

import sys
from contextlib import suppress

import pygame

DEAD_ZONE = 0.12
"""A stick that is let go rests this near to its middle."""
STICK_AXIS, THROTTLE_AXIS = 0, 5
BRAKE_AXIS = 4 if sys.platform == "win32" else 2
"""The triggers, as SDL numbers them on the common pads; a trigger rests at -1."""
THROTTLE_BUTTON, BRAKE_BUTTON = 0, 1


class Gamepads:
    """All pads act as one; it keeps what their events have told, so nothing is asked of a pad that is gone."""

    def __init__(self) -> None:
        self._open: dict[int, pygame.joystick.JoystickType] = {}
        self._axes: dict[tuple[int, int], float] = {}
        self._buttons: set[tuple[int, int]] = set()
        # A machine without any support for pads is a machine without pads.
        with suppress(pygame.error):
            pygame.joystick.init()
            for number in range(pygame.joystick.get_count()):
                self._add(number)

    @property
    def steering(self) -> float:
        """-1 to 1, right positive; 0 within the dead zone."""
        sides = [_beyond_dead_zone(value) for (_, axis), value in self._axes.items() if axis == STICK_AXIS]
        return max(sides, key=abs, default=0.0)

    @property
    def pedal(self) -> float:
        """-1 (brake) to 1 (throttle)."""
        return self._pressed(THROTTLE_AXIS, THROTTLE_BUTTON) - self._pressed(BRAKE_AXIS, BRAKE_BUTTON)

    @property
    def is_touched(self) -> bool:
        """A hand is on one."""
        return bool(self.steering or self.pedal)

    def handle(self, event: pygame.event.Event) -> None:
        """A pad comes, goes or moves; other events are nobody's here."""
        if event.type == pygame.JOYDEVICEADDED:
            with suppress(pygame.error):
                self._add(event.device_index)
        elif event.type == pygame.JOYDEVICEREMOVED:
            self._remove(event.instance_id)
        elif event.type == pygame.JOYAXISMOTION:
            self._axes[event.instance_id, event.axis] = event.value
        elif event.type == pygame.JOYBUTTONDOWN:
            self._buttons.add((event.instance_id, event.button))
        elif event.type == pygame.JOYBUTTONUP:
            self._buttons.discard((event.instance_id, event.button))

    def _add(self, number: int) -> None:
        """A pad tells of itself only while somebody holds it open."""
        pad = pygame.joystick.Joystick(number)
        self._open[pad.get_instance_id()] = pad

    def _remove(self, instance_id: int) -> None:
        self._open.pop(instance_id, None)
        self._axes = {key: value for key, value in self._axes.items() if key[0] != instance_id}
        self._buttons = {key for key in self._buttons if key[0] != instance_id}

    def _pressed(self, axis: int, button: int) -> float:
        """A trigger's way from its rest, or a button, 0 to 1."""
        ways = [0.5 * (value + 1.0) for (_, number), value in self._axes.items() if number == axis]
        down = any(number == button for _, number in self._buttons)
        way = max(ways, default=0.0)
        return 1.0 if down else way if way > DEAD_ZONE else 0.0


def _beyond_dead_zone(value: float) -> float:
    """From 0 at the dead zone's edge to 1 at the end."""
    size = max(0.0, abs(value) - DEAD_ZONE) / (1.0 - DEAD_ZONE)
    return min(1.0, size) if value > 0.0 else -min(1.0, size)
