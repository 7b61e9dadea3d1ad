"""What the tests of the command line share: an empty folder each, a recording, a model, and complaints of one line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from drive_sim import cli


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command starts in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded") / "recording"
    assert cli.main(["record", "--seconds", "4", "--seed", "3", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def model(recording: Path) -> Path:
    folder = recording.parent / "model"
    arguments = ["train", str(recording), "--network", "small", "--steps", "3", "--out", str(folder)]
    assert cli.main(arguments) == 0
    return folder


@pytest.fixture
def complaint(capsys: pytest.CaptureFixture[str], empty_folder: Path) -> Callable[[list[str]], str]:
    """What a refused command says; that it is refused politely, and leaves nothing behind, is checked here."""

    def refused(arguments: list[str]) -> str:
        before = set(empty_folder.rglob("*"))
        try:
            exit_code = cli.main(arguments)
        except SystemExit as left:
            exit_code = left.code
        text = capsys.readouterr().err
        assert exit_code == 2
        assert set(empty_folder.rglob("*")) == before, "what is refused leaves no folder behind"
        assert text.endswith("\n") and text.count("\n") == 1, f"one line is wanted, got {text!r}"
        return text

    return refused
