"""What every lesson promises, as functions for the tests of each: `told` is run once a lesson, small."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drive_sim.lessons.catalogue import LESSONS, run_lesson
from drive_sim.lessons.kit.progress import Finished, Progress

Told = tuple[Path, list[Progress], Finished]


def tell(run: Callable[..., Any], config: Any, folder: Path) -> Told:
    """Run a lesson to its end."""
    *progress, finished = run(config, folder)
    return folder, progress, finished


def check_page(told: Told, least_figures: int) -> None:
    """One file, nothing from outside, no number that is none, no text that is still to be written."""
    text = (told[0] / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|poster|srcset)=["'](?!data:)""", text)
    assert not re.search(r"https?://(?!www.w3.org)|@import|<script|<link[^>]+stylesheet", text)
    assert text.count("<svg") >= least_figures
    shown = re.sub(r"base64,[^\"]*", "", text)
    assert not re.search(r"\bnan\b|>none</t[dh]|undefined", shown.lower())
    assert not re.search(r"\b(?:READING|CHANGES)\b", shown)


def check_result(told: Told) -> dict[str, Any]:
    """Stages are told from 0 to 1, the result is strict JSON and says what was asked, found and met."""
    folder, progress, finished = told
    for stage in LESSONS[finished.result["lesson"]].stages:
        shares = [news.share for news in progress if news.stage == stage]
        assert shares == sorted(shares), stage
        assert shares[-1] == 1.0, stage
    text = (folder / "result.json").read_text(encoding="utf-8")
    result = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert result["headline"] == finished.headline
    assert all({"what", "got", "met"} <= set(bar) for bar in result["bars"])
    return result


def check_resumed(told: Told, run: Callable[..., Any], config: Any, folder: Path) -> None:
    """Stopped after its first part and resumed, a lesson finds the same; what has come to its end is only told."""
    story = run(config, folder)
    while not list((folder / "parts").glob("*.json")):
        next(story)
    story.close()
    *_, resumed = run(config, folder, resume=True)
    assert numbers(resumed.result) == numbers(told[2].result)
    (again,) = run_lesson(told[2].result["lesson"], told[0], resume=True)
    assert isinstance(again, Finished)
    assert again.headline == told[2].headline


def numbers(result: dict[str, Any]) -> str:
    """A result without what is not the same again."""
    bare = re.sub(r'"(learning_)?cpu_s": [^,}]+,?', "", json.dumps(result))
    return re.sub(r'"commit": (\[[^]]*\]|"[^"]*"),?', "", bare)
