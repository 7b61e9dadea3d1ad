"""The last minute of a sitting, kept as poses and a few words: the film's pictures are drawn only when asked for."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from drive_sim.app.single_car import SingleCar
from drive_sim.report.shots import FILM_HZ, Shot, World
from drive_sim.sim.camera import Camera

FRAMES_HZ = 60
SECONDS = 60.0


class _Frame(NamedTuple):
    world: World
    pose: tuple[float, float, float]
    speed_mps: float
    driver: str
    offset_m: float
    interventions: int


class FrameHistory:
    """A ring of the last minute's frames; adding one costs a microsecond or two, so every frame may be added."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._frames: deque[_Frame] = deque(maxlen=round(seconds * FILM_HZ))
        self._num_seen = 0
        self._world: World | None = None

    @property
    def duration_s(self) -> float:
        """How much is there to be filmed."""
        return len(self._frames) / FILM_HZ

    def add(self, car: SingleCar, driver_name: str, offset_m: float, interventions: int) -> None:
        """Keep a frame of the window (every second one is): who drives now, and how often the car was put back."""
        self._num_seen += 1
        if self._num_seen % (FRAMES_HZ // FILM_HZ):
            return
        world, camera = self._world, car.env.config.camera
        if world is None or world.track is not car.track or world.scene is not car.scene:
            world = self._world = World(car.track, car.scene, camera or Camera())
        x_m, y_m, heading_rad = car.state.poses[0].tolist()
        speed_mps = float(car.state.speed_mps[0])
        frame = _Frame(world, (x_m, y_m, heading_rad), speed_mps, driver_name, float(offset_m), int(interventions))
        self._frames.append(frame)

    def shots(self) -> tuple[Shot, ...]:
        """What is kept, oldest first, cut where the road or the scene changed."""
        return tuple(_shot(frames) for frames in _cut(list(self._frames)))


def _cut(frames: list[_Frame]) -> Iterator[list[_Frame]]:
    start = 0
    for end in range(1, len(frames) + 1):
        if end == len(frames) or frames[end].world is not frames[start].world:
            yield frames[start:end]
            start = end


def _shot(frames: list[_Frame]) -> Shot:
    _, poses, speed_mps, drivers, offset_m, interventions = zip(*frames, strict=True)
    return Shot(frames[0].world, np.array(poses), speed_mps, drivers, offset_m, interventions)
