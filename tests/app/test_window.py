"""The window, headless: what keys do, what is recorded, and that a frame is a substep."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

from drive_sim.app.drive import DriveScreen
from drive_sim.app.driver import HeldKeys
from drive_sim.app.loop import SIZE_PX, run
from drive_sim.app.ride import Ride
from drive_sim.app.view import as_surface
from drive_sim.app.watch import WatchScreen
from drive_sim.data.recording import RecordingWriter, load_recording
from drive_sim.data.rollout import episode_info
from drive_sim.errors import InputError
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import EnvConfig, Observation
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import make_scene
from drive_sim.sim.vehicle import Command

FRAMES_A_TICK = 6


@pytest.fixture
def window() -> Iterator[pygame.Surface]:
    pygame.display.init()
    pygame.font.init()
    yield pygame.display.set_mode(SIZE_PX)
    pygame.quit()


@pytest.fixture
def ride() -> Ride:
    scene = make_scene("day", np.random.default_rng(1))
    return Ride(make_circle(80.0), scene, EnvConfig(Camera()), np.random.default_rng(2))


@pytest.fixture
def screen(window: pygame.Surface, ride: Ride, tmp_path: Path) -> DriveScreen:
    folder = tmp_path / "recording"
    screen = DriveScreen(ride, lambda: RecordingWriter(folder, episode_info(ride.env)), folder)
    screen.press(pygame.K_F1)
    return screen


def test_the_car_waits_for_the_first_key(window: pygame.Surface, ride: Ride, tmp_path: Path) -> None:
    screen = DriveScreen(ride, lambda: RecordingWriter(tmp_path, episode_info(ride.env)), tmp_path)
    before = ride.state.poses.copy()
    advance(screen, 1)
    np.testing.assert_array_equal(ride.state.poses, before)
    screen.press(pygame.K_UP)
    advance(screen, 1)
    assert not np.array_equal(ride.state.poses, before)


class StraightOn:
    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


def held(*keys: int) -> HeldKeys:
    return defaultdict(bool, dict.fromkeys(keys, True))


def advance(screen: DriveScreen | WatchScreen, num_ticks: int, *keys: int) -> None:
    for _ in range(num_ticks * FRAMES_A_TICK):
        screen.advance(held(*keys))


def test_a_frame_is_a_substep_and_every_sixth_asks_for_a_command(ride: Ride) -> None:
    asked = []
    places = [ride.state.poses]
    for _ in range(2 * FRAMES_A_TICK):
        ride.advance(lambda _: asked.append(1) or Command.steer([0.0]))
        places.append(ride.state.poses)
    moved_m = np.linalg.norm(np.diff(np.concatenate(places)[:, :2], axis=0), axis=1)
    assert len(asked) == 2
    np.testing.assert_allclose(moved_m, 12.0 / 60.0, rtol=1e-6)


def test_what_is_recorded_is_the_wheel_and_the_keys(screen: DriveScreen, tmp_path: Path) -> None:
    screen.press(pygame.K_r)
    advance(screen, 12, pygame.K_LEFT)
    advance(screen, 8)
    screen.press(pygame.K_r)
    demos = load_recording(tmp_path / "recording").demonstrations()
    assert len(demos) == 20
    assert np.all(np.diff(demos.curvature_per_m[:6]) > 0.0), "the wheel ramps"
    assert np.all(np.diff(demos.curvature_per_m[12:16]) < 0.0), "and centres itself"
    assert demos.raw_steering is not None
    np.testing.assert_array_equal(demos.raw_steering, [-1.0] * 12 + [0.0] * 8)


def test_nothing_is_recorded_unless_asked(screen: DriveScreen, tmp_path: Path) -> None:
    advance(screen, 3, pygame.K_UP)
    assert not (tmp_path / "recording").exists()


def test_backspace_drops_the_last_five_seconds(screen: DriveScreen, tmp_path: Path) -> None:
    screen.press(pygame.K_r)
    advance(screen, 70)
    screen.press(pygame.K_BACKSPACE)
    advance(screen, 10)
    screen.press(pygame.K_r)
    assert len(load_recording(tmp_path / "recording").demonstrations()) == 30
    assert screen.recorded_s == pytest.approx(3.0)


def test_throttle_and_brake_change_the_speed(screen: DriveScreen) -> None:
    speeds = []
    for key in (pygame.K_UP, pygame.K_F1, pygame.K_DOWN):
        advance(screen, 10, key)
        speeds.append(float(screen.ride.state.speed_mps[0]))
    assert speeds[0] > 13.0
    assert speeds[1] == pytest.approx(speeds[0])
    assert speeds[2] < speeds[1] - 2.0


def test_enter_puts_the_car_back(screen: DriveScreen) -> None:
    advance(screen, 40, pygame.K_RIGHT)
    assert abs(screen.ride.offset_m) > 1.0
    screen.press(pygame.K_RETURN)
    assert screen.ride.offset_m == pytest.approx(0.0, abs=1e-6)


def test_who_leaves_the_lane_is_put_back_and_counted(window: pygame.Surface, ride: Ride) -> None:
    policies = {"straight on": StraightOn(), "expert": PursuitExpert(ride.tracks)}
    screen = WatchScreen(ride, policies, np.random.default_rng(0))
    advance(screen, 60)
    assert screen.scores["straight on"].interventions >= 1
    assert abs(ride.offset_m) < 1.5
    screen.press(pygame.K_TAB)
    advance(screen, 60)
    assert screen.name == "expert"
    assert screen.scores["expert"].interventions == 0
    assert screen.scores["expert"].driven_m == pytest.approx(72.0, rel=0.01)


def test_a_pause_stops_the_world_and_a_nudge_moves_the_car(window: pygame.Surface, ride: Ride) -> None:
    screen = WatchScreen(ride, {"expert": PursuitExpert(ride.tracks)}, np.random.default_rng(0))
    screen.press(pygame.K_SPACE)
    before = ride.state.poses.copy()
    advance(screen, 5)
    np.testing.assert_array_equal(ride.state.poses, before)
    screen.press(pygame.K_n)
    assert abs(ride.offset_m) > 0.5


def test_nudges_alone_are_no_interventions(window: pygame.Surface, ride: Ride) -> None:
    screen = WatchScreen(ride, {"expert": PursuitExpert(ride.tracks)}, np.random.default_rng(0))
    for _ in range(8):
        screen.press(pygame.K_n)
    assert abs(ride.offset_m) < 1.0
    advance(screen, 30)
    assert screen.scores["expert"].interventions == 0


@pytest.mark.parametrize("make", [DriveScreen, WatchScreen])
def test_every_screen_draws(make: Callable[..., object], screen: DriveScreen, window: pygame.Surface) -> None:
    shown = screen if make is DriveScreen else WatchScreen(screen.ride, {"a": StraightOn()}, np.random.default_rng(0))
    window.fill((255, 0, 255))
    advance(shown, 1)
    shown.draw(window)
    assert not np.any(np.all(pygame.surfarray.array3d(window) == (255, 0, 255), axis=-1))


def test_pictures_keep_their_colours_and_their_sides(window: pygame.Surface) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    np.testing.assert_array_equal(pygame.surfarray.array3d(as_surface(picture)).swapaxes(0, 1), picture)


class CountingScreen:
    def __init__(self) -> None:
        self.keys: list[int] = []
        self.drawn = 0

    def press(self, key: int) -> None:
        self.keys.append(key)

    def advance(self, held: HeldKeys) -> None:
        if self.drawn == 1:
            for key in (pygame.K_r, pygame.K_ESCAPE, pygame.K_TAB):
                pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))

    def draw(self, surface: pygame.Surface) -> None:
        self.drawn += 1


def test_the_loop_hands_keys_on_until_escape() -> None:
    screen = CountingScreen()
    assert run(lambda: screen, "test") == 2
    assert screen.keys == [pygame.K_r]


def test_the_loop_ends_after_its_frames() -> None:
    screen = CountingScreen()
    assert run(lambda: screen, "test", num_frames=1) == screen.drawn == 1


def test_a_window_that_cannot_open_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "no-such-driver")
    with pytest.raises(InputError, match="no window"):
        run(CountingScreen, "test")
