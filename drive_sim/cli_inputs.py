"""What the arguments name, loaded: roads, suites, models, recordings, cameras. Heavy imports wait in the functions."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.checkout import model_folder
from drive_sim.cli_arguments import SUITES
from drive_sim.errors import InputError, one_of

if TYPE_CHECKING:
    from argparse import Namespace

    from drive_sim.arrays import Picture
    from drive_sim.data.demonstrations import Demonstrations
    from drive_sim.policies.base import Policy
    from drive_sim.sim.camera import Camera
    from drive_sim.sim.scene import Scene
    from drive_sim.sim.suites import Suite
    from drive_sim.sim.track import Track, Tracks


def output_folder(args: Namespace) -> Path:
    """The new folder of --out, or the next one under runs/; this run's alone."""
    from drive_sim.files import claim, new_folder, numbered_folder

    folder = new_folder(args.out) if args.out else numbered_folder(Path("runs"), args.command)
    claim(folder, "another run writes into it; name a new folder")
    return folder


def check_room(folder: Path, megabytes: int) -> None:
    """Say that a disk is full before the work and not after it."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise InputError(
            f"{folder}: only {free} MB are free and {megabytes} are needed; free some, or choose another place"
        )


def chosen_road(args: Namespace) -> tuple[Track, Scene]:
    """The road of --track, or the demonstration's road of the seed, with a sky."""
    if args.track is None:
        from drive_sim.sim.suites import make_demonstration_world

        return make_demonstration_world(args.seed)
    import numpy as np

    from drive_sim.sim.circuit_file import resolve_track
    from drive_sim.sim.conditions import CONDITIONS
    from drive_sim.sim.scene import make_scene

    return resolve_track(args.track), make_scene(CONDITIONS.scene_kind, np.random.default_rng(args.seed))


def chosen_suite(args: Namespace) -> Suite:
    """The roads of --suite or of --track, each driven as far as --distance says."""
    from dataclasses import replace

    from drive_sim.sim.conditions import CONDITIONS
    from drive_sim.sim.suites import make_suite, suite_from_track

    one_of("suite", args.suite, SUITES)
    if args.track is None:
        suite = make_suite(args.suite)
    else:
        suite = suite_from_track(*chosen_road(args), disturbance=CONDITIONS.evaluation, seed=args.seed)
    return suite if args.distance is None else replace(suite, distance_m=1000.0 * args.distance)


def load_drivers(names: Sequence[str], tracks: Tracks) -> dict[str, tuple[Policy, Camera | None]]:
    """Policies by name, and the camera that each drives by (None: the expert, which needs none).

    A name is a model's folder or ONNX file, one of the models that ship, or `expert`.
    """
    return {name: _load_driver(name, tracks) for name in dict.fromkeys(names)}


def _load_driver(name: str, tracks: Tracks) -> tuple[Policy, Camera | None]:
    if name == "expert":
        from drive_sim.policies.expert import PursuitExpert

        return PursuitExpert(tracks), None
    if name.lower().endswith(".onnx"):
        from drive_sim.policies.onnx_policy import load_onnx

        policy = load_onnx(Path(name))
        return policy, policy.camera
    from drive_sim.policies.model_folder import load_model

    policy = load_model(model_folder(name))
    return policy, policy.camera


def models_to_watch(names: Sequence[str], *, lecture: bool) -> tuple[str, ...]:
    """The folders of named models (and `expert`), or of the newest pair under runs/, or of two that ship.

    A lecture needs a pair that learned from the same frames: without one there, it is none.
    """
    from drive_sim.app.shelf import newest_pair, shipped_pair

    if not names:
        return tuple(map(str, newest_pair(Path("runs")).values())) or (() if lecture else shipped_pair())
    return tuple(name if name == "expert" else str(model_folder(name)) for name in dict.fromkeys(names))


def demonstrations(paths: Sequence[Path], camera_file: Path | None) -> tuple[Demonstrations, list[str]]:
    """Recordings and Udacity logs as one, and what there is to say about them."""
    from drive_sim.data.demonstrations import concatenated
    from drive_sim.data.recording import load_recording

    camera, own_car_top_px = (None, None) if camera_file is None else read_camera(camera_file)
    parts: list[Demonstrations] = []
    notes: list[str] = []
    for path in paths:
        if is_udacity_log(path):
            demos, said = _udacity_demonstrations(path, camera, own_car_top_px)
        else:
            recording = load_recording(path)
            demos, said = recording.demonstrations(), list(recording.notes)
        parts.append(demos)
        notes += [f"{path}: {line}" for line in said]
    return concatenated(parts), notes


def recorded_s(folder: Path) -> float:
    """How many seconds of driving a recording holds, without what was dropped."""
    from drive_sim.data.recording import load_recording

    try:
        return load_recording(folder).duration_s
    except InputError:  # nothing was written yet
        return 0.0


def is_udacity_log(path: Path) -> bool:
    """Whether a path is a Udacity log, or a folder that holds one."""
    return path.suffix.lower() == ".csv" or (path / "driving_log.csv").is_file()


def _udacity_demonstrations(
    path: Path, camera: Camera | None, own_car_top_px: int | None
) -> tuple[Demonstrations, list[str]]:
    """A log at the size that networks read; keyboard steering comes in spikes, so it is smoothed.

    The car's own bonnet is cut off: it stands still, so in a shifted and rotated view it would tell the shift.
    """
    from dataclasses import replace

    from drive_sim.data.crop import network_crop
    from drive_sim.data.demonstrations import smoothed
    from drive_sim.data.udacity import load_udacity

    if camera is None:
        raise InputError(f"{path}: its camera is not known; find it with `calibrate {path}`, give it with --camera")

    def cropped(picture: Picture) -> Picture:
        if picture.shape[:2] != (camera.height_px, camera.width_px):
            raise InputError(
                f"{path}: its pictures are {picture.shape[1]}x{picture.shape[0]}, those of the camera file "
                f"{camera.width_px}x{camera.height_px}; find this log's own with `calibrate {path}`"
            )
        return crop.picture(picture)

    crop = network_crop(camera.width_px, own_car_top_px or camera.height_px, horizon_px=camera.horizon_px)
    demos, report = load_udacity(path, edit=cropped)
    return replace(smoothed(demos), camera=crop.camera(camera)), report.lines()


def read_camera(path: Path) -> tuple[Camera, int | None]:
    """A camera as `calibrate` writes it, and the row where the car's own bonnet begins, where it is known."""
    from drive_sim.sim.camera import Camera

    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Camera(**found["camera"]), found.get("fit", {}).get("own_car_top_px")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a camera file ({error}); `calibrate` writes one") from None


def has_display() -> bool:
    """Whether a window can be shown; SDL's dummy driver counts as one that nobody sees."""
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"))
    return named or sys.platform in ("darwin", "win32")


def has_visible_display() -> bool:
    """Whether there is somebody to open a window for who has not asked for one."""
    return has_display() and os.environ.get("SDL_VIDEODRIVER") not in ("dummy", "offscreen")
