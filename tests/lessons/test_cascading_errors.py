import copy
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.learn import dagger
from drive_sim.lessons import cascading_errors, cascading_errors_findings, cascading_errors_report
from drive_sim.lessons.cascading_errors import MOST_OFF_M, Config, _cost_figures, run, seen_places, within_picture
from drive_sim.lessons.cascading_errors_findings import constant_risk_exponent
from drive_sim.lessons.road_learners import METHODS, Course, teach
from drive_sim.report import cascade_figures, efficiency_figures, lesson_figures, style
from drive_sim.report.style import LOOKS
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


def test_what_a_stage_is_called_holds_for_a_run_of_any_length():
    assert not re.search(r"\d", " ".join(cascading_errors.STAGES.values()))


def test_a_ratio_below_ten_has_a_decimal_wherever_it_is_told():
    flat = {"mean": 1.0, "low": 0.9, "high": 1.1}
    method = {"costs": {"squared": {"exponent_per_seed": [flat]}}, "distance_per_seed": [1.0], "distance": flat}
    ratios = {"squared": {"mean": 8.46, "low": 3.4, "high": 130.4}, "per_seed": [82.3, 5.27]}
    bar = cascading_errors_findings.bars(CONFIG, {"methods": dict.fromkeys(METHODS, method), "ratios": ratios})[1]
    assert bar["got"] == "8.5 times (3.4 to 130); seed by seed 82, 5.3"


def test_lines_that_lie_on_each_other_are_told_apart_by_dashes_too():
    assert len({LOOKS[name].dashes for name in ("expert", "dagger", "shift-rotate")}) == 3
    curve = [0.1 * tick for tick in range(1, 31)]
    figure = cascade_figures.plot_costs({name: [curve, curve] for name in ("shift-rotate", "dagger")}, (12, 20))
    solid, dashed = (next(line for line in figure.axes[0].lines if line.get_label() == LOOKS[name].label)
                     for name in ("shift-rotate", "dagger"))  # fmt: skip
    assert solid.get_linestyle() == "-"
    assert dashed.is_dashed()
    assert dashed.get_zorder() > solid.get_zorder()


def test_dagger_s_line_is_dashed_in_the_other_lessons_too():
    point = {"mean": 1.0, "low": 0.5, "high": 2.0, "per_seed": [1.0, 1.0]}
    methods = {"dagger": {"points": [{**point, "laps_of_data": laps} for laps in (1, 2)]}}
    for figure in (
        lesson_figures.plot_falls(methods, {}),
        efficiency_figures.plot_efficiency([5, 10], methods, [], 0.1),
    ):
        assert sum(line.is_dashed() for line in figure.axes[0].lines) == 1


def test_a_fan_says_that_its_count_is_of_the_cars_drawn():
    fan = np.zeros((4, 3))
    fan[-1, 0] = 9.0
    figure = cascade_figures.plot_fans({"clone": [fan, fan]}, 2.2, 5)
    assert figure.axes[0].get_title() == "Cloning\n2 of the 6 cars drawn end off the road"


@pytest.mark.parametrize("name", ["cascading_errors", "recovery", "pilotnet_2016"])
def test_no_line_ends_between_a_number_and_its_unit(name: str):
    text = (Path(style.__file__).parent / "templates" / f"{name}.html.j2").read_text(encoding="utf-8")
    assert not re.findall(r".*(?:\d|\}\})\s(?:%(?!\})|(?:m|s|km|cm|m/s|/km)\b).*", text)


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


def page_of(told: Told, result: dict[str, Any], folder: Path) -> str:
    """The page of what was told, with another result; its white space as one space, a no-break one kept."""
    drivers = cascading_errors_findings.DRIVERS
    files = {name: sorted((told[0] / "parts").glob(f"{name}-seed*.json")) for name in drivers}
    found = {name: [json.loads(path.read_text(encoding="utf-8")) for path in files[name]] for name in drivers}
    folder.mkdir()
    cascading_errors_report.write_page(CONFIG, found, result, folder)
    return re.sub("[ \n]+", " ", (folder / "report.html").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_the_page_s_words_follow_its_numbers(told: Told, tmp_path: Path):
    result = copy.deepcopy(told[2].result)
    result["expert"]["costs"]["squared"]["total"]["mean"] = 0.5
    result["ratios"]["squared"]["mean"] = 8.46
    learner = result["methods"]["dagger"]
    fitted, none = {"mean": 4.9, "low": 1.4, "high": 6.3}, {"mean": None, "low": None, "high": None}
    learner["costs"]["squared"] |= {"exponent": None, "exponent_per_seed": [none, fitted]}
    learner["costs"]["squared"]["excess"]["mean"], learner["lost"]["mean"] = 8.28, 1 / 12
    failed = page_of(told, result, tmp_path / "failed")
    assert "too little to fit in 1 of 2 seeds" in failed
    assert "is counted: 8.5 by the square" in failed
    assert "8.3&nbsp;% of its cars end off the road, and it does not stay where the expert is" in failed
    assert "hardly needs it any more" not in failed
    learner["costs"]["squared"] |= {"exponent_per_seed": [none, none]}
    learner["costs"]["squared"]["excess"]["mean"], learner["lost"]["mean"] = 0.4, 0.0
    learned = page_of(told, result, tmp_path / "learned")
    assert "stays where the expert is, and hardly needs it any more. </p>" in learned
    assert re.search(
        r"Student's t over seeds</small></th><td></td>(?:<td>.*?</td>){2}<td> ?–<small>too little to fit</small>",
        learned,
    )
    assert "does not stay" not in learned
    learner["costs"]["squared"]["excess"]["mean"] = 0.7
    strayed = page_of(told, result, tmp_path / "strayed")
    assert "none of its cars ends off the road, and needs it, since it strays farther than the expert.</p>" in strayed


@pytest.mark.slow
def test_stopped_and_resumed_is_as_if_never_stopped(told: Told, tmp_path: Path):
    check_resumed(told, cascading_errors.run, CONFIG, tmp_path / "stopped")
