"""Knobs: turned by keys and mouse, from the next control tick on, without a jump; recorded, and read back."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drive_sim import records
from drive_sim.app.canvas import Canvas
from drive_sim.app.drive import DriveScreen
from drive_sim.app.knob_drawer import KnobDrawer
from drive_sim.app.knobs import KNOBS, Knobs
from drive_sim.app.screen import ToDrive, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.watch import WatchScreen
from drive_sim.data.recording import load_recording
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.vehicle import VehicleParams

SIZE_PX = (960, 540)
REGIMES = [Knobs(CONDITIONS.vehicle, weather, 1.37) for weather in (CONDITIONS.demonstration, CONDITIONS.evaluation)]
Screen = DriveScreen | WatchScreen


@pytest.fixture
def drive(canvas: Canvas, session: Session) -> Iterator[DriveScreen]:
    screen = DriveScreen(session, ToDrive(), SIZE_PX)
    yield screen
    screen.close()


@pytest.fixture
def watch(canvas: Canvas, session: Session) -> Iterator[WatchScreen]:
    screen = WatchScreen(session, ToWatch(("expert",)), SIZE_PX)
    yield screen
    screen.close()


def press(screen: Screen, canvas: Canvas, *keys: int) -> None:
    for key in keys:
        screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode="", mod=0), canvas)


def mouse(screen: Screen, canvas: Canvas, kind: int, where: tuple[float, float]) -> None:
    pos = where[0] * canvas.scale, where[1] * canvas.scale
    screen.handle(pygame.event.Event(kind, pos=pos, button=1, rel=(0, 0), buttons=(1, 0, 0)), canvas)


def go(screen: Screen, num_ticks: int, *held: int) -> None:
    for _ in range(6 * num_ticks):
        screen.advance(defaultdict(bool, dict.fromkeys(held, True)))


def number_of(name: str) -> int:
    return [knob.name for knob in KNOBS].index(name)


def choose(screen: Screen, canvas: Canvas, drawer: KnobDrawer, name: str) -> None:
    while drawer.chosen != number_of(name):
        press(screen, canvas, pygame.K_DOWN)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(REGIMES), st.lists(st.tuples(st.sampled_from(KNOBS), st.floats(-100.0, 100.0)), max_size=12))
def test_what_is_turned_says_all(regime: Knobs, turns: list[tuple]) -> None:
    knobs = regime
    for knob, value in turns:
        knobs = knob.turned(knobs, knob.nearest(value, knob.value(regime)))
    assert regime.with_values(knobs.values_beside(regime)) == knobs
    assert regime.values_beside(regime) == {}
    homeward = knobs
    for knob in KNOBS:
        homeward = knob.turned(homeward, knob.value(regime))
    assert homeward.words_beside(regime) == []


def test_knobs_are_recorded_and_read_back(drive: DriveScreen, canvas: Canvas) -> None:
    press(drive, canvas, pygame.K_r)
    go(drive, 4)
    press(drive, canvas, pygame.K_TAB, pygame.K_RIGHT, pygame.K_RIGHT)
    for name, key, times in (
        ("delay_s", pygame.K_RIGHT, 3),
        ("noise_grey", pygame.K_RIGHT, 4),
        ("grip_mps2", pygame.K_LEFT, 8),
    ):
        choose(drive, canvas, drive.drawer, name)
        press(drive, canvas, *[key] * times)
    before = drive.car.state
    go(drive, 3)
    turned = drive.car.knobs
    step_m = np.hypot(*(drive.car.state.poses[0, :2] - before.poses[0, :2]))
    assert step_m == pytest.approx(0.3 * before.speed_mps[0], rel=0.01), "the car does not jump"
    drive.close()
    recording = drive.session.recording
    assert recording is not None
    first, second = load_recording(recording).episodes
    assert (len(first), len(second)) == (4, 3)
    for episode, knobs in ((first, drive.car.regime), (second, turned)):
        info = episode.info
        read = Knobs(
            records.from_json(info.vehicle, VehicleParams, "vehicle", ""),
            records.from_json(info.disturbance, Disturbance, "disturbance", ""),
            info.scene["noise_grey"],
        )
        assert read == knobs
    assert (turned.disturbance.wind_mps, turned.vehicle.latency_ticks, turned.vehicle.grip_mps2) == (0.2, 3, 6.0)
    words = ["wind 0.2 m/s to the left", "command delay 0.3 s", f"camera noise {turned.noise_grey:.1f} of 255"]
    assert turned.words_beside(drive.car.regime) == [*words, "grip 6.0 m/s²"]
    assert len(np.unique(np.abs(np.diff(second.column("time_s"))).round(6))) == 1


def test_a_slider_that_is_held_while_recording_counts_when_let_go(drive: DriveScreen, canvas: Canvas) -> None:
    press(drive, canvas, pygame.K_r, pygame.K_TAB)
    box = drive.drawer.box(canvas)
    where = box.right - 20.0, box.top + 45.0
    mouse(drive, canvas, pygame.MOUSEBUTTONDOWN, where)
    mouse(drive, canvas, pygame.MOUSEMOTION, (where[0] - 40.0, where[1]))
    go(drive, 2)
    assert drive.car.knobs == drive.car.regime
    mouse(drive, canvas, pygame.MOUSEBUTTONUP, where)
    go(drive, 2)
    assert 1.0 < drive.car.knobs.disturbance.wind_mps < 2.0
    assert drive.human.wheel_per_m == 0.0, "the mouse turned a knob and not the wheel"
    press(drive, canvas, pygame.K_DELETE)
    go(drive, 1)
    assert drive.car.knobs == drive.car.regime


def test_arrows_do_not_steer_while_they_turn_knobs(drive: DriveScreen, canvas: Canvas) -> None:
    press(drive, canvas, pygame.K_r, pygame.K_TAB)
    go(drive, 10, pygame.K_RIGHT)
    assert drive.human.wheel_per_m == 0.0
    assert drive.car.knobs == drive.car.regime, "it is held yet"
    go(drive, 2)
    assert drive.car.knobs.disturbance.wind_mps > 0.3
    go(drive, 2, pygame.K_a)
    assert drive.human.wheel_per_m > 0.0
    press(drive, canvas, pygame.K_TAB)
    go(drive, 3, pygame.K_RIGHT)
    assert drive.human.wheel_per_m < 0.0


def test_on_watch_counts_begin_anew_and_the_past_keeps_its_own(watch: WatchScreen, canvas: Canvas) -> None:
    go(watch, 12)
    press(watch, canvas, pygame.K_TAB)
    choose(watch, canvas, watch.drawer, "lag_s")
    press(watch, canvas, *[pygame.K_RIGHT] * 5)
    go(watch, 4)
    assert watch.rollout.car.knobs.vehicle.lag_s == pytest.approx(0.4)
    assert watch.rollout.driver.tally.elapsed_s == pytest.approx(0.4)
    scored = dict(watch.session.scores)
    press(watch, canvas, pygame.K_PAGEUP)
    assert watch.rollout.car.knobs == watch.rollout.car.regime
    press(watch, canvas, pygame.K_END)
    go(watch, 1)
    assert watch.rollout.car.knobs.vehicle.lag_s == pytest.approx(0.4)
    press(watch, canvas, pygame.K_TAB, pygame.K_o)
    assert watch.rollout.car.knobs.vehicle.lag_s == pytest.approx(0.4), "another road, the same car"
    assert watch.session.scores == scored, "what is said at the end was driven in the regime"


def test_every_screen_has_what_was_turned(drive: DriveScreen, canvas: Canvas) -> None:
    press(drive, canvas, pygame.K_TAB, pygame.K_RIGHT)
    screen = WatchScreen(drive.session, ToWatch(("expert",)), SIZE_PX)
    knobs = screen.rollout.car.knobs
    assert (knobs.disturbance.wind_mps, knobs.disturbance.gust_mps) == (0.1, CONDITIONS.evaluation.gust_mps)
    screen.close()
