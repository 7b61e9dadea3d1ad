"""The lesson, in a real browser: somebody drives by keys, a clone learns, fails, and learns again."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.chromium_tab import Tab, chromium_tab
from bench.page_lesson import HANDS
from drive_sim import cli
from tests.browser import needs_browser

pytestmark = [needs_browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def taught(play_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A page in which twenty seconds were driven and a clone and its twin have learned."""
    with chromium_tab(tmp_path_factory.mktemp("lesson")) as tab:
        tab.open(f"{play_file.as_uri()}#seed=100", 800, 600)
        tab.wait_for("play.state()", 60.0)
        tab.evaluate("document.getElementById('demonstrate').click()")
        tab.evaluate(HANDS)
        tab.wait_for("play.state().phase === 'guess'", 300.0)
        yield tab


def test_the_clone_needs_help_where_its_twin_needs_none(taught: Tab):
    helped = "play.measure('{}').then(({{ numHelped }}) => numHelped)"
    assert taught.evaluate("document.querySelectorAll('#thumbnails li').length") == 20
    assert taught.evaluate(helped.format("plain")) > 0
    assert taught.evaluate(helped.format("views")) == 0
    assert not taught.errors


def test_what_is_let_go_is_said_as_it_happens_and_the_switch_brings_the_twin(taught: Tab):
    taught.evaluate("document.getElementById('letGo').click()")
    taught.wait_for("play.run().timeS > 1", 60.0)
    assert taught.evaluate("play.run().cars.map((car) => car.network)") == ["plain"]
    taught.wait_for("document.getElementById('said').textContent.includes('plain clone')")
    taught.evaluate("document.getElementById('views').click()")
    taught.wait_for("play.run().timeS > 1 && play.run().cars.length === 2", 60.0)
    assert "views=1" in taught.evaluate("location.hash")


def test_train_reads_a_drive_that_was_taken_home(taught: Tab, tmp_path: Path):
    text = taught.evaluate(
        """(async () => {
          const blob = await new Promise((resolve) => {
            URL.createObjectURL = (taken) => (resolve(taken), "#");
            document.getElementById("takeHome").click();
          });
          return new Promise((resolve) => {
            const reader = new FileReader();
            reader.onload = () => resolve(reader.result.split(",")[1]);
            reader.readAsDataURL(blob);
          });
        })()"""
    )
    file = tmp_path / "drive.npz"
    file.write_bytes(base64.b64decode(text))
    assert cli.main(["train", str(file), "--network", "small", "--steps", "20", "--out", str(tmp_path / "model")]) == 0
