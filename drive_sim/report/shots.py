"""What a film is told to show: poses in a world, and who drove. Light; the film itself is drawn in another process."""

from dataclasses import dataclass
from typing import NamedTuple

from drive_sim.arrays import Poses
from drive_sim.sim.camera import Camera
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track

FILM_HZ = 30


class World(NamedTuple):
    """Where a shot was taken: the road, the scene on it, and the car's own camera."""

    track: Track
    scene: Scene
    camera: Camera


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """Frames (f,) in one world, one after another, FILM_HZ of them a second.

    Poses (f, 3); for each frame the speed, who drove, the offset from the lane (left positive), and how many
    interventions there were so far.
    """

    world: World
    poses: Poses
    speed_mps: tuple[float, ...]
    drivers: tuple[str, ...]
    offset_m: tuple[float, ...]
    interventions: tuple[int, ...]
