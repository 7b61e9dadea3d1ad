"""The page as a file: small, asking nobody for anything, made of short modules, and the one in docs is this one."""

import json
import re
import zlib
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.chromium_tab import Tab
from drive_sim import cli
from drive_sim.errors import InputError
from drive_sim.report.play.joined_modules import joined_modules
from drive_sim.report.play.packed_arrays import ArrayPool, deltas
from drive_sim.report.play.page import FOLDER, page_tracks
from drive_sim.report.play.page_roads import PageRoad
from tests.browser import needs_browser

DOCS_PAGE = Path(__file__).parents[3] / "docs" / "play.html"
MOST_BYTES, MOST_LINES, MOST_MODULE_LINES, MOST_COLUMNS = 1_500_000, 2_500, 199, 120


def test_a_page_is_at_most_a_megabyte_and_a_half_and_names_no_address(play_file: Path):
    text = play_file.read_text(encoding="utf-8")
    assert len(text.encode()) < MOST_BYTES
    assert not re.findall(r"https?://[^\s\"'<]+", text)
    assert "default-src 'none'" in text


def test_sources_are_short():
    files = [*(FOLDER / "js").glob("*.js"), *(FOLDER / "glsl").glob("*.glsl")]
    lines = {file.name: file.read_text(encoding="utf-8").splitlines() for file in files}
    assert sum(map(len, lines.values())) <= MOST_LINES
    assert not {name for name, all_lines in lines.items() if len(all_lines) > MOST_MODULE_LINES}
    assert not [
        (name, i + 1) for name, each in lines.items() for i, line in enumerate(each) if len(line) > MOST_COLUMNS
    ]


def test_the_page_in_docs_is_what_the_command_writes(play_file: Path):
    """But for numbers whose last digits depend on the processor: those lie within a unit."""
    ours, theirs = (_taken_apart(path.read_text(encoding="utf-8")) for path in (play_file, DOCS_PAGE))
    assert ours[0] == theirs[0], "make it anew: run_sim.py page --out docs/play.html (remove the old one first)"
    _assert_alike(ours[1], theirs[1])


def _taken_apart(text: str) -> tuple[str, Any]:
    """The page without its data, and the data with its arrays in place of where they lie."""
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text)
    found = json.loads(data)
    pool = zlib.decompress(b64decode(found.pop("pool")), wbits=-15)

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: filled(each) for name, each in value.items()}
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
            kind, first, count = value
            return np.frombuffer(pool, f"<{kind}", count, first)
        return [filled(each) for each in value] if isinstance(value, list) else value

    return text.replace(data, ""), filled(found)


def _assert_alike(ours: Any, theirs: Any, name: str = "data") -> None:
    assert type(ours) is type(theirs), name
    if isinstance(ours, dict):
        assert ours.keys() == theirs.keys(), name
        for key in ours:
            _assert_alike(ours[key], theirs[key], f"{name}.{key}")
    elif isinstance(ours, list):
        assert len(ours) == len(theirs), name
        for i, pair in enumerate(zip(ours, theirs, strict=True)):
            _assert_alike(*pair, f"{name}[{i}]")
    elif isinstance(ours, np.ndarray):
        np.testing.assert_allclose(ours.astype(float), theirs.astype(float), atol=2.0, err_msg=name)
    elif isinstance(ours, float):
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9), name
    else:
        assert ours == theirs, name


def test_what_changes_little_comes_back_whole():
    values = np.array([3, -7, 30_000, -30_000, 0], np.int64)
    assert (np.cumsum(deltas(values).astype(np.int64)).astype(np.uint16).view(np.int16) == values).all()
    pool = ArrayPool()
    places = [pool.add(np.arange(count, dtype=np.float32)) for count in (3, 5)]
    assert [place[1] for place in places] == [0, 16]
    assert len(zlib.decompress(b64decode(pool.text()), wbits=-15)) == 16 + 24


def test_a_closed_road_closes():
    for track in page_tracks().values():
        made = PageRoad.of(track).made
        if made.closed:
            gap_m = np.hypot(made.x_m[-1] - made.x_m[0], made.y_m[-1] - made.y_m[0])
            assert gap_m == pytest.approx(made.spacing_m, abs=0.01)


def test_modules_are_joined_in_the_order_of_their_needs(tmp_path: Path):
    (tmp_path / "main.js").write_text('import { b } from "./b.js";\n\nb();\n')
    (tmp_path / "b.js").write_text('import { c } from "./c.js";\n\nexport const b = () => c();\n')
    (tmp_path / "c.js").write_text("export function c() {}\n")
    assert joined_modules(tmp_path) == "function c() {}\nconst b = () => c();\nb();"


def test_a_shaders_text_is_a_module_too(tmp_path: Path):
    for part in ("js", "glsl"):
        (tmp_path / part).mkdir()
    (tmp_path / "js" / "main.js").write_text('import { grey } from "../glsl/shading.glsl";\n\ngrey();\n')
    for name, names in (("geometry", ("clamp", "mix")), ("tiles", ("lookUp",))):
        (tmp_path / "js" / f"{name}.js").write_text("\n".join(f"const {one} = 0;" for one in names))
    (tmp_path / "glsl" / "shading.glsl").write_text(
        """const float ONE = 1.0;
struct Pair {
  float a, b;
  float c;
};
/** A doc. */
Colour grey(Scene scene, Pair pair[2], float x) {
  Pair made = Pair(ONE, x, 0.0);
  if (x > 0.0) made.a += max(x, 1.0);
  return scene.haze * made.a;
}
"""
    )
    assert (
        joined_modules(tmp_path / "js").split("\n", 3)[3]
        == """const ONE = 1.0;
const Pair = (a, b, c) => ({ a, b, c });
/** A doc. */
function grey(scene, pair, x) {
  let made = Pair(ONE, x, 0.0);
  if (x > 0.0) made.a += Math.max(x, 1.0);
  return scene.haze * made.a;
}
grey();"""
    )


@pytest.mark.parametrize(
    ("b", "words"),
    [
        ('import { a } from "./main.js";\nexport const b = a;\n', "in a circle"),
        ("export const b = 1;\nconst a = 2;\n", "both have a a"),
        ('import * as all from "./main.js";\nexport const b = 1;\n', "import names"),
    ],
)
def test_what_cannot_be_one_script_is_told(tmp_path: Path, b: str, words: str):
    (tmp_path / "main.js").write_text('import { b } from "./b.js";\nexport const a = b;\n')
    (tmp_path / "b.js").write_text(b)
    with pytest.raises(InputError, match=words):
        joined_modules(tmp_path)


@pytest.mark.parametrize("arguments", [["alvinn"], ["pilotnet", "pilotnet"], ["expert"], ["nobody"]])
def test_what_cannot_drive_in_a_page_is_one_line(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["page", *arguments, "--out", str(tmp_path / "play.html")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not (tmp_path / "play.html").exists()


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize("size_px", [(360, 740), (1024, 768), (1920, 1080), (3840, 2160)])
def test_it_fits_every_screen_and_asks_for_nothing(tab: Tab, size_px: tuple[int, int]):
    width_px, height_px = size_px
    tab.resize(width_px, height_px)
    out = tab.evaluate(
        """[...document.querySelectorAll("body *")].filter((one) => one.getClientRects().length
          && one.getBoundingClientRect().right > innerWidth + 0.5).map((one) => one.outerHTML.slice(0, 60))"""
    )
    assert out == []
    assert not tab.errors
    assert all(address.startswith(("file:", "blob:")) for address in tab.requests)
    tab.resize(640, 480)
