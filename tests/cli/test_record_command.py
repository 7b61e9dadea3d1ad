"""`record`: the same seed makes the same recording, and Ctrl-C keeps what was recorded."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim import cli


def test_same_seed_same_recording(recording: Path, empty_folder: Path) -> None:
    from drive_sim.data.recording import load_recording

    again = empty_folder / "again"
    assert cli.main(["record", "--seconds", "4", "--seed", "3", "--out", str(again)]) == 0
    first, second = (load_recording(folder).demonstrations() for folder in (recording, again))
    np.testing.assert_array_equal(first.images, second.images)
    np.testing.assert_array_equal(first.curvature_per_m, second.curvature_per_m)


def test_the_experts_own_speed_is_recorded_with_its_accelerations(empty_folder: Path) -> None:
    from drive_sim.data.recording import load_recording

    assert cli.main(["record", "--seconds", "4", "--speed", "own", "--out", "own"]) == 0
    table = load_recording(empty_folder / "own").episodes[0].table
    speed_mps, acceleration_mps2 = (table[name].to_numpy() for name in ("speed_mps", "acceleration_mps2"))
    assert np.abs(acceleration_mps2).max() > 0.0
    np.testing.assert_allclose(np.diff(speed_mps), 0.1 * acceleration_mps2[:-1], atol=1e-9)


def test_ctrl_c_says_where_the_recording_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], empty_folder: Path
) -> None:
    from drive_sim.data import rollout
    from drive_sim.data.recording import load_recording

    whole = rollout.drive

    def interrupted(*args: Any, **kwargs: Any) -> Iterator[rollout.Tick]:
        yield from islice(whole(*args, **kwargs), 25)
        raise KeyboardInterrupt

    monkeypatch.setattr(rollout, "drive", interrupted)
    assert cli.main(["record", "--out", "mine"]) == 130
    assert "what was recorded is in mine" in capsys.readouterr().err
    assert len(load_recording(empty_folder / "mine").demonstrations()) == 25


def test_a_place_is_driven_and_recorded_row_by_row(empty_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from drive_sim.data.recording import load_recording

    record = ["record", "--seconds", "1", "--track", "alley", "--out", "told", "--place"]
    for refused in ("nan", "0.8", "left", "0.6"):
        with suppress(SystemExit):
            assert cli.main([*record, refused]) == 2
        said = capsys.readouterr().err.strip()
        assert refused in said and "\n" not in said
    assert cli.main([*record, "-0.3"]) == 0
    episode = load_recording(empty_folder / "told").episodes[0]
    assert episode.info.goal_is_told and episode.info.road["lane_offset_m"] < 0.0
    assert np.abs(episode.column("lateral_goal") + 0.3).max() < 0.05
    assert np.abs(episode.column("lane_offset_m")).max() < 0.2
