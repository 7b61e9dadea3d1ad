"""A grade: points for driving roads that nobody has seen, by a rule that fits in a sentence."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from drive_sim.errors import InputError, one_of
from drive_sim.evaluate.closed_loop import EvalConfig
from drive_sim.evaluate.eval_report import EvalReport, evaluate
from drive_sim.evaluate.failures import Failure, failures
from drive_sim.evaluate.metrics import autonomy_percent, summary
from drive_sim.evaluate.time_and_comfort import time_and_comfort
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.observation import Observation
from drive_sim.sim.suites import Suite, make_secret_suite
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command

DISTANCE_M = {"held-out": 2000.0, "shifted": 2000.0, "any": 1000.0}
"""The kinds of roads that are graded on, and how far each road is driven.

`any-tight` is none: at the speed that is kept, bends of 8 m are beyond the car, and the expert needs help as well.
"""
RULE = (
    "Every road is worth the same share of the points. Of a road's share a driver gets as much as the part of the time "
    "in which nobody had to help: 1 - 6 s x interventions / driving time (NVIDIA's autonomy), and nothing below 0. "
    "More than 1 m off the lane (on roads wider than 8 m an eighth of the width), or off the road, is an intervention: "
    "the car is put back and drives on. The speed is kept at 12 m/s, so nobody gains by going slowly."
)


class StraightOn:
    """Never steers: what any driver should be better than."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:  # noqa: ARG002 - it draws nothing
        """Straight on."""
        return Command.steer(np.zeros(len(observation.speed_mps)))


@dataclass(frozen=True, slots=True)
class RoadGrade:
    """A road, by its number in the suite: the points that it gave of the most that it gives, and what happened."""

    road_idx: int
    name: str
    points: float
    most_points: float
    km: float
    interventions: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """The points of all roads together, and the figures of the whole drive (`summary`, `time_and_comfort`)."""

    points: float
    most_points: float
    roads: tuple[RoadGrade, ...]
    figures: dict[str, Any]
    comfort: dict[str, Any]


def make_graded_suite(name: str, secret: int, num_roads: int | None = None) -> tuple[Suite, EvalReport]:
    """The roads of a grade, and how the expert drives them. Raises InputError where there the expert needs help."""
    one_of("kind of roads", name, list(DISTANCE_M))
    conditions = replace(CONDITIONS, distance_m=DISTANCE_M[name])
    suite = make_secret_suite(name, secret, num_roads=num_roads, conditions=conditions)
    expert = evaluate(PursuitExpert(suite.tracks), suite, EvalConfig(camera=None))
    if expert.interventions.any():
        raise InputError(f"grade: on these roads ({name}) the expert itself needs help; take another seed")
    return suite, expert


def grade(report: EvalReport, tracks: Tracks, most_points: float = 100.0) -> Grade:
    """The grade of a drive by `RULE`; the tracks are those of its suite. Points are rounded to a hundredth."""
    found, figures = failures(report, tracks), summary(report)
    each = most_points / len(report.track_names)
    roads = tuple(_road_grade(report, i, each, found) for i in range(len(report.track_names)))
    points = round(sum(road.points for road in roads), 2)
    return Grade(points, most_points, roads, figures, time_and_comfort(report))


def for_scale(suite: Suite, expert: EvalReport, most_points: float = 100.0) -> dict[str, Grade]:
    """What the expert gets for its drive on the same roads, and who never steers."""
    straight = evaluate(StraightOn(), suite, EvalConfig(camera=None))
    drives = {"the expert": expert, "who never steers": straight}
    return {name: grade(report, suite.tracks, most_points) for name, report in drives.items()}


def _road_grade(report: EvalReport, road: int, most_points: float, found: list[Failure]) -> RoadGrade:
    count, elapsed_s = int(report.interventions[road]), float(report.elapsed_s[road])
    share = autonomy_percent(count, elapsed_s, report.config.intervention_s) / 100.0
    # Of a road that was given up, as where somebody drives in circles, the part that was not driven gives nothing.
    driven = float(np.clip(report.distance_m[road] / report.route_length_m, 0.0, 1.0))
    return RoadGrade(
        road,
        report.track_names[road],
        most_points * share * driven,
        most_points,
        float(report.distance_m[road]) / 1000.0,
        count,
        tuple(failure for failure in found if failure.road_idx == road),
    )
