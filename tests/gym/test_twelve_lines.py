"""The twelve lines of the README for a newcomer, run as they stand there: in CarRacing-v3, and on our own road."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

README = Path(__file__).resolve().parents[2] / "README.md"
WORLD = "env, expert = car_racing.make_env(), car_racing_expert.PursuitExpert()"
OUR_ROAD = """
import gymnasium
from drive_sim.gym.road import pursuit_expert
from drive_sim.sim.camera import Camera
env = gymnasium.make("drive_sim/Road-v0", camera=Camera().resized(60, 20), num_roads=1, time_limit_s=3.0)
expert = pursuit_expert
"""


def twelve_lines() -> str:
    """The first block of Python in the README that makes a task."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if "make_task" in block)


def shortened(text: str, **numbers: str) -> str:
    """The same lines with fewer rounds, labels and episodes, of which each was there."""
    for pattern, number in numbers.items():
        text, found = re.subn(rf"\b{pattern}=\d+", f"{pattern}={number}", text)
        assert found == 1, pattern
    text, found = re.subn(r"\b20, rng", "2, rng", text)
    assert found == 2
    return text


def test_they_are_twelve() -> None:
    lines = [line for line in twelve_lines().splitlines() if line.strip()]
    assert len(lines) == 12 and WORLD in lines
    assert max(len(line) for line in lines) <= 120


@pytest.mark.slow
def test_they_learn_on_our_road_as_in_any_world_of_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = twelve_lines()
    for theirs, ours in ((WORLD, OUR_ROAD), ("car_racing.UntilLost(env)", "env"), ("car_racing.fit", '"thumbnail"')):
        assert text.count(theirs) == 1
        text = text.replace(theirs, ours)
    exec(compile(shortened(text, num_rounds="2", ticks_per_round="60"), "README.md", "exec"), {})
    assert (tmp_path / "runs" / "racer" / "weights.safetensors").stat().st_size > 0
    clone, expert = (float(number) for number in capsys.readouterr().out.split()[-3::2])
    # A step pays at most 1, in the middle of the lane: 30 in 3 s.
    assert 10.0 < clone <= 30.0 and 25.0 < expert <= 30.0


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("Box2D") is None, reason="Box2D is not installed: pip install box2d")
@pytest.mark.filterwarnings("ignore")  # of SWIG, as Box2D is imported
def test_they_learn_in_car_racing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(shortened(twelve_lines(), num_rounds="2", ticks_per_round="100"), "README.md", "exec"), {})
    clone, expert = (float(number) for number in capsys.readouterr().out.split()[-3::2])
    assert np.isfinite(clone) and 700.0 < expert < 1000.0
