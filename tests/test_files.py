import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from drive_sim import files
from drive_sim.errors import InputError


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path):
    folder = files.new_folder(tmp_path / "a" / "b")
    assert files.new_folder(folder) == folder
    (folder / "x").touch()
    with pytest.raises(InputError, match="not empty"):
        files.new_folder(folder)
    with pytest.raises(InputError, match="is a file"):
        files.new_folder(folder / "x")
    with pytest.raises(InputError, match=r"cannot write .* a part of that path is a file"):
        files.new_folder(folder / "x" / "y")


def test_a_folder_that_takes_no_file_is_refused_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(**where: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(files.tempfile, "TemporaryFile", refuse)
    with pytest.raises(InputError, match=r"cannot write .*: Read-only file system; choose a place"):
        files.new_folder(tmp_path)


def test_a_disk_that_is_full_to_the_last_byte_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.tempfile, "TemporaryFile", lambda **where: Full())
    with pytest.raises(InputError, match=r"cannot write .*: No space left on device; free some space"):
        files.new_folder(tmp_path)


def test_a_name_that_was_taken_meanwhile_is_not_taken_away(tmp_path: Path):
    path = tmp_path / "x.txt"
    with pytest.raises(InputError, match="nothing is overwritten"), files.whole_file(path) as part:
        part.write_text("ours")
        path.write_text("theirs")
    assert [file.name for file in tmp_path.iterdir()] == ["x.txt"]
    assert path.read_text() == "theirs"


def test_file_systems_without_hard_links_take_whole_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*names: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    files.write_text(tmp_path / "x.txt", "whole")
    assert [file.read_text() for file in tmp_path.iterdir()] == ["whole"]


def test_without_hard_links_too_no_name_is_taken_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*names: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "part").write_text("ours")
    with pytest.raises(FileExistsError):
        files.take_name(tmp_path / "part", tmp_path / "theirs")
    assert (tmp_path / "theirs").read_text() == "theirs"


def test_numbered_folders_count_on(tmp_path: Path):
    assert files.numbered_folder(tmp_path / "runs", "demo").name == "demo-001"
    (tmp_path / "runs" / "demo-007").mkdir()
    (tmp_path / "runs" / "demo-last").mkdir()
    assert files.numbered_folder(tmp_path / "runs", "demo").name == "demo-008"


def test_a_file_is_whole_or_absent(tmp_path: Path):
    path = tmp_path / "x.txt"
    with pytest.raises(RuntimeError), files.whole_file(path) as part:
        part.write_text("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    files.write_text(path, "whole")
    with pytest.raises(InputError, match="nothing is overwritten"):
        files.write_text(path, "again")
    assert path.read_text() == "whole"


def test_a_full_disk_is_one_line(tmp_path: Path):
    with (
        pytest.raises(InputError, match=r"x\.txt: No space left on device; free some space") as caught,
        files.whole_file(tmp_path / "x.txt"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_json_is_strict(tmp_path: Path):
    value = {"a": np.float64("nan"), "b": np.arange(3), "c": (1.5, float("inf")), 4: np.bool_(True), "e": [np.int64(2)]}
    files.write_json(tmp_path / "x.json", value)
    text = (tmp_path / "x.json").read_text()
    assert "NaN" not in text
    assert json.loads(text) == {"a": None, "b": [0, 1, 2], "c": [1.5, None], "4": True, "e": [2]}


@pytest.mark.skipif(files.fcntl is None, reason="this system has no such locks")
def test_a_file_that_another_process_claims_is_refused_until_that_one_ends(tmp_path: Path):
    path = tmp_path / "note.json"
    path.write_text("{}")
    claim = f"from drive_sim import files; files.claim(files.Path({str(path)!r}), 'busy')"
    code = f"{claim}; print('held', flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(InputError, match="busy"):
            files.claim(path, "busy")
    finally:
        other.kill()
        other.communicate()
    files.claim(path, "busy")
    files.claim(path, "busy")  # once more does nothing
    os.close(files._CLAIMED.pop(path.resolve()))
