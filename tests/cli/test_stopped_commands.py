"""Stopped by Ctrl-C or SIGTERM, once or twice, at awkward moments: what was finished is kept and told."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drive_sim import cli, files
from drive_sim.cli import outputs
from drive_sim.data import arrow_stream, rollout
from drive_sim.data.recording import load_recording
from drive_sim.policies import model_folder

ROOT = Path(__file__).resolve().parents[2]
LINEAR = ["train", "--method", "dagger", "--network", "linear", "--rounds", "2"]


def stopping(function: Callable[..., Any], number: signal.Signals, at_call: int = 1) -> Callable[..., Any]:
    """The same function, in whose n-th call the signal comes twice."""
    calls: list[int] = []

    def stopped(*args: Any, **named: Any) -> Any:
        calls.append(1)
        for _ in range(2 if len(calls) == at_call else 0):
            signal.raise_signal(number)
        return function(*args, **named)

    return stopped


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_recording_is_kept_to_the_tick_whatever_the_write_that_is_cut(
    number: signal.Signals, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write = arrow_stream.StreamWriter.write
    monkeypatch.setattr(arrow_stream.StreamWriter, "write", stopping(write, number, 2))
    assert cli.main(["record", "--seconds", "5", "--out", "mine"]) == code
    assert "what was recorded is in mine" in capsys.readouterr().err
    (episode,) = load_recording(Path("mine")).episodes
    assert episode.ended
    assert list(episode.column("tick")) == list(range(20)), "no row twice, none lost"


@pytest.mark.parametrize("out", [None, "mine", "deep/mine"])
@pytest.mark.parametrize(("module", "name"), [(files, "claim"), (outputs, "_claimed"), (rollout, "record")])
def test_before_anything_is_made_no_folder_stays(
    module: Any, name: str, out: str | None, monkeypatch: pytest.MonkeyPatch, empty_folder: Path
) -> None:
    monkeypatch.setattr(module, name, stopping(getattr(module, name), signal.SIGINT))
    assert cli.main(["record", "--seconds", "1", *(["--out", out] if out else [])]) == 130
    assert not list(empty_folder.iterdir())


def test_a_recording_without_a_row_does_not_stay(monkeypatch: pytest.MonkeyPatch, empty_folder: Path) -> None:
    monkeypatch.setattr(rollout, "row_of", stopping(rollout.row_of, signal.SIGINT))
    assert cli.main(["record", "--seconds", "1", "--out", "mine"]) == 130
    assert not list(empty_folder.iterdir())


def test_a_training_that_is_stopped_while_it_is_saved_is_saved(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(model_folder, "_write_bytes", stopping(model_folder._write_bytes, signal.SIGTERM, 2))
    assert cli.main(["train", str(recording), "--network", "small", "--steps", "1", "--out", "model"]) == 143
    assert "the model is in model" in capsys.readouterr().err
    assert sorted(os.listdir("model")) == ["config.json", "metrics.json", "weights.safetensors"]  # noqa: PTH208


@pytest.mark.parametrize("at_call", [1, 2, pytest.param(4, marks=pytest.mark.slow)])
def test_a_training_in_rounds_says_how_it_goes_on_and_does(
    at_call: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from drive_sim.learn import resume

    with monkeypatch.context() as patch:
        patch.setattr(resume, "write_json", stopping(resume.write_json, signal.SIGINT, at_call))
        assert cli.main([*LINEAR, "--out", "run"]) == 130
    assert "train --resume run" in capsys.readouterr().err
    if at_call == 4:  # the other rounds take a while
        assert cli.main(["train", "--resume", "run"]) == 0
        assert cli.main([*LINEAR, "--out", "whole"]) == 0
        weights = "model-after-002/weights.safetensors"
        assert Path("run", weights).read_bytes() == Path("whole", weights).read_bytes()


def test_two_runs_never_learn_in_one_folder(
    complaint: Callable[[list[str]], str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One that goes on in a folder takes it for itself, as one that begins there does."""
    assert cli.main([*LINEAR, "--rounds", "1", "--out", "run"]) == 0
    files.release(Path("run"))
    capsys.readouterr()
    code = "from drive_sim import files; files.claim(files.Path('run'), ''); print(1, flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1)
    try:
        assert other.stdout is not None and other.stdout.readline()
        assert "another run learns in it" in complaint(["train", "--resume", "run", "--rounds", "2"])
    finally:
        other.kill()
        other.communicate()


def test_an_import_that_is_cut_short_is_a_stop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Libraries turn it into errors of their own: `numpy._core.multiarray failed to import`."""

    def fail(*args: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("numpy._core.multiarray failed to import") from None

    monkeypatch.setattr(outputs, "_claimed", fail)
    assert cli.main(["record", "--seconds", "1"]) == 130
    assert capsys.readouterr().err.endswith("stopped\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_while_python_is_loading_a_stop_is_silent(number: signal.Signals) -> None:
    """Before we take the signal over the system ends the process, as it does others."""
    for moment in ("drive_sim.stops", "drive_sim.cli.commands"):
        hook = f"""
import os, runpy, sys
class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == {moment!r}:
            os.kill(os.getpid(), {int(number)})
sys.meta_path.insert(0, Stop())
sys.path.insert(0, {str(ROOT)!r})
sys.argv = ["run_sim.py", "record", "--seconds", "1"]
runpy.run_path({str(ROOT / "run_sim.py")!r}, run_name="__main__")
"""
        run = subprocess.run([sys.executable, "-c", hook], capture_output=True, text=True, check=False)
        assert run.returncode in (-number, 128 + number)
        assert run.stderr in ("", "run_sim.py: stopped\n", "python run_sim.py: stopped\n")
        assert not Path("runs").exists()


def test_a_stop_that_comes_too_late_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from drive_sim.cli import display

    class Leaving:
        def __init__(self, stages: object) -> None:
            pass

        def __enter__(self) -> Callable[..., None]:
            return lambda *_: None

        def __exit__(self, *_: object) -> None:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(display, "progress", Leaving)
    assert cli.main(["record", "--seconds", "1", "--out", "mine", "--json", "x.json"]) == 0
    assert "1.0 s recorded in mine" in capsys.readouterr().out
    assert Path("x.json").is_file()
