"""The truth-o-meter, headless: slider to picture within two frames, figures of what is shown, sources, one picture."""

import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest

from drive_sim.app.canvas import Canvas
from drive_sim.app.display import Display
from drive_sim.app.screen import ToDrive, ToHome, ToTruth
from drive_sim.app.session import Session
from drive_sim.app.slider import Slider
from drive_sim.app.startup import make_screen
from drive_sim.app.truth import TruthScreen
from drive_sim.app.truth_layout import TruthLayout
from drive_sim.app.truth_status import SHIFT, TURN, frame_slider
from drive_sim.app.window import Window
from drive_sim.data import rollout
from drive_sim.data.augment import shift_rotate
from drive_sim.errors import InputError
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.scene import Scenes
from drive_sim.sim.track import Tracks

MOST_FRAMES = 2


@pytest.fixture
def screen(canvas: Canvas, session: Session) -> Iterator[TruthScreen]:
    screen = TruthScreen(session, ToTruth(), (960, 540))
    yield screen
    screen.close()


@pytest.fixture
def recording(session: Session, tmp_path: Path) -> Path:
    tracks = Tracks.stack([session.roads.track])
    env = DriveEnv(tracks, Scenes.stack([session.roads.scene]), EnvConfig(), np.random.default_rng(0))
    ticks, folder = rollout.drive(env, PursuitExpert(tracks), 12, np.random.default_rng(0)), tmp_path / "mine"
    list(rollout.record(ticks, folder, [rollout.episode_info(env)], "human"))
    return folder


def press(screen: TruthScreen, canvas: Canvas, *keys: int) -> None:
    for key in keys:
        screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""), canvas)


def go(screen: TruthScreen, num_frames: int = 1) -> None:
    for _ in range(num_frames):
        screen.advance(defaultdict(bool))


def mouse(kind: int, where: tuple[float, float]) -> pygame.event.Event:
    facts: dict[str, Any] = {"button": 1} if kind != pygame.MOUSEMOTION else {"buttons": (1, 0, 0), "rel": (0, 0)}
    return pygame.event.Event(kind, pos=where, **facts)


def test_a_slider_shows_in_the_picture_within_two_frames(session: Session) -> None:
    window = Window(session, make_screen, ToTruth(), Display((960, 540)))
    try:
        screen = window.screen
        assert isinstance(screen, TruthScreen)
        screen.is_paused = True
        window.show_frame()
        layout, canvas = TruthLayout.of(window.display.canvas, Camera()), window.display.canvas
        before, seen = shown(canvas, layout), screen.view
        slider = layout.slider(0)
        pygame.event.post(mouse(pygame.MOUSEBUTTONDOWN, (SHIFT.place(slider, -0.7), slider.top + 30.0)))
        num_frames = 0
        while np.array_equal(shown(canvas, layout), before):
            window.show_frame()
            num_frames += 1
            assert num_frames <= MOST_FRAMES, "the picture is late"
        assert screen.view is not None
        assert screen.view is not seen
        assert screen.view.shift_m == pytest.approx(-0.7)
        assert screen.held == "shift"
    finally:
        window.close()


def shown(canvas: Canvas, layout: TruthLayout) -> np.ndarray:
    """The pixels of the synthetic half."""
    where = canvas.rect_px(layout.picture)
    return pygame.surfarray.array3d(canvas.surface.subsurface(where))[: where.width // 2].copy()


def test_what_is_shown_is_what_the_figures_are_of(screen: TruthScreen, canvas: Canvas) -> None:
    screen.is_paused = True
    press(screen, canvas, pygame.K_LEFT, pygame.K_UP)
    go(screen)
    view = screen.view
    assert view is not None
    assert (view.shift_m, math.degrees(view.turn_rad)) == pytest.approx((1.1, 1.0))
    args = view.frame.picture[None], view.frame.camera, np.array([view.shift_m]), np.array([view.turn_rad])
    assert np.array_equal(view.synthetic, shift_rotate(*args)[0])
    assert view.true is not None
    gap = np.abs(view.synthetic.astype(int) - view.true)[view.known].mean()
    assert view.difference_grey == pytest.approx(gap)
    screen.draw(canvas)
    press(screen, canvas, pygame.K_0, pygame.K_m)
    go(screen)
    screen.draw(canvas)
    assert screen.view is not None
    assert screen.view.difference_grey == 0.0
    assert screen.wipe == 0.5
    layout = TruthLayout.of(canvas, Camera())
    where = layout.picture
    screen.handle(mouse(pygame.MOUSEBUTTONDOWN, where.centre), canvas)
    screen.handle(mouse(pygame.MOUSEMOTION, (where.left + 0.8 * where.width, where.top + 40.0)), canvas)
    assert screen.wipe == pytest.approx(0.8, abs=0.01)
    screen.handle(mouse(pygame.MOUSEBUTTONUP, where.centre), canvas)
    screen.handle(mouse(pygame.MOUSEMOTION, where.centre), canvas)
    assert screen.wipe == pytest.approx(0.8, abs=0.01), "it was let go"


def test_the_car_drives_on_and_stands_when_it_is_told(screen: TruthScreen, canvas: Canvas) -> None:
    go(screen, 3)
    first = screen.view
    go(screen, 3)
    assert screen.view is not first
    press(screen, canvas, pygame.K_SPACE)
    go(screen, 1)
    first = screen.view
    go(screen, 3)
    assert screen.view is first


def test_a_recording_is_seen_frame_by_frame_beside_the_rendered_truth(
    session: Session, canvas: Canvas, recording: Path
) -> None:
    screen = TruthScreen(session, ToTruth(recording), (960, 540))
    try:
        screen.draw(canvas)
        screen.wait()
        press(screen, canvas, pygame.K_PAGEDOWN, pygame.K_PAGEDOWN)
        go(screen)
        assert screen.source is not None
        assert (screen.number, len(screen.source), screen.source.complaint) == (2, 12, "")
        assert screen.view is not None
        assert screen.view.true_is == "rendered"
        assert screen.view.difference_grey is not None
        assert screen.view.unmoved_grey is not None
        assert screen.view.difference_grey < 0.5 * screen.view.unmoved_grey
        screen.draw(canvas)
        press(screen, canvas, pygame.K_s)
        go(screen)
        assert screen.source.is_live
    finally:
        screen.close()


def test_what_cannot_be_read_is_said_and_the_live_road_stays(session: Session, canvas: Canvas, tmp_path: Path) -> None:
    screen = TruthScreen(session, ToTruth(tmp_path / "nowhere"), (960, 540))
    try:
        with pytest.raises(InputError, match="nowhere"):
            screen.wait()
        go(screen)
        assert "nowhere" in session.note.text
        assert screen.source is not None
        assert screen.source.is_live
    finally:
        screen.close()


@pytest.mark.slow
def test_u_leads_there_from_every_screen_and_escape_back(session: Session) -> None:
    window = Window(session, make_screen, ToHome(), Display((960, 540)))
    try:
        window._go(ToDrive())
        for key, title in ((pygame.K_u, "Truth-o-meter"), (pygame.K_ESCAPE, "drive_sim")):
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""))
            window.show_frame()
            assert window.screen.title == title
    finally:
        window.close()


@pytest.mark.parametrize("slider", [SHIFT, TURN, frame_slider(1), frame_slider(800)])
def test_a_slider_stands_where_its_value_is(canvas: Canvas, slider: Slider) -> None:
    box = TruthLayout.of(canvas, Camera()).slider(0)
    for value in np.linspace(slider.least, slider.most, 7):
        whole = slider.within(value)
        assert slider.least <= whole <= slider.most
        assert slider.value_at(box, slider.place(box, whole)) == pytest.approx(whole, abs=slider.step)
    assert slider.within(1e9) == slider.most
    assert slider.within(0.1 * slider.step) == 0.0
