"""Where the truth-o-meter's frames come from: a live road, a recording of ours, somebody else's."""

from pathlib import Path
from typing import Protocol

import numpy as np

from drive_sim.app.single_car import SingleCar
from drive_sim.app.truth_recording import RecordedFrames
from drive_sim.data.calibrated_log import is_foreign, load_calibrated_log, read_camera_file
from drive_sim.data.moved_view import Frame, Place, SidePictures
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import EnvConfig
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track


class TruthSource(Protocol):
    """Frames by number, counted from 0; `is_live`: there is one frame, and it changes as the car drives."""

    name: str
    is_live: bool
    complaint: str
    """One line on why the true view cannot be shown; empty where it can."""

    def __len__(self) -> int: ...

    def frame(self, number: int) -> Frame:
        """A frame, and what is known of where it was taken."""
        ...

    def advance(self) -> None:
        """A frame's step of 1/60 s."""
        ...


class LiveRoad:
    """The expert drives a road, and every moment is a frame."""

    is_live, complaint = True, ""

    def __init__(self, track: Track, scene: Scene, name: str, rng: np.random.Generator) -> None:
        self.name = name
        self.car = SingleCar(track, scene, EnvConfig(camera=None, vehicle=CONDITIONS.vehicle), rng)
        self._expert, self._camera = PursuitExpert(self.car.tracks), Camera()

    def __len__(self) -> int:
        return 1

    def advance(self) -> None:
        """The car drives on."""
        self.car.advance(self._expert.act)

    def frame(self, number: int) -> Frame:  # noqa: ARG002 - there is one
        """What the car's camera sees now, without its sensor's noise."""
        car, poses = self.car, self.car.state.poses
        # The lane pose is of the last control tick, at most a metre behind.
        place = Place(car.tracks, car.scenes, poses, car.observation.lane.s_m).moved(0.0, 0.0)
        driven_per_m = place.expert_per_m(self._expert.lookahead_m)
        return Frame(place.picture(self._camera), self._camera, driven_per_m, float(car.state.speed_mps[0]), place)


class LoggedFrames:
    """Somebody's recording, row by row, with its real side cameras where it has some."""

    is_live = False

    def __init__(self, path: Path, camera_file: Path | None) -> None:
        """Raises InputError where the log or the camera file cannot be read."""
        found = None if camera_file is None else read_camera_file(camera_file)
        demos = load_calibrated_log(path, found).demonstrations
        self._demos, self._side_m = demos, None if found is None else found.side_m
        self.name = demos.source or path.name
        self.complaint = (
            "" if demos.images_left is not None else f"{path}: has no side cameras, so nothing true is known"
        )

    def __len__(self) -> int:
        return len(self._demos)

    def advance(self) -> None:
        """Nothing moves here by itself."""

    def frame(self, number: int) -> Frame:
        """A row's middle picture, command and speed, and the pictures of the cameras beside."""
        demos = self._demos
        assert demos.camera is not None, "a calibrated log has a camera"
        left, right = demos.images_left, demos.images_right
        has_sides = demos.has_sides is None or bool(demos.has_sides[number])
        sides = None
        if left is not None and right is not None and has_sides:
            sides = SidePictures(left[number], right[number], self._side_m)
        driven_per_m, speed_mps = float(demos.curvature_per_m[number]), float(demos.speed_mps[number])
        return Frame(demos.images[number], demos.camera, driven_per_m, speed_mps, sides=sides)


def load_source(path: Path, camera_file: Path | None, at_hand: Track | None) -> RecordedFrames | LoggedFrames:
    """The frames of a recording or of a log. Raises InputError where there are none; takes seconds for long ones."""
    if is_foreign(path):
        return LoggedFrames(path, camera_file)
    return RecordedFrames(path, at_hand)
