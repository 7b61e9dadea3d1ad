"""A person at the wheel: what keys, mouse and game pads ask for becomes the command of one car."""

import math

import numpy as np
import pygame

from drive_sim.app.gamepads import Gamepads
from drive_sim.app.steering_wheel import (
    HeldKeys,
    WheelFeel,
    cruise_mps2,
    full_turn_per_m,
    held_keys,
    mouse_share,
    move_towards,
    pedal_mps2,
    turn_wheel,
)
from drive_sim.sim.vehicle import Command


class HumanDriver:
    """A person's hands on the wheel: hand it events and, each frame, the held keys; then read what is commanded.

    `raw_steering` (right positive) and `raw_throttle`, -1 to 1, are what the person gave, `raw_key` by what.
    """

    def __init__(self, feel: WheelFeel | None = None) -> None:
        self.feel = feel or WheelFeel()
        self.wheel_per_m = self.acceleration_mps2 = 0.0
        self.keeps_speed = True
        """Constant speed; else throttle and brake."""
        self.raw_steering = self.raw_throttle = 0.0
        self.raw_key = ""
        self._gamepads, self._mouse_x_px = Gamepads(), 0.0
        self._has_mouse = False

    @property
    def is_touched(self) -> bool:
        """Somebody steers, or stands on a pedal."""
        return bool(self.raw_key)

    @property
    def command(self) -> Command:
        """What one car is to do now."""
        return Command(np.array([self.wheel_per_m]), np.array([self.acceleration_mps2]))

    def share(self, speed_mps: float) -> float:
        """The wheel's place, -1 to 1 of the full turn at that speed, left positive."""
        return self.share_of(self.wheel_per_m, speed_mps)

    def share_of(self, curvature_per_m: float, speed_mps: float) -> float:
        """Where this wheel would stand for a curvature, -1 to 1 of the full turn at that speed, left positive."""
        return max(-1.0, min(1.0, curvature_per_m / full_turn_per_m(speed_mps, self.feel)))

    def let_go(self, wheel_per_m: float = 0.0) -> None:
        """Nobody holds the wheel, and it stands at this curvature."""
        self.wheel_per_m, self._has_mouse = wheel_per_m, False

    def handle(self, event: pygame.event.Event) -> None:
        """Mouse and game pads tell of themselves by events."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._has_mouse, self._mouse_x_px = True, float(event.pos[0])
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            self._has_mouse = False
        elif event.type == pygame.MOUSEMOTION:
            self._mouse_x_px = float(event.pos[0])
        else:
            self._gamepads.handle(event)

    def advance(self, held: HeldKeys, speed_mps: float, dt_s: float) -> None:
        """The wheel follows the hands for `dt_s`."""
        keys, pad = held_keys(held), self._gamepads
        full_per_m = full_turn_per_m(speed_mps, self.feel)
        touching = [("mouse", self._has_mouse), ("pad", pad.is_touched)]
        self.raw_key = " ".join(filter(None, (str(keys), *(name for name, touches in touching if touches))))
        if keys.steer or not (self._has_mouse or pad.steering):
            self.raw_steering = float(-keys.steer)
            self.wheel_per_m = turn_wheel(self.wheel_per_m, keys, speed_mps, self.feel, dt_s)
        else:
            self.raw_steering = self._mouse() if self._has_mouse else pad.steering
            aim_per_m = -full_per_m * math.copysign(abs(self.raw_steering) ** self.feel.bend, self.raw_steering)
            self.wheel_per_m = move_towards(self.wheel_per_m, aim_per_m, self.feel.follow_rate_per_m_s * dt_s)
        self.raw_throttle = max(-1.0, min(1.0, keys.pedal + pad.pedal))
        self.acceleration_mps2 = self._speeding_up(speed_mps)

    def _mouse(self) -> float:
        surface = pygame.display.get_surface()
        return mouse_share(self._mouse_x_px, surface.get_width(), self.feel) if surface else 0.0

    def _speeding_up(self, speed_mps: float) -> float:
        feel = self.feel
        if not self.keeps_speed:
            return pedal_mps2(self.raw_throttle, feel)
        return cruise_mps2(speed_mps, feel)
