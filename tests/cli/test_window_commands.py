"""The commands that open a window, and what they say where there is none."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from drive_sim import cli
from drive_sim.cli import window
from drive_sim.cli.models import models_to_watch

ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, str(ROOT / "run_sim.py")]
Complaint = Callable[[list[str]], str]


@pytest.mark.parametrize("command", ["home", "drive", "watch expert", "watch --lecture"])
def test_without_a_display_a_window_names_what_to_do_instead(
    command: str, monkeypatch: pytest.MonkeyPatch, complaint: Complaint
) -> None:
    monkeypatch.setattr(window, "has_display", lambda: False)
    text = complaint(command.split())
    assert "no display" in text
    assert any(instead in text for instead in ("demo --headless", "record", "evaluate expert", "evaluate MODEL"))


def test_without_a_pair_the_one_that_ships_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert [Path(name).name for name in models_to_watch([])] == ["first-drive-plain", "first-drive-shift-rotate"]


@pytest.mark.parametrize("arguments", [[], ["drive", "--out", "deep/mine"]])
def test_a_display_that_does_not_answer_is_bad_input(arguments: list[str], empty_folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SDL_VIDEODRIVER"}
    done = subprocess.run(
        [*RUN, *arguments], env=environment | {"DISPLAY": ":987"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    line = done.stderr.splitlines()[-1]  # the system's own libraries may complain before
    assert "no window can be opened" in line
    assert "headless" in line or "record" in line
    assert not list(empty_folder.iterdir())


@pytest.mark.slow
def test_windows_run_headless_for_so_many_frames(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["watch", "expert", str(model), "--frames", "8", "--json", "watched.json"]) == 0
    assert "0 interventions" in capsys.readouterr().out
    assert json.loads(Path("watched.json").read_text())["scores"]["expert"]["interventions"] == 0
    assert cli.main(["drive", "--out", "mine", "--frames", "3"]) == 0
    assert "nothing was recorded" in capsys.readouterr().out
    assert not Path("mine").exists(), "an empty recording leaves no folder"
    assert cli.main(["home", "--frames", "2", "--size", "800x450", "--frame-log", "frames.json"]) == 0
    log = json.loads(Path("frames.json").read_text())
    assert (log["size_px"], len(log["frame_ms"])) == ([800, 450], 2)
    assert not Path("runs").exists()
