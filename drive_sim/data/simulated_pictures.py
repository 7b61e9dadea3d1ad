"""Simulated pictures of roads, each from a pose of its own, with the curvature that leads back to the road's middle.

ALVINN learned in 1989 from such pictures only (Pomerleau, NIPS 1, section 4): a generator drew roads, and the label was
the curvature that brings the vehicle to the road's centre 7 m ahead. Nobody drives here: every pose of a range is as
likely as any other, so the way back is in the data from the start.
"""

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from drive_sim import geometry
from drive_sim.arrays import CarIndex, Images, PerCar, Poses
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.policies.expert import pursuit_curvature
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import ROAD_KINDS, RoadKind, make_circuit
from drive_sim.sim.scene import SCENE_KINDS, Scene, Scenes, make_scene
from drive_sim.sim.track import Tracks, lane_pose, point_on_lane


@dataclass(frozen=True, slots=True)
class PictureGenerator:
    """What is drawn: roads, their widths, scenes, and the poses from which they are seen.

    Half the road's width is uniform in `half_width_m` (from, to), one a road. Every road is seen under each of
    `scene_kinds` in turn, and each picture has a scene of its own. `has_wheel_tracks`: the surface's two dark stripes
    are left in; they run at a fixed distance from the road's middle and so tell it, whatever the edges do. Offset and
    heading are uniform, to either side. The label leads to the road's middle `lookahead_m` further on.
    """

    road_kind: str = "country"
    half_width_m: tuple[float, float] = (2.2, 2.2)
    scene_kinds: tuple[str, ...] = tuple(SCENE_KINDS)
    has_wheel_tracks: bool = True
    num_roads: int = 60
    road_length_m: float = 600.0
    max_offset_m: float = 1.5
    max_heading_rad: float = math.radians(8.0)
    lookahead_m: float = 7.0

    def __post_init__(self) -> None:
        if self.road_kind not in ROAD_KINDS:
            raise InputError(f"pictures: no road kind {self.road_kind!r}; there are {', '.join(ROAD_KINDS)}")
        if not self.scene_kinds or self.num_roads < 1:
            raise InputError("pictures: it takes at least one kind of scene and one road")
        if not 0.0 < self.half_width_m[0] <= self.half_width_m[1]:
            raise InputError(f"pictures: half_width_m must be from a positive number up, got {self.half_width_m}")
        if not (self.lookahead_m > 0.0 and self.max_offset_m >= 0.0 and 0.0 <= self.max_heading_rad < 0.5 * math.pi):
            raise InputError("pictures: lookahead_m must be positive, max_offset_m and max_heading_rad not negative")

    @property
    def sharpest_per_m(self) -> float:
        """The sharpest label: in the tightest bend, as far outside as can be and turned outwards as far as can be."""
        forward_m, side_m = geometry.arc_end_point(ROAD_KINDS[self.road_kind].max_curvature_per_m, self.lookahead_m)
        shift_m, turn_rad = np.array(-self.max_offset_m), np.array(-self.max_heading_rad)
        return float(geometry.arc_through(*geometry.into_frame(forward_m, side_m, shift_m, turn_rad)))


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """n places from which roads are seen: the roads, a scene for each place, its pose, its road and where along it."""

    tracks: Tracks
    scenes: Scenes
    poses: Poses
    road: CarIndex
    s_m: PerCar
    noise_seed: int

    def with_edges(self, left_m: float, right_m: float) -> Self:
        """The same places, scenes and noise, with the roads' edges so far to both sides of their middles."""
        moved = [
            replace(
                track,
                width_left_m=np.full_like(track.width_left_m, left_m),
                width_right_m=np.full_like(track.width_right_m, right_m),
            )
            for track in self.tracks.tracks
        ]
        return replace(self, tracks=Tracks.stack(moved))

    def images(self, camera: Camera) -> Images:
        """What a camera sees from each place (n, h, w, 3)."""
        number = np.arange(len(self.poses))
        return render(self.tracks, self.scenes, camera, self.poses, self.road, number, noise_seed=self.noise_seed)

    def curvature_per_m(self, lookahead_m: float) -> PerCar:
        """The curvature (n,) that leads from each place to the road's middle, so far further on."""
        return pursuit_curvature(self.tracks, self.road, self.poses, self.s_m, lookahead_m)


def make_views(generator: PictureGenerator, num_views: int, rng: np.random.Generator) -> Views:
    """Roads, scenes and poses from four streams of `rng`: what is drawn of one never shifts the others."""
    if num_views < 1:
        raise InputError(f"pictures: num_pictures must be positive, got {num_views}")
    road_rng, scene_rng, pose_rng, noise_rng = rng.spawn(4)
    tracks = Tracks.stack(
        [
            make_circuit(road_rng, kind=_kind(generator, road_rng), length_m=generator.road_length_m)
            for _ in range(generator.num_roads)
        ]
    )
    kinds = generator.scene_kinds
    scenes = Scenes.stack([_scene(generator, kinds[i % len(kinds)], scene_rng) for i in range(num_views)])
    road = np.arange(num_views) // len(kinds) % generator.num_roads
    place, offset, heading = pose_rng.random((3, num_views))
    s_m = place * tracks.length_m[road]
    poses = point_on_lane(tracks, road, s_m, (2.0 * offset - 1.0) * generator.max_offset_m)
    poses[:, 2] += (2.0 * heading - 1.0) * generator.max_heading_rad
    return Views(tracks, scenes, poses, road, s_m, noise_seed=int(noise_rng.integers(2**31)))


def make_pictures(
    generator: PictureGenerator, num_pictures: int, camera: Camera, rng: np.random.Generator, *, source: str = ""
) -> Demonstrations:
    """So many labelled pictures; their `lane` says from where they are seen.

    Picture i has a scene of the kind `scene_kinds[i % len(scene_kinds)]`. Roads, scenes, poses and noise are drawn from
    a stream each, so that with one seed two generators that differ in the roads' width draw the same bends and poses.
    """
    views = make_views(generator, num_pictures, rng)
    return Demonstrations(
        images=views.images(camera),
        curvature_per_m=views.curvature_per_m(generator.lookahead_m),
        speed_mps=np.full(num_pictures, np.nan),
        camera=camera,
        lane=lane_pose(views.tracks, views.road, views.poses, views.s_m),
        source=source or "simulated pictures",
    )


def _kind(generator: PictureGenerator, rng: np.random.Generator) -> RoadKind:
    return replace(ROAD_KINDS[generator.road_kind], half_width_m=float(rng.uniform(*generator.half_width_m)))


def _scene(generator: PictureGenerator, kind: str, rng: np.random.Generator) -> Scene:
    scene = make_scene(kind, rng)
    return scene if generator.has_wheel_tracks else without_wheel_tracks(scene)


def without_wheel_tracks(scene: Scene) -> Scene:
    """The same scene with an even surface."""
    return replace(scene, wheel_track=0.0)
