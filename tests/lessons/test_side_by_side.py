"""Parts are functions of a module, so that other processes can find them."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.lessons import cells as part_store
from drive_sim.lessons.kit.progress import Progress
from drive_sim.lessons.side_by_side import Found, Part, kept_side_by_side


def draw(seed: int, marks: Path) -> part_store.Work:
    """Leaves a mark each time it is done."""
    yield Progress("draw", 0.5, "half")
    (marks / f"{seed}-{len(list(marks.iterdir()))}").touch()
    return {"number": np.random.default_rng(seed).random(2)}


def refuse(seed: int, marks: Path) -> part_store.Work:
    yield Progress("refuse", 0.0, "")
    raise InputError(f"no part {seed}")


def parts_of(marks: Path, work: Any = draw) -> list[Part]:
    return [Part(stage, f"seed {seed}", work, (seed, marks)) for stage in ("a stage", "b") for seed in (3, 4)]


def run(folder: Path, parts: list[Part], num_workers: int) -> tuple[list[Progress], Found]:
    progress, story = [], kept_side_by_side(folder, parts, num_workers=num_workers)
    while True:
        try:
            progress.append(next(story))
        except StopIteration as end:
            return progress, end.value


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    (tmp_path / "marks").mkdir()
    return tmp_path / "marks"


def test_two_processes_find_what_one_finds_and_each_part_is_done_once(tmp_path: Path, marks: Path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    _, one = run(tmp_path / "one", parts_of(marks), 1)
    progress, two = run(tmp_path / "two", parts_of(marks), 2)
    assert [found["number"] for found in one["a stage"]] == [found["number"] for found in two["a stage"]]
    assert one["a stage"][0]["number"] == np.random.default_rng(3).random(2).tolist()
    assert (tmp_path / "two" / "parts" / "a-stage-seed-3.json").exists()
    for stage in ("a stage", "b"):
        shares = [news.share for news in progress if news.stage == stage]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
    assert len(list(marks.iterdir())) == 8
    again, read = run(tmp_path / "two", parts_of(marks), 2)
    assert read == two
    assert [(news.stage, news.share) for news in again] == [("a stage", 1.0), ("b", 1.0)]
    assert len(list(marks.iterdir())) == 8


def test_a_part_that_is_refused_stops_the_lesson_with_its_line(tmp_path: Path, marks: Path):
    with pytest.raises(InputError, match="no part 3"):
        run(tmp_path, parts_of(marks, refuse), 1)


def nap(seed: int, marks: Path) -> part_store.Work:
    """Takes a while, so that somebody can be killed meanwhile."""
    for step in range(20):
        time.sleep(0.05)
        yield Progress("nap", step / 20.0, "")
    (marks / f"{seed}-{len(list(marks.iterdir()))}").touch()
    return {"number": np.random.default_rng(seed).random(2)}


@pytest.mark.slow
def test_a_lesson_whose_process_is_killed_goes_on_with_what_it_had(tmp_path: Path, marks: Path):
    """Parent killed by the system, not asked to end: its children end on their own, finished parts stay."""
    folder = tmp_path / "killed"
    folder.mkdir()
    code = (
        "from pathlib import Path\nfrom tests.lessons.test_side_by_side import nap, parts_of, run\n"
        f"if __name__ == '__main__':\n    run(Path({str(folder)!r}), parts_of(Path({str(marks)!r}), nap), 2)\n"
    )
    (tmp_path / "lesson.py").write_text(code, encoding="utf-8")
    root = Path(__file__).parents[2]
    victim = subprocess.Popen([sys.executable, str(tmp_path / "lesson.py")], env=os.environ | {"PYTHONPATH": str(root)})
    deadline_s = time.monotonic() + 60.0
    while not list(folder.glob("parts/*.json")):
        assert time.monotonic() < deadline_s, "no part was finished"
        time.sleep(0.02)
    victim.kill()
    victim.wait()
    kept = {path.name: path.read_bytes() for path in folder.glob("parts/*.json")}
    assert len(kept) < 4
    _, found = run(folder, parts_of(marks, nap), 2)
    assert all((folder / "parts" / name).read_bytes() == content for name, content in kept.items())
    (tmp_path / "whole").mkdir()
    _, whole = run(tmp_path / "whole", parts_of(marks, nap), 2)
    assert [part["number"] for part in found["b"]] == [part["number"] for part in whole["b"]]


def test_a_part_that_another_process_finished_meanwhile_is_read(tmp_path: Path):
    def late() -> part_store.Work:
        yield Progress("late", 0.0, "")
        (tmp_path / "parts" / "late.json").write_text('{"number": 3, "commit": "abc"}', encoding="utf-8")
        return {"number": 4}

    (tmp_path / "parts").mkdir()
    work = part_store.kept(tmp_path, "late", late())
    while True:
        try:
            next(work)
        except StopIteration as end:
            assert end.value["number"] == 3
            return
