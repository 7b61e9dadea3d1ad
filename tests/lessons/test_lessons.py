"""What every lesson promises, held for each: its list entry, settings, page, result, and going on after a stop."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drive_sim.errors import InputError
from drive_sim.lessons.catalogue import LESSONS, run_lesson
from drive_sim.lessons.kit import runner
from drive_sim.lessons.kit.progress import Finished, Progress
from tests.browser import assert_fits, needs_browser
from tests.lessons.alvinn import small_alvinn
from tests.lessons.gail import small_gail, small_gail_on_the_road, small_perpendicular_start
from tests.lessons.irl import (
    small_deep_maxent,
    small_driving_styles,
    small_gridworld_2004,
    small_maxent_2008,
    small_reward_exercise,
    small_reward_on_the_road,
)
from tests.lessons.kart import small_kart
from tests.lessons.laws import assert_told_to_their_ends, shown_of_whole_page, strict_json
from tests.lessons.no_hands import small_no_hands
from tests.lessons.nvidia import small_nvidia
from tests.lessons.one_process import one_process
from tests.lessons.road import small_road
from tests.lessons.small import Small

SMALL: dict[str, Small[Any]] = {
    "alvinn-1989": small_alvinn.ALVINN_1989,
    "alvinn-on-the-fly": small_alvinn.ON_THE_FLY,
    "cascading-errors": small_road.CASCADING_ERRORS,
    "no-hands-1995": small_no_hands.NO_HANDS,
    "pilotnet-2016": small_nvidia.PILOTNET,
    "data-efficiency": small_road.DATA_EFFICIENCY,
    "recovery": small_road.RECOVERY,
    "any-road": small_road.ANY_ROAD,
    "tux-kart-2011": small_kart.TUX_KART,
    "smile": small_kart.SMILE,
    "saliency": small_nvidia.SALIENCY,
    "reward-exercise": small_reward_exercise.REWARD_EXERCISE,
    "driving-styles-2004": small_driving_styles.DRIVING_STYLES,
    "maxent-2008": small_maxent_2008.MAXENT_2008,
    "gridworld-2004": small_gridworld_2004.GRIDWORLD_2004,
    "deep-maxent": small_deep_maxent.DEEP_MAXENT,
    "reward-on-the-road": small_reward_on_the_road.REWARD_ON_THE_ROAD,
    "gail-2016": small_gail.GAIL_2016,
    "gail-on-the-road": small_gail_on_the_road.GAIL_ON_THE_ROAD,
    "perpendicular-start": small_perpendicular_start.PERPENDICULAR_START,
}
ROOT = Path(__file__).parents[2]
CHANGE = re.compile(r"""macro\.change\("([^"]+)",\s*(["'])(.+?)\2,\s*(["'])(.+?)\4\)""", re.DOTALL)
each_lesson = pytest.mark.parametrize("name", list(SMALL))
Run = tuple[Path, list[Progress], Finished]


def run(name: str, folder: Path, *, resume: bool = False) -> Run:
    *progress, finished = runner.run(
        LESSONS[name].load(), SMALL[name].config, folder, resume=resume, executor=one_process
    )
    assert isinstance(finished, Finished)
    return folder, [news for news in progress if isinstance(news, Progress)], finished


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Every lesson that a test has asked for, run once."""
    folder = tmp_path_factory.mktemp("lessons")

    class Runs(dict[str, Run]):
        def __missing__(self, name: str) -> Run:
            self[name] = run(name, folder / name)
            return self[name]

    return Runs()


@each_lesson
def test_it_has_settings_for_every_seed_and_two_lines_and_stages_for_runs_of_any_length(name: str):
    entry, lesson = LESSONS[name], LESSONS[name].load()
    whole, quick = lesson.config(3, quick=False), lesson.config(3, quick=True)
    assert whole.seeds == tuple(range(3, 3 + len(whole.seeds)))
    assert len(whole.seeds) >= 5
    assert (quick.seed, quick.quick, whole.quick) == (3, True, False)
    assert lesson.name == name
    assert all(20 < len(line) < 120 for line in (entry.published, entry.ours))
    assert not re.search(r"\d", " ".join(lesson.stages.values()))
    assert {part.stage for part in lesson.parts(whole)} <= set(lesson.stages)


@pytest.mark.parametrize(
    ("name", "wrong"), [(name, wrong) for name, small in SMALL.items() for wrong in small.refused], ids=str
)
def test_impossible_settings_are_refused(name: str, wrong: dict[str, float]):
    with pytest.raises(InputError, match=name):
        replace(SMALL[name].config, **wrong)


@each_lesson
def test_lines_to_change_stand_in_the_source(name: str):
    template = LESSONS[name].load().page.template.read_text(encoding="utf-8")
    changes = CHANGE.findall(template)
    assert changes
    assert len(changes) == template.count("macro.change(")
    for file, _, old, _, new in changes:
        source = " ".join((ROOT / file).read_text(encoding="utf-8").split())
        assert " ".join(old.split()) in source, f"{file} has no line {old}"
        assert old != new


@each_lesson
def test_its_text_does_not_depend_on_the_results(name: str):
    """Verdicts stand in claims; the text explains the mechanism."""
    template = LESSONS[name].load().page.template.read_text(encoding="utf-8")
    assert not re.search(r"{%-?\s*(if|elif|else)\b", template)
    assert "READING" not in template
    broken = re.findall(r"(?:\d|\}\})\s(?:%(?!\})|(?:m|s|km|cm|m/s|/km)\b)", template)
    assert not broken, "a line may end between a number and its unit: write &nbsp;"


@pytest.mark.slow
@each_lesson
def test_its_page_is_one_whole_file(name: str, runs: dict[str, Run]):
    small = SMALL[name]
    shown = shown_of_whole_page(runs[name][0] / "report.html", small.num_figures, has_script=small.has_script)
    rows = re.findall(r"<tr><th scope=.row.*?</tr>", shown, re.DOTALL)
    assert len(rows) > len(runs[name][2].result["claims"])


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("name", ["gail-2016", "no-hands-1995", "pilotnet-2016", "saliency"])
def test_on_a_phone_nothing_of_its_page_is_cut(name: str, runs: dict[str, Run], tmp_path: Path):
    assert_fits(runs[name][0] / "report.html", tmp_path)


@pytest.mark.slow
@each_lesson
def test_its_result_is_strict_json_and_its_stages_are_told_to_their_ends(name: str, runs: dict[str, Run]):
    folder, progress, finished = runs[name]
    assert_told_to_their_ends(LESSONS[name].stages, progress)
    result = strict_json(folder / "result.json")
    assert result["headline"] == finished.headline
    assert result["seeds"] == list(SMALL[name].config.seeds)
    assert all({"what", "got", "met", "published"} == set(claim) for claim in result["claims"])
    assert result["claims"]


@pytest.mark.slow
@each_lesson
def test_stopped_and_resumed_is_as_if_never_stopped(name: str, runs: dict[str, Run], tmp_path: Path):
    folder, small = tmp_path / "stopped", SMALL[name]
    story = runner.run(LESSONS[name].load(), small.config, folder, executor=one_process)
    while not list(folder.glob(f"parts/{small.stopped_after}*.json")):
        next(story)
    del story  # a generator that is thrown away is closed
    kept = {path: path.read_bytes() for path in folder.glob("parts/*.json")}
    assert numbers(run(name, folder, resume=True)[2]) == numbers(runs[name][2])
    assert all(path.read_bytes() == content for path, content in kept.items()), "nothing is done twice"
    assert {pattern: len(list(folder.glob(pattern))) for pattern in small.files} == small.files
    (again,) = run_lesson(name, runs[name][0], resume=True)
    assert isinstance(again, Finished)
    assert again.headline == runs[name][2].headline


def numbers(finished: Finished) -> str:
    """A result without what is not the same again."""
    same = {key: value for key, value in finished.result.items() if key != "time_claims"}
    bare = re.sub(r'"(\w+_)?cpu_s": (\[[^]]*\]|[^,}]+),?', "", json.dumps(same))
    return re.sub(r'"commit": (\[[^]]*\]|"[^"]*"),?', "", bare)


def test_every_lesson_is_held_to_this():
    assert set(SMALL) == set(LESSONS)
