import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from drive_sim.errors import InputError
from drive_sim.learn import dagger
from drive_sim.lessons.recovery import STAGES, Config, find_back, grid_of_starts, run
from drive_sim.lessons.recovery_findings import bars
from drive_sim.lessons.recovery_report import extreme_views, write_page
from drive_sim.lessons.road_learners import METHODS, Course
from drive_sim.report.recovery_figures import SHARES, plot_recovery_cuts
from drive_sim.report.style import LOOKS
from drive_sim.sim.suites import make_suite
from tests.lessons.lesson_laws import Told, check_page, check_result, check_resumed, tell

COURSE = Course(dagger.Config(num_rounds=2, ticks_per_round=20), num_steps=4, network="small")
CONFIG = Config(seed=1000, num_seeds=2, num_roads=2, off_step_m=0.75, turned_step_deg=8.0, num_ticks=30, course=COURSE)


@pytest.mark.parametrize("wrong", [{"num_seeds": 0}, {"off_step_m": 0.0}, {"turned_step_deg": 20.0}])
def test_impossible_settings_are_refused(wrong: dict[str, float]):
    with pytest.raises(InputError, match="recovery"):
        replace(CONFIG, **wrong)  # pyright: ignore[reportArgumentType]


def test_the_grid_is_symmetric_and_holds_the_lane_and_the_box():
    whole = Config()
    np.testing.assert_array_equal(whole.offsets_m, -whole.offsets_m[::-1])
    assert 0.0 in whole.offsets_m
    assert {-1.5, 1.5} <= set(whole.offsets_m)
    assert np.isclose(np.degrees(whole.headings_rad), 8.0).any()
    assert whole.in_box.sum() == 13 * 5


def test_cars_start_at_every_cell_and_at_one_place():
    starts = grid_of_starts(CONFIG, make_suite("held-out", num_roads=2), 1)
    assert len(starts) == CONFIG.in_box.size == len({*zip(starts.offset_m, starts.heading_rad, strict=True)})
    assert len(set(starts.s_m)) == 1


def test_the_expert_finds_back_from_the_box_and_not_from_beyond_the_edge():
    config = replace(CONFIG, num_ticks=60, most_off_m=3.0)
    work = find_back(config, "expert", 0)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found = end.value
            break
    share = found["recovered"]
    assert share[config.in_box].min() == 1.0
    assert share[np.abs(config.offsets_m) > 2.2].max() == 0.0
    assert found["lost_in_box_by_road"].sum() == 0


def test_a_single_start_that_is_lost_misses_the_bar():
    figures = {"starts_in_box": 100, "lost_in_box": 1, "in_box": {"mean": 99.0}}
    result = {"best": "dagger", "methods": {"dagger": figures, "clone": {**figures, "lost_in_box": 0}}}
    assert not any(bar["met"] for bar in bars(CONFIG, result))


def test_views_from_the_corners_differ_from_the_lane_s():
    lane, left = extreme_views(CONFIG)
    assert lane.shape == (300, 600, 3)
    assert (lane != left).mean() > 0.3


def test_no_share_has_the_colour_of_a_page_and_more_of_it_is_lighter():
    shades = SHARES(np.linspace(0.0, 1.0, 101))[:, :3]
    for paper in ("#fcfcfb", "#ffffff", "#14181c"):
        assert np.linalg.norm(shades - to_rgb(paper), axis=1).min() > 0.3
    assert (np.diff(shades @ (0.2126, 0.7152, 0.0722)) > 0.0).all()


def test_dagger_s_line_lets_another_s_through():
    level = np.ones((3, 3))
    figure = plot_recovery_cuts({name: [level] for name in ("shift-rotate", "dagger")}, [-1, 0, 1], [-1, 0, 1])
    drawn = {line.get_label(): line for line in figure.axes[0].lines}
    assert drawn[LOOKS["dagger"].label].is_dashed()
    assert not drawn[LOOKS["shift-rotate"].label].is_dashed()


def test_what_a_stage_is_called_holds_for_a_run_of_any_length():
    assert not re.search(r"\d", " ".join(STAGES.values()))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tell(run, CONFIG, tmp_path_factory.mktemp("lesson") / "recovery")


@pytest.mark.slow
def test_its_page_and_result(told: Told):
    check_page(told, 2)
    result = check_result(told)
    for method in METHODS:
        assert result["methods"][method]["num_labels"] == 40
        assert 0.0 <= result["methods"][method]["in_box"]["mean"] <= 100.0
        assert np.shape(result["methods"][method]["map"]) == CONFIG.in_box.shape
    assert not re.search(r"\d (?:%|m\b)", result["headline"])


def page_of(told: Told, folder: Path, low: float | None) -> str:
    """The page of what was told, the clone's share within the frame with another interval."""
    found = {}
    for path in sorted((told[0] / "parts").glob("*.json")):
        part = json.loads(path.read_text(encoding="utf-8"))
        found.setdefault(part["method"], []).append(part)
    methods = {name: {**of, "in_box": {**of["in_box"], "low": None}} for name, of in told[2].result["methods"].items()}
    methods["clone"]["in_box"] |= {"low": low, "high": 99.0}
    folder.mkdir()
    write_page(CONFIG, found, {**told[2].result, "methods": methods}, folder)
    return re.sub("[ \n]+", " ", (folder / "report.html").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_the_page_says_why_there_is_no_interval(told: Told, tmp_path: Path):
    none, one = page_of(told, tmp_path / "none", None), page_of(told, tmp_path / "one", 1.0)
    assert "no interval of so few places" in none
    assert "over seeds and roads</small>" not in none
    assert "no interval of so few places" not in one
    assert "over seeds and roads</small>" in one
    assert all("fewer than 10 places, the share within the frame has no interval" in page for page in (none, one))


@pytest.mark.slow
def test_the_page_s_advice_can_be_followed(told: Told):
    text = (told[0] / "report.html").read_text(encoding="utf-8")
    assert "<code>float(np.radians(2.0))</code>" in text
    assert "off the road, if nobody steers" in text


@pytest.mark.slow
def test_stopped_and_resumed_is_as_if_never_stopped(told: Told, tmp_path: Path):
    check_resumed(told, run, CONFIG, tmp_path / "stopped")
