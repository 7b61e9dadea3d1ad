"""What is painted by one key: the reward of whoever drives, read from what they have driven, and what is said of it."""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame
import pytest

from drive_sim.app.canvas import Canvas
from drive_sim.app.drive import DriveScreen
from drive_sim.app.driven_ticks import DrivenTicks
from drive_sim.app.driver_rewards import AGAIN_S, ENOUGH, DriverReward
from drive_sim.app.layout import map_box, network_box
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.reward_overlay import RewardDriver
from drive_sim.app.reward_worker import ReadingTask, reward_of
from drive_sim.app.rollout_charts import offset_history_box
from drive_sim.app.rollout_panels import scoreboard_box
from drive_sim.app.screen import ToWatch
from drive_sim.app.session import Session
from drive_sim.app.watch import WatchScreen
from drive_sim.errors import InputError
from drive_sim.irl.lattice_drives import num_counted
from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.policies.model_folder import save_model
from drive_sim.policies.reward_policy import RewardPolicy
from drive_sim.sim.observation import Observation

SIZE_PX = (960, 540)
FRAMES_HZ = 60


@pytest.fixture
def screen(canvas: Canvas, session: Session) -> Iterator[WatchScreen]:
    """The expert drives, on a road that nobody has learned from."""
    screen = WatchScreen(session, ToWatch(("expert",)), SIZE_PX)
    yield screen
    screen.close()


def press(screen: WatchScreen | DriveScreen, canvas: Canvas, *keys: int) -> None:
    for key in keys:
        screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""), canvas)


def go(screen: WatchScreen | DriveScreen, seconds: float, *held: int) -> None:
    for _ in range(round(seconds * FRAMES_HZ)):
        screen.advance(defaultdict(bool, dict.fromkeys(held, True)))


def go_until_read(screen: WatchScreen | DriveScreen) -> DriverReward:
    """Drive on in the window's own time until what is wanted is read, or cannot be."""
    deadline_s = time.monotonic() + 120.0
    while time.monotonic() < deadline_s:
        screen.advance(defaultdict(bool))
        status = screen.status.reward
        assert status is not None
        if status.read.read is not None or status.read.failure:
            return status.read
        time.sleep(1.0 / FRAMES_HZ)
    raise AssertionError("nothing was read in two minutes")


def painted(screen: WatchScreen | DriveScreen, canvas: Canvas) -> np.ndarray:
    """What the key changes on the road ahead (w, h), the panels in the sky left out."""
    screen.liking.is_on, before = False, screen.liking.is_on
    screen.draw(canvas)
    bare = pygame.surfarray.array3d(canvas.surface)
    screen.liking.is_on = before
    screen.draw(canvas)
    return np.any(bare != pygame.surfarray.array3d(canvas.surface), axis=-1)[:, SIZE_PX[1] // 2 :]


def drive(rollout: LiveRollout, ticks: DrivenTicks, seconds: float) -> None:
    """Add what somebody drives in it."""

    def watch(_: Observation) -> None:
        ticks.add(rollout.car)

    for _ in range(round(seconds * FRAMES_HZ)):
        rollout.advance(None, watch)


def test_a_trace_is_what_was_driven(screen: WatchScreen) -> None:
    """One stretch where nobody interferes, as long as the way and the time."""
    rollout, ticks = screen.rollout, DrivenTicks()
    before_m = rollout.driver.tally.distance_m
    drive(rollout, ticks, 6.0)
    (trace,) = ticks.traces
    assert len(trace) == 60
    assert ticks.driven_s == ticks.kept_s == pytest.approx(6.0)
    way_m = trace.lane_m[-1] - trace.lane_m[0]
    assert way_m == pytest.approx(59 / 60 * (rollout.driver.tally.distance_m - before_m), rel=0.01)


def test_where_the_car_is_put_elsewhere_a_stretch_ends(screen: WatchScreen) -> None:
    rollout, ticks = screen.rollout, DrivenTicks()
    for act in (rollout.nudge, rollout.put_back, lambda: rollout.place(20.0, 0.5), ticks.break_off):
        drive(rollout, ticks, 1.0)
        act()
    drive(rollout, ticks, 0.1)
    assert [len(trace) for trace in ticks.traces] == [10, 10, 10, 10, 1]
    for trace in ticks.traces[:-1]:
        assert np.diff(trace.lane_m).max() < 2.0
        assert np.abs(np.diff(trace.offset_m)).max() < 0.3, "no jump is taken for driving"


def test_what_is_older_than_that_is_forgotten(screen: WatchScreen) -> None:
    ticks = DrivenTicks(longest_s=3.0)
    drive(screen.rollout, ticks, 2.0)
    screen.rollout.nudge()
    drive(screen.rollout, ticks, 2.0)
    assert (ticks.kept_s, ticks.driven_s) == pytest.approx((3.0, 4.0))
    assert [len(trace) for trace in ticks.traces] == [10, 20]
    drive(screen.rollout, ticks, 2.0)
    assert [len(trace) for trace in ticks.traces] == [30]


def test_a_car_that_stands_says_nothing_and_needs_no_seconds_less(canvas: Canvas, session: Session) -> None:
    hands = DriveScreen(session)
    press(hands, canvas, pygame.K_k, pygame.K_y)
    go(hands, 2.0, pygame.K_UP)
    go(hands, 12.0, pygame.K_DOWN)
    status = hands.status.reward
    assert status is not None and float(hands.car.state.speed_mps[0]) < 0.3
    before_s = status.read.driven.driven_s
    assert before_s < 12.0
    go(hands, 3.0, pygame.K_DOWN)
    assert status.read.driven.driven_s == before_s
    go(hands, 2.0, pygame.K_UP)
    assert status.read.driven.driven_s > before_s
    assert len(status.read.driven.traces) == 1, "it goes on where it stood"
    hands.close()


def test_the_seconds_that_are_still_needed_are_those_that_it_takes(screen: WatchScreen) -> None:
    rollout, reward = screen.rollout, DriverReward()
    told: list[float] = []
    while not told or told[-1] > 0.0:
        rollout.advance(None, lambda _: reward.follow(rollout.car))
        assert reward.needed_s is None or len(told) < 60 * FRAMES_HZ
        told += [] if reward.needed_s is None else [reward.needed_s]
    took_s = len(told) / FRAMES_HZ
    assert told[0] == pytest.approx(took_s, abs=2.0)
    assert told[len(told) // 2] == pytest.approx(took_s / 2, abs=2.0)
    assert num_counted(reward.driven.traces) >= ENOUGH
    assert len(reward.begin().traces) == 1
    rollout.advance(None, lambda _: reward.follow(rollout.car))
    for _ in range(5 * FRAMES_HZ):
        rollout.advance(None, lambda _: reward.follow(rollout.car))
    assert reward.needed_s == pytest.approx(AGAIN_S - 5.0, abs=0.2)


def test_a_reading_that_fails_says_why_and_leaves_what_was_read() -> None:
    reward = DriverReward()
    reward.end(InputError("the road has not bent yet"))
    assert reward.failure == "the road has not bent yet"
    reward.end(RuntimeError("reward: its process ended\nwith code 9"))
    assert reward.failure == "with code 9"
    assert reward.read is None


def test_a_road_that_has_not_bent_says_nothing_of_bends(screen: WatchScreen) -> None:
    ticks = DrivenTicks()
    drive(screen.rollout, ticks, 2.0)
    straight = [replace(trace, curvature_per_m=np.zeros(len(trace))) for trace in ticks.traces]
    with pytest.raises(InputError, match="not bent yet"):
        reward_of(ReadingTask(tuple(straight)))
    with pytest.raises(InputError, match="longer"):
        reward_of(ReadingTask(tuple(ticks.traces)))


def test_r_says_what_is_needed_first_and_each_driver_has_its_own(screen: WatchScreen, canvas: Canvas) -> None:
    go(screen, 5.0)
    assert screen.status.reward is None
    press(screen, canvas, pygame.K_r)
    status = screen.status.reward
    assert status is not None
    assert status.title == "What the expert likes"
    needed_s = status.read.needed_s
    assert needed_s is not None
    assert status.progress == f"to be read after {needed_s:.0f} s more of its driving"
    assert not painted(screen, canvas).any()
    go(screen, 2.0, pygame.K_LEFT)
    status = screen.status.reward
    assert status is not None
    assert status.title == "What you like"
    assert status.read.driven.driven_s == pytest.approx(2.0, abs=0.2)
    press(screen, canvas, pygame.K_g)
    go(screen, 0.1)
    assert RewardDriver.of(screen.rollout).label == "The expert"
    press(screen, canvas, pygame.K_r)
    assert screen.status.reward is None


def test_a_driver_by_a_reward_is_painted_at_once(canvas: Canvas, session: Session, tmp_path: Path) -> None:
    reward = RoadReward.named(offset=-1.6, offset_squared=-2.0, turning=-2.0)
    save_model(tmp_path / "liked", RewardPolicy(reward), {}, {})
    screen = WatchScreen(session, ToWatch((str(tmp_path / "liked"), "expert")), SIZE_PX)
    go(screen, 0.2)
    press(screen, canvas, pygame.K_r)
    middle = slice(SIZE_PX[0] // 3, 2 * SIZE_PX[0] // 3)
    assert painted(screen, canvas)[middle].mean() > 0.5
    status = screen.status.reward
    assert status is not None
    assert status.rows[0] == ("straights", "40 cm right", "")
    assert "its own reward" in status.source
    press(screen, canvas, pygame.K_o)
    go(screen, 0.2)
    assert abs(screen.rollout.car.offset_m) < 0.5, "it plans the next road, too"
    assert painted(screen, canvas)[middle].mean() > 0.5
    press(screen, canvas, pygame.K_a)
    go(screen, 0.2)
    assert not painted(screen, canvas).any(), "the expert's has not been read"
    screen.close()


@pytest.mark.parametrize("size_px", [(720, 540), (960, 540), (1600, 900)])
def test_what_is_said_covers_no_other_panel(screen: WatchScreen, session: Session, size_px: tuple[int, int]) -> None:
    canvas = Canvas(pygame.display.set_mode(size_px))
    hands = DriveScreen(session)
    go(hands, 1.0, pygame.K_UP)
    go(screen, 1.0)
    corners = [map_box(canvas), network_box(canvas)]
    panels = {hands: corners, screen: [*corners, scoreboard_box(1), offset_history_box(canvas)]}
    for shown, boxes in panels.items():
        shown.draw(canvas)
        before = pygame.surfarray.array3d(canvas.surface)
        press(shown, canvas, pygame.K_y if shown is hands else pygame.K_r)
        shown.draw(canvas)
        changed = np.any(before != pygame.surfarray.array3d(canvas.surface), axis=-1)
        assert changed.any()
        for box in boxes:
            rect = canvas.rect_px(box)
            assert not changed[rect.left : rect.right, rect.top : rect.bottom].any()
    hands.close()


@pytest.mark.slow
def test_r_reads_what_the_expert_likes_and_paints_it_and_then_what_a_person_does(
    screen: WatchScreen, canvas: Canvas
) -> None:
    go(screen, 35.0)
    press(screen, canvas, pygame.K_r)
    read = go_until_read(screen)
    assert read.read is not None
    assert read.read_from_s == pytest.approx(35.0, abs=0.2)
    assert abs(read.read.preferences.straight.liked_m) < 0.15
    middle = slice(SIZE_PX[0] // 3, 2 * SIZE_PX[0] // 3)
    assert painted(screen, canvas)[middle].mean() > 0.5
    go(screen, 0.5, pygame.K_LEFT)
    assert not painted(screen, canvas).any(), "what the person likes is not known yet"
