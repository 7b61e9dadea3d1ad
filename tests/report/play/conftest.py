"""The page, written once for all its tests, and opened in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.chromium_tab import Tab, chromium_tab
from drive_sim.checkout import model_folder
from drive_sim.policies.model_folder import load_model
from drive_sim.report.play.page import PAIR, play_page


@pytest.fixture(scope="session")
def play_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with the models that ship."""
    path = tmp_path_factory.mktemp("play") / "play.html"
    names = ("pilotnet", *PAIR)
    path.write_text(play_page({name: load_model(model_folder(name)) for name in names}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tab(play_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """The page, open, with `carried`: all that it carries."""
    with chromium_tab(tmp_path_factory.mktemp("profile")) as opened:
        opened.open(play_file.as_uri(), 640, 480)
        opened.wait_for("play.state()")
        opened.evaluate(
            "pageOf(JSON.parse(document.getElementById('data').textContent)).then((p) => ((window.carried = p), null))"
        )
        yield opened
