"""The lesson, in a real browser: somebody drives by keys, a clone learns, fails, and learns again."""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest

from bench.chromium_tab import Tab, chromium_tab
from bench.page_lesson import HANDS
from drive_sim import cli
from tests.browser import needs_browser

pytestmark = [needs_browser, pytest.mark.slow]
_LEARNED = "play.learned().map(({ name, error }) => [name, error])"


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
    file = tmp_path / "drive.npz"
    file.write_bytes(_taken_home(taught))
    assert cli.main(["train", str(file), "--network", "small", "--steps", "20", "--out", str(tmp_path / "model")]) == 0


def test_a_drive_that_is_brought_back_is_the_same_and_teaches_the_same(taught: Tab, play_file: Path):
    before, learned = _taken_home(taught), taught.evaluate(_LEARNED)
    taught.open(f"{play_file.as_uri()}#road=village-loop&seed=100", 800, 600)
    taught.wait_for("play.state()", 60.0)
    _bring(taught, before)
    taught.wait_for("play.state().phase === 'guess'", 300.0)
    assert taught.evaluate(_LEARNED) == learned
    assert taught.evaluate("play.state().road") == "country-road"
    again = np.load(io.BytesIO(_taken_home(taught)))
    for name, values in np.load(io.BytesIO(before)).items():
        np.testing.assert_array_equal(again[name], values, err_msg=name)
    assert not taught.errors


@pytest.mark.parametrize("kind", ["empty", "no zip", "cut", "another npz", "other text", "no frames", "no numbers"])
def test_a_file_that_is_no_drive_is_one_sentence_and_loses_nothing(taught: Tab, kind: str):
    held = taught.evaluate(f"[play.state(), {_LEARNED}]")
    _bring(taught, _hostile(kind, _taken_home(taught)))
    taught.wait_for("document.getElementById('said').textContent.startsWith('This file is no drive')")
    assert taught.evaluate(f"[play.state(), {_LEARNED}]") == held
    assert not taught.errors


def test_why_a_button_can_do_nothing_is_said(tab: Tab):
    _reload(tab, "")
    buttons = "[...document.querySelectorAll('button')]"
    why = f"Object.fromEntries({buttons}.map(({{ id, disabled, title }}) => [id, [disabled, title]]))"
    before = tab.evaluate(why)
    assert before["takeHome"] == [True, "There is no drive yet: first take the wheel (T)."]
    assert before["dagger"][0] and before["dagger"][1].startswith("DAgger labels")
    assert before["demonstrate"] == before["kick"] == before["letGo"] == [False, ""]
    tab.evaluate("document.getElementById('demonstrate').click()")
    driving = tab.evaluate(why)
    assert driving["letGo"] == [True, "First drive to the end; Space ends it early."]
    assert driving["kick"] == driving["measure"] == [True, "Nobody is driving by network now: first let go (L)."]
    assert all(bool(title) == disabled for disabled, title in driving.values())


def test_a_drive_can_be_ended_early_but_not_before_there_is_something_to_learn_from(tab: Tab):
    _reload(tab, "")
    tab.evaluate("document.getElementById('demonstrate').click()")
    tab.wait_for("play.run().timeS > 1", 60.0)
    tab.press("Space", " ")
    assert tab.evaluate("[play.state().phase, play.state().hasDrive]") == ["pair", False]
    assert "nothing to learn from less than 5 s" in tab.evaluate("document.getElementById('said').textContent")
    _drive_shortly(tab)
    tab.wait_for("play.state().phase === 'guess'", 300.0)
    assert 50 <= tab.evaluate("play.run().frames.length") < 150
    assert tab.evaluate("play.learned().length") == 2


def test_what_was_learned_for_another_road_comes_too_late(tab: Tab):
    _reload(tab, "")
    _drive_shortly(tab)
    tab.wait_for("play.state().phase === 'learning'", 60.0)
    _choose(tab, "road", "village-loop")
    # The worker answers in order: who drives has been told how to steer after all that was asked before.
    tab.wait_for("play.run().timeS > 0.5", 120.0)
    assert tab.evaluate("[play.state().phase, play.state().road, play.learned()]") == ["pair", "village-loop", []]
    assert tab.evaluate("document.getElementById('learned').textContent") == ""


def test_what_was_measured_before_the_switch_is_not_said_of_what_drives_now(taught: Tab):
    taught.evaluate("document.getElementById('letGo').click()")
    said = taught.evaluate("(document.getElementById('measured').textContent = '')")
    taught.evaluate("document.getElementById('measure').click(), document.getElementById('views').click()")
    taught.wait_for("play.run().timeS > 0.5", 120.0)
    assert taught.evaluate("document.getElementById('measured').textContent") == said


def test_after_dagger_the_switch_brings_the_twin_beside_it_and_no_old_map_stays(taught: Tab):
    networks = "play.run().cars.map((car) => car.network)"
    taught.evaluate("document.getElementById('letGo').click()")
    taught.wait_for("play.run().timeS > 1", 120.0)
    taught.evaluate("document.getElementById('mapBasin').click()")
    taught.wait_for("document.getElementById('basin').hasAttribute('width')", 120.0)
    taught.evaluate("document.getElementById('dagger').click()")
    taught.wait_for("play.state().numRounds === 1 && play.state().phase === 'clone'", 120.0)
    assert not taught.evaluate("document.getElementById('basin').hasAttribute('width')")
    before, had_views = taught.evaluate(networks), taught.evaluate("play.state().views")
    taught.evaluate("document.getElementById('views').click()")
    after = taught.evaluate(networks)
    assert [before, after][:: -1 if had_views else 1] == [["plain", "dagger"], ["plain", "views", "dagger"]]
    assert taught.evaluate("document.getElementById('learned').textContent").startswith("◆ DAgger: learned in")


def test_the_link_says_what_is_shown_and_shows_what_it_says(tab: Tab):
    link = "#road=village-loop&scene=night&network=pilotnet&seed=7&views=1&hide=controls"
    _reload(tab, link)
    said = {"road": "village-loop", "scene": "night", "network": "pilotnet", "seed": 7, "views": 1, "hide": "controls"}
    assert said.items() <= tab.evaluate("play.state()").items()
    assert tab.evaluate("location.hash") == link
    tab.evaluate("location.hash = '#seed=0&road=nowhere&scene=1&views=yes&network=__proto__&hide='")
    tab.wait_for("play.state().road === 'country-road'")
    usual = {"road": "country-road", "scene": "day", "network": "clone", "seed": 1, "views": 0, "hide": ""}
    assert usual.items() <= tab.evaluate("play.state()").items()
    assert tab.evaluate("location.hash") == ""
    _choose(tab, "scene", "fog")
    assert tab.evaluate("location.hash") == "#scene=fog"


def _reload(tab: Tab, link: str) -> None:
    """The page anew, by a link."""
    tab.evaluate(
        f"window.isOld = true, history.replaceState(null, '', location.pathname + '{link}'), location.reload()"
    )
    tab.wait_for("!window.isOld && play.state()", 60.0)


def _drive_shortly(tab: Tab) -> None:
    tab.evaluate("document.getElementById('demonstrate').click()")
    tab.evaluate(HANDS)
    tab.wait_for("play.run().timeS > 5.2", 120.0)
    tab.press("Space", " ")


def _choose(tab: Tab, name: str, value: str) -> None:
    tab.evaluate(f"document.getElementById('{name}').value = '{value}'")
    tab.evaluate(f"document.getElementById('{name}').dispatchEvent(new Event('change'))")


def _taken_home(tab: Tab) -> bytes:
    """The file that the page would save."""
    text = tab.evaluate(
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
    return base64.b64decode(text)


def _bring(tab: Tab, content: bytes) -> None:
    """Choose a file in the page."""
    text = base64.b64encode(content).decode("ascii")
    tab.evaluate(
        f"""(() => {{
          const bytes = Uint8Array.from(atob("{text}"), (letter) => letter.charCodeAt(0)), chosen = new DataTransfer();
          document.getElementById("said").textContent = "";
          chosen.items.add(new File([bytes], "drive.npz"));
          document.getElementById("bring").files = chosen.files;
          document.getElementById("bring").dispatchEvent(new Event("change"));
        }})()"""
    )


def _hostile(kind: str, drive: bytes) -> bytes:
    """What somebody might choose that is no drive of the page."""
    plain = {"empty": b"", "no zip": b"no zip at all, but long enough for a header of one", "cut": drive[:2000]}
    if kind in plain:
        return plain[kind]
    page = json.loads(str(np.load(io.BytesIO(drive))["page"]))
    if kind == "no numbers":
        page["frames"][3]["state"]["x"] = None
    arrays: dict[str, tuple[str, Any]] = {
        "another npz": ("image", np.zeros((5, 3, 3, 3), np.uint8)),
        "other text": ("page", json.dumps([1, 2])),
        "no frames": ("page", json.dumps({**page, "frames": []})),
        "no numbers": ("page", json.dumps(page)),
    }
    name, values = arrays[kind]
    array, whole = io.BytesIO(), io.BytesIO()
    np.save(array, values)
    with ZipFile(whole, "w", ZIP_DEFLATED) as file:
        file.writestr(f"{name}.npy", array.getvalue())
    return whole.getvalue()
