"""The film of a reward: the drive that it was read from, through the windscreen, on painted ground."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from drive_sim.arrays import PerCar, Picture, Poses
from drive_sim.errors import InputError
from drive_sim.irl.recorded_segments import Segment
from drive_sim.report.film_panels import DIM, NIGHT, write
from drive_sim.report.frames import frames_between_ticks
from drive_sim.report.paint import OfPlace, paint
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Track, Tracks, lane_pose

FILM_HZ = 20
VIEW_PX, _WORDS_PX = (960, 476), 64
SIZE_PX = (VIEW_PX[0], VIEW_PX[1] + _WORDS_PX)


@dataclass(frozen=True, slots=True, eq=False)
class FilmedDrive:
    """A drive of t ticks on a road: poses (t, 3), arc lengths and offsets from the lane (t,), and ticks a second."""

    track: Track
    scene: Scene
    poses: Poses
    s_m: PerCar
    offset_m: PerCar
    curvature_per_m: PerCar
    control_hz: float


def filmed_drive(run: Segment, seconds: float) -> FilmedDrive:
    """The part of a run that bends most, under its own sky or a clear one."""
    track, trace = run.road(), run.trace
    num = max(2, min(len(trace), round(seconds * run.info.control_hz)))
    bends = np.convolve(np.square(trace.curvature_per_m), np.ones(num), mode="valid")
    part = slice(int(np.argmax(bends)), int(np.argmax(bends)) + num)
    return FilmedDrive(
        track,
        _scene(run.info.scene),
        run.poses[part],
        (run.s_m - run.s_m[0])[part],
        trace.offset_m[part],
        trace.curvature_per_m[part],
        run.info.control_hz,
    )


def _scene(described: Mapping[str, Any]) -> Scene:
    """The recorded sky; a clear one where this version has no such sky."""
    try:
        known: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in described.items()}
        return Scene(**known)
    except (TypeError, InputError):
        return Scene()


def reward_frames(
    drive: FilmedDrive, of_place: OfPlace, liked_m: PerCar, words: str, *, num_threads: int = 1
) -> Iterator[Picture]:
    """Frames (540x960) of a drive; `liked_m` (t,) is what is liked at each tick, told beside where the car is."""
    calm = np.zeros(len(drive.s_m), dtype=np.bool_)
    frames = frames_between_ticks(drive.track, drive.poses, drive.s_m, drive.offset_m, calm, drive.control_hz / FILM_HZ)
    tracks, scenes, camera = Tracks.stack([drive.track]), Scenes.stack([drive.scene]), Camera().resized(*VIEW_PX)
    first = np.zeros(1, dtype=np.int64)
    for tick, pose, offset_m in zip(frames.tick, frames.poses, frames.offset_m, strict=True):
        view = render(tracks, scenes, camera, pose[None], first, first, num_threads=num_threads)[0]
        s_m = float(lane_pose(tracks, first, pose[None], drive.s_m[tick : tick + 1]).s_m[0])
        painted = paint(view, tracks, camera, pose, s_m, of_place)
        said = f"now {_side(float(offset_m))}   ·   likes {_side(float(liked_m[tick]))} here"
        yield np.concatenate([painted, _words(said, words)])


def _words(said: str, below: str) -> Picture:
    strip = Image.new("RGB", (SIZE_PX[0], _WORDS_PX), NIGHT)
    draw = ImageDraw.Draw(strip)
    write(draw, (16, 7), said, 22, bold=True)
    write(draw, (16, 38), below, 15, colour=DIM)
    return np.asarray(strip)


def _side(offset_m: float) -> str:
    size_m = abs(offset_m)
    return f"{size_m:.2f} m {'left' if offset_m > 0 else 'right'}"
