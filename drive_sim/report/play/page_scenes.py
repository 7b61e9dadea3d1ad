"""Skies and textures as the page carries them: a scene a kind, drawn from a stated seed, and the camera's own tiles."""

from dataclasses import asdict
from typing import Any

import numpy as np

from drive_sim.report.play.packed_arrays import ArrayPool
from drive_sim.sim.scene import SCENE_KINDS, Scene, make_scene
from drive_sim.sim.texture import make_textures

_SCENE_SEED = 19
_OCTAVE = ("cos", "sin", "strength", "texelM")


def page_scenes() -> dict[str, Scene]:
    """A scene of each kind, without the sensor's noise, which the page does not draw."""
    return {kind: make_scene(kind, np.random.default_rng([_SCENE_SEED, i])) for i, kind in enumerate(SCENE_KINDS)}


def exported_scenes() -> dict[str, Any]:
    """What the page reads of them."""
    return {kind: exported_scene(scene) for kind, scene in page_scenes().items()}


def exported_scene(scene: Scene) -> dict[str, Any]:
    """A scene, where its sun stands in blobs of shade a metre, and three `channels`: one of every colour each."""
    fields = asdict(scene)
    fields["sun_x"] = float(np.cos(scene.sun_azimuth_rad)) / scene.shadow_size_m
    fields["sun_y"] = float(np.sin(scene.sun_azimuth_rad)) / scene.shadow_size_m
    fields["per_glow2"] = 1.0 / scene.glow_rad**2
    channels = [{name: v[c] if isinstance(v, tuple) else v for name, v in fields.items()} for c in range(3)]
    return {**fields, "channels": channels}


def exported_textures(pool: ArrayPool) -> dict[str, Any]:
    """The camera's noise tiles, octaves and hills (`shading.glsl`, the first two octaves coarse), put into the pool."""
    textures = make_textures()
    octaves = [dict(zip(_OCTAVE, map(float, row[:4]), strict=True)) for row in textures.octaves]
    tiles = (textures.tiles & 0xFF).astype(np.uint8)  # the lowest byte of a word is the texel itself
    return {"tiles": pool.add(tiles), "hills": pool.add(textures.hills), "octaves": octaves}
