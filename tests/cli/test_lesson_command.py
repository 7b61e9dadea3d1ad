import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drive_sim import cli
from drive_sim.lessons import catalogue
from drive_sim.lessons.catalogue import LESSONS
from drive_sim.lessons.kit import part_store
from drive_sim.lessons.kit.executors import OpenExecutor
from drive_sim.lessons.kit.lesson import SeedConfig
from drive_sim.lessons.kit.progress import Finished, Progress


def test_without_a_name_the_lessons_are_listed(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    assert cli.main(["lesson", "--json", str(tmp_path / "list.json")]) == 0
    said = capsys.readouterr().out
    for name, entry in LESSONS.items():
        assert name in said
        assert entry.published.split()[0] in said
    assert set(json.loads((tmp_path / "list.json").read_text())["lessons"]) == set(LESSONS)


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (["tux-cart-2011"], "did you mean tux-kart-2011"),
        (["smile", "--all"], "not both"),
        (["--resume", "nowhere"], "no lesson was begun there"),
        (["smile", "--resume", "there", "--out", "here"], "leave --out away"),
        (["--resume", "there", "--seed", "3"], "leave --seed and --quick away"),
        (["--all", "--resume", "nowhere"], "no run of all lessons was begun there"),
        (["--quick"], "name a lesson"),
    ],
)
def test_what_cannot_be_run_is_one_line(
    argv: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lesson", *argv]) == 2
    said = capsys.readouterr().err.strip()
    assert complaint in said
    assert "\n" not in said
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"lesson": 3, "settings": {}}', '{"lesson": "old", "settings": {}}']
)
def test_a_lesson_that_cannot_be_read_is_one_line(text: str, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    (tmp_path / "lesson.json").write_text(text)
    assert cli.main(["lesson", "--resume", str(tmp_path)]) == 2
    assert "\n" not in capsys.readouterr().err.strip()


def test_all_lessons_stopped_go_on_with_their_seed_and_size(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in set(LESSONS) - {"tux-kart-2011"}:
        monkeypatch.delitem(LESSONS, name)
    monkeypatch.setattr(catalogue, "run_lesson", two_stages)
    folder = str(tmp_path / "all")
    assert cli.main(["lesson", "--all", "--quick", "--seed", "7", "--out", folder]) == 130
    assert f"lesson --resume {folder}" in capsys.readouterr().err
    assert cli.main(["lesson", "--resume", folder]) == 0
    assert "seed 7, quick: True" in capsys.readouterr().out


def two_stages(
    name: str, folder: Path, *, seed: int, quick: bool, resume: bool, executor: OpenExecutor
) -> Iterator[Progress | Finished]:
    """A lesson that is stopped in its second part unless it is resumed."""
    if resume:
        settings = part_store.begun(folder).settings
        seed, quick = settings.seed, settings.quick
    else:
        part_store.open_folder(folder, name, SeedConfig(seed, quick=quick), resume=False)
    yield Progress("clone", 1.0, "")
    if not resume:
        raise KeyboardInterrupt
    result = {
        "lesson": "tux-kart-2011",
        "config": {"quick": quick},
        "claims": [{"what": "a bar", "got": "a thing", "met": met} for met in (False, None)],
    }
    yield Finished(folder, f"seed {seed}, quick: {quick}", result)


def test_a_stopped_lesson_says_how_it_goes_on_and_does(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(catalogue, "run_lesson", two_stages)
    folder = str(tmp_path / "run")
    assert cli.main(["lesson", "tux-kart-2011", "--quick", "--seed", "7", "--out", folder]) == 130
    assert f"lesson --resume {folder}" in capsys.readouterr().err
    # Neither name, nor seed, nor quickness need be typed again.
    assert cli.main(["lesson", "--resume", folder]) == 0
    said = capsys.readouterr().out
    assert "seed 7, quick: True" in said
    assert "missed      a bar: a thing" in said
    assert "not tested  a bar: a thing" in said
    assert "a quick run is smaller" in said


IN_ALL = ("maxent-2008", "reward-exercise")
"""They take little, so it is they that `--all` runs, and nothing else does."""


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in LESSONS if name not in IN_ALL])
def test_every_lesson_runs_through_in_a_small_way(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lesson", name, "--quick", "--seed", "1000", "--out", "run", "--json", "run.json"]) == 0
    assert_told(name, tmp_path / "run", json.loads((tmp_path / "run.json").read_text(encoding="utf-8")))


@pytest.mark.slow
def test_all_lessons_are_run_into_a_folder_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for name in set(LESSONS) - set(IN_ALL):
        monkeypatch.delitem(LESSONS, name)
    assert cli.main(["lesson", "--all", "--quick", "--seed", "1000", "--out", "all", "--json", "all.json"]) == 0
    results = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert list(results) == list(LESSONS)
    for name, result in results.items():
        assert_told(name, tmp_path / "all" / name, result)


def assert_told(name: str, folder: Path, result: dict[str, Any]) -> None:
    """A lesson's result has its name and what was held against its bars, and its page is no empty one."""
    assert result["lesson"] == name
    assert result.get("claims", result.get("bars"))
    assert (folder / "report.html").stat().st_size > 10_000
