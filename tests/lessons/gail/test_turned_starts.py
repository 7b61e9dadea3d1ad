"""What counts as finding back, and that it is the start alone that makes it hard."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.data.augment import ShiftRotate
from drive_sim.data.transitions import Transitions
from drive_sim.learn import regression
from drive_sim.lessons.gail.turned_learners import Budget, clone_shifted
from drive_sim.lessons.gail.turned_starts import TEST_ROADS, VALIDATION_ROADS, Drives, TurnedRoads, World, drive_turned
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.road_input import FAR_LANE_POSE, USUAL
from drive_sim.sim.vehicle import Command

WORLD = World(road_length_m=500.0)


def drives(
    offset_m: float = 0.0, heading_rad: float = 0.0, *, at: int = -1, num_ticks: int = WORLD.num_ticks
) -> Drives:
    """One car that keeps its lane, but for one tick."""
    still = np.zeros((3, num_ticks, 1))
    still[1, at], still[2, at] = offset_m, heading_rad
    return Drives(*still)


@pytest.mark.parametrize(
    ("drive", "found"),
    [
        (drives(), True),
        (drives(0.9), True),
        (drives(1.1), False),
        (drives(-1.1), False),
        (drives(1.1, at=WORLD.first_settled - 1), True),
        (drives(1.1, at=WORLD.first_settled), False),
        (drives(heading_rad=3.0), False),
        (drives(24.0, at=3), True),
        (drives(26.0, at=3), False),
    ],
)
def test_found_is_on_the_lane_and_along_it_for_the_last_metres_and_never_lost(drive: Drives, found: bool) -> None:
    assert drive.found(WORLD).tolist() == [found]


def test_a_drive_is_300_m_of_which_the_last_200_count() -> None:
    metres_a_tick = WORLD.speed_mps / WORLD.control_hz
    assert WORLD.num_ticks * metres_a_tick == 300.0
    assert (WORLD.num_ticks - WORLD.first_settled) * metres_a_tick == pytest.approx(200.0, abs=metres_a_tick)


@pytest.mark.slow
def test_the_expert_finds_back_from_every_turn_and_straight_ahead_finds_nothing() -> None:
    roads = TurnedRoads.make(WORLD, TEST_ROADS, 3)
    expert = drive_turned(WORLD, roads, PursuitExpert(roads.tracks), (0.0, 90.0, 110.0))
    assert expert.found(WORLD).all()
    # Turned to the left, a car is first seen left of its lane.
    assert (expert.offset_m[5, 3:] > 0.0).all() and np.abs(expert.offset_m[5, :3]).max() < 0.5
    lost = drive_turned(replace(WORLD, num_units=2), roads, Straight(), (90.0,))
    assert not lost.found(WORLD).any() and (lost.offset_m.max(axis=0) > WORLD.lost_m).all()


class Straight:
    """Never steers."""

    def act(self, observation: object, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(3))


def test_roads_of_tests_and_of_validation_are_not_the_same() -> None:
    tests, others = (TurnedRoads.make(WORLD, word, 2) for word in (TEST_ROADS, VALIDATION_ROADS))
    again = TurnedRoads.make(WORLD, TEST_ROADS, 3)
    np.testing.assert_array_equal(again.tracks.tracks[1].x_m, tests.tracks.tracks[1].x_m)
    assert not np.array_equal(tests.tracks.tracks[0].x_m, others.tracks.tracks[0].x_m)


def test_who_shows_starts_on_the_lane_and_who_tries_starts_turned() -> None:
    rng = np.random.default_rng(0)
    shown = WORLD.demonstrate(4, rng, FAR_LANE_POSE)
    task = WORLD.task(shown, FAR_LANE_POSE, num_cars=30)
    assert isinstance(shown, Transitions) and len(shown) == 4 * WORLD.num_ticks
    first = np.arange(4) * WORLD.num_ticks
    assert (np.abs(np.sinh(shown.observation[first, 0]) * USUAL[0]) <= WORLD.normal_m + 1e-6).all()
    tried = task.rollout(1, Half(WORLD.num_units), 2, rng)
    turned_deg = np.degrees(np.sinh(tried.observation[::2, 1].astype(np.float64)) * USUAL[1])
    assert -1e-3 <= turned_deg.min() < 20.0 and 90.0 < turned_deg.max() <= WORLD.most_turned_deg + 1e-3


def test_cars_drive_on_as_many_roads_and_not_on_four() -> None:
    env = WORLD.env(7, FAR_LANE_POSE, {"start_heading_rad": (0.0, 0.1)})
    env.reset(seed=1)
    assert len({tuple(track.x_m) for track in env.batch.drive.tracks.tracks}) == 7


class Half:
    """Chooses the middle unit."""

    def __init__(self, num_units: int) -> None:
        self.middle = float(num_units // 2)

    def act(self, observation: object, rng: np.random.Generator) -> np.ndarray:
        return np.full((len(observation.inputs), 1), self.middle)  # pyright: ignore[reportAttributeAccessIssue]


def test_a_moved_row_is_labelled_with_the_way_back() -> None:
    """Of rows on the lane and along it: who is moved to the left is told to steer right, and the other way round."""
    on_lane = WORLD.demonstrate(1, np.random.default_rng(0), FAR_LANE_POSE).rows(np.arange(20))
    straight = np.full((20, 1), float(WORLD.num_units // 2))
    on_lane = replace(on_lane, observation=np.zeros_like(on_lane.observation), action=straight)
    budget, fitted = Budget(fitting=regression.Config(num_steps=100)), ShiftRotate().max_shift_m
    policy = clone_shifted(budget, WORLD, on_lane, np.random.default_rng(1))
    rows = np.zeros((2, 6), np.float32)
    rows[:, 0] = np.arcsinh(np.array([0.8, -0.8]) * fitted / USUAL[0])
    rows[:, 3] = 1.0
    left, right = WORLD.units[policy.likeliest(rows)[:, 0].astype(int)]
    assert left < 0.0 < right
