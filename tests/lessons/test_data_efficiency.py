"""The lesson on data efficiency, small: who learns what, what is kept, what is said, and its page."""

import json
import re
from collections.abc import Generator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.learn import dagger
from drive_sim.lessons import cells as part_store
from drive_sim.lessons import data_efficiency
from drive_sim.lessons.data_efficiency import Config, learn_and_drive, make_config
from drive_sim.lessons.data_efficiency_crossings import Lines, make_pairs, make_worth
from drive_sim.lessons.data_efficiency_report import typical_road
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.road_learners import METHODS, Course
from drive_sim.sim.conditions import CONDITIONS

SMALL = Config(
    seed=1000,
    num_seeds=2,
    course=Course(
        dagger.Config(num_rounds=3, ticks_per_round=10, growth=2.0),
        num_steps=2,
        network="small",
        conditions=replace(CONDITIONS, num_roads=3, distance_m=50.0),
    ),
)
ONE_SEED = replace(SMALL, num_seeds=1)
SECONDS = np.array([5.0, 10.0, 20.0, 40.0])


def finished(work: part_store.Work) -> dict[str, Any]:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def numbers(found: Any) -> str:
    """What was found, without what is not the same again."""
    bare = re.sub(r'"(\w+_)?cpu_s": [^,}]+,?', "", json.dumps(found))
    return re.sub(r'"commit": (\[[^]]*\]|"[^"]*"),?', "", bare)


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("learned")
    return folder, {name: finished(learn_and_drive(SMALL, name, 1000, folder)) for name in METHODS}


def lines(rates: list[float]) -> Lines:
    """A curve of which all seeds and all resamples are the same."""
    log = np.log(np.maximum(rates, 0.01))
    return Lines(log, np.tile(log, (10, 1)), np.tile(log, (2, 1)))


def test_the_curves_go_from_five_seconds_to_over_five_minutes():
    assert make_config(0, quick=False).seconds == (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0)


def test_at_the_first_point_dagger_is_cloning_to_the_bit(learned: tuple[Path, dict[str, Any]]):
    folder, found = learned
    clone, learner = (found[name]["points"][0] for name in ("clone", "dagger"))
    assert numbers(clone) == numbers(learner)
    weights = [folder / "models" / f"{n}-seed-1000" / "1-s" / "weights.safetensors" for n in ("clone", "dagger")]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    assert numbers(found["clone"]["points"][1]) != numbers(found["dagger"]["points"][1])


def test_every_point_has_as_many_labels_for_each_method(learned: tuple[Path, dict[str, Any]]):
    for part in learned[1].values():
        assert [point["num_labels"] for point in part["points"]] == [10, 20, 40]
        assert all(len(point["interventions"]) == 3 for point in part["points"])
        for point in part["points"]:
            assert [len(places) for places in point["places_m"]] == list(point["interventions"])


def test_a_part_that_was_stopped_fits_nothing_twice_and_finds_the_same(
    learned: tuple[Path, dict[str, Any]], tmp_path: Path
):
    work, models = learn_and_drive(SMALL, "dagger", 1000, tmp_path), tmp_path / "models" / "dagger-seed-1000"
    while not (models / "2-s").exists():
        next(work)
    work.close()
    weights = models / "2-s" / "weights.safetensors"
    before = weights.stat().st_mtime_ns
    assert not part_store.is_kept(tmp_path, "dagger-seed-1000-point-2")
    assert numbers(finished(learn_and_drive(SMALL, "dagger", 1000, tmp_path))) == numbers(learned[1]["dagger"])
    assert weights.stat().st_mtime_ns == before


def test_what_is_said_of_two_curves_is_what_they_do():
    falls, low, flat = lines([8.0, 4.0, 0.5, 0.0]), lines([1.0, 1.0, 1.0, 1.0]), lines([8.0, 8.0, 8.0, 8.0])
    pairs = make_pairs(SECONDS, {"clone": flat, "shift-rotate": low, "dagger": falls})
    by_name = {tuple(pair["methods"]): pair for pair in pairs}
    crossing = by_name["shift-rotate", "dagger"]
    # From log 4 to log 0.5 in one doubling: at log 1 two thirds of the way.
    assert crossing["at_s"] == pytest.approx(10.0 * 2.0 ** (2 / 3))
    assert "cross at 16 s" in crossing["said"]
    assert "DAgger is better" in crossing["said"]
    assert crossing["settled"]
    assert by_name["clone", "shift-rotate"]["at_s"] is None
    assert "do not cross between 5 and 40 s: shift-and-rotate is better throughout" in pairs[0]["said"]
    assert "DAgger is better from 10 s on; elsewhere the two can't" in by_name["clone", "dagger"]["said"]


@pytest.mark.parametrize(
    ("twin", "said"),
    [
        ([8.0, 1.0, 1.0, 8.0], "better from 10 to 20 s; elsewhere"),
        ([1.0, 1.0, 8.0, 8.0], "better up to 10 s; elsewhere"),
        ([1.0, 8.0, 8.0, 1.0], "better at 5, 40 s; elsewhere"),
    ],
)
def test_where_one_curve_is_better_is_said_as_people_would(twin: list[float], said: str):
    (pair,) = make_pairs(SECONDS, {"clone": lines([8.0, 8.0, 8.0, 8.0]), "shift-rotate": lines(twin)})
    assert f"shift-and-rotate is {said}" in pair["said"]


def test_a_crossing_that_half_of_the_resamples_lack_is_not_settled():
    a, b = lines([8.0, 4.0, 2.0, 1.0]), lines([2.0, 2.0, 2.0, 2.0])
    half = replace(a, resampled=np.where(np.arange(10)[:, None] < 5, a.resampled, np.log(8.0)))
    (pair,) = make_pairs(SECONDS, {"clone": half, "dagger": replace(b, together=np.log([2.0, 2.0, 2.0, 1.5]))})
    assert pair["share_crossing"] == 0.5
    assert not pair["settled"]
    assert "50 % of resamples" in pair["said"]


def test_seconds_of_shift_and_rotate_are_worth_those_in_which_the_clone_is_as_good():
    twin = lines([2.0, 1.0, 0.5, 0.0])
    worth = make_worth(SECONDS, {"clone": lines([8.0, 4.0, 2.0, 1.0]), "shift-rotate": twin})
    assert (worth["from_s"], worth["at_s"]) == (5.0, pytest.approx(20.0))
    never = make_worth(SECONDS, {"clone": lines([8.0, 8.0, 8.0, 8.0]), "shift-rotate": twin})
    assert (never["at_s"], never["per_seed_s"]) == (None, [None, None])


def test_the_road_that_is_shown_is_the_clone_s_median_one():
    part = {"points": [{"interventions": [5, 0, 9]}, {"interventions": [1, 2, 9]}]}
    assert typical_road({"clone": [part, part]}) == 0


def test_no_curve_of_a_single_drive():
    with pytest.raises(InputError, match="data-efficiency: it takes a seed, and two drives"):
        replace(SMALL, course=Course(dagger.Config(num_rounds=1)))


Told = tuple[Path, list[Progress], Finished]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("lesson") / "data-efficiency"
    *progress, end = data_efficiency.run(ONE_SEED, folder)
    assert isinstance(end, Finished)
    return folder, [news for news in progress if isinstance(news, Progress)], end


@pytest.mark.slow
def test_the_page_needs_nothing_from_outside(told: Told):
    text = (told[0] / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|poster|srcset)=["'](?!data:)""", text)
    assert not re.search(r"https?://(?!www.w3.org)|@import|<script|<link[^>]+stylesheet", text)
    assert text.count("<svg") == 3
    assert not re.search(r"\bnan\b|>none</t[dh]|undefined", text.lower())


@pytest.mark.slow
def test_stages_are_told_and_the_result_is_strict(told: Told):
    folder, progress, end = told
    for stage in data_efficiency.STAGES:
        shares = [news.share for news in progress if news.stage == stage]
        assert shares == sorted(shares), stage
        assert (shares[0], shares[-1]) == (0.0, 1.0), stage
    text = (folder / "result.json").read_text(encoding="utf-8")
    result = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert result["headline"] == end.headline
    assert result["seeds"] == [1000]
    assert not result["bars"][0]["met"], "one seed and four seconds are less than what is asked"
    for method in result["methods"].values():
        assert method["num_labels"] == method["steps"] == 40
        assert method["learning_cpu_s"] > 0.0
    assert (result["methods"]["clone"]["expert_steps"], result["methods"]["dagger"]["expert_steps"]) == (40, 10)


@pytest.mark.slow
def test_stopped_and_resumed_is_as_if_never_stopped(told: Told, tmp_path: Path):
    story = data_efficiency.run(ONE_SEED, tmp_path / "stopped")
    assert isinstance(story, Generator)
    while not list((tmp_path / "stopped").glob("parts/*point-2.json")):
        next(story)
    story.close()
    *_, resumed = data_efficiency.run(ONE_SEED, tmp_path / "stopped", resume=True)
    assert isinstance(resumed, Finished)
    assert numbers(resumed.result) == numbers(told[2].result)
    assert json.loads((told[0] / "lesson.json").read_text())["settings"]["seed"] == asdict(ONE_SEED)["seed"]
