"""Q: drivers are told where on the road to drive, and all that is kept, shown and recorded follows the lane there."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drive_sim.app.canvas import Canvas
from drive_sim.app.drive import DriveScreen
from drive_sim.app.drivers import PolicyDriver, load_driver, make_expert
from drive_sim.app.lane_watch import LANE_CHANGE_S
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.rollout_state import RolloutState
from drive_sim.app.screen import ToDrive, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.wanted_place import allowed_place, from_slider, next_place, on_slider, wanted_place
from drive_sim.app.watch import WatchScreen
from drive_sim.data.recording import load_recording
from drive_sim.sim.lateral_goal import widest_goal_on, with_lateral_goal
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scene
from tests.same_value import assert_same

SIZE_PX = (960, 540)
Screen = DriveScreen | WatchScreen


def press(screen: Screen, canvas: Canvas, *keys: int) -> None:
    for key in keys:
        screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode="", mod=0), canvas)


def go(screen: Screen, num_ticks: int, *held: int) -> None:
    for _ in range(6 * num_ticks):
        screen.advance(defaultdict(bool, dict.fromkeys(held, True)))


@pytest.fixture
def watch(canvas: Canvas, session: Session) -> Iterator[WatchScreen]:
    screen = WatchScreen(session, ToWatch(("expert",)), SIZE_PX)
    yield screen
    screen.close()


def wide_circle(driver: PolicyDriver | None = None) -> LiveRollout:
    rollout = LiveRollout(make_circle(60.0, half_width_m=6.0), Scene(), [], np.random.default_rng(0))
    rollout.drivers = [driver or make_expert(rollout.car.tracks)]
    return rollout


def tell(rollout: LiveRollout, place: float | None) -> None:
    rollout.change_knobs(rollout.car.knobs.with_values({"wanted_place": on_slider(place)}))


def drive(rollout: LiveRollout, seconds: float) -> list[float]:
    offsets_m = []
    for _ in range(round(60 * seconds)):
        rollout.advance()
        offsets_m.append(rollout.car.offset_m)
    return offsets_m


@settings(max_examples=20, deadline=None)
@given(st.floats(0.6, 15.0), st.one_of(st.none(), st.floats(-1.0, 1.0)))
def test_what_a_road_allows_it_can_have_and_says_again(half_width_m: float, wanted: float | None) -> None:
    road = make_circle(60.0, half_width_m=half_width_m)
    place = allowed_place(road, wanted)
    assert from_slider(on_slider(place)) == place
    assert allowed_place(road, place) == place
    if place is None:
        assert wanted is None
    else:
        assert abs(place) <= widest_goal_on(road)
        assert wanted_place(with_lateral_goal(road, place)) == pytest.approx(place, abs=1e-6)


def test_the_key_leads_round_through_different_places() -> None:
    road = make_circle(60.0)
    places: list[float | None] = [None]
    for _ in range(3):
        places.append(next_place(road, places[-1]))
    assert places == [None, 0.5, 0.0, -0.5]
    assert next_place(road, places[-1]) is None
    assert next_place(road, 0.3) is None


def test_the_expert_changes_to_a_lane_that_was_moved_and_back_without_help() -> None:
    rollout = wide_circle()
    own = rollout.car.track
    for place in (0.7, None):
        tell(rollout, place)
        told = rollout.car.observation.lateral_goal
        assert told is None if place is None else told == pytest.approx(place)
        assert rollout.expert.tracks is rollout.car.tracks
        drive(rollout, 2.5)
        assert abs(rollout.car.offset_m) < 0.2
        assert rollout.driver.tally.times_left == 0
    assert rollout.car.track is own, "the road's own lane, to the bit"


def test_who_does_not_follow_is_put_onto_the_new_lane_and_that_is_counted(pair: tuple[str, str]) -> None:
    """A driver that goes by sight keeps to the old lane."""
    rollout = wide_circle()
    rollout.drivers.append(PolicyDriver("deaf", rollout.expert))
    rollout.hand_to(rollout.drivers[1])
    rollout.driver.policy = _Old(rollout)
    tell(rollout, 0.5)
    offsets_m = drive(rollout, LANE_CHANGE_S + 0.2)
    assert rollout.driver.tally.times_left == 1
    assert rollout.alarm
    assert offsets_m[-30] == pytest.approx(-3.0, abs=0.1)
    assert abs(offsets_m[-1]) < 0.5
    assert load_driver(Path(pair[0])).goes_by_sight
    assert not make_expert(rollout.car.tracks).goes_by_sight


class _Old:
    """Drives the lane that was there first."""

    def __init__(self, rollout: LiveRollout) -> None:
        self.act = rollout.expert.act


def test_a_state_knows_its_lane_to_the_bit() -> None:
    rollout = wide_circle()
    states: list[RolloutState] = []
    for place in (None, 0.3, -0.5):
        tell(rollout, place)
        drive(rollout, 0.5)
        states.append(rollout.snapshot())
    ends = []
    for state in (*states, *states):
        rollout.restore(state)
        drive(rollout, 1.0)
        ends.append((rollout.car.state, rollout.car.observation, rollout.expert_per_m, rollout.car.knobs))
    for first, second in zip(ends[:3], ends[3:], strict=True):
        assert_same(first, second)
    assert [knobs.wanted_place for *_, knobs in ends[:3]] == [None, 0.3, -0.5]


def test_at_its_own_speed_a_driver_knows_the_profile_of_the_new_lane() -> None:
    rollout = LiveRollout(make_circle(20.0, half_width_m=6.0), Scene(), [], np.random.default_rng(0))
    rollout.drivers = [make_expert(rollout.car.tracks)]
    for place in (None, 0.5, -0.5):
        rollout.change_knobs(rollout.car.knobs.with_values({"own_speed": 1.0, "wanted_place": on_slider(place)}))
        rollout.put_back()
        radius_m = 20.0 - 6.0 * (place or 0.0)
        assert float(rollout.car.state.speed_mps[0]) == pytest.approx(np.sqrt(2.5 * radius_m), rel=0.01)


def test_q_tells_a_place_on_watch_and_time_takes_it_back(watch: WatchScreen, canvas: Canvas) -> None:
    go(watch, 5)
    press(watch, canvas, pygame.K_q)
    assert watch.session.note.text == "Wanted place: 0.5 half widths left"
    go(watch, 2)
    car = watch.rollout.car
    assert car.knobs.words_beside(car.regime) == ["place 0.5 half widths left"]
    press(watch, canvas, pygame.K_HOME)
    assert car.knobs.wanted_place is None
    press(watch, canvas, pygame.K_END)
    assert car.knobs.wanted_place == 0.5
    press(watch, canvas, pygame.K_o)
    assert watch.rollout.car.knobs.wanted_place == 0.5, "another road, told the same"
    press(watch, canvas, *[pygame.K_q] * 3)
    go(watch, 1)
    assert watch.rollout.car.knobs.wanted_place is None and not watch.session.turned_knobs


def test_who_cannot_be_told_is_named(session: Session, pair: tuple[str, str], canvas: Canvas) -> None:
    screen = WatchScreen(session, ToWatch(pair), SIZE_PX)
    press(screen, canvas, pygame.K_q)
    assert session.note.text.endswith(f"; {screen.rollout.driver.label} goes by sight")
    screen.close()


def test_arrows_pass_over_what_the_road_does_not_allow(watch: WatchScreen, canvas: Canvas) -> None:
    press(watch, canvas, pygame.K_TAB, pygame.K_UP)
    seen = []
    for key in [pygame.K_RIGHT] * 12 + [pygame.K_LEFT] * 12:
        press(watch, canvas, key)
        go(watch, 1)
        seen.append(watch.rollout.car.knobs.wanted_place)
    assert seen[:3] == [0.5, 0.4, 0.3] and seen[10] == seen[11] == -0.5
    assert seen[22] is None


def test_a_place_begins_an_episode_whose_rows_say_it(canvas: Canvas, session: Session) -> None:
    screen = DriveScreen(session, ToDrive(), SIZE_PX)
    press(screen, canvas, pygame.K_r)
    go(screen, 3)
    press(screen, canvas, pygame.K_q)
    go(screen, 4)
    screen.close()
    assert session.recording is not None
    first, second = load_recording(session.recording).episodes
    assert (first.info.goal_is_told, second.info.goal_is_told) == (False, True)
    np.testing.assert_allclose(second.column("lateral_goal"), 0.5)
    learned = load_recording(session.recording).demonstrations().lateral_goal
    assert learned is not None
    np.testing.assert_allclose(learned, [np.nan] * len(first) + [0.5] * len(second))
    assert second.info.road["lane_offset_m"] == pytest.approx(1.1)
    assert second.column("expert_curvature_per_m")[0] > first.column("expert_curvature_per_m")[-1]
