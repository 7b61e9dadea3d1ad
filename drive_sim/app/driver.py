"""From keys to a command: a key is -1, 0 or 1, so the wheel ramps towards it and centres itself when it is let go."""

import math
from dataclasses import dataclass
from typing import Protocol

import pygame


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
    """How the wheel follows the keys: rates in 1/m a second; full turn is a sideways acceleration."""

    turn_rate_per_m_s: float = 0.10
    centre_rate_per_m_s: float = 0.20
    max_curvature_per_m: float = 0.12
    max_sideways_mps2: float = 8.0
    throttle_mps2: float = 2.5
    brake_mps2: float = 6.0


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
    left_per_m = keys.steer * full_turn_per_m(speed_mps, feel) - curvature_per_m
    turns_back = left_per_m * curvature_per_m < 0.0
    rate_per_m_s = feel.centre_rate_per_m_s if turns_back else feel.turn_rate_per_m_s
    return curvature_per_m + math.copysign(min(abs(left_per_m), rate_per_m_s * dt_s), left_per_m)


def acceleration(keys: Keys, feel: WheelFeel) -> float:
    """Metres a second squared; without a key the car keeps its speed."""
    return {1: feel.throttle_mps2, 0: 0.0, -1: -feel.brake_mps2}[keys.pedal]
