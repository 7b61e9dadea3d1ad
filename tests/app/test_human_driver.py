"""Keys, mouse and game pad, and the wheel that follows them."""

from collections import defaultdict
from collections.abc import Iterator

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.app.gamepads import DEAD_ZONE, STICK_AXIS, THROTTLE_AXIS
from drive_sim.app.human_driver import HumanDriver
from drive_sim.app.steering_wheel import (
    Keys,
    WheelFeel,
    full_turn_per_m,
    held_keys,
    mouse_share,
    pedal_mps2,
    turn_wheel,
)

FEEL = WheelFeel()
FRAME_S = 1.0 / 60.0
speeds = st.floats(0.0, 30.0)
wheels = st.floats(-0.05, 0.05)


@pytest.fixture(autouse=True)
def window() -> Iterator[pygame.Surface]:
    pygame.display.init()
    yield pygame.display.set_mode((800, 450))
    pygame.quit()


def held(*keys: int) -> defaultdict[int, bool]:
    return defaultdict(bool, dict.fromkeys(keys, True))


def turn(keys: Keys, speed_mps: float, wheel_per_m: float = 0.0, seconds: float = 5.0) -> float:
    for _ in range(round(seconds / FRAME_S)):
        wheel_per_m = turn_wheel(wheel_per_m, keys, speed_mps, FEEL, FRAME_S)
    return wheel_per_m


def event(kind: int, **facts: object) -> pygame.event.Event:
    return pygame.event.Event(kind, facts)


def go_on(human: HumanDriver, *keys: int, seconds: float = 2.0, speed_mps: float = 12.0) -> HumanDriver:
    for _ in range(round(seconds / FRAME_S)):
        human.advance(held(*keys), speed_mps, FRAME_S)
    return human


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
    step_per_m = abs(turn_wheel(wheel_per_m, Keys(steer), speed_mps, FEEL, FRAME_S) - wheel_per_m)
    assert step_per_m <= FEEL.centre_rate_per_m_s * FRAME_S + 1e-12


@given(speeds, wheels, st.sampled_from([-1, 0, 1]))
def test_mirrored_keys_give_the_mirrored_wheel(speed_mps: float, wheel_per_m: float, steer: int) -> None:
    there = turn_wheel(wheel_per_m, Keys(steer), speed_mps, FEEL, FRAME_S)
    assert turn_wheel(-wheel_per_m, Keys(-steer), speed_mps, FEEL, FRAME_S) == -there


@given(speeds)
def test_a_held_key_ends_at_the_full_turn_of_that_speed(speed_mps: float) -> None:
    assert turn(Keys(steer=1), speed_mps) == pytest.approx(full_turn_per_m(speed_mps, FEEL))


def test_without_a_pedal_the_speed_is_kept() -> None:
    assert pedal_mps2(0.0, FEEL) == 0.0
    assert pedal_mps2(-1.0, FEEL) < 0.0 < pedal_mps2(1.0, FEEL)


def test_constant_speed_comes_back_to_it_and_pedals_are_obeyed_without() -> None:
    human = HumanDriver()
    assert go_on(human, pygame.K_UP, speed_mps=12.0).acceleration_mps2 == 0.0
    assert go_on(human, speed_mps=10.0).acceleration_mps2 > 0.0 > go_on(human, speed_mps=14.0).acceleration_mps2
    human.keeps_speed = False
    assert go_on(human, pygame.K_UP).acceleration_mps2 == FEEL.throttle_mps2
    assert go_on(human, pygame.K_DOWN).acceleration_mps2 == -FEEL.brake_mps2
    assert human.raw_throttle == -1.0


def test_the_raw_key_is_kept_beside_the_wheel() -> None:
    human = go_on(HumanDriver(), pygame.K_LEFT, seconds=0.1)
    assert (human.raw_steering, human.raw_key, human.is_touched) == (-1.0, "left", True)
    assert 0.0 < human.command.curvature_per_m[0] < full_turn_per_m(12.0, FEEL)
    assert not go_on(human, seconds=0.1).is_touched


@given(st.floats(0.0, 800.0))
def test_the_mouse_is_symmetric_about_the_middle(x_px: float) -> None:
    assert mouse_share(800.0 - x_px, 800.0, FEEL) == pytest.approx(-mouse_share(x_px, 800.0, FEEL), abs=1e-12)
    assert abs(mouse_share(x_px, 800.0, FEEL)) <= 1.0


def test_the_mouse_steers_while_its_button_is_held() -> None:
    human = HumanDriver()
    human.handle(event(pygame.MOUSEMOTION, pos=(100, 200)))
    assert go_on(human).wheel_per_m == 0.0, "a mouse that only passes by does not steer"
    human.handle(event(pygame.MOUSEBUTTONDOWN, button=1, pos=(100, 200)))
    assert go_on(human).wheel_per_m == pytest.approx(full_turn_per_m(12.0, FEEL))
    human.handle(event(pygame.MOUSEMOTION, pos=(410, 200)))
    assert go_on(human).wheel_per_m == 0.0, "the dead zone"
    human.handle(event(pygame.MOUSEMOTION, pos=(700, 200)))
    assert go_on(human).wheel_per_m < 0.0 < human.raw_steering
    human.handle(event(pygame.MOUSEBUTTONUP, button=1, pos=(700, 200)))
    assert go_on(human).wheel_per_m == 0.0


def test_a_stick_steers_beyond_its_dead_zone() -> None:
    human = HumanDriver()
    human.handle(event(pygame.JOYAXISMOTION, instance_id=3, axis=STICK_AXIS, value=0.9 * DEAD_ZONE))
    assert go_on(human).wheel_per_m == 0.0
    human.handle(event(pygame.JOYAXISMOTION, instance_id=3, axis=STICK_AXIS, value=1.0))
    assert go_on(human).wheel_per_m == pytest.approx(-full_turn_per_m(12.0, FEEL))
    assert human.raw_key == "pad"


def test_a_pad_that_is_pulled_out_while_driving_lets_the_wheel_go() -> None:
    human = HumanDriver()
    human.keeps_speed = False
    human.handle(event(pygame.JOYAXISMOTION, instance_id=3, axis=STICK_AXIS, value=-0.8))
    human.handle(event(pygame.JOYAXISMOTION, instance_id=3, axis=THROTTLE_AXIS, value=1.0))
    assert go_on(human).wheel_per_m > 0.0
    assert human.acceleration_mps2 == FEEL.throttle_mps2
    human.handle(event(pygame.JOYDEVICEREMOVED, instance_id=3))
    assert go_on(human).wheel_per_m == 0.0
    assert human.acceleration_mps2 == 0.0


def test_a_pad_that_is_gone_before_it_was_opened_does_no_harm() -> None:
    human = HumanDriver()
    human.handle(event(pygame.JOYDEVICEADDED, device_index=7))
    human.handle(event(pygame.JOYDEVICEREMOVED, instance_id=7))
    human.handle(event(pygame.JOYBUTTONUP, instance_id=7, button=0))
    assert go_on(human).wheel_per_m == 0.0


def test_buttons_are_pedals_too() -> None:
    human = HumanDriver()
    human.keeps_speed = False
    human.handle(event(pygame.JOYBUTTONDOWN, instance_id=0, button=1))
    assert go_on(human).acceleration_mps2 == -FEEL.brake_mps2
    human.handle(event(pygame.JOYBUTTONUP, instance_id=0, button=1))
    assert go_on(human).acceleration_mps2 == 0.0
