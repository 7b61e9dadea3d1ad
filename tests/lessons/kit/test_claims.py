"""What a lesson says of its claims: met, missed, or not tested where a quick run is too small for them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from drive_sim.lessons import kit
from drive_sim.lessons.kit import runner
from drive_sim.lessons.kit.lesson import verdict
from drive_sim.lessons.kit.progress import Finished
from tests.lessons.kit import toy_lesson
from tests.lessons.kit.test_runner import in_this_process


@pytest.mark.parametrize("met", [True, False])
@pytest.mark.parametrize(("quick", "at_any_size", "is_tested"), [(0, 0, 1), (0, 1, 1), (1, 0, 0), (1, 1, 1)])
def test_a_quick_run_tests_only_what_holds_at_any_size(met: bool, quick: int, at_any_size: int, is_tested: int):
    told = kit.Claim("it holds", "it does", met, at_any_size=bool(at_any_size)).told(quick=bool(quick))
    assert told == {"what": "it holds", "got": "it does", "met": met if is_tested else None, "published": ""}
    assert verdict(told["met"]) == (("met" if met else "missed") if is_tested else "not tested")


@pytest.mark.parametrize("quick", [False, True])
def test_page_and_result_say_the_same_verdict(tmp_path: Path, quick: bool):
    settings = replace(toy_lesson.LESSON.quick, quick=quick)
    *_, end = runner.run(toy_lesson.LESSON, settings, tmp_path / "run", executor=in_this_process)
    assert isinstance(end, Finished)
    (claim,) = end.result["claims"]
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert re.findall(r'<td class="(?:met|missed|not-tested)">(.*?)</td>', page) == [verdict(claim["met"])]
    assert ("smaller than what these ask" in page) == quick == (claim["met"] is None)
