"""Reports to be drawn: one policy that keeps its lane and one that does not, on two short drives."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.evaluate import EvalConfig, EvalReport, evaluate
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.observation import Observation
from drive_sim.sim.suites import Suite, make_suite
from drive_sim.sim.vehicle import Command


class StraightOn:
    """Never steers."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


@pytest.fixture(scope="session")
def suite() -> Suite:
    return make_suite("held-out", num_roads=2, conditions=replace(CONDITIONS, distance_m=240.0))


@pytest.fixture(scope="session")
def reports(suite: Suite) -> dict[str, EvalReport]:
    expert, config = PursuitExpert(suite.tracks), EvalConfig(camera=None)
    return {
        "plain": evaluate(StraightOn(), suite, config),
        "shift-rotate": evaluate(expert, suite, config),
    }
