"""Terminals that are closed, full, cut off or know no letters, and places that have no name in letters."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from drive_sim.cli import terminal

ROOT = Path(__file__).resolve().parents[2]
RECORD = ["record", "--seconds", "0.2", "--out", "drive", "--json", "drive.json"]
NO_TEXT = "no-text-\udcff"
Complaint = Callable[[list[str]], str]

needs_a_shell = pytest.mark.skipif(os.name != "posix", reason="descriptors are closed by a shell")


def shell(arguments: list[str], rest: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process, with what a shell does to its streams."""
    line = " ".join([sys.executable, str(ROOT / "run_sim.py"), *arguments, rest])
    command = ["bash", "-o", "pipefail", "-c", line]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)


def check_recorded() -> None:
    assert len(list(Path("drive").glob("*.arrow"))) == 1
    assert json.loads(Path("drive.json").read_text())


@needs_a_shell
@pytest.mark.slow
@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full", "| true", "2>&1 | true"])
def test_work_is_done_and_nothing_complained_of_though_nobody_listens(streams: str) -> None:
    done = shell(RECORD, streams)
    assert done.returncode == 0
    assert set(done.stderr.splitlines()) <= {"recording: 0 s"}
    check_recorded()


@needs_a_shell
@pytest.mark.slow
def test_a_full_disk_under_standard_output_is_said_when_all_is_made() -> None:
    done = shell(RECORD, ">/dev/full")
    assert done.returncode == 2
    *_, line = done.stderr.splitlines()
    assert "standard output: No space left on device" in line
    assert "Exception ignored" not in done.stderr
    check_recorded()


@needs_a_shell
def test_the_first_line_of_a_long_help_is_read_in_silence() -> None:
    done = shell(["train", "--help"], "| head -1")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


@needs_a_shell
def test_a_terminal_without_our_letters_shows_their_codes() -> None:
    code = (
        "from drive_sim.cli import terminal; terminal.prepare(); print('weg-\\u00fc-\\udcff'); terminal.check_shown()"
    )
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"weg-\\xfc-\\udcff\n"), done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["record", "--out", NO_TEXT],
        ["record", "--json", f"{NO_TEXT}.json"],
        ["train", NO_TEXT],
        ["evaluate", NO_TEXT],
        ["record", "--track", NO_TEXT],
        [NO_TEXT],
    ],
)
def test_bytes_that_are_no_text_are_refused_before_the_work(arguments: list[str], complaint: Complaint) -> None:
    assert "'" in complaint(arguments)


def test_a_folder_whose_name_is_no_text_is_refused_before_the_work(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, complaint: Complaint
) -> None:
    try:
        (empty_folder / NO_TEXT).mkdir()
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    monkeypatch.chdir(empty_folder / NO_TEXT)
    assert "no text in utf-8" in complaint(["record", "--seconds", "0.2"])


@needs_a_shell
def test_a_folder_that_was_removed_is_told(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, complaint: Complaint
) -> None:
    (empty_folder / "gone").mkdir()
    monkeypatch.chdir(empty_folder / "gone")
    (empty_folder / "gone").rmdir()
    assert "the current folder is gone" in complaint(["record", "--seconds", "0.2"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["record", "--seconds", "1\n2"],
        ["record", "--what\never"],
        ["record", "--track", "a\nb"],
        ["evaluate", "one\ntwo"],
        ["train", "a\nb"],
        ["lesson", "a\nb"],
        ["a\nb"],
    ],
)
def test_a_line_break_in_an_argument_is_answered_in_one_line(arguments: list[str], complaint: Complaint) -> None:
    assert complaint(arguments)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\nb\t c", "a b c"),
        ("row \0\x1b[31m", r"row \x00\x1b[31m"),
        ("so \udcff", r"so \udcff"),
        ("Straße 30 °", "Straße 30 °"),
    ],
)
def test_what_is_said_can_be_read(text: str, said: str) -> None:
    assert terminal.readable(text) == said


def test_of_a_very_long_line_both_ends_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.tell("line 34 skipped: IMG" + 100_000 * "\0" + ": no such file")
    (line,) = capsys.readouterr().err.splitlines()
    assert len(line) < 1000 and line.startswith("line 34 skipped: IMG") and line.endswith(": no such file")
