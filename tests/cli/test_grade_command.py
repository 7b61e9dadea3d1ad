"""`grade`, as a person meets it."""

import json
from pathlib import Path
from typing import Any

import pytest

from drive_sim import cli
from drive_sim.cli.grade import ROADS, seed_note
from drive_sim.evaluate.grading import DISTANCE_M
from drive_sim.report.grade_page import KINDS
from tests.policies.hostile_onnx import write_no_numbers, write_steering

SEED = "987654321987654321"


def without_times(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text())
    del found["execution_time"], found["extra_data"]["time_s"]
    return found


def test_every_kind_of_roads_has_words_and_a_length() -> None:
    assert set(ROADS) == set(DISTANCE_M) == set(KINDS)


@pytest.mark.slow
def test_the_same_file_gets_the_same_grade_and_the_seed_stays_the_graders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DISTANCE_M, "held-out", 300.0)
    file, outs = write_steering(tmp_path / "straight.onnx"), [tmp_path / "one", tmp_path / "two"]
    (tmp_path / "seed.txt").write_text(f"{SEED}\n")
    seeds = (["--seed", SEED, "--films", "1"], ["--seed-file", str(tmp_path / "seed.txt"), "--films", "0"])
    for out, seed in zip(outs, seeds, strict=True):
        typed = ["grade", str(file), "--num-roads", "1", "--points", "20", "--out", str(out), *seed]
        assert cli.main([*typed, "--json", f"{out}.json"]) == 0
    said = capsys.readouterr()
    one, two, also = (
        without_times(path) for path in (outs[0] / "results.json", outs[1] / "results.json", Path(f"{outs[0]}.json"))
    )
    assert one == two == also
    assert 0.0 <= one["score"] < 20.0 and one["extra_data"]["interventions"] > 0
    page = (outs[0] / "page.html").read_text()
    assert page.count("data:video/mp4") == len(list((outs[0] / "films").iterdir())) == 1
    for text in (said.out, said.err, page, json.dumps(one)):
        assert SEED not in text and str(tmp_path) not in text.replace(str(outs[0]), "").replace(str(outs[1]), "")


@pytest.mark.slow
def test_what_cannot_be_driven_gets_nothing_and_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = write_no_numbers(tmp_path / "none.onnx"), tmp_path / "graded"
    typed = ["grade", str(file), "--num-roads", "1", "--seed", SEED, "--out", str(out), "--json", f"{out}.json"]
    assert cli.main(typed) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and "no numbers" in said.err and "Traceback" not in said.err
    assert without_times(out / "results.json") == without_times(Path(f"{out}.json"))
    assert without_times(out / "results.json")["score"] == 0.0


def test_a_question_that_cannot_be_is_no_grade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "seed.txt").write_text(" \n")
    file = write_steering(tmp_path / "straight.onnx")
    for typed, said in (
        ([str(tmp_path / "missing.onnx"), "--seed", SEED], "No such file"),
        ([str(file), "--seed", SEED, "--roads", "any-tight"], "unknown kind of roads"),
        ([str(file), "--seed-file", str(tmp_path / "seed.txt")], "it is empty"),
        (["nosuch", "--seed", SEED], "unknown model 'nosuch': there are alvinn, "),
    ):
        assert cli.main(["grade", *typed, "--out", str(tmp_path / "graded")]) == 2
        complaint = capsys.readouterr().err
        assert said in complaint and "expert" not in complaint.replace("the expert", "")
        assert not (tmp_path / "graded").exists()


def test_a_short_seed_is_told(tmp_path: Path) -> None:
    assert "so short a seed" in str(seed_note(7, None))
    assert seed_note(int(SEED), None) is None and seed_note(0, tmp_path / "seed.txt") is None
