"""Where results go: what cannot be written to is refused before the work, and what can is filled whatever it is."""

import errno
import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from drive_sim import cli, files
from drive_sim.cli import train_trials
from drive_sim.cli.outputs import check_new_file, write_result
from drive_sim.lessons.kit import part_store
from drive_sim.lessons.kit.lesson import SeedConfig

Complaint = Callable[[list[str]], str]
ROUNDS = "--network linear --rounds 1"
INTO_FOLDERS = {
    "record": "record --seconds 0.3",
    "train": "train RECORDING --network small --steps 1",
    "dagger": f"train --method dagger {ROUNDS}",
    "smile": f"train --method smile {ROUNDS}",
    "gail": "train RECORDING --method gail --rounds 1",
    "sqil": "train RECORDING --method sqil --rounds 1",
    "iq-learn": "train RECORDING --method iq-learn --rounds 1",
    "reward": "reward DRIVE --no-film",
    "lesson": "lesson reward-exercise --quick",
    "lessons": "lesson --all --quick",
    "demo": "demo --headless",
    "drive": "drive --frames 1",
    "grade": "grade MODEL",
    "assignment": "assignment dagger",
}
"""Everything that takes --out DIR."""
PLACES = (".", "link", "read-only/empty", "deep/in/there")
SMALL = {"record": PLACES, "train": PLACES, "dagger": (".",), "smile": ("link",), "gail": PLACES, "reward": ("link",)}
"""Those that run whole in a moment, and where; of the others only the refusals are tried here."""
INTO_FILES = {
    "evaluate": "evaluate expert --distance 0.01 --json",
    "export": "export MODEL",
    "calibrate": "calibrate RECORDING --out",
    "frame-log": "watch MODEL --frames 1 --frame-log",
    "record": "record --seconds 0.3 --json",
    "lesson": "lesson reward-exercise --quick --json",
    "demo": "demo --headless --json",
    "page": "page --out",
}
WORK = {
    "drive_sim.data.rollout": ("record",),
    "drive_sim.learn.bc": ("train",),
    "drive_sim.learn.resume": ("kept_rounds",),
    "drive_sim.learn.kept_trials": ("kept_trials",),
    "drive_sim.irl.learned_reward": ("learn",),
    "drive_sim.lessons.catalogue": ("run_lesson", "begin_all"),
    "drive_sim.lessons.first_drive.first_drive": ("run",),
    "drive_sim.cli.window": ("has_display",),
    "drive_sim.assignments.folder": ("write_folder",),
    "drive_sim.evaluate": ("drive",),
    "drive_sim.evaluate.grading": ("make_graded_suite",),
    "drive_sim.policies.onnx_export": ("export_onnx",),
    "drive_sim.data.formats.known": ("read_drive",),
    "drive_sim.report.play.page": ("play_page",),
}
"""Where each command's work begins."""


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that begins is a fault, which ends with 1."""

    def begun(*args: object, **named: object) -> Any:
        raise AssertionError("the work began")

    for module, names in WORK.items():
        for name in names:
            monkeypatch.setattr(importlib.import_module(module), name, begun)
    monkeypatch.setattr("drive_sim.cli.window.has_display", lambda: True)


@pytest.fixture(scope="module")
def drive(recording: Path) -> Path:
    """A recording that is long enough to read a reward from."""
    folder = recording.parent / "drive"
    assert cli.main(["record", "--seconds", "8", "--seed", "3", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def typed(recording: Path, drive: Path, model: Path) -> Callable[[str], list[str]]:
    """A line as arguments."""
    given = {"RECORDING": str(recording), "DRIVE": str(drive), "MODEL": str(model)}
    return lambda line: [given.get(word, word) for word in line.split()]


@contextmanager
def another_run(folder: Path) -> Iterator[None]:
    """A run in another process that has taken a folder for itself."""
    code = f"from drive_sim import files; files.claim(files.Path({str(folder)!r}), ''); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1) as other:
        assert other.stdout is not None and other.stdout.readline()
        yield
        other.kill()


@pytest.mark.usefixtures("no_work")
def test_a_folder_that_cannot_be_filled_is_refused_before_the_work(
    typed: Callable[[str], list[str]], complaint: Complaint, empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "full").mkdir()
    (empty_folder / "full" / "mine.txt").write_text("precious")
    (empty_folder / "nowhere").symlink_to("not/there")
    (empty_folder / "theirs").mkdir()
    with another_run(empty_folder / "theirs"):
        for line in INTO_FOLDERS.values():
            for out, why in (("full", "not empty"), ("full/mine.txt", "is a file"), ("theirs", "another run")):
                assert why in complaint([*typed(line), "--out", out])
            assert "nowhere" in complaint([*typed(line), "--out", "nowhere"])
    assert (empty_folder / "full" / "mine.txt").read_text() == "precious"

    def refuse(**where: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    for line in INTO_FOLDERS.values():
        for out in ("theirs", "new"):
            assert "Read-only file system" in complaint([*typed(line), "--out", out])


@pytest.mark.usefixtures("no_work")
def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    typed: Callable[[str], list[str]], complaint: Complaint, empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "there.onnx"
    (empty_folder / name).write_text("precious")
    (empty_folder / "link.onnx").symlink_to("not-there")
    for line in INTO_FILES.values():
        assert "nothing is overwritten" in complaint([*typed(line), name])
        assert "nothing is overwritten" in complaint([*typed(line), "link.onnx"])
        assert "no folder gone" in complaint([*typed(line), "gone/x.onnx"])

    def refuse(**where: Path) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    for line in INTO_FILES.values():
        assert "Permission denied" in complaint([*typed(line), "x.onnx"])
    assert (empty_folder / name).read_text() == "precious"


@pytest.mark.parametrize(("name", "place"), [(name, place) for name, places in SMALL.items() for place in places])
def test_a_place_that_can_be_written_is_filled_whatever_it_is(
    name: str,
    place: str,
    typed: Callable[[str], list[str]],
    empty_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for size in ("NUM_CARS", "NUM_ROADS"):
        monkeypatch.setattr(train_trials, size, 1)
    monkeypatch.setattr(train_trials, "TICKS_PER_ROUND", 10)
    for folder in ("target", "read-only/empty", "here"):
        (empty_folder / folder).mkdir(parents=True)
    (empty_folder / "link").symlink_to(empty_folder / "target")
    (empty_folder / "read-only").chmod(0o555)
    if place == ".":
        os.chdir("here")
    before = Path(place).stat().st_ino if Path(place).exists() else None
    assert cli.main([*typed(INTO_FOLDERS[name]), "--out", place, "--json", str(empty_folder / "x.json")]) == 0
    assert any(path.suffix in (".arrow", ".safetensors") for path in Path(place).rglob("*"))
    assert before in (None, Path(place).stat().st_ino), "filled, not replaced"


@pytest.mark.usefixtures("no_work")
def test_a_board_that_cannot_be_written_leaves_no_folder(
    typed: Callable[[str], list[str]], complaint: Complaint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**where: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert "No space left" in complaint([*typed(INTO_FOLDERS["gail"]), "--tensorboard", "board"])


@pytest.mark.parametrize("link", [False, True])
def test_a_lesson_begins_in_an_empty_folder_whatever_it_is(link: bool, empty_folder: Path) -> None:
    (empty_folder / "target").mkdir()
    if link:
        (empty_folder / "link").symlink_to("target")
    part_store.open_folder(empty_folder / ("link" if link else "target"), "smile", SeedConfig(0, 2), resume=False)
    assert (empty_folder / "target" / "lesson.json").is_file()
    files.release(empty_folder / "target" / "lesson.json")


def test_a_result_whose_name_was_taken_meanwhile_is_written_beside(
    empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path("scores.json")
    check_new_file(path, "--json")
    path.write_text("somebody else's")
    Path("scores-2.json").symlink_to("nowhere")
    assert write_result(path, {"ours": 1}) == Path("scores-3.json")
    assert path.read_text() == "somebody else's"
    assert '"ours": 1' in Path("scores-3.json").read_text()
    assert "the result is in scores-3.json" in capsys.readouterr().err
