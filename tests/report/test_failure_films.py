"""Films of failures: which are chosen, and that each shows its failure and the expert at the same place."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.evaluate.failures import Failure, failures
from drive_sim.policies.expert import PursuitExpert
from drive_sim.report.failure_films import FPS, chosen_failures, film_failures
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.suites import make_suite
from drive_sim.sim.vehicle import Command


class Straight:
    """Drives straight on, wherever the road goes."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


def failure(road_idx: int, tick: int) -> Failure:
    return Failure("road", road_idx, tick, 10.0, 4.0, 20.0, False, 12.0, 1.2)


def test_of_failures_near_each_other_one_is_shown() -> None:
    found = [failure(0, 10), failure(0, 30), failure(0, 90), failure(1, 95), failure(2, 1)]
    assert [(of.road_idx, of.tick) for of in chosen_failures(found, 10.0, 3)] == [(0, 10), (0, 90), (1, 95)]


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
