"""A wheel, installed by itself in a folder far from the checkout: its commands, its roads and its models are there."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
START = "import sys; from drive_sim.cli import start; sys.exit(start())"
"""What the installed script `drive-sim` does."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the package, without what it depends on: that lies in this Python."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("needs hatchling, which builds wheels: make setup")
    folder = tmp_path_factory.mktemp("wheel")
    build = [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True)
    (wheel,) = folder.glob("*.whl")
    install = [*PIP, "install", "--no-deps", "--no-index", "--no-compile", "--target", str(folder / "site"), str(wheel)]
    subprocess.run(install, check=True)
    return folder / "site"


def typed(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the installed package, in a folder that knows no checkout."""
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", START, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_an_installed_wheel_works_outside_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [sys.executable, "-c", "import drive_sim; print(drive_sim.__file__)"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(installed)
    for command in (
        "--help",
        "record --seconds 3 --track village-loop --out drive",
        "train drive --network small --steps 1 --augment none --out model",
        "evaluate model pilotnet --suite train --distance 0.02 --json counted.json",
        "reward drive --no-film --out liked",
        "lesson",
        "assignment dagger --out homework",
        "watch alvinn --frames 2",
    ):
        done = typed(installed, tmp_path, *command.split())
        refused = command.startswith("reward")  # three seconds are too short to say what anybody likes
        assert done.returncode == (2 if refused else 0), (command, done.stderr)
        assert "Traceback" not in done.stderr
    assert (tmp_path / "counted.json").is_file()
    assert (tmp_path / "homework" / "test_dagger.py").is_file()


@pytest.mark.slow
def test_a_wheel_without_the_models_that_ship_says_so_in_one_line(installed: Path, tmp_path: Path) -> None:
    models = installed / "drive_sim" / "models"
    models.rename(models.with_name("elsewhere"))
    try:
        done = typed(installed, tmp_path, "evaluate", "pilotnet")
    finally:
        models.with_name("elsewhere").rename(models)
    assert done.returncode == 2
    assert (done.stderr.count("\n"), "pilotnet" in done.stderr) == (1, True)
