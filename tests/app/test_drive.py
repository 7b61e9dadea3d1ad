"""Driving by hand, headless: what keys do, what is recorded, and that nothing on the way to the disk is lost."""

import errno
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

from drive_sim.app.canvas import Canvas
from drive_sim.app.drive import DriveScreen
from drive_sim.app.lap_counter import LapCounter
from drive_sim.app.learned_from import learned_from
from drive_sim.app.recorder import Recorder
from drive_sim.app.screen import ToDrive, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.data.arrow_stream import StreamWriter
from drive_sim.data.recording import load_recording
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import EnvConfig
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.vehicle import Command

FRAMES_A_TICK = 6
SIZE_PX = (960, 540)


@pytest.fixture
def screen(canvas: Canvas, session: Session) -> Iterator[DriveScreen]:
    screen = DriveScreen(session, ToDrive(), SIZE_PX)
    screen.has_started = True
    yield screen
    screen.close()


def held(*keys: int) -> HeldKeys:
    return defaultdict(bool, dict.fromkeys(keys, True))


def advance(screen: DriveScreen, num_ticks: int, *keys: int) -> None:
    for _ in range(num_ticks * FRAMES_A_TICK):
        screen.advance(held(*keys))


def press(screen: DriveScreen, key: int, canvas: Canvas) -> object:
    return screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode="", mod=0), canvas)


def until(holds: Callable[[], object]) -> None:
    for _ in range(500):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("not within five seconds")


def test_the_car_waits_for_the_first_key(canvas: Canvas, session: Session) -> None:
    screen = DriveScreen(session)
    before = screen.car.state.poses.copy()
    advance(screen, 1)
    np.testing.assert_array_equal(screen.car.state.poses, before)
    press(screen, pygame.K_UP, canvas)
    advance(screen, 1)
    assert not np.array_equal(screen.car.state.poses, before)


def test_the_wheels_command_changes_on_the_next_substep(screen: DriveScreen) -> None:
    for frames_before in range(1, FRAMES_A_TICK + 1):
        advance(screen, 20)  # until the wheels stand straight
        for _ in range(frames_before):
            screen.advance(held())
        before_per_m = float(screen.car.state.curvature_per_m[0])
        screen.advance(held(pygame.K_LEFT))
        assert float(screen.car.state.curvature_per_m[0]) > before_per_m, f"{frames_before} frames into it"
        while not screen.car.begins_tick:
            screen.advance(held())


def test_a_frame_is_a_substep_and_every_sixth_asks_for_a_command(session: Session) -> None:
    car = SingleCar(session.roads.track, session.roads.scene, EnvConfig(Camera()), np.random.default_rng(2))
    asked: list[int] = []
    places = [car.state.poses]
    for _ in range(2 * FRAMES_A_TICK):
        car.advance(lambda _: asked.append(1) or Command.steer([0.0]))
        places.append(car.state.poses)
    moved_m = np.linalg.norm(np.diff(np.concatenate(places)[:, :2], axis=0), axis=1)
    assert len(asked) == 2
    np.testing.assert_allclose(moved_m, 12.0 / 60.0, rtol=1e-6)


def test_a_single_car_is_what_the_environment_drives_to_the_bit(session: Session) -> None:
    config = EnvConfig(Camera())
    cars = [SingleCar(session.roads.track, session.roads.scene, config, np.random.default_rng(2)) for _ in range(2)]
    for number in range(10):
        command = Command.steer([0.01 * np.sin(number)])
        for _ in range(FRAMES_A_TICK):
            cars[0].advance(lambda _, command=command: command)
        cars[1].env.step(command)
    seen = [car.observation for car in cars]
    np.testing.assert_array_equal(seen[0].state.poses, seen[1].state.poses)
    assert seen[0].images is not None
    np.testing.assert_array_equal(seen[0].images, seen[1].images)


def test_what_is_recorded_is_the_wheel_and_the_keys(screen: DriveScreen, canvas: Canvas) -> None:
    press(screen, pygame.K_r, canvas)
    advance(screen, 12, pygame.K_LEFT)
    advance(screen, 8)
    press(screen, pygame.K_r, canvas)
    screen.close()
    assert screen.session.recording is not None
    demos = load_recording(screen.session.recording).demonstrations()
    assert len(demos) == 20
    assert np.all(np.diff(demos.curvature_per_m[:6]) > 0.0), "the wheel ramps"
    assert np.all(np.diff(demos.curvature_per_m[12:16]) < 0.0), "and centres itself"
    assert demos.raw_steering is not None
    np.testing.assert_array_equal(demos.raw_steering, [-1.0] * 12 + [0.0] * 8)
    assert demos.expert_curvature_per_m is not None


def test_nothing_is_recorded_unless_asked(screen: DriveScreen) -> None:
    advance(screen, 3, pygame.K_UP)
    assert not screen.session.runs.exists()


def test_backspace_drops_the_last_five_seconds(screen: DriveScreen, canvas: Canvas) -> None:
    press(screen, pygame.K_r, canvas)
    advance(screen, 70)
    press(screen, pygame.K_BACKSPACE, canvas)
    advance(screen, 10)
    assert screen.recorder is not None
    assert screen.recorder.recorded_s == pytest.approx(3.0)
    screen.close()
    assert len(load_recording(screen.recorder.folder).demonstrations()) == 30


def test_what_a_recording_lacks_is_said_when_it_stops(screen: DriveScreen, canvas: Canvas) -> None:
    press(screen, pygame.K_r, canvas)
    advance(screen, 10)
    press(screen, pygame.K_r, canvas)
    until(lambda: screen.advance(held()) or "drive for at least" in screen.session.note.text)
    assert not screen.is_recording


def test_enter_puts_the_car_back_and_recording_goes_on_in_a_new_episode(screen: DriveScreen, canvas: Canvas) -> None:
    press(screen, pygame.K_r, canvas)
    advance(screen, 40, pygame.K_RIGHT)
    assert abs(screen.car.offset_m) > 1.0
    press(screen, pygame.K_RETURN, canvas)
    assert screen.car.offset_m == pytest.approx(0.0, abs=1e-6)
    assert screen.is_recording
    advance(screen, 5)
    screen.close()
    assert screen.recorder is not None
    assert [len(episode) for episode in load_recording(screen.recorder.folder).episodes] == [40, 5]


def test_a_pause_stops_the_world(screen: DriveScreen, canvas: Canvas) -> None:
    press(screen, pygame.K_SPACE, canvas)
    before = screen.car.state.poses
    advance(screen, 2, pygame.K_LEFT)
    assert screen.car.state.poses is before
    press(screen, pygame.K_p, canvas)
    advance(screen, 1)
    assert not np.array_equal(screen.car.state.poses, before)


def test_pedals_change_the_speed_once_it_is_not_kept(screen: DriveScreen, canvas: Canvas) -> None:
    def speed_mps() -> float:
        return float(screen.car.state.speed_mps[0])

    advance(screen, 10, pygame.K_UP)
    assert speed_mps() == pytest.approx(12.0)
    press(screen, pygame.K_k, canvas)
    advance(screen, 10, pygame.K_UP)
    assert speed_mps() > 13.0
    advance(screen, 20, pygame.K_DOWN)
    assert speed_mps() < 11.0
    press(screen, pygame.K_k, canvas)
    advance(screen, 80)
    assert speed_mps() == pytest.approx(12.0, abs=0.1)


def test_another_road_begins_a_new_episode_on_it(screen: DriveScreen, canvas: Canvas) -> None:
    press(screen, pygame.K_r, canvas)
    advance(screen, 3)
    for key, name in ((pygame.K_v, "reversed"), (pygame.K_v, "mirrored"), (pygame.K_o, "demonstration 2")):
        press(screen, key, canvas)
        until(lambda name=name: screen.advance(held()) or name in screen.session.roads.name)
        assert screen.car.track is screen.session.roads.track
    sky = screen.session.roads.scene
    press(screen, pygame.K_c, canvas)
    until(lambda: screen.advance(held()) or screen.car.scene != sky)
    screen.close()
    assert screen.recorder is not None
    assert len(load_recording(screen.recorder.folder).episodes) >= 4


def test_letting_go_needs_a_network(screen: DriveScreen, canvas: Canvas, tmp_path: Path) -> None:
    assert press(screen, pygame.K_l, canvas) is None
    assert "R records" in screen.session.note.text
    screen.session.models["plain"] = tmp_path
    assert press(screen, pygame.K_l, canvas) == ToWatch()


def test_training_needs_a_recording(screen: DriveScreen, canvas: Canvas) -> None:
    press(screen, pygame.K_t, canvas)
    advance(screen, 1)
    assert screen.session.training is None
    assert "R begins" in screen.session.note.text


def test_a_folder_that_cannot_be_made_is_a_line_on_the_screen(
    screen: DriveScreen, canvas: Canvas, tmp_path: Path
) -> None:
    (tmp_path / "runs").write_text("a file where the runs should go")
    press(screen, pygame.K_r, canvas)
    assert not screen.is_recording
    assert "runs" in screen.session.note.text
    advance(screen, 1)


def test_a_full_disk_ends_the_recording_with_a_line_and_driving_goes_on(
    screen: DriveScreen, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(screen, pygame.K_r, canvas)
    advance(screen, 20)
    assert screen.recorder is not None
    screen.recorder.flush()

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_room)
    advance(screen, 10)
    until(lambda: screen.advance(held()) or not screen.is_recording)
    screen.advance(held())
    screen.draw(canvas)
    monkeypatch.undo()
    assert "the first 2.0 s are safe" in screen.session.note.text
    assert screen.recorder.recorded_s == pytest.approx(2.0)
    before = screen.car.state.poses
    advance(screen, 1)
    assert not np.array_equal(screen.car.state.poses, before)
    assert len(load_recording(screen.recorder.folder).demonstrations()) == 20
    press(screen, pygame.K_r, canvas)
    assert screen.is_recording, "there is room again"


def test_no_frame_waits_for_a_slow_disk(screen: DriveScreen, canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    write = StreamWriter.write

    def slowly(self: StreamWriter, batch: object) -> None:
        time.sleep(0.3)
        write(self, batch)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(StreamWriter, "write", slowly)
    press(screen, pygame.K_r, canvas)
    start_s = time.perf_counter()
    advance(screen, 20)
    assert time.perf_counter() - start_s < 0.9, "four writes of 0.3 s would take longer"
    assert screen.recorder is not None
    screen.recorder.flush()
    assert len(load_recording(screen.recorder.folder).demonstrations()) == 20


def test_the_recorder_counts_bends_as_judges_do(tmp_path: Path, screen: DriveScreen, canvas: Canvas) -> None:
    press(screen, pygame.K_r, canvas)
    advance(screen, 20, pygame.K_LEFT)
    assert screen.recorder is not None
    left, right = screen.recorder.bends
    assert left > 0.8
    assert right == 0.0
    assert Recorder(tmp_path / "empty").bends == (0.0, 0.0)


def test_laps_count_forward_only_and_know_their_time() -> None:
    laps = LapCounter(make_circle(50.0), 0.0)
    for step in range(1, 41):
        laps.add((step * 10.0) % make_circle(50.0).length_m, 1.0)
    assert laps.count == 2
    assert laps.lap_s == pytest.approx(40.0 - 32.0, abs=1.0)


@pytest.mark.parametrize("size_px", [(640, 360), (960, 540), (1600, 900), (700, 700)])
def test_every_state_fills_the_window(screen: DriveScreen, canvas: Canvas, size_px: tuple[int, int]) -> None:
    surface = pygame.Surface(size_px)
    resized = Canvas(surface)
    for state in ("waiting", "driving", "recording", "paused"):
        screen.has_started = state != "waiting"
        if state in ("recording", "paused"):
            press(screen, pygame.K_r if state == "recording" else pygame.K_p, canvas)
        advance(screen, 2)
        surface.fill((255, 0, 255))
        screen.draw(resized)
        assert not np.any(np.all(pygame.surfarray.array3d(surface) == (255, 0, 255), axis=-1))


def drive_onto_the_grass(screen: DriveScreen, canvas: Canvas) -> tuple[int, int]:
    """Recorded; returns how many ticks that were, and how many of them off the road."""
    press(screen, pygame.K_r, canvas)
    num_off = 0
    for _ in range(60):
        num_off += screen.car.has_left_the_road
        advance(screen, 1, pygame.K_RIGHT)
    assert 0 < num_off < 60
    return 60, num_off


def test_what_is_recorded_off_the_road_is_said_and_t_asks_whether_to_learn_from_it(
    screen: DriveScreen, canvas: Canvas
) -> None:
    num, num_off = drive_onto_the_grass(screen, canvas)
    assert screen.status.off_road_s == pytest.approx(0.1 * num_off)
    press(screen, pygame.K_t, canvas)
    advance(screen, 1)
    question = f"{0.1 * num_off:.1f} of {0.1 * num:.1f} s are off the road"
    assert question in screen.session.note.text
    assert screen.session.training is None
    press(screen, pygame.K_t, canvas)
    assert screen.recorder is not None
    screen.recorder.flush()
    assert screen.status.off_road_s == 0.0
    assert screen.status.recorded_s == pytest.approx(0.1 * (num - num_off))
    recording = load_recording(screen.recorder.folder)
    assert len(recording.demonstrations()) == num - num_off
    assert recording.off_road_s == 0.0
    advance(screen, 1)
    assert screen.session.training is not None


def test_e_learns_from_what_was_driven_off_the_road_too_but_only_where_t_asks(
    screen: DriveScreen, canvas: Canvas
) -> None:
    drive_onto_the_grass(screen, canvas)
    press(screen, pygame.K_e, canvas)
    advance(screen, 1)
    assert screen.session.training is None
    press(screen, pygame.K_t, canvas)
    press(screen, pygame.K_e, canvas)
    assert screen.recorder is not None
    screen.recorder.flush()
    advance(screen, 1)
    assert screen.session.training is not None
    assert load_recording(screen.recorder.folder).off_road_s > 0.0
    model = screen.recorder.folder.parent / "models" / "plain"
    model.mkdir(parents=True)
    (model / "metrics.json").write_text(json.dumps({"data": [f"../../{screen.recorder.folder.name}"]}))
    found = learned_from([model])
    assert (found.seconds, found.is_doubtful) == (pytest.approx(6.1), True)
    assert "of them off the road" in found.line
    assert not (screen.recorder.folder / "marks.jsonl").exists()
