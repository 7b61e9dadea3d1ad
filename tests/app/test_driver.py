"""The keys and the wheel."""

from collections import defaultdict

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.app.driver import Keys, WheelFeel, acceleration, full_turn_per_m, held_keys, turned

FEEL = WheelFeel()
FRAME_S = 1.0 / 60.0
speeds = st.floats(0.0, 30.0)
wheels = st.floats(-0.05, 0.05)


def held(*keys: int) -> defaultdict[int, bool]:
    return defaultdict(bool, dict.fromkeys(keys, True))


def turn(keys: Keys, speed_mps: float, wheel_per_m: float = 0.0, seconds: float = 5.0) -> float:
    for _ in range(round(seconds / FRAME_S)):
        wheel_per_m = turned(wheel_per_m, keys, speed_mps, FEEL, FRAME_S)
    return wheel_per_m


def test_the_left_key_is_a_positive_curvature() -> None:
    assert held_keys(held(pygame.K_LEFT)) == Keys(steer=1)
    assert turn(Keys(steer=1), 12.0) > 0.0 > turn(Keys(steer=-1), 12.0)


def test_opposite_keys_cancel() -> None:
    assert held_keys(held(pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN)) == Keys()


def test_letters_do_as_arrows_do() -> None:
    assert held_keys(held(pygame.K_d, pygame.K_s)) == held_keys(held(pygame.K_RIGHT, pygame.K_DOWN))


def test_keys_read_as_words() -> None:
    assert [str(Keys(1, -1)), str(Keys(-1, 0)), str(Keys())] == ["left down", "right", ""]


@given(speeds, wheels)
def test_a_wheel_that_is_let_go_comes_to_the_middle_and_stays(speed_mps: float, wheel_per_m: float) -> None:
    assert turn(Keys(), speed_mps, wheel_per_m) == 0.0


@given(speeds, wheels, st.sampled_from([-1, 0, 1]))
def test_the_wheel_never_jumps(speed_mps: float, wheel_per_m: float, steer: int) -> None:
    step_per_m = abs(turned(wheel_per_m, Keys(steer), speed_mps, FEEL, FRAME_S) - wheel_per_m)
    assert step_per_m <= FEEL.centre_rate_per_m_s * FRAME_S + 1e-12


@given(speeds, wheels, st.sampled_from([-1, 0, 1]))
def test_mirrored_keys_give_the_mirrored_wheel(speed_mps: float, wheel_per_m: float, steer: int) -> None:
    there = turned(wheel_per_m, Keys(steer), speed_mps, FEEL, FRAME_S)
    assert turned(-wheel_per_m, Keys(-steer), speed_mps, FEEL, FRAME_S) == -there


@given(speeds)
def test_a_held_key_ends_at_the_full_turn_of_that_speed(speed_mps: float) -> None:
    assert turn(Keys(steer=1), speed_mps) == pytest.approx(full_turn_per_m(speed_mps, FEEL))


def test_without_a_pedal_the_speed_is_kept() -> None:
    assert acceleration(Keys(), FEEL) == 0.0
    assert acceleration(Keys(pedal=-1), FEEL) < 0.0 < acceleration(Keys(pedal=1), FEEL)
