"""What ships beside the code is found from a checkout and from an installed package, wherever it is started."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from drive_sim.checkout import code_commit, model_folder, shipped_folder
from drive_sim.errors import InputError

ROOT = Path(__file__).resolve().parent.parent
LOADS_EVERYTHING_SHIPPED = """
from drive_sim.sim.circuit_file import TRACK_NAMES, named_track
from drive_sim.checkout import code_commit, shipped_folder
from drive_sim.report.page import render_page
assert all(named_track(name).length_m > 0.0 for name in TRACK_NAMES[::4])
assert render_page("page.css").startswith(":root")
assert code_commit() is None
print(shipped_folder("assets"))
"""


def test_a_checkout_knows_its_commit_and_its_data() -> None:
    assert shipped_folder("assets") == ROOT / "assets"
    if (ROOT / ".git").exists():
        assert len((code_commit() or "").removesuffix("-dirty")) == 40


def test_an_installed_package_carries_its_data(tmp_path: Path) -> None:
    """The files are laid out as the wheel lays them out, and read from another folder."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    for folder in filter(lambda name: (ROOT / name).is_dir(), wheel["only-include"]):
        target = installed / wheel["sources"].get(folder, folder)
        shutil.copytree(ROOT / folder, target, ignore=shutil.ignore_patterns("__pycache__"))
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", LOADS_EVERYTHING_SHIPPED],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(installed / "drive_sim" / "assets")


def test_a_model_is_named_by_its_folder_or_ships(tmp_path: Path) -> None:
    assert model_folder(str(tmp_path)) == tmp_path
    assert model_folder("pilotnet") == ROOT / "models" / "pilotnet"
    with pytest.raises(InputError, match="unknown model 'pilotnett': did you mean pilotnet"):
        model_folder("pilotnett")
    with pytest.raises(InputError, match="nowhere is no model folder; `train` makes one"):
        model_folder(str(tmp_path / "nowhere"))
