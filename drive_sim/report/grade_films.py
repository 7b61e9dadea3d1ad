"""Films of what a grade counts: the first failures, one a road, the expert beside."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drive_sim.evaluate.eval_report import EvalReport
from drive_sim.evaluate.failures import Failure
from drive_sim.evaluate.grading import Grade
from drive_sim.report.failure_films import BEFORE_S, film_failures, one_a_road
from drive_sim.sim.camera import Camera
from drive_sim.sim.suites import Suite

_JUST_BEFORE_S = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A film of a failure, and what it shows in words."""

    path: Path
    failure: Failure
    control_hz: float

    @property
    def failure_s(self) -> float:
        """When in the film the car is furthest off, and not yet put back."""
        return min(BEFORE_S, self.failure.tick / self.control_hz) - _JUST_BEFORE_S

    @property
    def caption(self) -> str:
        """Where it is, and how far off the car was."""
        of = self.failure
        return f"{of.road}, {of.s_m:.0f} m along, {of.where}: {abs(of.offset_m):.1f} m off its lane."


def film_failed(
    most: int, name: str, grade: Grade, report: EvalReport, expert: EvalReport, suite: Suite, folder: Path
) -> Iterator[Film]:
    """Films in a new folder, as they are written, at most so many; where nobody had to help there is no folder."""
    control_hz = report.config.control_hz
    chosen = one_a_road([failure for road in grade.roads for failure in road.failures], control_hz, most)
    if not chosen:
        return
    folder.mkdir()
    paths = film_failures(name, report, expert, suite, report.config.camera or Camera(), chosen, folder)
    for path, failure in zip(paths, chosen, strict=True):
        yield Film(path, failure, control_hz)
