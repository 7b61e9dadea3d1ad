"""The butterfly: its batch is the lesson's, the fan has one pose and wind for all, its words tell what was driven."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest

from drive_sim.app import compare_dagger
from drive_sim.app import comparison as comparison_module
from drive_sim.app.background_work import BackgroundWork
from drive_sim.app.canvas import POLICY_COLOURS, Canvas
from drive_sim.app.compare import CompareScreen
from drive_sim.app.compare_facts import clamp_words, doubling_words, fact_rows, fan_lines, start_words
from drive_sim.app.compare_messages import BatchDriven, ComparedPolicy, CompareTask, FanDriven, FanStart, PolicyFailed
from drive_sim.app.compare_policies import compared
from drive_sim.app.compare_worker import HALF_WIDTH_M, CompareWork
from drive_sim.app.comparison import Comparison
from drive_sim.app.screen import ToCompare
from drive_sim.app.session import Session
from drive_sim.evaluate.unaided import COSTS
from drive_sim.lessons.road.cascading_errors import drive_from_lane
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scene
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import point_on_lane
from tests.app.drawn import faults, recorded
from tests.app.untaught_models import save_straight_driver

EXPERT = ComparedPolicy("expert", "Expert", POLICY_COLOURS["expert"])
SMALL = {"num_winds": 3, "fan_ticks": 20, "num_roads": 2, "cars_per_road": 2, "batch_ticks": 20}
TRACK = make_circle(60.0)


class WorkHere:
    """The worker's work in this very process, a part whenever it is listened to."""

    def __init__(self, jobs: dict[str, Any], name: str) -> None:
        ((_, task),) = jobs.values()
        self.work = CompareWork(task)

    def received(self) -> Iterator[tuple[str, Any]]:
        if not self.work.is_idle:
            yield from (("compare", message) for message in self.work.go_on())

    def send(self, name: str, message: Any) -> None:
        self.work.take(message)

    def cancel(self) -> None: ...


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison_module, "BackgroundWork", WorkHere)


def task_of(*policies: ComparedPolicy, start: FanStart | None = None) -> CompareTask:
    return replace(CompareTask(policies, TRACK, Scene(), start or FanStart(0, 10.0), 3), **SMALL)


def driven(task: CompareTask) -> list[Any]:
    work, messages = CompareWork(task), []
    while not work.is_idle:
        messages += work.go_on()
    return messages


def straight(folder: Path) -> ComparedPolicy:
    return ComparedPolicy("plain", "Clone", POLICY_COLOURS["plain"], save_straight_driver(folder / "plain"))


def test_the_batch_gives_the_lessons_numbers_to_the_last_digit() -> None:
    last = [message for message in driven(task_of(EXPERT)) if isinstance(message, BatchDriven)][-1]
    suite = make_suite("held-out", num_roads=2)
    lanes = list(drive_from_lane(PursuitExpert(suite.tracks), None, suite, 2, 20, 3))
    offset_m = np.array([lane.offset_m for lane in lanes[1:]])
    assert (last.num_ticks, last.num_cars) == (20, 4)
    for name, cost in COSTS.items():
        paid = np.cumsum(cost(offset_m, HALF_WIDTH_M).mean(axis=1))
        np.testing.assert_array_equal(last.curves[name].total, paid)


def test_all_start_in_one_pose_and_meet_the_same_winds(tmp_path: Path) -> None:
    twin = replace(EXPERT, name="twin")
    start = FanStart(0, 10.0, offset_m=0.8, heading_rad=0.1)
    parts = [
        message
        for message in driven(task_of(EXPERT, straight(tmp_path), twin, start=start))
        if isinstance(message, FanDriven)
    ]
    fans = {
        name: np.concatenate([part.poses for part in parts if part.name == name])
        for name in ("expert", "plain", "twin")
    }
    assert all(fan.shape == (120, 3, 3) for fan in fans.values())
    np.testing.assert_array_equal(fans["expert"], fans["twin"])
    spread = np.ptp(fans["expert"][:, :, :2], axis=1).max(axis=1)
    assert spread[-1] > 3.0 * spread[0] > 0.0, "winds differ, and the fan opens"
    first = np.hypot(*(fans["plain"][0, 0, :2] - fans["expert"][0, 0, :2]))
    last = np.hypot(*(fans["plain"][-1, 0, :2] - fans["expert"][-1, 0, :2]))
    assert first < 0.01 < last


def test_words_say_what_was_driven(tmp_path: Path, here: None) -> None:
    clone = straight(tmp_path)
    comparison = Comparison(task_of(EXPERT, clone, start=FanStart(0, 10.0, offset_m=-2.0)))
    while not comparison.is_done:
        comparison.poll()
    comparison.frame = comparison.num_frames - 1
    assert start_words(comparison) == "From 2.0 m right of the lane, in 3 winds"
    fan = comparison.fans["plain"]
    left = [car for car in range(3) if not fan.on_road[:, car].all()]
    lines = {line.label: line.text for line in fan_lines(comparison)}
    assert left, "who steers straight on leaves a circle"
    assert f"left the road in {len(left)} of 3" in lines["Clone"]
    assert lines["Expert"].startswith("on the road in all 3")
    rows = fact_rows(comparison.policies, comparison.batches, "squared")
    assert [row.left_road for row in rows] == [str(batch.num_left_road) for batch in comparison.batches.values()]
    assert comparison.batches_at(10)["plain"].num_ticks == 10
    assert doubling_words(comparison.policies, comparison.batches, "squared") == "", "two seconds are too little"
    comparison.close()


def test_a_limit_that_bends_a_curve_is_told(tmp_path: Path, here: None) -> None:
    task = replace(task_of(EXPERT, straight(tmp_path)), batch_ticks=150, fan_ticks=20)
    comparison = Comparison(task)
    while not comparison.is_done:
        comparison.poll()
    curve = comparison.batches["plain"].curves["intervention"]
    words = clamp_words(comparison.policies, comparison.batches, "intervention")
    assert curve.clamped_from is not None, "straight on, all are lost"
    assert f"Clone from {0.1 * curve.clamped_from:.1f} s" in words
    assert "Expert" not in words
    twice = doubling_words(comparison.policies, comparison.batches, "squared")
    ratios = {
        name: batch.curves["squared"].total[149] / batch.curves["squared"].total[74]
        for name, batch in comparison.batches.items()
    }
    assert ratios["plain"] > ratios["expert"]
    assert (
        twice == f"15 s cost Clone {ratios['plain']:.1f} times as much as 7.5 s, Expert {ratios['expert']:.1f} times."
    )


def test_a_model_that_cannot_drive_is_named_and_the_others_drive_on(tmp_path: Path, here: None) -> None:
    broken = ComparedPolicy("broken", "Broken", (1, 2, 3), tmp_path / "nothing")
    (failed,) = [message for message in driven(task_of(broken, EXPERT)) if isinstance(message, PolicyFailed)]
    assert "nothing" in failed.reason
    comparison = Comparison(task_of(broken, EXPERT))
    while not comparison.is_done:
        comparison.poll()
    assert [policy.name for policy in comparison.policies] == ["expert"]
    assert comparison.complaints == [failed.reason]


def test_dagger_is_found_where_it_learned_from_the_same_recording(session: Session, tmp_path: Path) -> None:
    clone = save_straight_driver(tmp_path / "models" / "plain")
    pair = str(clone), str(save_straight_driver(tmp_path / "models" / "shift-rotate"))
    assert [policy.name for policy in compared(session, pair)] == ["expert", "plain", "shift-rotate"]
    (tmp_path / "demonstration").mkdir()
    dagger = save_straight_driver(clone.parent / "dagger")
    policies = compared(session, pair)
    assert [policy.name for policy in policies] == ["expert", "plain", "shift-rotate", "dagger"]
    assert policies[-1].folder == dagger
    assert len({policy.colour for policy in policies}) == 4
    assert POLICY_COLOURS["dagger"] == policies[-1].colour


@pytest.fixture
def screen(
    canvas: Canvas, session: Session, pair: tuple[str, str], here: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CompareScreen]:
    monkeypatch.setattr("drive_sim.app.compare.CompareTask", lambda *args: replace(CompareTask(*args), **SMALL))
    screen = CompareScreen(session, ToCompare(pair), (960, 540), teaches_dagger=False)
    yield screen
    screen.close()


def go(screen: CompareScreen, num_frames: int) -> None:
    for _ in range(num_frames):
        screen.advance(defaultdict(bool))


def mouse(screen: CompareScreen, canvas: Canvas, kind: int, where: tuple[float, float]) -> None:
    position = where[0] * canvas.scale, where[1] * canvas.scale
    screen.handle(pygame.event.Event(kind, pos=position, button=1, rel=(0, 0), buttons=(1, 0, 0)), canvas)


def test_a_start_that_is_dragged_is_where_all_begin_again(screen: CompareScreen, canvas: Canvas) -> None:
    go(screen, 40)
    screen.draw(canvas)
    before = screen.comparison.start
    mouse(screen, canvas, pygame.MOUSEBUTTONDOWN, (230.0, 120.0))
    mouse(screen, canvas, pygame.MOUSEMOTION, (250.0, 140.0))
    screen.draw(canvas)
    held = screen.stage.carried
    assert held is not None
    held_m = point_on_lane(screen.stage.stage.tracks, np.zeros(1, dtype=np.int64), np.array([held.s_m]), held.offset_m)
    mouse(screen, canvas, pygame.MOUSEBUTTONUP, (250.0, 140.0))
    start = screen.comparison.start
    assert start.number == before.number + 1
    assert screen.comparison.num_frames == 0
    go(screen, 10)
    for name in ("expert", "plain"):
        begun = screen.comparison.fans[name].poses[0, 0, :2]
        assert np.hypot(*(begun - held_m[0, :2])) < 0.5, "a sixtieth of a second from there"


@pytest.mark.slow
@pytest.mark.parametrize("moved", [0.0, 60.0])
def test_a_car_that_is_dragged_is_where_all_begin_again_and_heads_as_it_did(
    screen: CompareScreen, canvas: Canvas, moved: float
) -> None:
    go(screen, 40)
    screen.draw(canvas)
    cars = screen.comparison.shown_poses("plain")
    assert cars is not None
    car = cars[2].astype(np.float64)
    x, y = screen.stage.stage.point(canvas, screen.stage._box, screen.stage._above, car[0], car[1])
    mouse(screen, canvas, pygame.MOUSEBUTTONDOWN, (x + 2.0, y))
    held = screen.stage.carried
    assert held is not None
    mouse(screen, canvas, pygame.MOUSEMOTION, (x + 2.0 - moved, y))
    screen.draw(canvas)
    mouse(screen, canvas, pygame.MOUSEBUTTONUP, (x + 2.0 - moved, y))
    start = screen.comparison.start
    assert start.heading_rad == pytest.approx(held.heading_rad)
    go(screen, 10)
    begun = screen.comparison.fans["expert"].poses[0, 0].astype(np.float64)
    if moved:
        assert np.hypot(*(begun - car)[:2]) > 3.0
    else:
        assert np.hypot(*(begun - car)[:2]) < 0.3, "a sixtieth of a second from there"
        assert abs(begun[2] - car[2]) < 0.02


@pytest.mark.slow
def test_what_is_held_can_be_turned_by_the_wheel(screen: CompareScreen, canvas: Canvas) -> None:
    go(screen, 20)
    screen.draw(canvas)
    mouse(screen, canvas, pygame.MOUSEBUTTONDOWN, (230.0, 120.0))
    for _ in range(5):
        screen.handle(pygame.event.Event(pygame.MOUSEWHEEL, y=1, x=0), canvas)
    mouse(screen, canvas, pygame.MOUSEMOTION, (231.0, 121.0))
    screen.draw(canvas)
    mouse(screen, canvas, pygame.MOUSEBUTTONUP, (231.0, 121.0))
    assert np.degrees(screen.comparison.start.heading_rad) == pytest.approx(15.0)
    assert "turned 15° left" in start_words(screen.comparison)


@pytest.mark.slow
def test_after_every_key_each_thing_has_a_place(screen: CompareScreen, canvas: Canvas) -> None:
    go(screen, 60)
    for key in screen._actions:
        screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""), canvas)
        screen.advance(defaultdict(bool))
        with recorded() as drawn:
            screen.draw(canvas)
        assert not faults(drawn, canvas), pygame.key.name(key)


@pytest.mark.parametrize("size_px", [(640, 480), (960, 540), (1600, 900)])
def test_nothing_lies_on_anything(screen: CompareScreen, canvas: Canvas, size_px: tuple[int, int]) -> None:
    sized = Canvas(pygame.Surface(size_px, depth=24))
    for num_frames, cost in ((0, "squared"), (3, "squared"), (60, "plain"), (0, "intervention")):
        go(screen, num_frames)
        screen.cost = cost
        with recorded() as drawn:
            screen.draw(sized)
        assert not faults(drawn, sized)


@pytest.mark.slow
def test_a_process_beside_drives_and_is_told_to_begin_elsewhere() -> None:
    comparison = Comparison(task_of(EXPERT))
    try:
        _wait(lambda: comparison.num_frames > 0, comparison)
        comparison.restart(50.0, 1.0)
        assert comparison.num_frames == 0
        _wait(lambda: comparison.num_frames > 0, comparison)
        assert abs(float(comparison.fans["expert"].offset_m[0, 0]) - 1.0) < 0.3
    finally:
        comparison.close()
    assert isinstance(comparison._work, BackgroundWork)
    comparison._work.wait(20.0)


def _wait(holds: Any, comparison: Comparison) -> None:
    start_s = time.perf_counter()
    while not holds():
        comparison.poll()
        assert time.perf_counter() - start_s < 60.0, comparison.complaints
        time.sleep(0.01)


class Learning:
    """A training that is as far as the test says."""

    def __init__(self, recordings: Any, folder: Path, **settings: Any) -> None:
        self.start_from, self.share, self.error, self.models = settings["start_from"], 0.5, None, {}
        self.is_done, self.is_running = False, True

    def poll(self) -> None: ...

    def cancel(self) -> None: ...


def test_dagger_joins_its_own_clone_when_it_has_learned(
    session: Session, pair: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare_dagger, "Training", Learning)
    clone = straight(tmp_path / "models")
    (tmp_path / "demonstration").mkdir()
    beside = compare_dagger.DaggerBeside(session, [EXPERT, clone])
    assert beside.is_awaited
    beside.begin()
    training: Any = session.dagger_training
    assert beside.words == "DAgger learns from the same recording: 50%"
    other = compare_dagger.DaggerBeside(session, [EXPERT, replace(clone, folder=Path(pair[0]))])
    other.begin()
    training.is_done, training.is_running = True, False
    training.models = {"dagger": save_straight_driver(tmp_path / "runs" / "dagger")}
    assert other.poll() is None, "what another clone's has learned is not its own"
    assert session.dagger_training is training
    learned = beside.poll()
    assert learned is not None
    assert (learned.name, learned.label) == ("dagger", "DAgger")
    assert beside.poll() is None, "once"
    assert not beside.is_awaited


def test_without_a_recording_it_is_said_why_dagger_is_missing(session: Session) -> None:
    assert "no clone" in compare_dagger.DaggerBeside(session, [EXPERT]).words


def test_the_clone_that_ships_is_taught_by_dagger_and_that_is_found_again(session: Session) -> None:
    policies = compared(session, None)
    assert [policy.name for policy in policies] == ["expert", "plain", "shift-rotate"]
    assert compare_dagger.DaggerBeside(session, policies).is_awaited
    clone = policies[1].folder
    assert clone is not None
    learned = save_straight_driver(session.runs / "dagger-001" / "dagger")
    made = json.loads((clone / "metrics.json").read_text())["demonstration"]
    (learned / "metrics.json").write_text(json.dumps({"data": [], "demonstration": made | {"seed": 1}}))
    assert len(compared(session, None)) == 3, "that has learned from another one"
    (learned / "metrics.json").write_text(json.dumps({"data": [], "demonstration": made}))
    assert compared(session, None)[-1].folder == learned
