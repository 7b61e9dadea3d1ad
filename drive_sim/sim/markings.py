"""Where the true markings lie in a picture: painted lines, and the edges of the surface.

The camera draws each view again with nothing in it but the marking, white on black. So the answer has the renderer's
own geometry, dashes and footprints, and is exact also where a road passes by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, Masks, Poses
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Track, Tracks

Shares = Annotated[npt.NDArray[np.float32], "n h w"]
"""How much of each pixel is covered by markings, 0 to 1."""

EDGE_M = 0.15
"""A point this near to the surface's edge, on either side, belongs to the edge."""
AT_LEAST = 0.25
"""A pixel is a marking where at least so much of it is: a line far ahead is narrower than a pixel and still seen."""

_BLACK, _WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
_NOTHING = Scene(
    kind="markings",
    texture_amplitude=0.0,
    surface=_BLACK,
    wheel_track=0.0,
    verge=_BLACK,
    verge_patch=_BLACK,
    shoulder=_BLACK,
    shoulder_m=0.0,
    line=_BLACK,
    line_strength=0.0,
    sun_light=_BLACK,
    sky_light=_WHITE,
    zenith=_BLACK,
    horizon=_BLACK,
    glow=_BLACK,
    cloud=0.0,
    hill=_BLACK,
    haze=_BLACK,
    fog_per_m=0.0,
    vignette=0.0,
)
"""No light but an even one, no weather, no colour: what is made white here is all that is seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Markings:
    """The markings of a batch of roads under a batch of scenes, packed once for all the pictures that are asked of."""

    tracks: Tracks
    wider: Tracks
    narrower: Tracks
    lines: Scenes
    surface: Scenes

    @classmethod
    def of(cls, tracks: Tracks, scenes: Scenes, *, edge_m: float = EDGE_M) -> Self:
        """Lines as the scenes paint them, and edges `edge_m` wide to both sides. Raises InputError for no width."""
        if not edge_m > 0.0:
            raise InputError(f"markings: edge_m must be positive, got {edge_m}")
        return cls(
            tracks=tracks,
            wider=Tracks.stack([_widened(track, edge_m) for track in tracks.tracks]),
            narrower=Tracks.stack([_widened(track, -edge_m) for track in tracks.tracks]),
            lines=Scenes.stack([_lines_of(scene) for scene in scenes.scenes]),
            surface=Scenes.stack([replace(_NOTHING, surface=_WHITE)]),
        )

    def shares(self, camera: Camera, poses: Poses, track_idx: CarIndex, scene_idx: CarIndex) -> Shares:
        """How much of each pixel (n, h, w) is line or edge, for cars with poses (n, 3) on their roads."""
        no_scene = np.zeros_like(scene_idx)

        def white(tracks: Tracks, scenes: Scenes, idx: CarIndex) -> Shares:
            return render(tracks, scenes, camera, poses, track_idx, idx)[..., 0].astype(np.float32) / 255.0

        inner, outer = (white(tracks, self.surface, no_scene) for tracks in (self.narrower, self.wider))
        lines = white(self.tracks, self.lines, scene_idx)
        return np.clip(outer - inner + lines, 0.0, 1.0)

    def mask(
        self, camera: Camera, poses: Poses, track_idx: CarIndex, scene_idx: CarIndex, *, at_least: float = AT_LEAST
    ) -> Masks:
        """Which pixels (n, h, w) are markings: those of which at least such a share is covered by them."""
        return self.shares(camera, poses, track_idx, scene_idx) >= at_least


def _widened(track: Track, by_m: float) -> Track:
    return replace(track, width_left_m=track.width_left_m + by_m, width_right_m=track.width_right_m + by_m)


def _lines_of(scene: Scene) -> Scene:
    """The scene's paint, where it has some, in pure white."""
    painted: Sequence[str] = ("line_m", "line_inset_m", "dash_m", "dash_period_m")
    return replace(
        _NOTHING,
        line=_WHITE,
        line_strength=1.0 if scene.line_strength > 0.0 else 0.0,
        **{name: getattr(scene, name) for name in painted},
    )
