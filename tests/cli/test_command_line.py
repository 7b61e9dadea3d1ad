"""The command line as a person meets it: help, complaints of one line, exit codes, nothing overwritten."""

import errno
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import get_type_hints

import pytest

from drive_sim import cli
from drive_sim.cli import errors, options
from drive_sim.cli.command import Result
from drive_sim.cli.commands import COMMANDS
from drive_sim.cli.outputs import output_folder
from drive_sim.errors import InputError
from drive_sim.sim import suites

ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, str(ROOT / "run_sim.py")]
Complaint = Callable[[list[str]], str]


def test_help_is_given_to_whoever_types_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in COMMANDS)


@pytest.mark.parametrize("command", list(COMMANDS))
def test_help_of_every_command_teaches_by_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([command, "--help"])
    text = capsys.readouterr().out
    assert left.value.code == 0
    assert f"{options.program()} {command}" in text.split("examples:")[1]
    assert all(option in text for option in ("--seed", "--json", "--debug"))


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_argument_reaches_its_command(command: str) -> None:
    parser = ArgumentParser()
    COMMANDS[command].add_arguments(parser)
    options.add_shared(parser)
    typed = {action.dest for action in parser._actions} - {"help"}
    received = fields_of(COMMANDS[command].arguments)
    assert received <= typed
    assert typed - received <= {"json", "debug", "seed"}


def fields_of(record: type) -> set[str]:
    """The names of a record's fields, and of the records in it."""
    names: set[str] = set()
    for name, kind in get_type_hints(record).items():
        names |= fields_of(kind) if isinstance(kind, type) and is_dataclass(kind) else {name}
    return names


def test_names_in_the_help_are_the_real_ones() -> None:
    from drive_sim.policies.networks import NETWORKS

    assert set(options.SUITES) == set(suites.SUITE_NAMES)
    assert set(options.NETWORKS) == set(NETWORKS)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["evalute", "expert"], "evaluate"),
        (["evaluate", "exprt"], "expert"),
        (["evaluate", "expert", "--suite", "heldout"], "held-out"),
        (["evaluate", "expert", "--speed", "onw"], "own"),
        (["train", "nowhere", "--network", "pilotnett"], "pilotnet"),
        (["train", "nowhere", "--augment", "shift_rotate"], "shift-rotate"),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_the_near_name(
    arguments: list[str], hint: str, complaint: Complaint
) -> None:
    assert f"did you mean {hint}" in complaint(arguments)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["train", "nowhere"], "nowhere"),
        (["train", "empty.csv", "--camera", "nowhere.json"], "cannot read nowhere.json"),
        (["train", "empty.csv"], "calibrate"),
        (["calibrate", "empty.csv"], "empty.csv"),
        (["evaluate", "folder/nothing"], "folder/nothing"),
        (["evaluate", "expert", "--distance", "-1"], "--distance"),
        (["evaluate", "expert", "--turning-radius", "1"], "--turning-radius"),
        (["record", "--seconds", "nan"], "--seconds"),
        (["record", "--seed", "-1"], "--seed"),
        (["record", "--track", "nowhere.csv"], "nowhere.csv"),
        (["record", "--track", "folder"], "folder"),
        (["record", "--out", "empty.csv"], "empty.csv"),
        (["record", "--out", "folder"], "folder"),
        (["record", "--json", "empty.csv"], "empty.csv"),
        (["record", "--json", "nowhere/scores.json"], "no folder nowhere"),
        (["calibrate", "log", "--out", "empty.csv"], "--out"),
        (["calibrate", "log", "--out", "nowhere/camera.json"], "no folder nowhere"),
        (["watch", "folder/nothing"], "folder/nothing"),
        (["home", "--size", "3x4"], "640x360"),
        (["drive", "--out", "folder"], "folder"),
        (["drive", "--frame-log", "empty.csv"], "empty.csv"),
    ],
)
def test_bad_input_is_named_in_one_line(
    arguments: list[str], word: str, empty_folder: Path, complaint: Complaint
) -> None:
    (empty_folder / "empty.csv").touch()
    (empty_folder / "folder").mkdir()
    (empty_folder / "folder" / "mine.txt").write_text("precious")
    assert word in complaint(arguments)
    assert (empty_folder / "folder" / "mine.txt").read_text() == "precious"
    assert (empty_folder / "empty.csv").read_text() == ""


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EISDIR, errno.EROFS])
def test_a_disk_that_refuses_is_bad_input(code: int, monkeypatch: pytest.MonkeyPatch, complaint: Complaint) -> None:
    def refuse(args: object) -> Result:
        raise OSError(code, os.strerror(code), "some/file")

    monkeypatch.setitem(COMMANDS, "record", replace(COMMANDS["record"], run=refuse))
    assert "some/file" in complaint(["record"])


def test_a_fault_of_ours_is_no_traceback_either(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(args: object) -> Result:
        raise KeyError("left\nright")

    monkeypatch.setitem(COMMANDS, "record", replace(COMMANDS["record"], run=fail))
    assert cli.main(["record"]) == 1
    text = capsys.readouterr().err
    assert "--debug" in text
    assert text.count("\n") == 1
    with pytest.raises(KeyError):
        cli.main(["record", "--debug"])


def test_a_python_without_our_packages_is_told_what_to_do() -> None:
    run = subprocess.run([sys.executable, "-S", *RUN[1:], "record"], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "make setup" in run.stderr


def test_a_module_of_ours_that_is_missing_is_a_fault_of_ours() -> None:
    text, exit_code = errors.summary(ModuleNotFoundError("No module named 'drive_sim.it'", name="drive_sim.it"))
    assert exit_code == 1
    assert "a fault of ours" in text


def test_a_reader_that_goes_away_is_no_fault() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*RUN, "--help"], stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert "Traceback" not in done.stderr


def test_two_runs_do_not_share_a_folder(recording: Path, complaint: Complaint) -> None:
    code = "from drive_sim import files; files.claim(files.new_folder(files.Path('out')), ''); print(1, flush=True)"
    other = subprocess.Popen([sys.executable, "-c", f"{code}; input()"], stdin=-1, stdout=-1)
    try:
        assert other.stdout is not None and other.stdout.readline()
        assert "another run" in complaint(["train", str(recording), "--out", "out"])
    finally:
        other.kill()
        other.communicate()


@pytest.mark.parametrize("option", ["--json", "--out"])
def test_a_place_that_takes_no_file_is_said_before_the_work(
    option: str, empty_folder: Path, monkeypatch: pytest.MonkeyPatch, complaint: Complaint
) -> None:
    def refuse(**where: Path) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert "cannot write x: Permission denied" in complaint(["record", "--seconds", "9999", option, "x"])
    assert not list(empty_folder.rglob("*.arrow"))


@pytest.mark.parametrize("out", [None, Path("deep/down/here"), Path("there")])
def test_where_nothing_was_made_no_folder_stays(out: Path | None, empty_folder: Path) -> None:
    """And what was there before does, as does what has something in it."""
    Path("there").mkdir()
    for error in (InputError, KeyboardInterrupt):
        with pytest.raises(error), output_folder(out, "reward") as folder:
            assert folder.is_dir()
            raise error
        assert list(empty_folder.rglob("*")) == [empty_folder / "there"]
    with pytest.raises(InputError), output_folder(out, "reward") as folder:
        (folder / "model").mkdir()
        raise InputError("too late")
    assert (folder / "model").is_dir()


def test_the_next_run_gets_the_next_number() -> None:
    for _ in range(2):
        assert cli.main(["record", "--seconds", "0.2"]) == 0
    assert sorted(path.name for path in Path("runs").iterdir()) == ["record-001", "record-002"]
