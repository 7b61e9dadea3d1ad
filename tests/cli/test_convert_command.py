"""`convert`: any recording becomes any other, whole or not at all; what is learned of it is what was recorded."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from drive_sim import cli
from drive_sim.cli.options import FORMATS
from drive_sim.data.calibrated_log import load_demonstrations
from drive_sim.data.formats import tub_writer
from drive_sim.data.formats.known import recognised


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "lerobot"])
def test_what_is_converted_is_learned_from(
    recording: Path, kind: str, empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["convert", str(recording), "there", "--to", kind, "--json", "said.json"]) == 0
    said = json.loads((empty_folder / "said.json").read_text())
    assert said["from"] == "drive-sim" and said["to"] == kind and said["rows"] == 40
    assert recognised(empty_folder / "there").name == kind
    assert "40 rows in 1 drive, is now there" in capsys.readouterr().out
    before, after = (load_demonstrations(path, None).demonstrations for path in (recording, empty_folder / "there"))
    assert after.camera == before.camera
    np.testing.assert_allclose(after.curvature_per_m, before.curvature_per_m, rtol=1e-6, atol=1e-9)
    assert np.abs(after.images.astype(float) - before.images).mean() < 3.0


def test_there_and_back_is_the_same(recording: Path, empty_folder: Path) -> None:
    for typed in (["convert", str(recording), "tub", "--to", "tub"], ["convert", "tub", "back", "--to", "drive-sim"]):
        assert cli.main(typed) == 0
    before, after = (load_demonstrations(path, None).demonstrations for path in (recording, empty_folder / "back"))
    np.testing.assert_array_equal(after.curvature_per_m, before.curvature_per_m)
    np.testing.assert_array_equal(after.expert_curvature_per_m, before.expert_curvature_per_m)
    assert after.lane is not None and before.lane is not None
    np.testing.assert_array_equal(after.lane.s_m, before.lane.s_m)
    np.testing.assert_array_equal(after.time_s, before.time_s)


@pytest.mark.parametrize("out", ["mine", "deep/mine", "there"])
@pytest.mark.parametrize("call", [1, 20])
def test_after_a_stop_nothing_is_there(
    recording: Path,
    out: str,
    call: int,
    monkeypatch: pytest.MonkeyPatch,
    empty_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (empty_folder / "there").mkdir()
    write, calls = tub_writer.write_jpeg, list[int]()

    def stopped(*args: object) -> None:
        calls.append(1)
        if len(calls) == call:
            signal.raise_signal(signal.SIGINT)
        write(*args)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(tub_writer, "write_jpeg", stopped)
    assert cli.main(["convert", str(recording), out, "--to", "tub"]) == 130
    assert "stopped; nothing was made" in capsys.readouterr().err
    assert [path.name for path in empty_folder.rglob("*")] == ["there"]


def test_bad_input(recording: Path, complaint: Callable[[list[str]], str], empty_folder: Path) -> None:
    (empty_folder / "mine" / "IMG").mkdir(parents=True)
    (empty_folder / "mine" / "IMG" / "center_1.jpg").touch()
    assert "resembles a Udacity log, but its driving_log.csv is missing" in complaint(
        ["convert", "mine", "x", "--to", "tub"]
    )
    assert "mine is not empty and nothing is overwritten" in complaint(
        ["convert", str(recording), "mine", "--to", "tub"]
    )
    assert "unknown format 'tubs': did you mean tub?" in complaint(["convert", str(recording), "x", "--to", "tubs"])
    assert "nowhere does not exist; give a recording" in complaint(["convert", "nowhere", "x", "--to", "npz"])


def test_a_recording_is_never_written_into(
    recording: Path, empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.relative_to(recording) for path in recording.rglob("*"))
    (empty_folder / "link").symlink_to(recording)
    for out in (recording, recording / "tub", recording / "a" / "tub", empty_folder / "link" / "tub"):
        assert cli.main(["convert", str(recording), str(out), "--to", "tub"]) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and "a recording is never written into" in said
    assert sorted(path.relative_to(recording) for path in recording.rglob("*")) == before
