"""Rewinding and forking: an untouched fork is what was, to the bit; a touched one meets the same wind and nudges."""

import gc
import pickle
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pygame
import pytest

from drive_sim.app.canvas import MARGIN, SMALL, Canvas
from drive_sim.app.drivers import make_expert
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.screen import ToWatch
from drive_sim.app.session import Session
from drive_sim.app.time_machine import TimeMachine
from drive_sim.app.timeline import FRAMES_HZ, LONGEST_S
from drive_sim.app.timeline_bar import _track, _words
from drive_sim.app.watch import WatchScreen
from drive_sim.data.marks import read_verdicts
from drive_sim.data.recording import load_recording
from drive_sim.errors import InputError
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.vehicle import Command
from tests.app.test_rollout_state import BY_HAND, PUSHES, make_road, make_rollout, now
from tests.same_value import assert_same

MOST_BYTES = 64_000_000


def drive(machine: TimeMachine, num_frames: int, *, is_scripted: bool = True) -> list[np.ndarray]:
    """On to a frame; returns where the car was at each of them."""
    rollout, poses = machine.rollout, []
    while rollout.num_frames < num_frames:
        frame = rollout.num_frames
        if is_scripted:
            PUSHES.get(frame, lambda _: None)(rollout)
        machine.advance(Command.steer(0.01) if is_scripted and frame in BY_HAND else None)
        poses.append(rollout.car.state.poses)
    return poses


def kept(rollout: LiveRollout) -> list[tuple[str, Any]]:
    """A copy of all that it knows, apart from who listens to it."""
    return pickle.loads(pickle.dumps([pair for pair in now(rollout) if pair[0] != "log"]))


@pytest.mark.parametrize(("road", "to_frame"), [("circle", 3), ("country", 50), ("dirt", 71), ("path", 124)])
def test_an_untouched_fork_replays_to_the_bit(
    session: Session, pair: tuple[str, str], road: str, to_frame: int
) -> None:
    """Networks that see, a mixture that draws, nudges, put-backs, hand-overs and a person, all as they were."""
    machine = TimeMachine(make_rollout(session, make_road(road), pair))
    drive(machine, to_frame - to_frame % 6)
    poses = drive(machine, 155)
    machine.rollout.nudge()
    end = kept(machine.rollout)
    machine.look_back(0.3)
    machine.look_at(to_frame)
    assert machine.looks_back
    first = machine.rollout.num_frames
    assert abs(first - to_frame) <= 6
    assert machine.begin_fork()
    again = drive(machine, 155, is_scripted=False)
    assert machine.fork is None, "where the replay ends, time goes on"
    assert_same(again, poses[-len(again) :])
    assert_same(kept(machine.rollout), end)
    drive(machine, 170, is_scripted=False)


@pytest.mark.parametrize("seed", [0, 1])
def test_whatever_is_done_to_the_car_an_untouched_fork_replays_it(
    session: Session, pair: tuple[str, str], seed: int
) -> None:
    """Deeds drawn at random, knobs among them, and every pose and picture on the way."""
    rng = np.random.default_rng(seed)
    machine = TimeMachine(make_rollout(session, make_road("country"), pair))
    rollout = machine.rollout

    def turn_knobs() -> None:
        if rollout.car.begins_tick:
            knobs = rollout.car.knobs
            wind = replace(knobs.disturbance, wind_mps=rng.uniform(-0.3, 0.3), gust_mps=rng.uniform(0.0, 0.5))
            place = (None, 0.3, -0.4)[rng.integers(3)]
            rollout.change_knobs(replace(knobs, disturbance=wind, noise_grey=rng.uniform(0.0, 6.0), wanted_place=place))

    deeds = (
        *(lambda: rollout.nudge(int(rng.integers(-1, 2))), rollout.put_back, rollout.switch, turn_knobs),
        *(lambda: rollout.place(rng.uniform(0.0, 500.0), rng.uniform(-0.8, 0.8)), lambda: rollout.leave_alone(True)),
        lambda: rollout.leave_alone(False),
    )
    seen = {}
    while rollout.num_frames < 260:
        if rng.random() < 0.1:
            deeds[rng.integers(len(deeds))]()
        machine.advance(Command.steer(rng.uniform(-0.05, 0.05)) if rollout.num_frames % 70 > 60 else None)
        seen[rollout.num_frames] = rollout.car.state, rollout.car.observation.images
    end = kept(rollout)
    machine.look_at(rng.uniform(0.0, 260.0))
    machine.begin_fork()
    while machine.fork is not None:
        machine.advance(None)
        assert_same((rollout.car.state, rollout.car.observation.images), seen[rollout.num_frames])
    assert rollout.num_frames == 260
    assert_same(kept(rollout), end)


def test_whoever_looks_back_and_returns_finds_all_as_it_was(session: Session, pair: tuple[str, str]) -> None:
    looked, never = (TimeMachine(make_rollout(session, make_circle(60.0), pair)) for _ in range(2))
    for machine in (looked, never):
        drive(machine, 100)
    looked.look_at(13.0)
    assert looked.seconds_ago == pytest.approx(88 / 60)
    looked.look_back(-0.5)
    assert looked.rollout.num_frames == pytest.approx(42, abs=3)
    looked.look_back(-9.0)
    assert not looked.looks_back
    for machine in (looked, never):
        drive(machine, 130)
    assert_same(kept(looked.rollout), kept(never.rollout))


def test_another_driver_meets_the_same_wind_and_nudges_and_the_old_future_comes_back(
    session: Session, pair: tuple[str, str]
) -> None:
    machine = TimeMachine(make_rollout(session, make_circle(60.0), pair))
    rollout, env = machine.rollout, machine.rollout.car.env
    nudged: list[int] = []
    winds: list[dict[int, float]] = [{}, {}]

    def go(wind: dict[int, float], is_scripted: bool) -> None:
        while rollout.num_frames < 150:
            if is_scripted and rollout.num_frames in (60, 110):
                rollout.nudge()
                nudged.append(rollout.num_frames)
            machine.advance(None)
            wind[rollout.num_frames] = float(env.push.drift_mps[0])

    drive(machine, 30, is_scripted=False)
    go(winds[0], is_scripted=True)
    end, num_nudges = kept(rollout), len(nudged)
    before = machine.timeline
    machine.look_at(30.0)
    rollout.hand_to(rollout.drivers[2])
    assert not machine.looks_back, "whoever takes the wheel forks"
    assert machine.fork is not None
    assert machine.fork.is_touched
    rollout.nudge()  # a person's own, drawn before the others
    go(winds[1], is_scripted=False)
    assert num_nudges == 2
    again = [(given.num_frames, given.nudge) for given in machine.timeline.inputs if given.num_frames in nudged]
    assert again == [(given.num_frames, given.nudge) for given in before.inputs], "to the same sides"
    assert winds[0] == {frame: winds[1][frame] for frame in winds[0]}
    assert rollout.driver.name == "expert"
    assert machine.ghost is not None
    ghost = machine.ghost.pose_at(rollout.num_frames - 6)
    assert ghost is not None
    assert np.hypot(*(ghost[:2] - rollout.car.state.poses[0, :2])) > 0.2
    assert machine.discard() is not None
    assert_same(kept(rollout), end)
    assert machine.timeline is before
    assert machine.ghost is None


@pytest.mark.slow
def test_a_minute_takes_little_memory(session: Session, pair: tuple[str, str]) -> None:
    """Counted while three drivers, a fork and a person's commands are kept as well."""
    rollout = make_rollout(session, make_circle(60.0), pair)
    rollout.drivers = [make_expert(rollout.car.tracks), *rollout.drivers[:2]]
    for _ in range(300):
        rollout.advance()
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        machine = TimeMachine(rollout)
        for _ in range(round(FRAMES_HZ * LONGEST_S) + 30):
            machine.advance(Command.steer(1.0 / 60.0))
        machine.look_back(30.0)
        machine.touch()
        for _ in range(round(FRAMES_HZ * LONGEST_S / 2)):
            machine.advance(Command.steer(1.0 / 60.0))
        gc.collect()
        num_bytes = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert machine.fork is not None
    assert len(machine.fork.old.states) == pytest.approx(10 * LONGEST_S, abs=2)
    assert num_bytes < MOST_BYTES


def test_what_is_older_than_a_minute_is_forgotten(session: Session, pair: tuple[str, str]) -> None:
    machine = TimeMachine(make_rollout(session, make_circle(60.0), pair))
    drive(machine, 12)
    machine.rollout.num_frames += round(FRAMES_HZ * LONGEST_S) - 12
    drive(machine, machine.rollout.num_frames + 12, is_scripted=False)
    frames = [state.num_frames for state in machine.timeline.states]
    assert frames[-1] - frames[0] <= FRAMES_HZ * LONGEST_S
    assert len(frames) == 3


@pytest.fixture
def screen(canvas: Canvas, session: Session, pair: tuple[str, str]) -> Iterator[WatchScreen]:
    screen = WatchScreen(session, ToWatch(pair), canvas.surface.get_size())
    yield screen
    screen.close()


def go(screen: WatchScreen, num_ticks: float, *held: int) -> None:
    for _ in range(round(6 * num_ticks)):
        screen.advance(defaultdict(bool, dict.fromkeys(held, True)))


@pytest.fixture
def press(screen: WatchScreen, canvas: Canvas) -> Callable[..., None]:
    def press(*keys: int) -> None:
        for key in keys:
            screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""), canvas)

    return press


def test_keys_rewind_and_time_stands(screen: WatchScreen, press: Callable[..., None]) -> None:
    machine = screen.time.machine
    press(pygame.K_PAGEUP, pygame.K_HOME)
    assert not machine.looks_back, "there is nothing yet"
    go(screen, 50)
    press(pygame.K_PAGEUP, pygame.K_PAGEUP, pygame.K_PAGEDOWN)
    assert machine.seconds_ago == pytest.approx(1.0, abs=0.11)
    where = screen.rollout.car.state.poses
    go(screen, 3)
    assert_same(screen.rollout.car.state.poses, where)
    press(pygame.K_HOME)
    assert screen.rollout.num_frames == 0
    press(pygame.K_END)
    assert screen.rollout.num_frames == 300
    press(pygame.K_PAGEUP)
    go(screen, 12, pygame.K_PAGEUP)
    assert machine.seconds_ago == pytest.approx(5.0), "a key that is held goes on"
    press(*5 * [pygame.K_PAGEDOWN])
    assert not machine.looks_back


def test_the_mouse_drags_the_knob_and_does_not_steer(screen: WatchScreen, canvas: Canvas) -> None:
    go(screen, 60)
    track = _track(canvas)

    def mouse(kind: int, share: float) -> None:
        x, y = track.left + share * track.width, track.centre[1]
        screen.handle(pygame.event.Event(kind, pos=(x * canvas.scale, y * canvas.scale), button=1), canvas)

    mouse(pygame.MOUSEBUTTONDOWN, 0.97)
    mouse(pygame.MOUSEMOTION, 0.96)
    mouse(pygame.MOUSEMOTION, 0.95)
    go(screen, 1)
    assert screen.time.machine.seconds_ago == pytest.approx(3.0, abs=0.15)
    mouse(pygame.MOUSEBUTTONUP, 0.95)
    mouse(pygame.MOUSEMOTION, 0.5)
    go(screen, 1)
    assert screen.time.machine.seconds_ago == pytest.approx(3.0, abs=0.15)
    assert not screen.takeover.has_wheel
    mouse(pygame.MOUSEBUTTONDOWN, 1.0)
    go(screen, 1)
    assert not screen.time.looks_back


def test_a_person_forks_by_the_wheel_and_says_what_it_was_worth(
    screen: WatchScreen, press: Callable[..., None]
) -> None:
    press(pygame.K_f, pygame.K_m, pygame.K_DELETE)
    assert "no fork" in screen.session.note.text
    go(screen, 40)
    end = screen.rollout.car.state.poses
    press(pygame.K_PAGEUP, pygame.K_PAGEUP)
    go(screen, 5, pygame.K_LEFT)
    assert screen.takeover.has_wheel
    press(pygame.K_g)
    go(screen, 4)
    press(pygame.K_m)
    assert screen.takeover.num_rows == 5
    press(pygame.K_m)
    assert screen.takeover.num_rows == 0, "nothing learns from what is bad"
    press(pygame.K_PAGEUP)
    go(screen, 2)
    press(pygame.K_SPACE)
    go(screen, 2, pygame.K_RIGHT)
    press(pygame.K_m)
    assert screen.takeover.num_rows == 2
    press(pygame.K_PAGEUP)
    go(screen, 1)
    go(screen, 3, pygame.K_RIGHT)
    press(pygame.K_DELETE)
    assert not screen.takeover.has_wheel
    screen.close()
    (folder,) = screen.session.runs.glob("takeover-*")
    assert read_verdicts(folder) == {"episode-000.arrow": "bad", "episode-001.arrow": "good"}
    (episode,) = load_recording(folder).episodes
    assert (episode.path.name, len(episode)) == ("episode-001.arrow", 2)
    assert not np.array_equal(screen.rollout.car.state.poses, end)


def test_what_is_held_when_the_wheel_is_given_back_takes_nothing(
    screen: WatchScreen, press: Callable[..., None]
) -> None:
    go(screen, 30)
    for key in (pygame.K_PAGEUP, pygame.K_g):
        go(screen, 3, pygame.K_LEFT)
        assert screen.takeover.has_wheel
        press(key)
        go(screen, 3, pygame.K_LEFT)
        assert not screen.takeover.has_wheel
        assert screen.time.looks_back == (key == pygame.K_PAGEUP)
        go(screen, 1)


def test_a_fork_that_is_all_bad_leaves_nothing_to_learn(screen: WatchScreen, press: Callable[..., None]) -> None:
    go(screen, 20)
    press(pygame.K_PAGEUP)
    go(screen, 5, pygame.K_LEFT)
    press(pygame.K_m, pygame.K_m)
    screen.close()
    (folder,) = screen.session.runs.glob("takeover-*")
    with pytest.raises(InputError, match="dropped"):
        load_recording(folder)


@pytest.mark.parametrize("key", [pygame.K_a, pygame.K_e, pygame.K_n, pygame.K_RETURN, pygame.K_x])
def test_every_deed_forks_what_is_looked_back_at(screen: WatchScreen, press: Callable[..., None], key: int) -> None:
    go(screen, 20)
    press(pygame.K_PAGEUP)
    assert screen.time.looks_back
    press(key)
    assert not screen.time.looks_back
    fork = screen.time.machine.fork
    assert fork is not None
    assert fork.is_touched
    go(screen, 5)
    if key == pygame.K_e:
        assert screen.rollout.active_name == "expert"


@pytest.mark.parametrize("size_px", [(720, 540), (960, 540), (1600, 900)])
def test_every_moment_can_be_drawn_and_its_words_fit(
    screen: WatchScreen, press: Callable[..., None], size_px: tuple[int, int]
) -> None:
    canvas = Canvas(pygame.display.set_mode(size_px))
    go(screen, 30)
    for keys in ((), (pygame.K_PAGEUP,), (pygame.K_f,), (pygame.K_e,), (pygame.K_LEFT,), (pygame.K_DELETE,)):
        press(*keys)
        go(screen, 3, *keys)
        screen.draw(canvas)
        words, _ = _words(screen.time.machine, "the wheel, A or E")
        assert canvas.text_width(words, size=SMALL) <= _track(canvas).left - 2 * MARGIN
