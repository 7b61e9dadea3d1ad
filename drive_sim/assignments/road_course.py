"""What a student's learner is given on the road: roads, the expert, and a small network to fit."""

from typing import Any

import numpy as np

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.learn import bc
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons.kit.demonstration import demonstrate
from drive_sim.lessons.kit.training import training_config
from drive_sim.lessons.road.learners import DataBudget, task_of

_NETWORK = "small"


def make_road_task(num_steps: int) -> ImitationTask[Demonstrations, Any]:
    """Roads of the suite "train", one a drive, with the expert beside, and plain cloning as the base learner.

    `num_steps`: of gradient descent, for each fit.
    """
    return task_of(DataBudget(num_steps=num_steps, network=_NETWORK), "dagger")


def thirty_seconds(seed: int) -> Demonstrations:
    """The expert's drive of a seed, 300 pictures with their commands."""
    return demonstrate(seed)


def cloned(demos: Demonstrations, rng: np.random.Generator, num_steps: int) -> Any:
    """A network that has learned to steer from pictures as they are given: nothing is shifted or turned."""
    return bc.fit(training_config("plain", num_steps, _NETWORK), demos, rng)
