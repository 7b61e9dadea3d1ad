"""Small pages that run the page's modules on roads and scenes of Python's, for tests in a browser."""

import base64
import html
import json
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.arrays import Images
from drive_sim.report.play.joined_modules import joined_modules
from drive_sim.report.play.packed_arrays import ArrayPool
from drive_sim.report.play.page import FOLDER, SHADERS
from drive_sim.report.play.page_roads import PageRoad
from drive_sim.report.play.page_scenes import exported_scene, exported_textures
from drive_sim.sim.camera import Camera
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track
from tests.browser import dom_of

_ENTRY = """import { makeScreen } from "./screen.js";
import { arrayAt, roadOf } from "./page_data.js";
"""
_PAGE = """<!doctype html><meta charset="utf-8"><pre id="told"></pre><script>
{modules}
const data = {data};
const pool = Uint8Array.from(atob(data.pool), (letter) => letter.charCodeAt(0)).buffer;
const roads = data.roads.map((plan) => roadOf(plan, pool));
const {{ tiles, hills, octaves }} = data.textures;
const textures = {{ tiles: arrayAt(pool, tiles), hills: arrayAt(pool, hills), octaves }};
const tell = (value) => (document.getElementById("told").textContent = JSON.stringify(value));
function contextOf(camera) {{
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [camera.width_px, camera.height_px];
  return canvas.getContext("webgl2", {{ alpha: false, antialias: false }});
}}
function pictureOf(gl, {{ width_px, height_px }}) {{
  const bytes = new Uint8Array(4 * width_px * height_px);
  gl.readPixels(0, 0, width_px, height_px, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}}
addEventListener("error", (event) => tell({{ error: event.message }}));
{script}
</script>"""


@dataclass(frozen=True, slots=True)
class ScreenPage:
    """What a page of a test has: roads, scenes and a camera."""

    tracks: list[Track]
    scenes: list[Scene]
    camera: Camera

    def told(self, script: str, folder: Path, *flags: str, **more: Any) -> Any:
        """What a script tells (`tell(value)`) that finds `data`, `roads`, `textures` and all modules' names."""
        page = folder / "page.html"
        data = json.dumps(self._data() | more)
        for part in ("js", "glsl"):
            shutil.copytree(FOLDER / part, folder / part)
        (folder / "js" / "entry.js").write_text(_ENTRY, encoding="utf-8")
        modules = joined_modules(folder / "js", "entry")
        page.write_text(_PAGE.format(modules=modules, data=data, script=script), encoding="utf-8")
        dom = dom_of(page.as_uri(), folder / "profile", "--enable-unsafe-swiftshader", *flags)
        (told,) = re.findall(r'<pre id="told">(.*?)</pre>', dom, re.DOTALL)
        return json.loads(html.unescape(told))

    def _data(self) -> dict[str, Any]:
        pool = ArrayPool()
        return {
            "roads": [PageRoad.of(track).exported(pool) for track in self.tracks],
            "scenes": [exported_scene(scene) for scene in self.scenes],
            "camera": asdict(self.camera),
            "textures": exported_textures(pool),
            "shaders": {name: (FOLDER / "glsl" / file).read_text(encoding="utf-8") for name, file in SHADERS.items()},
            "pool": base64.b64encode(b"".join(pool.chunks)).decode("ascii"),
        }


def pictures_of(told: list[str], camera: Camera) -> Images:
    """The pictures that a page told as `pictureOf` has them (n h w 3), upper row first."""
    shape = (len(told), camera.height_px, camera.width_px, 4)
    return np.array([np.frombuffer(base64.b64decode(text), np.uint8) for text in told]).reshape(shape)[:, ::-1, :, :3]
