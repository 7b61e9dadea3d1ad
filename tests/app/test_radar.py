"""The radar, headless: what ships can be read, a place is said in plain words, and no frame waits for what is read."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame
import pytest

from drive_sim.app.canvas import INK, VERMILION, Canvas
from drive_sim.app.radar import RadarReading, what_it_says
from drive_sim.app.screen import ToWatch
from drive_sim.app.session import Session
from drive_sim.app.training_places import read_training_places
from drive_sim.app.watch import WatchScreen
from drive_sim.checkout import model_folder
from drive_sim.errors import InputError
from drive_sim.evaluate.familiarity import lane_places
from drive_sim.lessons.kit.demonstration import demonstrated_lane

FRAME_S = 1.0 / 60.0


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model's folder that says which drive it was shown, with views and without."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "metrics.json").write_text(json.dumps({"demonstration": {"seed": 0, "num_ticks": 40}}))
    return folder


@pytest.fixture
def screen(canvas: Canvas, session: Session, pair: tuple[str, str]) -> Iterator[WatchScreen]:
    screen = WatchScreen(session, ToWatch((*pair, "expert")), (960, 540))
    yield screen
    screen.close()


def go(screen: WatchScreen, num_frames: int) -> None:
    for _ in range(num_frames):
        screen.advance(defaultdict(bool))


def test_the_words_follow_how_many_pictures_are_near() -> None:
    shares = (0.3, 0.005, 0.0005, 0.0)
    words = [RadarReading(np.zeros((1, 3)), 0.1, share).words[0] for share in shares]
    assert words == ["Seen often", "Seen now and then", "Hardly ever seen", "Nobody showed this"]


def test_where_moved_views_were_shown_it_is_no_warning_and_that_is_said(shown: Path) -> None:
    plain = read_training_places(shown)
    moved = replace(plain, has_views=True)
    readings = [RadarReading(np.zeros((1, 3)), 2.0, 0.0, not places.has_views) for places in (plain, moved)]
    assert readings[0].words == ("Nobody showed this", VERMILION)
    assert readings[1].words == ("Nobody showed this", INK)
    assert [what_it_says(places) for places in (plain, moved)] == ["40 frames", "its errors hardly depend on this"]


def test_a_drive_that_can_be_made_again_is_what_was_shown(shown: Path) -> None:
    places = read_training_places(shown)
    assert np.array_equal(places.shown, lane_places(demonstrated_lane(0, 40)))
    assert not places.has_views
    assert places.familiarity.distance_m(places.shown).max() == 0.0


@pytest.mark.parametrize(
    "training", [{"shift_rotate": None}, {}, {"num_views": 15, "max_shift_m": 1.0, "max_turn_rad": 0.1}]
)
def test_views_are_those_of_the_models_own_settings(shown: Path, training: dict[str, object]) -> None:
    (shown / "config.json").write_text(json.dumps({"training": training}))
    places = read_training_places(shown)
    reach_m = np.abs(places.familiarity.places[:, 0]).max() - np.abs(places.shown[:, 0]).max()
    assert places.has_views is bool(training.get("num_views"))
    assert (0.8 < reach_m < 1.2) if places.has_views else reach_m == 0.0


@pytest.mark.parametrize("name", ["first-drive-plain", "first-drive-shift-rotate", "alvinn"])
def test_what_ships_says_what_it_was_shown(name: str) -> None:
    said = json.loads((model_folder(name) / "metrics.json").read_text())
    training = json.loads((model_folder(name) / "config.json").read_text())["training"]
    assert said["demonstration"]["seed"] == said["seed"]
    ticks = said["num_frames"] * training.get("ticks_per_frame", 1)
    assert said["demonstration"]["num_ticks"] == ticks


@pytest.mark.parametrize(
    ("metrics", "says"),
    [
        ("{}", "not on this disk"),
        ('{"demonstration": {"seed": -1, "num_ticks": 3}}', "seed"),
        ("[", "not on this disk"),
    ],
)
def test_what_says_nothing_is_one_line(tmp_path: Path, metrics: str, says: str) -> None:
    folder = tmp_path / "models" / "one"
    folder.mkdir(parents=True)
    (folder / "metrics.json").write_text(metrics)
    with pytest.raises(InputError, match=says):
        read_training_places(folder)


def test_the_radar_is_read_beside_the_frames_and_follows_the_driver(
    screen: WatchScreen, canvas: Canvas, shown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(_folder: Path) -> object:
        time.sleep(20 * FRAME_S)
        return read_training_places(shown)

    monkeypatch.setattr("drive_sim.app.radar.read_training_places", slowly)
    screen.handle(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_v, unicode="", mod=0), canvas)
    start_s = time.perf_counter()
    screen.radar.follow(screen.rollout)
    assert time.perf_counter() - start_s < 10 * FRAME_S, "a frame has waited"
    assert screen.radar.status(screen.rollout).says == "Reading what it was shown ..."
    screen.draw(canvas)
    screen.radar.wait()
    go(screen, 12)
    reading = screen.radar.status(screen.rollout).reading
    assert reading is not None
    offset_m = float(screen.rollout.car.observation.lane.offset_m[0])
    assert reading.place[0, 0] == pytest.approx(offset_m, abs=0.1)
    screen.rollout.leave_alone(True)
    screen.rollout.place(30.0, 3.0)
    go(screen, 6)
    lost = screen.radar.status(screen.rollout).reading
    assert lost is not None
    assert lost.words[0] == "Nobody showed this"
    assert lost.distance_m > 1.5
    assert len(screen.radar.status(screen.rollout).trail) == 1, "what it did not drive is not drawn"
    screen.draw(canvas)
    for _ in range(2):
        screen.handle(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_a, unicode="", mod=0), canvas)
        go(screen, 6)
    assert "knows the road" in screen.radar.status(screen.rollout).says
