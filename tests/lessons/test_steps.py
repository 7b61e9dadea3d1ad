"""A lesson's steps: what is there is not done again, what is missing or damaged is told or made anew."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drive_sim import files
from drive_sim.errors import InputError
from drive_sim.lessons import cells
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part
from drive_sim.lessons.steps import run_parts
from drive_sim.lessons.story import Finished, Progress


@dataclass(frozen=True, slots=True)
class Config(Seeded):
    """Two seeds, quickly."""

    num_seeds: int = 2
    quick: bool = True


def count(seed: int) -> cells.Work:
    yield Progress("count", 0.5, "half")
    return {"number": 10 + seed}


def conclude(config: Config, found: Found, folder: Path) -> dict[str, Any]:
    numbers = [part["number"] for part in found["count"]]
    files.write_text(folder / "report.html", f"{numbers}")
    return {"headline": f"{sum(numbers)} of {config.num_seeds}"}


def run(folder: Path, *, resume: bool = False) -> list[Progress | Finished]:
    config = Config()
    parts = [Part("count", f"seed {seed}", count, (seed,)) for seed in config.seeds]
    return list(run_parts("counting", config, folder, parts, lambda *_: "counted", conclude, resume=resume))


def test_a_page_that_was_deleted_is_made_again_and_the_result_stays(tmp_path: Path):
    folder = tmp_path / "run"
    *_, end = run(folder)
    assert isinstance(end, Finished)
    assert end.headline == "21 of 2"
    assert cells.finished_result(folder) == {"headline": "21 of 2"}
    before = (folder / "result.json").stat()
    (folder / "report.html").unlink()
    assert cells.finished_result(folder) is None
    run(folder, resume=True)
    assert (folder / "report.html").read_text(encoding="utf-8") == "[10, 11]"
    assert (folder / "result.json").stat().st_mtime_ns == before.st_mtime_ns


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
        cells.begun(tmp_path)
