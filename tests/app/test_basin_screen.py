"""The basin's worker and screen: the lesson's own numbers, maps that fill, and a car that is put where one clicks."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pygame
import pytest

from drive_sim.app import basin, basin_overlay
from drive_sim.app.background_work import BackgroundWork
from drive_sim.app.basin import BasinScreen
from drive_sim.app.basin_messages import BasinTask, PosesOfModel, StartsDriven, StartsTask
from drive_sim.app.basin_panels import map_boxes
from drive_sim.app.basin_picture import point_of, pose_at
from drive_sim.app.basin_search import BasinSearch, search
from drive_sim.app.basin_worker import _shown, basin_parts
from drive_sim.app.canvas import Box, Canvas
from drive_sim.app.model_discovery import shipped_pair
from drive_sim.app.screen import ToBasin, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.watch import WatchScreen
from drive_sim.checkout import model_folder
from drive_sim.evaluate.basin import BasinConfig
from drive_sim.lessons.road import recovery
from drive_sim.lessons.road.learners import Trained
from drive_sim.policies.model_folder import load_model
from drive_sim.sim.suites import suite_from_track


@pytest.mark.slow
def test_the_lessons_own_starts_through_the_worker_give_its_numbers(monkeypatch: pytest.MonkeyPatch):
    config = replace(recovery.QUICK, num_roads=1, off_step_m=0.5, turned_step_deg=4.0)
    folder = model_folder("alvinn")
    policy = load_model(folder)
    trained = SimpleNamespace(policy=policy, camera=policy.camera, effort=Trained(policy).effort)
    monkeypatch.setattr(recovery, "train", lambda *_: trained)
    lesson = recovery.find_back(config, "clone", 0, lambda *_: None)

    suite = config.budget.unseen_roads(1)
    calm = replace(suite, disturbance=recovery.Disturbance.none())
    task = StartsTask(
        str(folder),
        calm,
        recovery.grid_of_starts(config, suite, 0),
        BasinConfig(num_ticks=config.num_ticks, within_m=config.within_m),
    )
    work = BackgroundWork({"starts": (search, task)}, "basin")
    work.wait(120.0)
    (received,) = [message for _, message in work.received()]
    assert isinstance(received, StartsDriven)
    found = received.found_back.reshape(config.in_box.shape)
    assert 0.0 < found.mean() < 1.0
    np.testing.assert_array_equal(found, lesson.recovered)
    assert (~found[config.in_box]).sum() == lesson.lost_in_box_by_road[0]


SMALL = BasinConfig(sides=(3, 5), num_ticks=20)
SIZE_PX = (960, 540)


class OnTheSpot(BasinSearch):
    """A search whose processes' work is done here and now, so that a test need not wait for them to start."""

    def _start(self, tasks: list[BasinTask]) -> None:
        self._parts = [part for task in tasks for part in basin_parts(task)]

    @property
    def is_running(self) -> bool:
        return bool(self._parts)

    def poll(self) -> None:
        while self._parts:
            self.take_in(self._parts.pop(0))

    def close(self) -> None:
        self._parts = []


@pytest.fixture
def screen(canvas: Canvas, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[BasinScreen]:
    monkeypatch.setattr(basin, "BasinSearch", OnTheSpot)
    monkeypatch.setattr(basin, "BasinConfig", lambda **some: replace(SMALL, **{**some, "sides": SMALL.sides}))
    screen = BasinScreen(session, ToBasin(("expert", str(model_folder("alvinn")))), SIZE_PX)
    screen.draw(canvas)
    yield screen
    screen.close()


def go(screen: BasinScreen, num_ticks: int) -> None:
    for _ in range(6 * num_ticks):
        screen.advance(defaultdict(bool))


def press(screen: BasinScreen, canvas: Canvas, key: int) -> object:
    return screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""), canvas)


def test_processes_share_the_poses_and_leave_none_out(session: Session):
    suite = suite_from_track(session.roads.track, session.roads.scene)
    tasks = [BasinTask(("expert",), suite, 30.0, SMALL, (number, 2)) for number in range(2)]
    driven = [part.driven.poses for task in tasks for part in basin_parts(task) if isinstance(part, PosesOfModel)]
    assert len(np.unique(np.concatenate(driven), axis=0)) == sum(map(len, driven)) == 25


def test_what_a_model_that_ships_was_shown_is_made_again(session: Session):
    (clone, _) = shipped_pair()
    task = BasinTask((clone, "expert"), suite_from_track(session.roads.track, session.roads.scene), 30.0, SMALL)
    (shown,) = _shown(task)
    assert shown.model == clone
    assert len(shown.places) == 300
    assert 0.0 < np.abs(shown.places[:, 0]).max() < 0.5, "the expert's drive, near its lane"


def test_a_click_puts_the_car_there_and_says_what_became_of_it(screen: BasinScreen, canvas: Canvas):
    go(screen, 1)
    assert screen.search.side == 5
    box = map_boxes(canvas, 2)[0]
    # In the middle row, a quarter from the left: 1 m to the left of the lane, along it.
    where = box.left + 0.3 * box.width, box.centre[1]
    event = pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(where[0] * canvas.scale, where[1] * canvas.scale), button=1)
    screen.handle(event, canvas)
    assert screen.rollout.car.offset_m == pytest.approx(1.0)
    assert screen.trial is not None
    go(screen, 1)
    assert abs(screen.rollout.car.env.push.drift_mps[0]) < 1e-9, "as calm as the map"
    go(screen, SMALL.num_ticks)
    known = screen.search.maps["expert"]
    assert screen.trial.found_back == bool(known.found_back[3, 2])
    screen.draw(canvas)


def test_the_other_policy_drives_from_the_same_pose(screen: BasinScreen, canvas: Canvas):
    screen.put_at(3, 3)
    go(screen, 4)
    press(screen, canvas, pygame.K_a)
    assert screen.rollout.driver is screen.rollout.drivers[1]
    lane = screen.rollout.car.observation.lane
    assert (lane.offset_m[0], lane.heading_rad[0]) == pytest.approx((1.0, np.radians(8.0)))


def test_n_puts_the_car_where_it_is_lost_and_it_is(screen: BasinScreen, canvas: Canvas):
    go(screen, 1)
    screen.rollout.driver_index = 1
    press(screen, canvas, pygame.K_n)
    assert screen.trial is not None
    go(screen, SMALL.num_ticks + 1)
    assert screen.trial.found_back is False


def test_winds_make_shares_and_the_key_leads_to_the_watching_screen(screen: BasinScreen, canvas: Canvas):
    press(screen, canvas, pygame.K_w)
    go(screen, 1)
    assert screen.search.maps["expert"].found_back.max() > 1
    screen.draw(canvas)
    assert press(screen, canvas, pygame.K_j) == ToWatch(("expert", str(model_folder("alvinn"))))


def test_here_and_another_road_are_searched_anew(screen: BasinScreen, canvas: Canvas):
    go(screen, 10)
    before = screen.search
    press(screen, canvas, pygame.K_m)
    assert screen.search is not before
    assert screen.search.s_m > before.s_m
    press(screen, canvas, pygame.K_o)
    assert screen.rollout.car.track.name != "circle-60"


def test_places_and_poses_are_each_others_inverse():
    box = Box(10.0, 20.0, 205.0, 205.0)
    config = BasinConfig()
    for pose in ((0, 0), (40, 40), (20, 20), (7, 31)):
        offset_m, heading_rad = (float(axis[i]) for axis, i in zip(config.axes, pose, strict=True))
        assert pose_at(config, box, point_of(config, box, offset_m, heading_rad)) == pose
    # The left is on the left, and above.
    assert point_of(config, box, 1.0, 0.1) < box.centre
    assert pose_at(config, box, (0.0, 0.0)) is None


def test_the_panel_of_the_watching_screen_follows_whoever_drives(
    canvas: Canvas, session: Session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(basin_overlay, "BasinSearch", OnTheSpot)
    monkeypatch.setattr(basin_overlay, "_CONFIG", SMALL)
    watch = WatchScreen(session, ToWatch(("expert", str(model_folder("alvinn")))), SIZE_PX)
    panel = watch.panels.basin
    for name in ("expert", "alvinn"):
        if not panel.is_on:
            watch.handle(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_y, unicode=""), canvas)
        watch.draw(canvas)
        assert panel._search is not None
        assert panel._search.maps[name].side == 5
        watch.rollout.switch()
    watch.handle(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_y, unicode=""), canvas)
    assert not panel.is_on
    watch.close()
