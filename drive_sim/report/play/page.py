"""`play.html`: the page's data, its script, its shaders and its style, in one file that asks nobody for anything."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from markupsafe import Markup

from drive_sim.policies.alvinn import ALVINN_CAMERA
from drive_sim.report.page import render_page
from drive_sim.report.play.joined_modules import joined_modules
from drive_sim.report.play.packed_arrays import ArrayPool
from drive_sim.report.play.page_networks import exported_network
from drive_sim.report.play.page_roads import PageRoad
from drive_sim.report.play.page_scenes import exported_scenes, exported_textures
from drive_sim.sim.camera import Camera
from drive_sim.sim.circuit_file import named_track
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Track

FOLDER = Path(__file__).parent
ROADS = (
    "forest-road",
    "vineyard",
    "crossroads",
    "campus",
    "alley",
    "figure-of-eight",
    "village-loop",
    "coast-road",
    "hairpin-pass",
    "serpentine",
    "kart-track",
    "toll-plaza",
    "wide-oval",
)
"""The named roads that the page has, beside the country road of the first drive."""
PAIR = ("alvinn-alone", "alvinn")
"""The networks that drive before anybody touches anything: from frames alone, and from shifted and turned views too."""
SHADERS = {
    "vertex": "picture.vert.glsl",
    "picture": "picture.glsl",
    "shading": "shading.glsl",
    "sky": "sky.frag.glsl",
    "ground": "ground.frag.glsl",
}
"""The shaders as the page's screen names them."""
CHASE_CAMERA = Camera(width_px=200, height_px=112, focal_px=120.0, horizon_px=34.0, height_m=3.2, forward_m=-8.0)


def page_tracks() -> dict[str, Track]:
    """The roads of the page by name, the first drive's country road first."""
    return {"country-road": make_demonstration_world(0)[0], **{name: named_track(name) for name in ROADS}}


def page_data(policies: Mapping[str, object]) -> dict[str, Any]:
    """All that the page carries: roads, skies, textures, the car, and networks by name, the pair's among them."""
    pool = ArrayPool()
    roads = [{**PageRoad.of(track).exported(pool), "name": name} for name, track in page_tracks().items()]
    return {
        "roads": roads,
        "scenes": exported_scenes(),
        "textures": exported_textures(pool),
        "networks": [exported_network(name, policy, pool) for name, policy in policies.items()],
        "models": [name for name in policies if name not in PAIR],
        "pair": list(PAIR),
        "vehicle": asdict(CONDITIONS.vehicle),
        "disturbance": asdict(CONDITIONS.evaluation),
        "learnersCamera": asdict(ALVINN_CAMERA),
        "takenCamera": asdict(Camera()),
        "chaseCamera": asdict(CHASE_CAMERA),
        "pool": pool.text(),
    }


def play_page(policies: Mapping[str, object]) -> str:
    """The page, whole, for networks by name. Raises InputError for a policy that the page cannot compute."""
    data = page_data(policies)
    shaders = {name: (FOLDER / "glsl" / file).read_text(encoding="utf-8") for name, file in SHADERS.items()}
    return render_page(
        "play.html.j2",
        folders=[FOLDER],
        data=_inline_json(data),
        shaders=_inline_json(shaders),
        script=Markup(joined_modules(FOLDER / "js")),
        style=Markup((FOLDER / "play.css").read_text(encoding="utf-8")),
        roads=[road["name"] for road in data["roads"]],
        scenes=list(data["scenes"]),
        models=data["models"],
    )


def _inline_json(value: object) -> Markup:
    """JSON that may stand in a script element: nothing in it can end that."""
    return Markup(json.dumps(value, separators=(",", ":")).replace("<", "\\u003c"))
