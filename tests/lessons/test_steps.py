"""A lesson's steps: what is there is not done again, what is missing or damaged is told or made anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drive_sim import files
from drive_sim.errors import InputError
from drive_sim.lessons import cells as part_store
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part
from drive_sim.lessons.steps import run_parts


@dataclass(frozen=True, slots=True)
class Config(Seeded):
    """Two seeds, quickly."""

    num_seeds: int = 2
    quick: bool = True


def count(seed: int) -> part_store.Work:
    yield Progress("count", 0.5, "half")
    return {"number": 10 + seed}


def make_result(config: Config, found: Found, *, name: str) -> dict[str, Any]:
    return {"headline": f"{name}: {sum(numbers(found))} of {config.num_seeds}"}


def write_page(_config: Config, found: Found, _result: Mapping[str, Any], folder: Path) -> None:
    files.write_text(folder / "report.html", f"{numbers(found)}")


def numbers(found: Found) -> list[int]:
    return [part["number"] for part in found["count"]]


def run(folder: Path, *, resume: bool = False) -> list[Progress | Finished]:
    config = Config()
    parts = [Part("count", f"seed {seed}", count, (seed,)) for seed in config.seeds]
    story = run_parts("counting", config, folder, parts, lambda *_: "counted", make_result, write_page, resume=resume)
    return list(story)


@pytest.mark.parametrize(("missing", "other"), [("report.html", "result.json"), ("result.json", "report.html")])
def test_of_page_and_result_the_one_that_is_missing_is_made_and_the_other_stays(
    tmp_path: Path, missing: str, other: str
):
    folder = tmp_path / "run"
    *_, end = run(folder)
    assert isinstance(end, Finished)
    assert end.headline == "counting: 21 of 2"
    assert part_store.finished_result(folder) == {"headline": "counting: 21 of 2"}
    made, kept = (folder / missing).read_bytes(), (folder / other).stat()
    (folder / missing).unlink()
    assert part_store.finished_result(folder) is None
    run(folder, resume=True)
    assert (folder / missing).read_bytes() == made
    assert (folder / other).stat().st_mtime_ns == kept.st_mtime_ns


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"number": 3'])
def test_a_damaged_part_is_told_before_any_other_is_done(tmp_path: Path, text: str):
    folder = tmp_path / "run"
    run(folder)
    for name in ("report.html", "result.json", "parts/count-seed-0.json"):
        (folder / name).unlink()
    (folder / "parts" / "count-seed-1.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"count-seed-1\.json is damaged; delete it and resume"):
        run(folder, resume=True)
    assert not (folder / "parts" / "count-seed-0.json").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "damaged; begin anew"),
        ('{"lesson": "counting", "settings": {}}', "does not say"),
        ('{"lesson": "counting", "settings": {"seed": "a", "quick": true}}', "does not say"),
        ('{"settings": {"seed": 0, "quick": true}}', "does not say"),
    ],
)
def test_a_note_of_what_was_begun_that_is_damaged_is_told(tmp_path: Path, text: str, said: str):
    (tmp_path / "lesson.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        part_store.begun(tmp_path)
