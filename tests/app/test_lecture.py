"""The lecture, headless: five steps there and back, and what happens where nobody has learned yet."""

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest
import torch

from drive_sim.app.canvas import Canvas
from drive_sim.app.lecture import ANOTHER_PAIR, NO_MODELS, NUM_STEPS, LectureScreen, mildest_s_m
from drive_sim.app.lecture_demonstration import DemonstrationStep
from drive_sim.app.lecture_driving import OneCarStep, TwoCarsStep
from drive_sim.app.lecture_preparation import PreparationStep
from drive_sim.app.lecture_record import Phase
from drive_sim.app.model_discovery import shipped_pair
from drive_sim.app.screen import ToLecture
from drive_sim.app.session import Session
from drive_sim.data.recording import load_recording
from drive_sim.data.rollout import drive, episode_info, record
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.model_folder import save_model
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import ROAD_KINDS, make_circle, make_circuit
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks

SIZE_PX = (960, 540)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two untaught networks with the same weights, and a recording beside them."""
    folder = tmp_path_factory.mktemp("run")
    for name in ("plain", "shift-rotate"):
        torch.manual_seed(0)
        save_model(folder / "models" / name, NeuralPolicy(make_network("small", 66, 200), "small", Camera()), {}, {})
    tracks, scenes = Tracks.stack([make_circle(80.0)]), Scenes.stack([make_scene("day", np.random.default_rng(1))])
    env = DriveEnv(tracks, scenes, EnvConfig(), np.random.default_rng(0))
    ticks = drive(env, PursuitExpert(tracks), 30, np.random.default_rng(0))
    list(record(ticks, folder / "demonstration", [episode_info(env)], "expert"))
    return folder


@pytest.fixture
def screen(canvas: Canvas, session: Session, run: Path) -> Iterator[LectureScreen]:
    models = tuple(str(run / "models" / name) for name in ("shift-rotate", "plain"))
    screen = LectureScreen(session, ToLecture(models), SIZE_PX)
    yield screen
    screen.close()


def press(screen: LectureScreen, canvas: Canvas, *keys: int) -> None:
    for key in keys:
        screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""), canvas)


def go(screen: LectureScreen, num_frames: int) -> None:
    for _ in range(num_frames):
        screen.advance(defaultdict(bool))


def test_right_and_space_lead_on_and_left_leads_back(screen: LectureScreen, canvas: Canvas) -> None:
    steps = []
    for key in (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_SPACE, *[pygame.K_RIGHT] * 4, pygame.K_LEFT):
        press(screen, canvas, key)
        go(screen, 2)
        screen.draw(canvas)
        steps.append(screen.number)
    assert steps == [0, 1, 2, 3, 4, 4, 4, 3]


def test_first_the_very_frames_that_were_learned_from(screen: LectureScreen, canvas: Canvas) -> None:
    step = screen.step
    assert isinstance(step, DemonstrationStep)
    assert step.demos is not None
    assert len(step.demos) == 30


def test_the_plain_one_drives_first_and_unpushed(screen: LectureScreen, canvas: Canvas) -> None:
    press(screen, canvas, pygame.K_RIGHT, pygame.K_n)
    step = screen.step
    assert isinstance(step, OneCarStep)
    go(screen, 60)
    assert step.story.phase is Phase.CALM
    assert step.story.rollouts[0].driver.name == "plain"
    assert step.story.calm.duration_s == pytest.approx(1.0)
    assert "Nobody pushes" in screen.sentence


def test_then_a_push_is_sought_for_the_one_and_the_other(screen: LectureScreen, canvas: Canvas) -> None:
    press(screen, canvas, pygame.K_RIGHT, pygame.K_RIGHT)
    step = screen.step
    assert isinstance(step, OneCarStep)
    go(screen, 6)
    assert (step.story.phase, step.story.drivers) == (Phase.SEEKING, (0,))
    press(screen, canvas, pygame.K_a)
    assert step.story.drivers == (1,)
    press(screen, canvas, pygame.K_RIGHT)
    assert (screen.step, step.story.drivers) == (step, (1,))
    press(screen, canvas, pygame.K_LEFT, pygame.K_LEFT)
    assert (screen.step, step.story.phase) == (step, Phase.CALM)


def test_at_last_both_drive_the_same_road_and_are_pushed_alike(screen: LectureScreen, canvas: Canvas) -> None:
    press(screen, canvas, *[pygame.K_RIGHT] * 4, pygame.K_x)
    step = screen.step
    assert isinstance(step, TwoCarsStep)
    go(screen, 6 * 60)
    plain, twin = step.story.rollouts
    assert (plain.driver.name, twin.driver.name) == ("plain", "shift-rotate")
    # Two networks with the same weights, so whatever differs would be the world's doing.
    np.testing.assert_array_equal(plain.car.state.poses, twin.car.state.poses)
    assert step.story.phase is Phase.COUNTING
    assert plain.car.num_placed > 2, "pushed, and put back"


def test_the_second_step_begins_where_the_road_is_mild() -> None:
    track = make_circuit(np.random.default_rng(4), kind=ROAD_KINDS["country"], length_m=1200.0)
    samples = (np.arange(180) + mildest_s_m(track)) / track.spacing_m
    bends = np.abs(track.curvature_per_m.take(samples.astype(int), mode="wrap"))
    assert bends.max() < 0.5 * np.abs(track.curvature_per_m).max()


def test_paused_nobody_drives(screen: LectureScreen, canvas: Canvas) -> None:
    press(screen, canvas, pygame.K_RIGHT, pygame.K_p)
    go(screen, 30)
    assert isinstance(screen.step, OneCarStep)
    assert screen.step.story.rollouts[0].num_ticks == 0


@pytest.mark.parametrize("size_px", [(720, 540), (1600, 900)])
def test_every_step_fills_the_window(screen: LectureScreen, size_px: tuple[int, int]) -> None:
    canvas = Canvas(pygame.display.set_mode(size_px))
    for _ in range(NUM_STEPS):
        canvas.surface.fill((255, 0, 255))
        go(screen, 20)
        screen.draw(canvas)
        assert not np.all(pygame.surfarray.array3d(canvas.surface) == (255, 0, 255), axis=2).any()
        press(screen, canvas, pygame.K_RIGHT)


def test_without_models_it_says_so_and_one_key_records_the_expert(canvas: Canvas, session: Session) -> None:
    screen = LectureScreen(session, ToLecture(), SIZE_PX)
    assert screen.sentence == NO_MODELS
    go(screen, 12)
    assert not list(session.runs.glob("*")), "nothing is recorded before the key"
    press(screen, canvas, pygame.K_RIGHT, pygame.K_e)
    go(screen, 20)
    screen.draw(canvas)
    screen.close()
    (folder,) = session.runs.glob("record-*")
    assert set(load_recording(folder).episodes[0].column("driver")) == {"expert"}


@pytest.mark.slow
def test_then_both_learn_and_the_lecture_begins(canvas: Canvas, session: Session) -> None:
    screen = LectureScreen(session, ToLecture(), SIZE_PX)
    screen.step = PreparationStep(session, NO_MODELS, num_ticks=60, num_steps=3)
    press(screen, canvas, pygame.K_e)
    deadline_s = time.monotonic() + 200.0
    while isinstance(screen.step, PreparationStep) and time.monotonic() < deadline_s:
        session.poll()
        go(screen, 1)
        time.sleep(0.01)
    screen.draw(canvas)
    assert isinstance(screen.step, DemonstrationStep)
    assert set(session.models) == {"plain", "shift-rotate"}
    screen.close()


def test_one_key_offers_another_pair_and_left_leads_back(screen: LectureScreen, canvas: Canvas) -> None:
    press(screen, canvas, pygame.K_RIGHT, pygame.K_e)
    assert screen.sentence == ANOTHER_PAIR
    go(screen, 6)
    screen.draw(canvas)
    press(screen, canvas, pygame.K_LEFT)
    assert isinstance(screen.step, DemonstrationStep)
    press(screen, canvas, pygame.K_RIGHT)
    assert isinstance(screen.step, OneCarStep)


def test_what_ships_shows_the_demonstration_that_it_has_learned_from(canvas: Canvas, session: Session) -> None:
    screen = LectureScreen(session, ToLecture(shipped_pair()), SIZE_PX)
    step = screen.step
    assert isinstance(step, DemonstrationStep)
    assert step.demos is not None
    assert len(step.demos) == 300
    assert "the first drive, which ships, has learned from 30 s" in session.note.text
    screen.close()
