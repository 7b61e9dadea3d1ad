"""From a person's hands to a command: keys, mouse and game pad turn one wheel, which ramps and centres itself.

A key is -1, 0 or 1, so the wheel ramps towards it; mouse and pad name a place, and the wheel goes there at once.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pygame

from drive_sim.app.pad import Pads
from drive_sim.sim.vehicle import Command, VehicleParams


class HeldKeys(Protocol):
    """Which keys are down, by pygame's code."""

    def __getitem__(self, key: int, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Keys:
    """What the person holds down: `steer` is +1 for left (as curvature), -1 for right; `pedal` +1 for throttle."""

    steer: int = 0
    pedal: int = 0

    def __str__(self) -> str:
        names = {1: ("left", "up"), 0: ("", ""), -1: ("right", "down")}
        return " ".join(filter(None, (names[self.steer][0], names[self.pedal][1])))


@dataclass(frozen=True, slots=True)
class WheelFeel:
    """How the wheel follows the hands: rates in 1/m a second; full turn is a sideways acceleration."""

    turn_rate_per_m_s: float = 0.10
    centre_rate_per_m_s: float = 0.20
    follow_rate_per_m_s: float = 0.40
    """Behind a mouse or a stick; as fast as the car's wheels can follow."""
    max_curvature_per_m: float = 0.12
    max_sideways_mps2: float = 8.0
    throttle_mps2: float = 2.5
    brake_mps2: float = 6.0
    cruise_mps: float = VehicleParams().cruise_mps
    cruise_gain_per_s: float = 1.5
    mouse_dead_zone: float = 0.04
    mouse_reach: float = 0.35
    """Shares of the window's width from its middle: where the wheel begins to turn, and where it is at full turn."""
    bend: float = 1.5
    """The exponent of mouse and stick: small motions steer gently."""


def held_keys(held: HeldKeys) -> Keys:
    """The arrow keys (or A, D, W, S) among all held ones; two opposite ones cancel."""

    def down(*keys: int) -> bool:
        return any(held[key] for key in keys)

    steer = down(pygame.K_LEFT, pygame.K_a) - down(pygame.K_RIGHT, pygame.K_d)
    pedal = down(pygame.K_UP, pygame.K_w) - down(pygame.K_DOWN, pygame.K_s)
    return Keys(steer, pedal)


def full_turn_per_m(speed_mps: float, feel: WheelFeel) -> float:
    """The curvature that a held key leads to; it shrinks with speed, so that the path bends but the car stays on it."""
    return min(feel.max_curvature_per_m, feel.max_sideways_mps2 / max(speed_mps, 1.0) ** 2)


def turned(curvature_per_m: float, keys: Keys, speed_mps: float, feel: WheelFeel, dt_s: float) -> float:
    """The wheel's curvature `dt_s` later.

    Turning back goes at the centring rate: letting go and steering against must both feel quick.
    """
    aim_per_m = keys.steer * full_turn_per_m(speed_mps, feel)
    turns_back = (aim_per_m - curvature_per_m) * curvature_per_m < 0.0
    rate_per_m_s = feel.centre_rate_per_m_s if turns_back else feel.turn_rate_per_m_s
    return _towards(curvature_per_m, aim_per_m, rate_per_m_s * dt_s)


def acceleration(keys: Keys, feel: WheelFeel) -> float:
    """Metres a second squared; without a key the car keeps its speed."""
    return _pedal_mps2(float(keys.pedal), feel)


def mouse_share(x_px: float, width_px: float, feel: WheelFeel) -> float:
    """How far a mouse turns the wheel, -1 to 1, right positive, by its distance from the window's middle."""
    aside = x_px / width_px - 0.5
    reach = max(0.0, abs(aside) - feel.mouse_dead_zone) / (feel.mouse_reach - feel.mouse_dead_zone)
    return math.copysign(min(1.0, reach), aside)


class Driver:
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
        self._pads, self._mouse_x_px = Pads(), 0.0
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
        return max(-1.0, min(1.0, self.wheel_per_m / full_turn_per_m(speed_mps, self.feel)))

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
            self._pads.handle(event)

    def advance(self, held: HeldKeys, speed_mps: float, dt_s: float) -> None:
        """The wheel follows the hands for `dt_s`."""
        keys, pad = held_keys(held), self._pads
        full_per_m = full_turn_per_m(speed_mps, self.feel)
        touching = [("mouse", self._has_mouse), ("pad", pad.is_touched)]
        self.raw_key = " ".join(filter(None, (str(keys), *(name for name, touches in touching if touches))))
        if keys.steer or not (self._has_mouse or pad.steering):
            self.raw_steering = float(-keys.steer)
            self.wheel_per_m = turned(self.wheel_per_m, keys, speed_mps, self.feel, dt_s)
        else:
            self.raw_steering = self._mouse() if self._has_mouse else pad.steering
            aim_per_m = -full_per_m * math.copysign(abs(self.raw_steering) ** self.feel.bend, self.raw_steering)
            self.wheel_per_m = _towards(self.wheel_per_m, aim_per_m, self.feel.follow_rate_per_m_s * dt_s)
        self.raw_throttle = max(-1.0, min(1.0, keys.pedal + pad.pedal))
        self.acceleration_mps2 = self._speeding_up(speed_mps)

    def _mouse(self) -> float:
        surface = pygame.display.get_surface()
        return mouse_share(self._mouse_x_px, surface.get_width(), self.feel) if surface else 0.0

    def _speeding_up(self, speed_mps: float) -> float:
        feel = self.feel
        if not self.keeps_speed:
            return _pedal_mps2(self.raw_throttle, feel)
        wished_mps2 = feel.cruise_gain_per_s * (feel.cruise_mps - speed_mps)
        return max(-feel.brake_mps2, min(feel.throttle_mps2, wished_mps2))


def _pedal_mps2(pedal: float, feel: WheelFeel) -> float:
    return pedal * (feel.throttle_mps2 if pedal > 0.0 else feel.brake_mps2)


def _towards(value: float, aim: float, most: float) -> float:
    return value + math.copysign(min(abs(aim - value), most), aim - value)
