"""Until all lessons are ported: the learners of the road as generators."""

from collections.abc import Generator

from drive_sim.lessons.kit.progress import Progress
from drive_sim.lessons.road.learners import METHODS, rounds_of, task_of, train
from drive_sim.lessons.road.learners import DataBudget as Course
from drive_sim.lessons.road.learners import Trained as Taught
from drive_sim.sim.suites import make_suite

__all__ = ["METHODS", "Course", "Taught", "rounds_of", "task_of", "teach"]


def teach(course: Course, method: str, seed: int) -> Generator[Progress, None, Taught]:
    """Learn by one of METHODS."""
    yield Progress(method, 0.0, "")
    return train(course, method, seed, make_suite("train").tracks, lambda *_: None)
