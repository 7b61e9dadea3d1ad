"""The film of the last minute: the road ahead as the window showed it, a map with the trail, and a line of text."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from drive_sim.arrays import Picture
from drive_sim.report import film_panels as panels
from drive_sim.report import style
from drive_sim.report.film_panels import NIGHT, PANEL, SHARP, TEXT, Colour, Pair
from drive_sim.report.numbers import counted
from drive_sim.report.shots import FILM_HZ, Shot
from drive_sim.report.video import write_film
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scenes
from drive_sim.sim.track import Track, Tracks

SIZE_PX, BAND_PX, MAP_PX, MARGIN_PX = (960, 540), (960, 48), (176, 176), 12
_VIEW_PX = (SIZE_PX[0], SIZE_PX[1] - BAND_PX[1])
_ROAD: Colour = (104, 114, 125)
_BY_HAND: Colour = (240, 176, 32)
_ALARM_FRAMES = FILM_HZ
_WORDS_EVERY = 6
"""Frames: numbers that change 30 times a second cannot be read."""
_JUMP_M = 6.0


def write_minute(path: Path, shots: Sequence[Shot]) -> int:
    """Write a new H.264 film (960x540) of the shots, whole or not at all; returns its number of frames.

    Raises InputError where there are no frames, or where the file system refuses.
    """
    return write_film(path, minute_frames(shots), FILM_HZ)


def minute_frames(shots: Sequence[Shot]) -> Iterator[Picture]:
    """Frame by frame (540x960), shot after shot."""
    for shot in shots:
        yield from _frames_of(shot)


def _frames_of(shot: Shot) -> Iterator[Picture]:
    tracks, scenes = Tracks.stack([shot.world.track]), Scenes.stack([shot.world.scene])
    camera: Camera = shot.world.camera.resized(*_VIEW_PX)
    car, plan = np.zeros(1, dtype=np.int64), _Map(shot.world.track)
    frame = np.empty((SIZE_PX[1], SIZE_PX[0], 3), dtype=np.uint8)
    for i, driver in enumerate(shot.drivers):
        view = render(tracks, scenes, camera, shot.poses[i : i + 1], car, car)[0]
        if shot.interventions[i] > shot.interventions[max(0, i - _ALARM_FRAMES)]:
            view = panels.alarmed(view, "intervention", colour=_colour(driver))
        frame[: _VIEW_PX[1]] = view
        right, top = SIZE_PX[0] - MARGIN_PX, MARGIN_PX
        frame[top : top + MAP_PX[1], right - MAP_PX[0] : right] = plan.at(shot.poses[i], _colour(driver))
        if i % _WORDS_EVERY == 0 or driver != shot.drivers[i - 1]:
            frame[_VIEW_PX[1] :] = _band(shot, i)
        yield frame


def _band(shot: Shot, i: int) -> Picture:
    """The line of text under the view at frame i."""
    band = Image.new("RGB", BAND_PX, NIGHT)
    draw, middle_px, driver = ImageDraw.Draw(band), BAND_PX[1] // 2, shot.drivers[i]
    draw.ellipse((16, middle_px - 8, 32, middle_px + 8), fill=_colour(driver))
    panels.write(draw, (44, middle_px), _label(driver), 22, bold=True, anchor="lm")
    facts = [f"{3.6 * shot.speed_mps[i]:.0f} km/h", panels.offset_in_words(shot.offset_m[i])]
    if driver != "human" or shot.interventions[i]:
        facts.append(counted(shot.interventions[i], "intervention"))
    for right_px, fact in zip((540, 720, 944), facts, strict=False):
        panels.write(draw, (right_px, middle_px), fact, 20, anchor="rm")
    return np.asarray(band)


def _label(driver: str) -> str:
    if driver == "human":
        return "Driven by hand"
    return style.LOOKS[driver].label if driver in style.LOOKS else driver


def _colour(driver: str) -> Colour:
    return _BY_HAND if driver == "human" else panels.BRIGHT.get(driver, TEXT)


class _Map:
    """The whole road from above; the trail grows from frame to frame."""

    def __init__(self, track: Track) -> None:
        points = np.stack([track.x_m, track.y_m], axis=-1)
        low, high = points.min(axis=0), points.max(axis=0)
        self._size_px: Pair = (MAP_PX[0] * SHARP, MAP_PX[1] * SHARP)
        self._middle_m = (low + high) / 2.0
        self._px_per_m = 0.86 * min(self._size_px) / max(1.0, float((high - low).max()))
        self._ground = Image.new("RGB", self._size_px, PANEL)
        line = [self._pixel(point) for point in points[::4]]
        ImageDraw.Draw(self._ground).line(line + line[:1] * track.closed, fill=_ROAD, width=4 * SHARP, joint="curve")
        self._last_m: np.ndarray | None = None

    def at(self, pose: np.ndarray, colour: Colour) -> Picture:
        """The map with the car, which leaves its trail; a car that was moved leaves none."""
        here_m = pose[:2]
        if self._last_m is not None and float(np.hypot(*(here_m - self._last_m))) < _JUMP_M:
            ends = [self._pixel(self._last_m), self._pixel(here_m)]
            ImageDraw.Draw(self._ground).line(ends, fill=colour, width=2 * SHARP)
        self._last_m = here_m
        picture = self._ground.copy()
        x, y = self._pixel(here_m)
        radius = 5 * SHARP
        ImageDraw.Draw(picture).ellipse(
            (x - radius, y - radius, x + radius, y + radius), fill=colour, outline=TEXT, width=SHARP
        )
        return np.asarray(picture.reduce(SHARP))

    def _pixel(self, point_m: np.ndarray) -> tuple[float, float]:
        """Column and row; y grows upwards on the ground."""
        right_m, up_m = point_m - self._middle_m
        return self._size_px[0] / 2 + right_m * self._px_per_m, self._size_px[1] / 2 - up_m * self._px_per_m
