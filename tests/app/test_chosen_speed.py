"""K: the speed is kept, or its driver's own; rewound, shared and put back it stays what it was."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pygame
import pytest

from drive_sim.app.canvas import Canvas
from drive_sim.app.drive import DriveScreen
from drive_sim.app.drivers import make_expert
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.screen import ToDrive, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.app.watch import WatchScreen
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scene
from drive_sim.sim.vehicle import Command

SIZE_PX = (960, 540)
LATERAL_MPS2 = 2.5


@pytest.fixture
def watch(canvas: Canvas, session: Session) -> Iterator[WatchScreen]:
    screen = WatchScreen(session, ToWatch(("expert",)), SIZE_PX)
    yield screen
    screen.close()


def press(screen: WatchScreen | DriveScreen, canvas: Canvas, *keys: int) -> None:
    for key in keys:
        screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode="", mod=0), canvas)


def go(screen: WatchScreen | DriveScreen, num_ticks: int, *held: int) -> None:
    for _ in range(6 * num_ticks):
        screen.advance(defaultdict(bool, dict.fromkeys(held, True)))


def speed(car: SingleCar) -> float:
    return float(car.state.speed_mps[0])


def small_circle() -> LiveRollout:
    rollout = LiveRollout(make_circle(20.0), Scene(), [], np.random.default_rng(0))
    rollout.drivers = [make_expert(rollout.car.tracks)]
    return rollout


def choose_own(rollout: LiveRollout) -> None:
    rollout.car.speed.choose(own=True)


def test_k_lets_the_driver_choose_and_keeps_the_speed_again(watch: WatchScreen, canvas: Canvas) -> None:
    car, bend_mps = watch.rollout.car, np.sqrt(LATERAL_MPS2 * 60.0)
    go(watch, 2)
    assert speed(car) == 12.0
    press(watch, canvas, pygame.K_k)
    assert "the driver's own" in watch.session.note.text
    go(watch, 30)
    assert 12.1 < speed(car) <= bend_mps + 0.01
    assert watch.session.turned_knobs == {"own_speed": 1.0}
    assert "speed the driver's own" in car.knobs.words_beside(car.regime)
    press(watch, canvas, pygame.K_k)
    go(watch, 80)
    assert speed(car) == pytest.approx(12.0, abs=1e-3)
    assert not watch.session.turned_knobs


def test_a_kept_speed_changes_no_bit_of_what_a_policy_does() -> None:
    rollout = small_circle()
    for _ in range(120):
        before = rollout.car.observation
        rollout.advance()
        assert speed(rollout.car) == 12.0
        command = rollout.expert.act(before)
        asked = rollout.car.speed.act(rollout.expert, before, np.random.default_rng(0))
        np.testing.assert_array_equal(asked.curvature_per_m, command.curvature_per_m)
        np.testing.assert_array_equal(asked.acceleration_mps2, 0.0)


def test_where_a_car_is_put_it_is_as_fast_as_the_road_allows() -> None:
    rollout = small_circle()
    choose_own(rollout)
    rollout.put_back()
    assert speed(rollout.car) == pytest.approx(np.sqrt(LATERAL_MPS2 * 20.0))
    rollout.car.speed.choose(own=False)
    rollout.put_back()
    assert speed(rollout.car) == 12.0


def test_with_less_grip_a_car_is_slower() -> None:
    rollout = small_circle()
    knobs = rollout.car.knobs.with_values({"own_speed": 1.0, "grip_mps2": 2.0})
    rollout.change_knobs(knobs)
    assert rollout.car.knobs == knobs
    rollout.put_back()
    assert speed(rollout.car) == pytest.approx(np.sqrt(0.8 * 2.0 * 20.0))


def test_a_state_knows_whose_speed_it_was() -> None:
    rollout = small_circle()
    kept = rollout.snapshot()
    choose_own(rollout)
    for _ in range(30):
        rollout.advance()
    own, poses = rollout.snapshot(), []
    for state in (own, kept, own):
        rollout.restore(state)
        for _ in range(30):
            rollout.advance()
        poses.append(rollout.car.state.poses)
    assert rollout.car.speed.is_own
    np.testing.assert_array_equal(poses[0], poses[2])
    rollout.restore(kept)
    assert not rollout.car.speed.is_own


class OnlySteers:
    def act(self, observation: object, rng: np.random.Generator) -> Command:
        return Command.steer([0.05])


def test_what_only_steers_is_said_to_go_at_the_maps_speed() -> None:
    rollout = small_circle()
    speed = rollout.car.speed
    assert speed.words(rollout.expert) == ""
    choose_own(rollout)
    assert speed.words(rollout.expert) == "own speed"
    assert speed.words(OnlySteers()) == "speed by map"


def test_who_takes_the_wheel_has_pedals_where_the_speed_is_the_drivers(watch: WatchScreen, canvas: Canvas) -> None:
    press(watch, canvas, pygame.K_k)
    go(watch, 10)
    before_mps = speed(watch.rollout.car)
    go(watch, 10, pygame.K_DOWN)
    assert watch.takeover.has_wheel
    assert speed(watch.rollout.car) < before_mps - 3.0


def test_k_gives_a_person_who_drives_pedals(canvas: Canvas, session: Session) -> None:
    screen = DriveScreen(session, ToDrive(), SIZE_PX)
    go(screen, 10, pygame.K_UP)
    assert speed(screen.car) == 12.0
    press(screen, canvas, pygame.K_k)
    go(screen, 10, pygame.K_UP)
    assert speed(screen.car) > 13.0
    press(screen, canvas, pygame.K_k)
    go(screen, 40)
    assert speed(screen.car) == pytest.approx(12.0, abs=0.1)
    screen.close()
