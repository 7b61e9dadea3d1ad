"""Learning live: the process beside the window learns what the pure learner does; who has the wheel; what is shown."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from pathlib import Path

import numpy as np
import pygame
import pytest

from drive_sim.app import export, live_learning_process
from drive_sim.app.canvas import Canvas
from drive_sim.app.drive import DriveScreen
from drive_sim.app.live_learning import LiveLearning
from drive_sim.app.live_learning_messages import (
    LearningTask,
    NewExemplars,
    NotSaved,
    SaveTwin,
    TwinLearned,
)
from drive_sim.app.live_learning_pictures import sheet_of
from drive_sim.app.live_learning_process import LearningProcess
from drive_sim.app.live_learning_twin import READY_TICKS, LiveTwin
from drive_sim.app.live_learning_worker import learn_live
from drive_sim.app.screen import ToDrive
from drive_sim.app.session import Session
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.training_messages import ModelSaved
from drive_sim.evaluate.virtual_car import VirtualTick
from drive_sim.learn.live import TWINS, Asked, Weights, make_twins, weights_of
from drive_sim.policies.model_folder import load_model
from drive_sim.sim.conditions import CONDITIONS
from tests.learn.test_live import driven

FRAMES_A_TICK = 6
TASK = LearningTask("alvinn", 3, 0.1)


@pytest.fixture
def screen(canvas: Canvas, session: Session) -> Iterator[DriveScreen]:
    screen = DriveScreen(session, ToDrive(), canvas.surface.get_size())
    screen.has_started = True
    press(screen, pygame.K_i, canvas)
    yield screen
    screen.close()


def held(*keys: int) -> HeldKeys:
    return defaultdict(bool, dict.fromkeys(keys, True))


def advance(screen: DriveScreen, num_ticks: int, *keys: int) -> None:
    for _ in range(num_ticks * FRAMES_A_TICK):
        screen.advance(held(*keys))


def press(screen: DriveScreen, key: int, canvas: Canvas) -> None:
    screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode="", mod=0), canvas)


def until(holds: Callable[[], object]) -> None:
    for _ in range(6000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("not within a minute")


def process_of(screen: DriveScreen) -> LearningProcess:
    assert screen.live.process is not None
    return screen.live.process


def learned(num_ticks: int) -> dict[str, Weights]:
    """What the pure learners have after so many ticks."""
    twins = make_twins("alvinn", 3, CONDITIONS.vehicle, 0.1)
    for tick in driven("alvinn")[:num_ticks]:
        for learner in twins.values():
            learner.observe(tick)
    return {name: weights_of(learner.learner.policy) for name, learner in twins.items() if learner.learner is not None}


def same(one: Weights, other: Weights) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_the_worker_learns_in_order_what_the_learners_do_to_the_bit_and_saves_them(tmp_path: Path) -> None:
    ours, theirs = Pipe()
    worker = threading.Thread(target=_served, args=(theirs,))
    worker.start()
    for tick in driven("alvinn")[:4]:
        ours.send(tick)
    told = [ours.recv() for _ in range(4)]
    assert [message.number for message in told] == [0, 1, 2, 3]
    for number in (2, 4):
        expected = learned(number)
        assert all(same(told[number - 1].twins[name].weights, expected[name]) for name in TWINS)
    ours.send(SaveTwin("views", tmp_path / "model", told[1].twins["views"].weights, 2))
    assert ours.recv() == ModelSaved(tmp_path / "model")
    ours.send(SaveTwin("views", tmp_path / "model", told[1].twins["views"].weights, 2))
    assert isinstance(ours.recv(), NotSaved), "nothing is overwritten, and it goes on"
    ours.close()
    worker.join()
    policy = load_model(tmp_path / "model")
    kept = learned(2)["views"]
    np.testing.assert_array_equal(policy.network.state_dict()["hidden.weight"], kept["hidden.weight"])  # type: ignore[union-attr]


def _served(connection: object) -> None:
    with pytest.raises(EOFError):
        learn_live(connection, TASK)  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_process_keeps_twins_as_they_were_when_they_were_let_go_whatever_came_after() -> None:
    process, ticks = LearningProcess("alvinn", 3, 0.1), driven("alvinn")
    for tick in ticks[:3]:
        process.hand_over(tick)
    process.keep(process.num_handed)
    for tick in ticks[3:]:
        process.hand_over(tick)
    until(lambda: process.poll() or process.num_learned == len(ticks) or process.error)
    assert process.behind_s == 0.0
    assert not process.error
    assert process.kept is not None
    assert process.kept.num_ticks == 3
    assert all(same(process.kept.weights[name], learned(3)[name]) for name in TWINS)
    process.close()
    process.wait(30.0)


@pytest.mark.slow
def test_a_process_is_left_while_much_waits_for_it() -> None:
    """The suite makes an error of what a thread raises."""
    process, (tick, *_) = LearningProcess("small", 3, 0.1), driven("small", 1)
    for _ in range(300):  # more than a pipe takes
        process.hand_over(tick)
    until(lambda: process.poll() or process.num_learned or process.error)
    process.close()
    process.wait(30.0)
    assert process.num_learned < 300


@pytest.mark.slow
def test_let_go_it_drives_a_touch_takes_back_and_it_learns_on(screen: DriveScreen, canvas: Canvas) -> None:
    process = process_of(screen)
    advance(screen, 5)
    press(screen, pygame.K_l, canvas)
    assert screen.live.is_letting_go
    advance(screen, 2)
    assert process.num_handed == 5, "hands may be off the wheel"
    until(lambda: process.poll() or process.num_learned == process.num_handed)
    advance(screen, 2)
    assert screen.live.drives
    handed = process.num_handed
    advance(screen, 5)
    assert process.num_handed == handed, "it does not learn from itself"
    policy = process.policy("views")
    picture = screen.live.picture
    assert picture is not None
    assert screen.live.command_per_m == float(policy.predict(picture[None])[0])
    assert screen.human.wheel_per_m == screen.live.command_per_m
    press(screen, pygame.K_x, canvas)
    assert screen.live.chosen == "alone"
    screen.draw(canvas)
    advance(screen, 1, pygame.K_LEFT)
    assert not screen.live.drives
    advance(screen, 3)
    assert process.num_handed > handed
    until(lambda: screen.live.advance(screen.human) or len(screen.session.live_models) == 2)
    for folder in screen.session.live_models.values():
        load_model(folder)
    thread = export.save(pygame.K_F8, screen.session, canvas.surface)
    assert thread is not None
    thread.join()


def test_what_is_off_the_road_is_not_learned_and_the_screen_says_so(screen: DriveScreen, canvas: Canvas) -> None:
    advance(screen, 2)
    assert process_of(screen).num_handed == 2
    screen.car.place(0.0, 20.0)
    advance(screen, 2)
    status = screen.live.status
    assert status is not None
    assert process_of(screen).num_handed == 2
    assert "not learned" in status.why_not
    screen.draw(canvas)


def test_a_process_that_is_far_behind_takes_no_more_and_counts_that(
    screen: DriveScreen, monkeypatch: pytest.MonkeyPatch, canvas: Canvas
) -> None:
    monkeypatch.setattr(live_learning_process, "MOST_BEHIND_S", 0.25)
    monkeypatch.setattr(LearningProcess, "poll", lambda _: None)  # a machine on which nothing has been learned yet
    advance(screen, 8)
    assert (process_of(screen).num_handed, process_of(screen).num_refused) == (3, 5)
    screen.draw(canvas)


def test_a_screen_that_learns_nothing_forgets_nothing_when_it_is_left(session: Session) -> None:
    """A shared view is looked at on a screen of its own, beside the one on which a network learns."""
    session.learns_live = True
    LiveLearning(session).close()
    assert session.under_way


def test_the_other_network_and_forgetting_begin_anew(screen: DriveScreen, canvas: Canvas) -> None:
    first = process_of(screen)
    press(screen, pygame.K_n, canvas)
    assert process_of(screen).network == "small"
    advance(screen, 1)
    screen.draw(canvas)
    press(screen, pygame.K_n, canvas)
    assert process_of(screen).network == "alvinn"
    assert process_of(screen) is not first
    press(screen, pygame.K_i, canvas)
    assert screen.live.status is None
    screen.draw(canvas)


def told(
    places: list[int], curvature_per_m: list[float], grey: list[int], *, was_put_back: bool = False
) -> TwinLearned:
    pictures = np.repeat(np.array(grey, np.uint8), 12).reshape(-1, 2, 2, 3)
    asked = Asked(0.01, 0.0, VirtualTick(0.0, 0.0, 0.0, was_put_back), 0.0)
    return TwinLearned(asked, NewExemplars(np.array(places), pictures, np.array(curvature_per_m)), {})


def test_exemplars_lie_by_steering_and_what_is_new_has_a_frame() -> None:
    twin = LiveTwin("alvinn", "views")
    twin.take_in(told([0, 1, 2], [-0.1, 0.1, 0.0], [10, 30, 20]), 10)
    twin.take_in(told([1], [-0.2], [5]), 10)
    sheet = sheet_of(twin, 1)
    shown = [int(column) for column in sheet[3, 3::6, 0] if column in (5, 10, 20, 30)]
    assert shown == [20, 10, 5], "left first; the picture that was replaced is gone"
    assert (sheet == twin.colour).all(axis=-1).sum() == 6 * 6 - 2 * 2, "one is new"


def test_a_twin_is_ready_when_its_virtual_car_has_stayed_on_for_long_enough() -> None:
    twin = LiveTwin("alvinn", "views")
    twin.take_in(told([0], [0.0], [1], was_put_back=True), 10)
    for _ in range(READY_TICKS):
        assert not twin.is_ready
        twin.take_in(told([0], [0.0], [1]), 10)
    assert twin.is_ready
    assert twin.num_put_back == 1
    assert twin.error_deg == pytest.approx(np.degrees(np.arctan(2.7 * 0.01)))
    assert len(twin.errors_deg) == (READY_TICKS + 1) // 10
