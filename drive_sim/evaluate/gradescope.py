"""A grade as the `results.json` that Gradescope reads, and graders that follow it.

The form is https://gradescope-autograders.readthedocs.io/en/latest/specs/: `score`, `output` and `tests` are what
students see, a test a road; whatever else we say stands in `extra_data`. Times stand in `execution_time` and in
`extra_data.time_s`: all else is the same when the same file is graded again.
"""

from dataclasses import dataclass
from typing import Any

from drive_sim.evaluate.grading import RULE, Grade, RoadGrade
from drive_sim.records import Json

_MOST_PLACES = 5
_UNSAID = ("roads",)
"""Of the figures, what the tests say already."""


@dataclass(frozen=True, slots=True)
class Graded:
    """What was graded on what: the name and SHA-256 of what was handed in, the kind of roads, their fingerprint."""

    submission: str
    sha256: str | None
    roads: str
    fingerprint: str
    drive_sim: str
    commit: str | None


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: all of it, and what the driver's answers took."""

    all_s: float
    driver_s: float


def results(grade: Grade, of: Graded, times: Times) -> Json:
    """A grade as JSON."""
    figures = {name: value for name, value in grade.figures.items() if name not in _UNSAID}
    comfort = {name: value for name, value in grade.comfort.items() if name not in _UNSAID}
    per_km = figures["interventions_per_km"]
    return {
        **_head(grade.points, _in_words(grade), times),
        "tests": [_test(road) for road in grade.roads],
        "leaderboard": [{"name": "interventions a km", "value": round(per_km, 4), "order": "asc"}],
        "extra_data": {**_extra(of, times), "most_points": grade.most_points, **figures, "comfort": comfort},
    }


def refused(why: str, most_points: float, of: Graded, times: Times) -> Json:
    """What cannot be driven: no points, and the reason in one line."""
    test = {"name": "drives", "score": 0.0, "max_score": most_points, "status": "failed", "output": why}
    return {
        **_head(0.0, f"0 of {most_points:g} points: {why}", times),
        "tests": [test],
        "extra_data": {**_extra(of, times), "most_points": most_points, "refused": why},
    }


def _head(points: float, output: str, times: Times) -> Json:
    seconds = round(times.all_s)
    return {"score": points, "execution_time": seconds, "output": output, "stdout_visibility": "hidden"}


def _extra(of: Graded, times: Times) -> Json:
    return {
        "submission": of.submission,
        "sha256": of.sha256,
        "roads": of.roads,
        "roads_fingerprint": of.fingerprint,
        "rule": RULE,
        "drive_sim": of.drive_sim,
        "commit": of.commit,
        "time_s": {"all": times.all_s, "driver": times.driver_s},
    }


def _test(road: RoadGrade) -> dict[str, Any]:
    """A road, with where help was needed."""
    places = [f"{of.s_m:.0f} m along, {of.where}" for of in road.failures[:_MOST_PLACES]]
    more = len(road.failures) - len(places)
    said = [f"{_times(road.interventions)} in {road.km:.2f} km", *places, *([f"and {more} more"] if more else [])]
    return {
        "name": road.name,
        "score": round(road.points, 4),
        "max_score": round(road.most_points, 4),
        "status": "failed" if road.interventions else "passed",
        "output": "\n".join(said),
    }


def _in_words(grade: Grade) -> str:
    of = grade.figures
    low, high = of["interventions_per_km_low"], of["interventions_per_km_high"]
    said = (
        f"{grade.points:g} of {grade.most_points:g} points: {_times(of['interventions'])} in "
        f"{of['distance_km']:.1f} km on {of['num_roads']} roads that nobody has seen, "
        f"{of['interventions_per_km']:.2f} a km"
    )
    interval = "" if low is None or high is None else f" (95 %: {low:.2f} to {high:.2f})"
    return f"{said}{interval}.\n\n{RULE}"


def _times(count: int) -> str:
    return "1 intervention" if count == 1 else f"{count} interventions"
