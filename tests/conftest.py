"""What every test may rely on: no display is needed, no sound is made, and hypothesis keeps no clock."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from drive_sim import stops

# Set before pygame or matplotlib is imported anywhere.
os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
os.environ["MPLBACKEND"] = "Agg"

# A first call may compile a kernel, so an example has no deadline; CI tries the same examples every time.
settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `--dist loadfile` the longest files come first; None: as xdist does it."""
    from tests.longest_first import LongestFirst

    return LongestFirst(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Data that nobody on this project wrote (real circuits, a Udacity lap); it is not part of the repository."""
    folder = Path(os.environ.get("DRIVE_SIM_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}; set DRIVE_SIM_SHARED_DATA to where it lies")
    return folder


@pytest.fixture(autouse=True, scope="session")
def signals_as_a_shell_gives_them() -> None:
    """What starts the tests may ignore some (`nohup`, jobs in the background), and what is ignored stays so."""
    for number in stops.SIGNALS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
