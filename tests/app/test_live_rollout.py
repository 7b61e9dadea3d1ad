"""A rollout without a screen: who drives, what is counted and put back, nudges, and equal wind for equal seeds."""

import numpy as np
import pytest

from drive_sim.app.drivers import PolicyDriver, load_drivers, make_expert
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.nudge import NUDGE_M
from drive_sim.app.rollout_panels import is_alarmed
from drive_sim.app.session import Session
from drive_sim.app.tally import BIN_M, Tally
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_end import route_m
from drive_sim.sim.road_generator import make_straight
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track
from drive_sim.sim.vehicle import Command

FRAMES_A_TICK = 6


@pytest.fixture
def rollout(session: Session, pair: tuple[str, str]) -> LiveRollout:
    assert session.roads.given is not None
    rollout = LiveRollout(*session.roads.given, [], np.random.default_rng(0))
    rollout.drivers = [*load_drivers(session, pair, rollout.car.tracks)[0], make_expert(rollout.car.tracks)]
    return rollout


def test_who_leaves_the_lane_is_put_back_and_it_counts(rollout: LiveRollout) -> None:
    for _ in range(60 * FRAMES_A_TICK):
        rollout.advance()
        assert abs(rollout.car.offset_m) < 1.0
    tally = rollout.driver.tally
    assert tally.interventions >= 2
    assert sum(moment.was_put_back for moment in rollout.history) == tally.interventions
    assert tally.elapsed_s == pytest.approx(6.0)
    assert tally.distance_m == pytest.approx(72.0, rel=0.1)
    assert tally.autonomy_percent == pytest.approx(100.0 * max(0.0, 1.0 - tally.interventions * 6.0 / tally.elapsed_s))


class _Shown:
    """It goes straight on, and keeps what it was shown; it asks for two frames."""

    num_frames = 2

    def __init__(self) -> None:
        self.seen: list[Observation] = []

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        self.seen.append(observation)
        return Command.steer(np.zeros(1))


@pytest.mark.parametrize("camera", [Camera(), Camera(width_px=40, height_px=24, focal_px=22.0)])
def test_who_sees_two_frames_is_shown_the_tick_before_by_its_own_camera(session: Session, camera: Camera) -> None:
    """But where the car was put somewhere since, what is there now twice."""
    assert session.roads.given is not None
    rollout, shown = LiveRollout(*session.roads.given, [], np.random.default_rng(0)), _Shown()
    rollout.drivers = [PolicyDriver("shown", shown, camera=camera)]
    for _ in range(8 * FRAMES_A_TICK):
        rollout.advance()
    rollout.put_back()
    for _ in range(2 * FRAMES_A_TICK):
        rollout.advance()
    images, previous = ([getattr(seen, name) for seen in shown.seen] for name in ("images", "previous_images"))
    assert len(images) == 10 and images[0].shape[1:3] == (camera.height_px, camera.width_px)
    for tick in range(10):
        np.testing.assert_array_equal(previous[tick], images[tick if tick in (0, 8) else tick - 1])


def test_left_alone_seconds_astray_count_and_autonomy_says_nothing(rollout: LiveRollout) -> None:
    for _ in range(20 * FRAMES_A_TICK):
        rollout.advance()
    tally = rollout.driver.tally
    before = tally.interventions, tally.autonomy_percent
    rollout.puts_back = False
    off_lane_s = off_road_s = 0.0
    for _ in range(60):
        for _ in range(FRAMES_A_TICK):
            rollout.advance()
        off_lane_s += 0.1 * rollout.is_off
        off_road_s += 0.1 * rollout.car.has_left_the_road
    assert abs(rollout.car.offset_m) > 2.0
    assert (tally.interventions, tally.autonomy_percent) == before, "a car that is lost earns no autonomy"
    assert tally.departures == 1
    assert 0.0 < off_road_s < off_lane_s
    assert (tally.off_lane_s, tally.off_road_s) == (pytest.approx(off_lane_s), pytest.approx(off_road_s))


def test_who_has_just_been_put_back_is_not_said_to_be_off_its_lane_once_it_is_left_alone(rollout: LiveRollout) -> None:
    while not rollout.alarm:
        rollout.advance()
    assert is_alarmed(rollout)
    rollout.leave_alone(alone=True)
    assert not rollout.is_off
    assert not is_alarmed(rollout)
    while not rollout.is_off:
        rollout.advance()
    assert is_alarmed(rollout)


def test_the_expert_comes_back_from_a_nudge(rollout: LiveRollout) -> None:
    rollout.driver_index = 2
    rollout.nudge(1)
    rollout.advance()
    assert rollout.car.offset_m == pytest.approx(NUDGE_M, abs=0.15)
    for _ in range(50 * FRAMES_A_TICK):
        rollout.advance()
    assert abs(rollout.car.offset_m) < 0.3
    assert rollout.driver.tally.interventions == 0
    assert all(error_per_m == 0.0 for _, error_per_m in rollout.driver.tally.mean_errors())


def test_a_tick_counts_for_whoever_began_it(rollout: LiveRollout) -> None:
    for _ in range(3):
        rollout.advance()
    rollout.switch()
    for _ in range(9):
        rollout.advance()
    first, second, _ = rollout.drivers
    tick_s = rollout.car.env.config.tick_s
    assert (first.tally.elapsed_s, second.tally.elapsed_s) == pytest.approx((tick_s, tick_s))
    assert rollout.command_per_m == 0.0, "the other network's command from the next control tick on"


def test_two_cars_of_one_seed_meet_the_same_wind(session: Session) -> None:
    assert session.roads.given is not None
    ends = []
    for _ in range(2):
        rollout = LiveRollout(*session.roads.given, [], np.random.default_rng(4))
        rollout.drivers = [make_expert(rollout.car.tracks)]
        for frame in range(90):
            if frame == 30:
                rollout.nudge()
            rollout.advance()
        ends.append(rollout.car.state.poses)
    np.testing.assert_array_equal(*ends)


def test_errors_are_kept_by_their_distance_from_the_lane() -> None:
    tally = Tally()
    for offset_m, error_per_m in ((0.5 * BIN_M, 0.01), (-0.5 * BIN_M, -0.03), (2.5 * BIN_M, 0.1), (50.0, 9.0)):
        tally.add_error(offset_m, error_per_m)
    assert tally.mean_errors(least=1) == [(pytest.approx(0.5 * BIN_M), 0.02), (pytest.approx(2.5 * BIN_M), 0.1)]


def _alone(track: Track) -> LiveRollout:
    rollout = LiveRollout(track, Scene(), [], np.random.default_rng(0))
    rollout.drivers = [make_expert(rollout.car.tracks)]
    return rollout


def test_at_the_end_of_an_open_road_it_begins_anew_and_nothing_is_counted() -> None:
    rollout = _alone(make_straight(200.0))
    rollout.place(route_m(rollout.car.track) - 3.0, 0.2)
    s_m = []
    for _ in range(5 * FRAMES_A_TICK):
        rollout.advance()
        s_m.append(float(rollout.car.observation.lane.s_m[0]))
    assert max(s_m) <= 160.0
    assert s_m[-1] < 10.0
    assert rollout.driver.tally.interventions == 0
    assert rollout.driver.tally.distance_m == pytest.approx(6.0, abs=1.3), "the way back is none"


@pytest.mark.parametrize(("offset_m", "is_put_back"), [(1.3, False), (1.7, True)])
def test_on_a_wide_road_a_car_is_put_back_from_an_eighth_of_its_width_on(offset_m: float, is_put_back: bool) -> None:
    rollout = _alone(make_straight(400.0, half_width_m=6.0))
    assert rollout.car.limit_m == rollout.car.widest_limit_m == 1.5
    rollout.place(50.0, offset_m)
    for _ in range(FRAMES_A_TICK):
        rollout.advance()
    assert (abs(rollout.car.offset_m) < 0.5) == is_put_back
