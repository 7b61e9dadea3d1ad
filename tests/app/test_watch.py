"""Watching, headless: who drives, what is counted, pushes, taking the wheel, and models that cannot drive."""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest

from drive_sim.app.canvas import POLICY_COLOURS, Canvas
from drive_sim.app.layout import map_box
from drive_sim.app.model_discovery import training_recordings
from drive_sim.app.rollout_panels import scoreboard_box
from drive_sim.app.screen import ToWatch
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.app.watch import WatchScreen
from drive_sim.data.recording import load_recording
from drive_sim.errors import InputError
from drive_sim.policies.alvinn import ALVINN_CAMERA
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command
from tests.app.untaught_models import save_alvinn, save_straight_driver

SIZE_PX = (960, 540)
FRAMES_A_TICK = 6


@pytest.fixture
def screen(canvas: Canvas, session: Session, pair: tuple[str, str]) -> Iterator[WatchScreen]:
    screen = WatchScreen(session, ToWatch(pair), SIZE_PX)
    yield screen
    screen.close()


@pytest.fixture
def expert_screen(canvas: Canvas, session: Session) -> Iterator[WatchScreen]:
    screen = WatchScreen(session, ToWatch(("expert",)), SIZE_PX)
    yield screen
    screen.close()


def press(screen: WatchScreen, canvas: Canvas, *keys: int) -> None:
    for key in keys:
        screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""), canvas)


def go(screen: WatchScreen, num_ticks: float, *held: int) -> None:
    for _ in range(round(num_ticks * FRAMES_A_TICK)):
        screen.advance(defaultdict(bool, dict.fromkeys(held, True)))


def test_a_hands_the_wheel_over_and_keeps_count_for_each(screen: WatchScreen, canvas: Canvas) -> None:
    go(screen, 5)
    press(screen, canvas, pygame.K_a)
    go(screen, 7)
    plain, twin = screen.rollout.drivers
    assert screen.rollout.driver is twin
    assert (plain.tally.elapsed_s, twin.tally.elapsed_s) == pytest.approx((0.5, 0.7))
    assert set(screen.session.scores) == {"plain", "shift-rotate"}
    assert (plain.colour, twin.colour) == (POLICY_COLOURS["plain"], POLICY_COLOURS["shift-rotate"])


def test_a_click_on_a_drivers_row_hands_it_the_wheel(screen: WatchScreen, canvas: Canvas) -> None:
    go(screen, 2, pygame.K_LEFT)
    box = scoreboard_box(2)
    for number in (1, 0):
        row = box.left + 60.0, box.bottom - 12.0 - 26.0 * (2 - number) + 13.0
        pos = row[0] * canvas.scale, row[1] * canvas.scale
        screen.handle(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=pos, button=1), canvas)
        assert screen.rollout.driver is screen.rollout.drivers[number]
        go(screen, 1)
        assert not screen.takeover.has_wheel


def test_letters_do_not_steer(screen: WatchScreen, canvas: Canvas) -> None:
    go(screen, 3, pygame.K_a, pygame.K_s)
    assert not screen.takeover.has_wheel


def test_a_takeover_is_recorded_with_the_experts_label(screen: WatchScreen, canvas: Canvas) -> None:
    go(screen, 3)
    go(screen, 4, pygame.K_LEFT)
    assert screen.takeover.has_wheel
    assert screen.rollout.active_name == "human"
    go(screen, 4)
    assert screen.takeover.has_wheel, "the wheel is given back by a key only"
    press(screen, canvas, pygame.K_g)
    go(screen, 3)
    assert not screen.takeover.has_wheel
    go(screen, 2, pygame.K_RIGHT)
    screen.close()
    (folder,) = screen.session.runs.glob("takeover-*")
    episodes = load_recording(folder).episodes
    assert [len(episode) for episode in episodes] == [8, 2]
    for episode in episodes:
        assert episode.column("intervention").all()
        assert set(episode.column("driver")) == {"human"}
        assert np.isfinite(episode.column("expert_curvature_per_m")).all()
        drive = episode.demonstrations().episode
        assert drive is not None
        assert np.ptp(drive) == 0, "one takeover is one drive"
    assert episodes[0].column("curvature_per_m")[3] > 0.0 > episodes[1].column("curvature_per_m")[1]


def test_a_takeover_that_cannot_be_recorded_is_driven_all_the_same(screen: WatchScreen, canvas: Canvas) -> None:
    screen.session.runs.write_text("a file where the runs should go")
    with pytest.raises(InputError, match="runs"):
        go(screen, 1, pygame.K_LEFT)
    go(screen, 3, pygame.K_LEFT)
    assert screen.takeover.has_wheel
    assert screen.rollout.command_per_m > 0.0
    press(screen, canvas, pygame.K_g, pygame.K_t)
    assert "Take the wheel" in screen.session.note.text


def test_the_persons_command_counts_from_the_next_substep_on(screen: WatchScreen, canvas: Canvas) -> None:
    go(screen, 1.5)
    assert not screen.rollout.car.begins_tick
    screen.advance(defaultdict(bool, {pygame.K_LEFT: True}))
    assert screen.rollout.by_hand
    assert screen.rollout.command_per_m > 0.0


@pytest.mark.parametrize("broken", ["missing", "weights"])
def test_a_model_that_cannot_drive_is_a_line_and_the_expert_drives(
    canvas: Canvas, session: Session, tmp_path: Path, broken: str
) -> None:
    folder = tmp_path / "model"
    if broken != "missing":
        save_straight_driver(folder)
    if broken == "weights":
        (folder / "weights.safetensors").write_bytes(b"nothing")
    screen = WatchScreen(session, ToWatch((str(folder),)), SIZE_PX)
    assert screen.rollout.driver.name == "expert"
    assert "the expert drives" in session.note.text
    go(screen, 10)
    screen.draw(canvas)
    assert screen.rollout.driver.tally.distance_m > 10.0
    screen.close()


@pytest.mark.parametrize("camera", [ALVINN_CAMERA, Camera().resized(96, 96)])
def test_a_driver_sees_through_its_own_camera(
    canvas: Canvas, session: Session, tmp_path: Path, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the bit what an env with that camera would show; the car's own pictures stay as they are."""
    folder = tmp_path / "own"
    save_alvinn(folder) if camera == ALVINN_CAMERA else save_straight_driver(folder, camera)
    screen = WatchScreen(session, ToWatch((str(folder),)), SIZE_PX)
    screen.rollout.puts_back = False
    car, driver = screen.rollout.car, screen.rollout.driver
    config = replace(car.env.config, camera=camera)
    twin = SingleCar(car.track, car.scene, config, np.random.default_rng([session.seed, 0]).spawn(3)[0])
    seen: list[np.ndarray] = []
    policy_act = type(driver.policy).act

    def act(policy: Any, observation: Observation, rng: np.random.Generator) -> Command:
        assert observation.images is not None
        seen.append(observation.images)
        return policy_act(policy, observation, rng)

    monkeypatch.setattr(type(driver.policy), "act", act)
    go(screen, 10)
    rng = np.random.default_rng(0)
    for images in seen:
        assert twin.observation.images is not None
        np.testing.assert_array_equal(images, twin.observation.images)
        twin.env.step(policy_act(driver.policy, twin.observation, rng))
    assert len(seen) == 10
    assert screen.saliency.picture is not None
    assert screen.saliency.picture.shape == (camera.height_px, camera.width_px, 3)
    assert car.observation.images is not None
    assert car.observation.images.shape[1:3] == (66, 200)
    screen.draw(canvas)
    press(screen, canvas, pygame.K_t)
    assert ("cannot learn" if camera == ALVINN_CAMERA else "another camera") in session.note.text
    screen.close()


def test_alvinns_units_are_shown_while_it_drives(canvas: Canvas, session: Session, tmp_path: Path) -> None:
    screen = WatchScreen(session, ToWatch((str(save_alvinn(tmp_path / "alvinn")), "expert")), SIZE_PX)
    go(screen, 3)
    policy = screen.rollout.driver.alvinn
    assert policy is not None
    assert screen.saliency.activity is not None
    assert screen.saliency.picture is not None
    np.testing.assert_array_equal(screen.saliency.activity, policy.activity(screen.saliency.picture[None])[0])
    screen.draw(canvas)
    press(screen, canvas, pygame.K_a)
    go(screen, 2)
    screen.draw(canvas)
    assert screen.saliency.activity is None
    screen.close()


def test_without_models_the_expert_drives_until_there_are_some(
    canvas: Canvas, session: Session, pair: tuple[str, str]
) -> None:
    screen = WatchScreen(session, ToWatch(), SIZE_PX)
    go(screen, 1)
    assert screen.rollout.active_name == "expert"
    session.models.update(zip(("plain", "shift-rotate"), map(Path, pair), strict=True))
    go(screen, 1)
    assert screen.rollout.active_name == "plain"
    screen.close()


def test_dragging_on_the_map_puts_the_car_aside(expert_screen: WatchScreen, canvas: Canvas) -> None:
    screen = expert_screen
    go(screen, 5)
    screen.draw(canvas)
    x, y = screen.panels.map.point_from(*screen.rollout.car.state.poses[0, :2])
    assert map_box(canvas).holds((x, y))

    def mouse(kind: int, x: float, y: float) -> None:
        screen.handle(pygame.event.Event(kind, pos=(x * canvas.scale, y * canvas.scale), button=1), canvas)

    before_s_m = float(screen.rollout.car.observation.lane.s_m[0])
    mouse(pygame.MOUSEBUTTONDOWN, x, y)
    mouse(pygame.MOUSEMOTION, x - 6.0, y)
    go(screen, 2)
    screen.draw(canvas)
    assert screen.rollout.car.offset_m == pytest.approx(0.6, abs=0.2), "left on the screen is left of the lane"
    assert float(screen.rollout.car.observation.lane.s_m[0]) == pytest.approx(before_s_m, abs=0.5), "time stands still"
    mouse(pygame.MOUSEBUTTONUP, x, y)
    go(screen, 40)
    assert abs(screen.rollout.car.offset_m) < 0.3
    assert not screen.takeover.has_wheel


def test_other_roads_keep_the_drivers_and_their_counts(screen: WatchScreen, canvas: Canvas) -> None:
    press(screen, canvas, pygame.K_a, pygame.K_x)
    go(screen, 4)
    before = screen.rollout
    press(screen, canvas, pygame.K_o)
    go(screen, 4)
    assert screen.rollout.car.track is not before.car.track
    assert (screen.rollout.driver.name, screen.rollout.puts_back) == ("shift-rotate", False)
    assert screen.rollout.driver.tally.elapsed_s == pytest.approx(0.8)


@pytest.mark.parametrize("size_px", [(720, 540), (960, 540), (1600, 900)])
def test_every_state_can_be_drawn(screen: WatchScreen, size_px: tuple[int, int]) -> None:
    canvas = Canvas(pygame.display.set_mode(size_px))
    canvas.surface.fill((255, 0, 255))
    for keys in ((), (pygame.K_s, pygame.K_n), (pygame.K_x,), (pygame.K_s, pygame.K_SPACE)):
        press(screen, canvas, *keys)
        go(screen, 8)
        screen.draw(canvas)
        assert not np.all(pygame.surfarray.array3d(canvas.surface) == (255, 0, 255), axis=2).any()


def test_retraining_needs_a_network_and_a_takeover(
    screen: WatchScreen, expert_screen: WatchScreen, canvas: Canvas
) -> None:
    for asked, words in ((screen, "Take the wheel"), (expert_screen, "cannot learn")):
        press(asked, canvas, pygame.K_t)
        assert words in asked.session.note.text


def test_what_a_model_has_learned_from_is_read_from_its_folder(tmp_path: Path) -> None:
    folder = save_straight_driver(tmp_path / "models" / "plain")
    (tmp_path / "demonstration").mkdir()
    assert [path.resolve() for path in training_recordings(folder)] == [tmp_path / "demonstration"]
    (folder / "metrics.json").write_text('{"data": ["../../demonstration", "../../gone"]}')
    assert [path.resolve() for path in training_recordings(folder)] == [tmp_path / "demonstration"]
    assert training_recordings(tmp_path / "nothing") == []


def retrain(screen: WatchScreen, canvas: Canvas) -> None:
    """The wheel is taken for four seconds, and the network that drives learns from it."""
    go(screen, 40, pygame.K_LEFT)
    press(screen, canvas, pygame.K_t)


@pytest.mark.slow
def test_a_corrected_network_drives_beside_what_it_was_before(screen: WatchScreen, canvas: Canvas) -> None:
    screen.retraining_steps = 3
    before = screen.rollout.driver
    folder, policy, driven_m = before.folder, before.policy, before.tally.distance_m
    retrain(screen, canvas)
    deadline_s = time.monotonic() + 300.0
    while screen._retraining is not None and time.monotonic() < deadline_s:
        screen.session.poll()
        screen.advance(defaultdict(bool))
        time.sleep(0.02)
    assert screen._retraining is None, f"the screen says {screen.session.note.text!r}"
    drivers = screen.rollout.drivers
    assert [driver.label for driver in drivers] == ["Plain cloning", "With shift-and-rotate", "Clone + your 4 s"]
    assert len({driver.colour for driver in drivers}) == 3
    assert screen.rollout.driver is drivers[2]
    assert (before.folder, before.policy) == (folder, policy)
    assert before.tally.distance_m >= driven_m, "the old row keeps its figures"
    assert screen.session.models["plain-retrained"] == drivers[2].folder
    press(screen, canvas, pygame.K_a)
    assert screen.rollout.driver is drivers[0], "A hands the wheel round all of them"


def test_a_retraining_is_ended_by_its_key_pressed_twice_and_leaves_nothing(screen: WatchScreen, canvas: Canvas) -> None:
    retrain(screen, canvas)
    training = screen.session.training
    assert training is not None
    assert training.folder.exists()
    press(screen, canvas, pygame.K_t)
    assert training.is_running
    assert "T again" in screen.session.note.text
    press(screen, canvas, pygame.K_t)
    assert not training.is_running
    training.wait(60.0)
    go(screen, 1)
    assert not training.folder.exists(), "no empty folder stays"
    assert len(screen.rollout.drivers) == 2
    assert screen.takeover.num_rows == 40, "it can be learned from yet"
