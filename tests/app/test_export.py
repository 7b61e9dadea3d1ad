"""Exports: whole new files, a line that says where, and a line where there is nothing to take."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pygame
import pytest
from PIL import Image

from drive_sim.app import export
from drive_sim.app.canvas import VERMILION
from drive_sim.app.frame_history import FRAMES_HZ, FrameHistory
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.report.shots import FILM_HZ
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import EnvConfig
from drive_sim.sim.observation import Observation
from drive_sim.sim.suites import make_held_out_world
from drive_sim.sim.vehicle import Command


@pytest.fixture
def session(tmp_path: Path) -> Session:
    nowhere: Any = None
    return Session(tmp_path / "runs", 0, nowhere)


@pytest.fixture
def surface() -> Iterator[pygame.Surface]:
    surface = pygame.Surface((96, 54))
    surface.fill((10, 200, 30))
    yield surface


def take(key: int, session: Session, surface: pygame.Surface) -> str:
    thread = export.save(key, session, surface)
    if thread is not None:
        thread.join(300.0)
    return session.note.text


def drive(frame_history: FrameHistory, car: SingleCar, num_frames: int, driver: str = "human") -> None:
    def straight_on(observation: Observation) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))

    for _ in range(num_frames):
        car.advance(straight_on)
        frame_history.add(car, driver, car.offset_m, 0)


def make_car(index: int = 0) -> SingleCar:
    track, scene = make_held_out_world(index)
    return SingleCar(track, scene, EnvConfig(camera=Camera()), np.random.default_rng(0))


def test_pictures_are_numbered_and_none_is_overwritten(session: Session, surface: pygame.Surface) -> None:
    threads = [export.save(pygame.K_F12, session, surface) for _ in range(3)]
    for thread in threads:
        assert thread is not None
        thread.join(60.0)
    files = sorted((session.runs / export.FOLDER).iterdir())
    assert [file.name for file in files] == ["picture-001.png", "picture-002.png", "picture-003.png"]
    assert np.array_equal(np.asarray(Image.open(files[0]))[5, 5], (10, 200, 30))
    assert "picture-00" in session.note.text


def test_two_windows_in_one_folder_never_take_each_others_names(session: Session) -> None:
    """Two that write at the same time, and know nothing of each other: while one writes, the other has the name."""
    folder = session.runs / export.FOLDER

    def write_theirs(path: Path) -> None:
        path.write_text("theirs")

    def write(path: Path) -> None:
        export.write_numbered(folder, "film", ".mp4", write_theirs)
        path.write_text("ours")

    assert export.write_numbered(folder, "film", ".mp4", write).name == "film-002.mp4"
    assert {file.name: file.read_text() for file in folder.iterdir()} == {
        "film-001.mp4": "theirs",
        "film-002.mp4": "ours",
    }


@pytest.mark.parametrize("key", [pygame.K_F10, pygame.K_F9, pygame.K_F8])
def test_where_there_is_nothing_yet_a_line_says_so(session: Session, surface: pygame.Surface, key: int) -> None:
    line = take(key, session, surface)
    assert "yet" in line
    assert not session.runs.exists()


def test_recording_and_models_go_into_zip_files(session: Session, surface: pygame.Surface, tmp_path: Path) -> None:
    for folder, name in (("drive-001", "episode-000.arrow"), ("models/plain", "a"), ("models/shift-rotate", "a")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / name).write_text(folder)
    session.recording = tmp_path / "drive-001"
    session.models = {name: tmp_path / "models" / name for name in ("plain", "shift-rotate")}
    take(pygame.K_F9, session, surface)
    take(pygame.K_F8, session, surface)
    with zipfile.ZipFile(session.runs / export.FOLDER / "recording-001.zip") as recording:
        assert recording.namelist() == ["drive-001/episode-000.arrow"]
    with zipfile.ZipFile(session.runs / export.FOLDER / "models-001.zip") as models:
        assert models.namelist() == ["plain/a", "shift-rotate/a"]
        assert models.read("plain/a") == b"models/plain"


def test_a_place_that_refuses_becomes_a_line(session: Session, surface: pygame.Surface) -> None:
    session.runs.parent.mkdir(exist_ok=True)
    session.runs.write_text("a file stands here")
    line = take(pygame.K_F12, session, surface)
    assert "cannot write" in line
    assert session.note.colour == VERMILION


def test_the_history_keeps_the_last_seconds_and_cuts_where_the_road_changes() -> None:
    frame_history = FrameHistory(seconds=2.0)
    first, second = make_car(0), make_car(1)
    drive(frame_history, first, 3 * FRAMES_HZ)
    drive(frame_history, second, FRAMES_HZ, driver="plain")
    shots = frame_history.shots()
    assert [len(shot.poses) for shot in shots] == [FILM_HZ, FILM_HZ]
    assert frame_history.duration_s == 2.0
    assert [shot.world.track for shot in shots] == [first.track, second.track]
    assert set(shots[1].drivers) == {"plain"}
    speed_mps = np.hypot(*np.diff(shots[0].poses[:, :2], axis=0).T) * FILM_HZ
    assert np.allclose(speed_mps, shots[0].speed_mps[1:], rtol=0.02)


def test_a_history_of_nothing_is_nothing() -> None:
    assert FrameHistory().shots() == ()
    assert FrameHistory().duration_s == 0.0


def test_a_car_without_a_camera_is_filmed_with_the_usual_one() -> None:
    frame_history, car = FrameHistory(), make_car()
    blind: Any = SimpleNamespace(
        track=car.track, scene=car.scene, state=car.state, env=SimpleNamespace(config=EnvConfig(camera=None))
    )
    for _ in range(2):
        frame_history.add(blind, "human", 0.0, 0)
    assert frame_history.shots()[0].world.camera == Camera()


@pytest.mark.slow
def test_the_last_minute_becomes_a_film(session: Session, surface: pygame.Surface) -> None:
    drive(session.frame_history, make_car(), 2 * FRAMES_HZ)
    line = take(pygame.K_F10, session, surface)
    assert "film-001.mp4" in line
    with av.open(str(session.runs / export.FOLDER / "film-001.mp4")) as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (960, 540, FILM_HZ)
        assert sum(1 for _ in film.decode(stream)) == 2 * FILM_HZ
