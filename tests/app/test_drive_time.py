"""Time on the driving screen: what is rewound replays to the bit, somebody else goes on, and one future is learned."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

from drive_sim.app.canvas import MARGIN, SMALL, Canvas
from drive_sim.app.drive import DriveScreen
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.screen import ToDrive
from drive_sim.app.session import Session
from drive_sim.app.timeline_bar import _track, _words
from drive_sim.data.marks import read_left_out
from drive_sim.data.recording import Recording, load_recording
from tests.app.test_rollout_state import now
from tests.same_value import assert_same

Press = Callable[..., None]


@pytest.fixture
def screen(canvas: Canvas, session: Session) -> Iterator[DriveScreen]:
    screen = DriveScreen(session, ToDrive(), canvas.surface.get_size())
    screen.has_started = True
    yield screen
    screen.close()


@pytest.fixture
def press(screen: DriveScreen, canvas: Canvas) -> Press:
    def press(*keys: int) -> None:
        for key in keys:
            screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode="", mod=0), canvas)

    return press


def go(screen: DriveScreen, num_ticks: float, *held: int) -> None:
    for _ in range(round(6 * num_ticks)):
        screen.advance(defaultdict(bool, dict.fromkeys(held, True)))


def whole(rollout: LiveRollout) -> list[tuple[str, object]]:
    return [pair for pair in now(rollout) if pair[0] != "log"]


def rows(screen: DriveScreen) -> list[int]:
    """How many of each episode count, as the screen says."""
    assert screen.recorder is not None
    return [len(episode) for episode in screen.recorder._kept if episode]


def learned(screen: DriveScreen) -> Recording:
    """What a network learns from, when the screen has been left."""
    screen.close()
    assert screen.recorder is not None
    recording = load_recording(screen.recorder.folder)
    assert [len(episode) for episode in recording.episodes] == rows(screen)
    return recording


def test_what_a_person_drove_replays_to_the_bit_and_is_recorded_once(
    screen: DriveScreen, press: Press, session: Session
) -> None:
    """Steered at random, from within ticks, put back and with the pedals, in weather that was turned up."""
    rng = np.random.default_rng(3)
    session.turned_knobs = {"wind_mps": 0.2, "gust_mps": 0.3}
    screen.drawer.fit(screen.car)
    go(screen, 3)
    press(pygame.K_r)
    seen = {}
    for number in range(40):
        if number in (15, 27):
            press(pygame.K_RETURN if number == 15 else pygame.K_k)
        keys = rng.choice([pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN], size=rng.integers(3))
        for _ in range(rng.integers(3, 9)):
            screen.advance(defaultdict(bool, dict.fromkeys(map(int, keys), True)))
            seen[screen.rollout.num_frames] = screen.car.state, screen.car.observation.images, screen.rollout.laps.kept
    end, num_rows = whole(screen.rollout), rows(screen)
    press(pygame.K_HOME)
    assert screen.time.looks_back
    press(pygame.K_PAGEDOWN, pygame.K_f)
    first = screen.rollout.num_frames
    while screen.time.machine.fork is not None:
        screen.advance(defaultdict(bool))
        rollout = screen.rollout
        if rollout.num_frames in seen:
            assert_same(
                (screen.car.state, screen.car.observation.images, screen.rollout.laps.kept), seen[rollout.num_frames]
            )
    assert max(seen) - first > 100
    assert_same(whole(screen.rollout), end)
    assert rows(screen) == num_rows
    go(screen, 4)
    assert rows(screen) == [*num_rows[:-1], num_rows[-1] + 4], "the person drives on, in the same episode"
    assert not read_left_out(learned(screen).folder)


def test_of_two_futures_one_is_learned_from(screen: DriveScreen, press: Press) -> None:
    press(pygame.K_r)
    go(screen, 40)
    press(pygame.K_PAGEUP, pygame.K_PAGEUP)
    go(screen, 2)
    assert rows(screen) == [40], "whoever looks back has not changed anything"
    go(screen, 5, pygame.K_LEFT)
    assert screen.is_recording
    assert rows(screen) == [20, 5]
    assert screen.recorder is not None
    assert screen.recorder.recorded_s == pytest.approx(2.5)
    press(pygame.K_m)
    assert rows(screen) == [20, 5]
    press(pygame.K_m)
    assert "bad" in screen.session.note.text
    assert rows(screen) == [40]
    press(pygame.K_m)
    go(screen, 3)
    assert rows(screen) == [20, 5, 3]
    press(pygame.K_DELETE)
    assert screen.rollout.num_frames == 240
    assert screen.recorder.recorded_s == pytest.approx(4.0)
    go(screen, 6)
    assert rows(screen) == [40, 6], "the old future goes on"
    press(pygame.K_PAGEUP)
    go(screen, 1)
    go(screen, 2, pygame.K_RIGHT)
    assert rows(screen) == [36, 2], "a later fork leaves out what it replaces, too"
    learned(screen)


def test_a_correction_in_the_middle_of_a_replay_leaves_out_only_what_it_replaces(
    screen: DriveScreen, press: Press
) -> None:
    press(pygame.K_r)
    go(screen, 40)
    press(*3 * [pygame.K_PAGEUP], pygame.K_f)
    go(screen, 10)
    go(screen, 4, pygame.K_LEFT)
    assert rows(screen) == [20, 4]
    learned(screen)


def test_the_expert_and_networks_go_on_and_a_touch_takes_back(
    screen: DriveScreen, press: Press, session: Session, pair: tuple[str, str], canvas: Canvas
) -> None:
    session.models = dict(zip(("plain", "shift-rotate"), map(Path, pair), strict=True))
    press(pygame.K_r)
    go(screen, 20, pygame.K_RIGHT)
    press(pygame.K_PAGEUP, pygame.K_g)
    go(screen, 10)
    assert screen.rollout.active_name == "expert"
    assert screen.time.machine.ghost is not None
    assert not screen.is_recording
    assert rows(screen) == [20], "what was driven by hand counts until it is driven again"
    screen.draw(canvas)
    names = []
    for _ in range(3):
        press(pygame.K_g)
        go(screen, 2)
        names.append(screen.rollout.active_name)
    assert len(set(names)) == 3
    assert names[2] == "expert"
    go(screen, 3, pygame.K_LEFT)
    assert screen.rollout.active_name == "human"
    assert rows(screen) == [10, 3]
    mine = learned(screen).episodes[1]
    assert mine.column("intervention").all(), "the wheel was taken from a driver"
    assert mine.demonstrations().expert_curvature_per_m is not None


def test_what_is_held_when_time_stops_takes_nothing(screen: DriveScreen, press: Press) -> None:
    go(screen, 30)
    go(screen, 5, pygame.K_LEFT)
    press(pygame.K_PAGEUP)
    go(screen, 5, pygame.K_LEFT)
    assert screen.time.looks_back
    go(screen, 1)
    go(screen, 1, pygame.K_LEFT)
    assert not screen.time.looks_back
    press(pygame.K_PAGEUP, pygame.K_END)
    go(screen, 1, pygame.K_LEFT)
    assert screen.hands.has_wheel
    assert screen.rollout.by_hand


@pytest.mark.parametrize("key", [pygame.K_RETURN, pygame.K_h, pygame.K_SPACE])
def test_what_is_done_in_the_past_forks_and_the_person_drives(screen: DriveScreen, press: Press, key: int) -> None:
    go(screen, 20)
    press(pygame.K_HOME)
    go(screen, 1)
    press(key)
    assert not screen.time.looks_back
    assert not screen.is_paused
    go(screen, 2)
    assert screen.rollout.active_name == "human"


def test_the_expert_can_begin(screen: DriveScreen, press: Press) -> None:
    screen.has_started = False
    press(pygame.K_g)
    go(screen, 5)
    assert screen.rollout.num_frames == 30
    assert screen.rollout.active_name == "expert"


def test_recording_can_be_asked_for_while_a_driver_drives(screen: DriveScreen, press: Press) -> None:
    go(screen, 3)
    press(pygame.K_g, pygame.K_r)
    go(screen, 3)
    assert not screen.session.runs.exists()
    go(screen, 1)
    go(screen, 4, pygame.K_LEFT)
    assert rows(screen) == [4]


def test_time_goes_one_way_while_networks_learn_live(screen: DriveScreen, press: Press) -> None:
    go(screen, 20)
    press(pygame.K_PAGEUP, pygame.K_i)
    assert screen.rollout.num_frames == 120
    go(screen, 3)
    press(pygame.K_PAGEUP, pygame.K_f, pygame.K_g)
    go(screen, 10, pygame.K_PAGEUP)
    assert not screen.time.looks_back
    assert screen.hands.has_wheel
    assert "time does not go back" in screen.session.note.text
    press(pygame.K_i)
    go(screen, 20)
    press(pygame.K_PAGEUP)
    assert screen.time.looks_back


@pytest.mark.parametrize("size_px", [(720, 540), (960, 540)])
def test_the_words_of_every_moment_fit(screen: DriveScreen, press: Press, size_px: tuple[int, int]) -> None:
    canvas = Canvas(pygame.display.set_mode(size_px))
    go(screen, 30)
    for keys in ((), (pygame.K_PAGEUP,), (pygame.K_f,), (pygame.K_g,), (pygame.K_m,), (pygame.K_DELETE,)):
        press(*keys)
        go(screen, 1)
        screen.draw(canvas)
        words, _ = _words(screen.time.machine, "the wheel or G")
        assert canvas.text_width(words, size=SMALL) <= _track(canvas).left - 2 * MARGIN
