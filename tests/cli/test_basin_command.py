"""`basin` without a display: a picture, and numbers that say what the map says."""

import json
from pathlib import Path

import pytest
from PIL import Image

from drive_sim import cli
from drive_sim.app.basin_export import BasinExport


@pytest.mark.parametrize(("side", "sides"), [(41, (5, 11, 21, 41)), (11, (11,)), (9, (5, 9)), (2, (2,))])
def test_coarser_grids_come_first_where_their_poses_are_among_the_finest(side: int, sides: tuple[int, ...]):
    assert BasinExport(side).config.sides == sides


@pytest.mark.slow
def test_headless_keeps_a_picture_and_the_numbers(tmp_path: Path):
    out = tmp_path / "basin"
    typed = ["basin", "expert", "--headless", "--poses", "3", "--size", "640x480", "--out", str(out)]
    assert cli.main(typed) == 0
    result = json.loads((out / "result.json").read_text())
    with Image.open(out / "picture.png") as picture:
        assert picture.size == (640, 480)
    expert = result["policies"]["expert"]
    assert result["offset_m"] == [-2.0, 0.0, 2.0]
    assert [len(row) for row in expert["found_back_drives"]] == [3, 3, 3]
    assert expert["found_back_drives"][1][1] == 1
    assert expert["found_back"] == pytest.approx(sum(map(sum, expert["found_back_drives"])) / 9)
