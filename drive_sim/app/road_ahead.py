"""The road ahead as a camera of the window's size sees it, behind every screen's panels."""

import math
import os

import numpy as np
import pygame

from drive_sim.app.canvas import Canvas
from drive_sim.app.single_car import SingleCar
from drive_sim.arrays import Images
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render

_MOST_PIXELS = 1_500_000
"""A larger window shows a picture of this size, stretched: more would take longer than a frame."""


class RoadAhead:
    """The road as a camera of the window's size sees it, from the pose between two control ticks."""

    def __init__(self, car: SingleCar, camera: Camera | None = None) -> None:
        self.car = car
        self._small = self.camera = camera or car.env.config.camera or Camera()
        self._only = np.zeros(1, dtype=np.int64)
        self._num_threads = min(8, os.cpu_count() or 1)
        self._out: Images = np.empty((1, 0, 0, 3), dtype=np.uint8)

    def draw(self, canvas: Canvas) -> None:
        """Fill the window with the view, whatever its size is now."""
        size_px = canvas.surface.get_size()
        share = min(1.0, math.sqrt(_MOST_PIXELS / (size_px[0] * size_px[1])))
        self._fit(round(share * size_px[0]), round(share * size_px[1]))
        car = self.car
        render(
            car.tracks,
            car.scenes,
            self.camera,
            car.state.poses,
            self._only,
            self._only,
            num_threads=self._num_threads,
            out=self._out,
        )
        if self._surface.get_size() == size_px:
            canvas.surface.blit(self._surface, (0, 0))
        else:
            canvas.surface.blit(pygame.transform.scale(self._surface, size_px), (0, 0))

    def _fit(self, width_px: int, height_px: int) -> None:
        """Room for a picture of another size; the surface lies on the same bytes, so nothing is copied."""
        if self._out.shape[1:3] != (height_px, width_px):
            self.camera = self._small.resized(width_px, height_px)
            self._out = np.empty((1, height_px, width_px, 3), dtype=np.uint8)
            self._surface = pygame.image.frombuffer(self._out.data, (width_px, height_px), "RGB")
