"""The cars' cameras: they draw pictures, and know of the last two of each car from what they can be drawn again."""

from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import CarIndex, CarMask, Images, Poses
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scenes
from drive_sim.sim.track import Tracks


@dataclass(frozen=True, slots=True, eq=False)
class PictureSource:
    """What a batch of pictures is drawn from: roads, skies, poses (n, 3), and the seed of the sensor's noise."""

    tracks: Tracks
    scenes: Scenes
    poses: Poses
    noise_seed: int


class CarCameras:
    """One camera a car, on these roads (n,) and under these skies (n,); `noise_idx` (n,) numbers the cars' noise.

    `now` and `before` are the sources of the latest pictures and of those a tick earlier; None: they cannot be drawn
    again, and whoever keeps a state keeps the pictures.
    """

    def __init__(
        self, track_idx: CarIndex, scene_idx: CarIndex, noise_idx: CarIndex | None, num_threads: int = 1
    ) -> None:
        self._cars = track_idx, scene_idx, noise_idx
        self._num_threads = num_threads
        self.now: PictureSource | None = None
        self.before: PictureSource | None = None

    def seen(self, camera: Camera | None, source: PictureSource | None) -> Images | None:
        """What a camera sees on all cars (n, h, w, 3); None without either."""
        return None if camera is None or source is None else self.drawn(camera, source)

    def take(self, camera: Camera | None, source: PictureSource) -> Images | None:
        """New pictures of all cars."""
        self.now = source
        return self.seen(camera, source)

    def take_some(self, camera: Camera, source: PictureSource, images: Images, where: CarMask) -> Images:
        """The pictures of the cars of `where` (n,) drawn anew into `images`, which are of this tick, too."""
        # Where cars have no numbers of their own, those of `where` alone get another noise than among all.
        is_alike = self._cars[2] is not None and self.now is not None and self.now.scenes is source.scenes
        self.now, cars = source if is_alike else None, np.flatnonzero(where)
        images[cars] = self.drawn(camera, source, cars)
        return images

    def drawn(self, camera: Camera, source: PictureSource, cars: slice | CarIndex = slice(None)) -> Images:
        """What a camera sees on all cars, or on some of them (k, h, w, 3)."""
        track_idx, scene_idx, noise_idx = self._cars
        return render(
            source.tracks,
            source.scenes,
            camera,
            source.poses[cars],
            track_idx[cars],
            scene_idx[cars],
            noise_seed=source.noise_seed,
            noise_idx=None if noise_idx is None else noise_idx[cars],
            num_threads=self._num_threads,
        )
