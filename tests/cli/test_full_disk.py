"""A disk that is full at any write: one line, exit 2, and nothing that is half under its final name."""

import errno
import os
from pathlib import Path

import pytest

from drive_sim import cli
from drive_sim.cli import train_trials
from tests.endurance.whole_files import check_whole, named

LINES = {
    "record": "record --seconds 2.5 --out out --json x.json",
    "train": "train RECORDING --network small --steps 1 --out out --json x.json",
    "dagger": "train --method dagger --network linear --rounds 1 --out out",
    "gail": "train RECORDING --method gail --rounds 1 --out out",
    "export": "export MODEL x.onnx",
    "evaluate": "evaluate expert --distance 0.01 --json x.json",
}
WRITES = {"record": 6, "train": 4, "dagger": 8, "gail": 8, "export": 1, "evaluate": 1}
"""About how often each puts something through to the disk."""


@pytest.mark.parametrize(
    ("name", "number"), [(name, n) for name, most in WRITES.items() for n in sorted({1, most // 3 + 1, most})]
)
def test_a_disk_that_is_full_at_some_write(
    name: str,
    number: int,
    recording: Path,
    model: Path,
    empty_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for size in ("NUM_CARS", "NUM_ROADS"):
        monkeypatch.setattr(train_trials, size, 1)
    monkeypatch.setattr(train_trials, "TICKS_PER_ROUND", 10)
    whole, calls = os.fsync, []

    def full(file: int) -> None:
        calls.append(file)
        if len(calls) >= number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(file)

    given = {"RECORDING": str(recording), "MODEL": str(model)}
    monkeypatch.setattr(os, "fsync", full)
    exit_code = cli.main([given.get(word, word) for word in LINES[name].split()])
    last = capsys.readouterr().err.splitlines()[-1]
    assert exit_code == (2 if len(calls) >= number else 0), last
    assert exit_code == 0 or "No space left on device" in last
    check_whole(empty_folder)
    assert not list(empty_folder.rglob(".*")), "no part file stays"
    assert not (empty_folder / "out").exists() or list(named(empty_folder / "out")), "no empty folder stays"
