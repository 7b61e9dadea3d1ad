"""Grades: the rule, roads that are everybody's, a seed that is nobody's, and the JSON that graders read."""

import json
from dataclasses import replace

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, EvalReport, evaluate
from drive_sim.evaluate.gradescope import Graded, Times, refused, results
from drive_sim.evaluate.grading import StraightOn, grade, make_graded_suite
from drive_sim.evaluate.secret_seed import SecretSeed
from drive_sim.sim.suites import Suite, make_secret_suite, make_suite

OF = Graded("a.onnx", "00", "held-out", "0123abcd", "0.1.0", None)


@pytest.fixture(scope="module")
def driven() -> tuple[Suite, EvalReport, EvalReport]:
    """Three roads, by the expert, and by who never steers."""
    suite, expert = make_graded_suite("held-out", 12345, 3)
    return suite, expert, evaluate(StraightOn(), suite, EvalConfig(camera=None))


def test_the_expert_gets_all_points_and_who_never_steers_few(driven: tuple[Suite, EvalReport, EvalReport]) -> None:
    suite, expert, straight = driven
    assert grade(expert, suite.tracks, 20.0).points == 20.0
    assert grade(straight, suite.tracks).points < 50.0


def test_points_are_the_rules(driven: tuple[Suite, EvalReport, EvalReport]) -> None:
    """Two interventions on the second of three roads cost 12 s of its time; nothing is below 0."""
    suite, expert, _ = driven
    helped = np.array([0, 2, 1000])
    found = grade(replace(expert, interventions=helped), suite.tracks, 90.0)
    wanted = [30.0, 30.0 * (1.0 - 12.0 / expert.elapsed_s[1]), 0.0]
    np.testing.assert_allclose([road.points for road in found.roads], wanted)
    assert found.points == pytest.approx(sum(wanted), abs=0.005)


def test_what_was_not_driven_gives_nothing(driven: tuple[Suite, EvalReport, EvalReport]) -> None:
    suite, expert, _ = driven
    half = replace(expert, distance_m=expert.distance_m * [1.0, 1.0, 0.5])
    assert grade(half, suite.tracks, 90.0).roads[2].points == pytest.approx(15.0, rel=0.01)


@pytest.mark.parametrize("name", ["held-out", "any"])
def test_roads_follow_from_the_secret_and_are_in_no_suite(name: str) -> None:
    one, same, other = (make_secret_suite(name, secret, num_roads=2) for secret in (5, 5, 2**255 + 5))
    public = make_suite(name, num_roads=2)
    for i in range(2):
        np.testing.assert_array_equal(one.tracks.tracks[i].x_m, same.tracks.tracks[i].x_m)
        for another in (other, public):
            assert not np.array_equal(one.tracks.tracks[i].x_m, another.tracks.tracks[i].x_m)
            assert one.scenes.scenes[i] != another.scenes.scenes[i]
    assert one.seed != other.seed, "gusts and kicks are drawn from it too"


def test_fewer_roads_are_the_first_ones_of_more() -> None:
    two, three = (make_secret_suite("shifted", 5, num_roads=num) for num in (2, 3))
    np.testing.assert_array_equal(two.tracks.tracks[1].x_m, three.tracks.tracks[1].x_m)
    assert two.scenes.scenes[1] == three.scenes.scenes[1]


def test_tight_roads_and_unknown_ones_are_not_graded_on() -> None:
    with pytest.raises(InputError, match="unknown kind of roads 'any-tight'"):
        make_graded_suite("any-tight", 5)
    with pytest.raises(InputError, match="secret roads"):
        make_secret_suite("moon", 5)


def test_a_seed_is_known_by_its_fingerprint_and_not_by_its_name() -> None:
    seed = SecretSeed.of("correct horse battery staple")
    assert seed == SecretSeed.of(b" correct horse battery staple\n")
    assert seed.fingerprint != SecretSeed.of("correct horse battery stable").fingerprint
    assert len(seed.fingerprint) == 8 and str(seed.number) not in repr(seed)


def test_a_grade_is_what_gradescope_reads(driven: tuple[Suite, EvalReport, EvalReport]) -> None:
    suite, _, straight = driven
    found = grade(straight, suite.tracks, 10.0)
    said = json.loads(json.dumps(results(found, OF, Times(61.4, 30.2)), allow_nan=False))
    assert said["score"] == found.points and said["execution_time"] == 61
    assert set(said) <= {"score", "execution_time", "output", "stdout_visibility", "tests", "leaderboard", "extra_data"}
    assert sum(test["max_score"] for test in said["tests"]) == pytest.approx(10.0, abs=1e-3)
    assert sum(test["score"] for test in said["tests"]) == pytest.approx(found.points, abs=0.01)
    fields = {"name", "score", "max_score", "status", "output"}
    assert all(set(test) == fields and test["status"] in ("passed", "failed") for test in said["tests"])
    assert "m along, " in said["tests"][0]["output"]
    low, high = (said["extra_data"][f"interventions_per_km_{end}"] for end in ("low", "high"))
    assert low < said["extra_data"]["interventions_per_km"] < high


def test_what_cannot_be_driven_is_a_grade_too() -> None:
    said = refused("a.onnx: no answer within 2 s; hand in a smaller network", 20.0, OF, Times(3.0, 0.0))
    assert said["score"] == 0.0 and "no answer within 2 s" in said["output"]
    assert said["tests"][0]["max_score"] == 20.0
