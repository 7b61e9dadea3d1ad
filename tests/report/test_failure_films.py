"""Films of failures: which are chosen, and that each shows its failure and the expert at the same place."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.evaluate.failures import Failure, failures
from drive_sim.policies.expert import PursuitExpert
from drive_sim.report.failure_films import FPS, chosen_failures, film_failures, takes_of
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scene
from drive_sim.sim.suites import make_suite, suite_from_track
from drive_sim.sim.vehicle import Command


class Straight:
    """Drives straight on, wherever the road goes."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


def failure(road_idx: int, tick: int) -> Failure:
    return Failure("road", road_idx, tick, 10.0, 4.0, 20.0, 1.0, False, 12.0, 1.2)


def test_of_failures_near_each_other_one_is_shown() -> None:
    found = [failure(0, 10), failure(0, 30), failure(0, 90), failure(1, 95), failure(2, 1)]
    assert [(of.road_idx, of.tick) for of in chosen_failures(found, 10.0, 3)] == [(0, 10), (0, 90), (1, 95)]


class Swerves(PursuitExpert):
    """The expert, but for 0.8 s from a tick on."""

    tick, begins = 0, 0

    def act(self, observation: Observation, rng: np.random.Generator | None = None) -> Command:
        command = super().act(observation, rng)
        self.tick += 1
        swerves = self.begins <= self.tick < self.begins + 8
        return replace(command, curvature_per_m=command.curvature_per_m + (0.09 if swerves else 0.0))


@pytest.mark.parametrize("begins", [8, 150])
def test_the_expert_is_at_the_failures_place_in_the_same_frame_and_lap(begins: int) -> None:
    """On a circle of 188 m, soon after the start, and on the second lap's end."""
    suite = suite_from_track(make_circle(30.0), Scene(), distance_m=400.0)
    swerving, config = Swerves(suite.tracks), EvalConfig(camera=None)
    swerving.begins = begins
    report, expert = evaluate(swerving, suite, config), evaluate(PursuitExpert(suite.tracks), suite, config)
    failure = failures(report, suite.tracks)[0]
    driver, other = takes_of(report, expert, suite, failure)
    assert len(driver.poses) == len(other.poses)
    shown = np.flatnonzero(np.diff(driver.put_back) > 0)
    assert len(shown) > 0, "the failure is in the film"
    assert np.abs(driver.s_m - failure.s_m).min() == 0.0
    at = int(np.argmax(np.abs(driver.offset_m)))
    assert abs(driver.offset_m[at]) > 0.9
    assert np.hypot(*(driver.poses[at] - other.poses[at])[:2]) < 3.0
    assert np.ptp(other.s_m[:at]) > 3.0, "the expert comes driving"


@pytest.mark.slow
def test_a_film_shows_the_seconds_around_a_failure(tmp_path: Path) -> None:
    suite = replace(make_suite("any-tight", num_roads=2), distance_m=120.0)
    config = EvalConfig(camera=None)
    report, expert = evaluate(Straight(), suite, config), evaluate(PursuitExpert(suite.tracks), suite, config)
    chosen = chosen_failures(failures(report, suite.tracks), 10.0, 1)
    (path,) = film_failures("straight", report, expert, suite, Camera(), chosen, tmp_path)
    assert path.name.startswith("01-any-tight-")
    with av.open(str(path)) as film:
        assert len(list(film.decode(video=0))) > 2 * FPS
