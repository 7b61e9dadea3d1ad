from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.learn import dagger
from drive_sim.lessons import cascading_errors, cascading_errors_findings
from drive_sim.lessons.cascading_errors import MOST_OFF_M, Config, _cost_figures, run, seen_places, within_picture
from drive_sim.lessons.cascading_errors_findings import constant_risk_exponent
from drive_sim.lessons.road_learners import METHODS, Course, teach
from tests.lessons.lesson_laws import Told, check_page, check_result, check_resumed, tell

COURSE = Course(dagger.Config(num_rounds=2, ticks_per_round=20), num_steps=4, network="small")
CONFIG = Config(
    seed=1000,
    num_seeds=2,
    num_ticks=30,
    num_roads=2,
    cars_per_road=2,
    first_tick=5,
    last_tick=20,
    num_places=40,
    course=COURSE,
)


@pytest.mark.parametrize("wrong", [{"num_seeds": 0}, {"first_tick": 0}, {"last_tick": 31}, {"cars_per_road": 0}])
def test_impossible_settings_are_refused(wrong: dict[str, int]):
    with pytest.raises(InputError, match="cascading-errors"):
        replace(CONFIG, **wrong)


def test_shift_and_rotate_has_seen_places_where_nobody_was():
    story = teach(COURSE, "shift-rotate", 1000)
    while True:
        try:
            next(story)
        except StopIteration as end:
            taught = end.value
            break
    alone = seen_places(taught, "clone", np.random.default_rng(0))
    with_views = seen_places(taught, "shift-rotate", np.random.default_rng(0))
    assert np.abs(alone[:, 0]).max() < 0.5
    assert 1.0 < np.abs(with_views[:, 0]).max() < 1.9
    # Most were not moved at all, or lie around where the car was.
    assert np.median(np.abs(with_views[:, 0])) < 1.0


def test_what_is_far_out_is_put_onto_the_rim():
    places = np.array([[0.5, 0.1], [99.0, -3.0]])
    put = within_picture(places)
    np.testing.assert_array_equal(put[0], places[0])
    assert put[1, 0] == MOST_OFF_M
    assert abs(put[1, 1]) < 0.6


def test_bars_are_not_met_by_themselves():
    flat = {"mean": 1.0, "low": 0.9, "high": 1.1}
    cost = {"exponent_per_seed": [flat, {"mean": None, "low": None, "high": None}]}
    method = {"costs": {"squared": cost}, "distance_per_seed": [1.0], "distance": flat}
    ratios = {"squared": {"mean": 9.9, "low": 5.0, "high": 20.0}, "per_seed": [9.9]}
    result = {"methods": dict.fromkeys(METHODS, method), "ratios": ratios}
    assert not any(bar["met"] for bar in cascading_errors_findings.bars(CONFIG, result))


def test_a_small_constant_risk_of_being_lost_grows_like_time_squared():
    config = Config()
    rare, common = (constant_risk_exponent(lost, config) for lost in (0.01, 0.8))
    assert rare == pytest.approx(2.0, abs=0.02)
    assert common is not None
    assert 1.5 < common < 1.95
    assert constant_risk_exponent(0.0, config) is None


def test_who_is_no_worse_than_the_expert_has_no_exponent_and_who_is_lost_has_one():
    ticks, cars = CONFIG.num_ticks, CONFIG.num_roads * CONFIG.cars_per_road
    expert = np.full((ticks, cars), 0.1)
    assert np.isnan(_cost_figures(CONFIG, expert, expert)["exponent"]["mean"])
    lost = expert + np.arange(ticks)[:, None] / ticks
    assert _cost_figures(CONFIG, lost, expert)["exponent"]["mean"] == pytest.approx(2.0, abs=0.25)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tell(run, CONFIG, tmp_path_factory.mktemp("lesson") / "cascade")


@pytest.mark.slow
def test_its_page_and_result(told: Told):
    check_page(told, 3)
    result = check_result(told)
    assert result["seeds"] == [1000, 1001]
    for method in METHODS:
        assert result["methods"][method]["num_labels"] == 40
        assert 0.0 < result["methods"][method]["costs"]["squared"]["total"]["mean"] <= CONFIG.num_ticks
        assert result["methods"][method]["learning_cpu_s"] > 0.0


@pytest.mark.slow
def test_stopped_and_resumed_is_as_if_never_stopped(told: Told, tmp_path: Path):
    check_resumed(told, cascading_errors.run, CONFIG, tmp_path / "stopped")
