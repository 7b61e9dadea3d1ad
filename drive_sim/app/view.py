"""What the window shows of a ride: the road ahead, a map with the trail, and the picture that the network gets."""

import os

import numpy as np
import pygame

from drive_sim.app.ride import Ride
from drive_sim.arrays import Picture
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.track import Track

PANEL = (18, 22, 26, 190)
EDGE, ROAD, TRAIL, CAR = (214, 219, 224), (104, 114, 125), (230, 159, 0), (255, 255, 255)
MAP_PX = 190
TRAIL_LENGTH = 6000
MARGIN_PX = 14


class RoadAhead:
    """The road as a camera of the window's size sees it, from the pose between two control ticks."""

    def __init__(self, ride: Ride, size_px: tuple[int, int], camera: Camera | None = None) -> None:
        self.camera = (camera or Camera()).resized(*size_px)
        self._ride = ride
        self._car = np.zeros(1, dtype=np.int64)
        self._num_threads = os.cpu_count() or 1

    def draw(self, surface: pygame.Surface) -> None:
        """Fill the surface with the view."""
        ride = self._ride
        images = render(
            ride.tracks,
            ride.scenes,
            self.camera,
            ride.state.poses,
            self._car,
            self._car,
            num_threads=self._num_threads,
        )
        surface.blit(as_surface(images[0]), (0, 0))


class RoadMap:
    """The whole road from above, with where the car has been."""

    def __init__(self, track: Track) -> None:
        x_m, y_m = track.x_m, track.y_m
        extent_m = max(np.ptp(x_m), np.ptp(y_m), 1.0)
        self._scale = (MAP_PX - 24) / extent_m
        self._centre_m = (float(x_m.max() + x_m.min()) / 2, float(y_m.max() + y_m.min()) / 2)
        self._trail: list[tuple[float, float]] = []
        self._ground = _panel((MAP_PX, MAP_PX))
        points = [self._pixel(x, y) for x, y in zip(x_m[::4], y_m[::4], strict=True)]
        pygame.draw.lines(self._ground, ROAD, track.closed, points, 4)

    def add(self, x_m: float, y_m: float) -> None:
        """The car is here now."""
        self._trail.append(self._pixel(x_m, y_m))
        del self._trail[:-TRAIL_LENGTH]

    def draw(self, surface: pygame.Surface) -> None:
        """Draw it into the upper right corner."""
        picture = self._ground.copy()
        if len(self._trail) > 1:
            pygame.draw.lines(picture, TRAIL, False, self._trail, 2)
        if self._trail:
            pygame.draw.circle(picture, CAR, self._trail[-1], 4)
        surface.blit(picture, (surface.get_width() - MAP_PX - MARGIN_PX, MARGIN_PX))

    def _pixel(self, x_m: float, y_m: float) -> tuple[float, float]:
        """North is up: y grows upwards on the map and downwards on the screen."""
        right, up = (x_m - self._centre_m[0]) * self._scale, (y_m - self._centre_m[1]) * self._scale
        return MAP_PX / 2 + right, MAP_PX / 2 - up


def draw_network_picture(surface: pygame.Surface, picture: Picture, font: pygame.font.Font) -> None:
    """Draw the picture that the network gets into the lower right corner, half as large again."""
    height_px, width_px = picture.shape[0] * 3 // 2, picture.shape[1] * 3 // 2
    panel = _panel((width_px + 12, height_px + 32))
    panel.blit(font.render(f"what a network sees: {picture.shape[1]} x {picture.shape[0]}", True, EDGE), (8, 7))
    panel.blit(pygame.transform.scale(as_surface(picture), (width_px, height_px)), (6, 26))
    right, bottom = surface.get_size()
    surface.blit(panel, (right - panel.get_width() - MARGIN_PX, bottom - panel.get_height() - MARGIN_PX))


def as_surface(picture: Picture) -> pygame.Surface:
    """A picture (h, w, 3) as a surface."""
    return pygame.image.frombuffer(np.ascontiguousarray(picture).tobytes(), picture.shape[1::-1], "RGB")


def _panel(size_px: tuple[int, int]) -> pygame.Surface:
    panel = pygame.Surface(size_px, pygame.SRCALPHA)
    pygame.draw.rect(panel, PANEL, panel.get_rect(), border_radius=8)
    return panel
