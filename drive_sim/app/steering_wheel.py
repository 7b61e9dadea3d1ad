"""How a steering wheel follows held keys, a mouse and a stick: it ramps and centres itself, gentler at speed.

A key is -1, 0 or 1, so the wheel ramps towards it; mouse and stick name a place, and the wheel goes there at once.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import pygame

from drive_sim.sim.vehicle import VehicleParams


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


def turn_wheel(curvature_per_m: float, keys: Keys, speed_mps: float, feel: WheelFeel, dt_s: float) -> float:
    """The wheel's curvature `dt_s` later.

    Turning back goes at the centring rate: letting go and steering against must both feel quick.
    """
    aim_per_m = keys.steer * full_turn_per_m(speed_mps, feel)
    turns_back = (aim_per_m - curvature_per_m) * curvature_per_m < 0.0
    rate_per_m_s = feel.centre_rate_per_m_s if turns_back else feel.turn_rate_per_m_s
    return move_towards(curvature_per_m, aim_per_m, rate_per_m_s * dt_s)


def mouse_share(x_px: float, width_px: float, feel: WheelFeel) -> float:
    """How far a mouse turns the wheel, -1 to 1, right positive, by its distance from the window's middle."""
    aside = x_px / width_px - 0.5
    reach = max(0.0, abs(aside) - feel.mouse_dead_zone) / (feel.mouse_reach - feel.mouse_dead_zone)
    return math.copysign(min(1.0, reach), aside)


def pedal_mps2(pedal: float, feel: WheelFeel) -> float:
    """The acceleration that a pedal asks for, from -1 (full brake) to 1 (full throttle)."""
    return pedal * (feel.throttle_mps2 if pedal > 0.0 else feel.brake_mps2)


def cruise_mps2(speed_mps: float, feel: WheelFeel) -> float:
    """The acceleration that leads back to cruising speed; exactly 0 at it."""
    wished_mps2 = feel.cruise_gain_per_s * (feel.cruise_mps - speed_mps)
    return max(-feel.brake_mps2, min(feel.throttle_mps2, wished_mps2))


def move_towards(value: float, aim: float, most: float) -> float:
    """The value, moved towards its aim by `most` at most."""
    return value + math.copysign(min(abs(aim - value), most), aim - value)
