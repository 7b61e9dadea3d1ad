"""The suites `any` cell by cell: every intervention is in one of them, and has its place."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.evaluate.cells import counts_by_cell, summary_by_cell
from drive_sim.evaluate.eval_report import EvalReport
from drive_sim.evaluate.failures import Failure, failures, turn_rad
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.hairpin import make_bent
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.suites import Suite, make_suite, suite_from_track
from drive_sim.sim.vehicle import Command


class Straight:
    """Drives straight on, wherever the road goes."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


@pytest.fixture(scope="module")
def suite() -> Suite:
    return replace(make_suite("any-tight", num_roads=8), distance_m=150.0)


@pytest.fixture(scope="module")
def report(suite: Suite) -> EvalReport:
    return evaluate(Straight(), suite, EvalConfig(camera=None))


def test_every_intervention_is_counted_in_one_cell(report: EvalReport) -> None:
    counts = counts_by_cell(report)
    assert len(counts) == 8
    assert sum(of.interventions for of in counts) == report.interventions.sum() > 0
    assert sum(of.km for of in counts) == pytest.approx(report.distance_m.sum() / 1000.0)


def test_every_intervention_has_its_place(suite: Suite, report: EvalReport) -> None:
    found = failures(report, suite.tracks)
    assert len(found) == report.interventions.sum()
    for failure in found:
        assert f": {failure.width_m:g} m, " in failure.road
        assert report.intervened[failure.tick, failure.road_idx]
        assert failure.radius_m is None or failure.radius_m >= 7.9
        assert f"{failure.width_m:.1f} m wide" in failure.where
    assert sum(failure.is_at_crossing for failure in found) == report.interventions_at_crossing.sum()


@pytest.mark.parametrize(("degrees", "word"), [(100.0, "bend"), (140.0, "hairpin"), (250.0, "loop")])
def test_a_hairpin_is_a_bend_that_turns_far_however_wide_the_road(degrees: float, word: str) -> None:
    bend = np.full(round(np.radians(degrees) * 30.0 / 0.5), 1.0 / 30.0)
    road = make_bent("bent", np.concatenate([np.zeros(60), -bend, np.zeros(60), 0.5 * bend, np.zeros(60)]))
    for sample in (60, 60 + len(bend) // 2, 59 + len(bend)):
        assert np.degrees(turn_rad(road, sample)) == pytest.approx(degrees, abs=1.0)
    assert turn_rad(road, 59) == turn_rad(road, 60 + len(bend)) == 0.0
    failure = Failure("bent", 0, 0, 45.0, 8.0, 30.0, turn_rad(road, 70), False, 12.0, 1.2)
    assert failure.where == f"in a {word} of 30 m radius, on a road 8.0 m wide"


def test_a_bend_that_begins_before_the_start_of_a_lap_is_one_bend() -> None:
    circle = make_circle(30.0)
    straight = np.arange(len(circle.x_m)) // (len(circle.x_m) // 4) == 1
    road = replace(circle, curvature_per_m=np.where(straight, 0.0, circle.curvature_per_m))
    turns = [np.degrees(turn_rad(road, sample)) for sample in (0, 3, len(circle.x_m) - 1)]
    assert turns == pytest.approx([270.0] * 3, abs=1.5)


def test_where_nothing_failed_there_is_a_bound(suite: Suite) -> None:
    clean = evaluate(PursuitExpert(suite.tracks), suite, EvalConfig(camera=None))
    assert failures(clean, suite.tracks) == []
    assert len(summary_by_cell(clean)) == 8
    assert all(of["interventions"] == 0 and of["per_km_high"] > 10.0 for of in summary_by_cell(clean))


def test_other_suites_have_no_cells() -> None:
    suite = replace(make_suite("held-out", num_roads=1), distance_m=30.0)
    assert counts_by_cell(evaluate(PursuitExpert(suite.tracks), suite, EvalConfig(camera=None))) == []
    named_alike = suite_from_track(replace(suite.tracks.tracks[0], name="any"), suite.scenes.scenes[0], distance_m=30.0)
    assert counts_by_cell(evaluate(PursuitExpert(named_alike.tracks), named_alike, EvalConfig(camera=None))) == []
