"""One frame from a shifted and turned car: what the augmenter makes of it, picture and labels, beside the true ones."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from drive_sim import geometry
from drive_sim.arrays import Picture
from drive_sim.data.augment import LAWS, Law, ShiftRotate, label, shift_rotate, valid_mask
from drive_sim.data.augment_truth import PictureTruth
from drive_sim.policies.expert import pursuit_curvature
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scenes
from drive_sim.sim.track import Tracks, lane_pose

_ONLY = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a frame was taken: road and scene as batches of one, the car's pose (1, 3) and its arc length (1,)."""

    tracks: Tracks
    scenes: Scenes
    pose: npt.NDArray[np.float64]
    s_m: npt.NDArray[np.float64]

    def moved(self, shift_m: float, turn_rad: float) -> "Place":
        """The place after a shift and then a turn to the left."""
        pose = geometry.shifted_pose(self.pose, shift_m, turn_rad)
        return Place(self.tracks, self.scenes, pose, lane_pose(self.tracks, _ONLY, pose, self.s_m).s_m)

    def picture(self, camera: Camera) -> Picture:
        """What the camera sees from there, without its sensor's noise."""
        return render(self.tracks, self.scenes, camera, self.pose, _ONLY, _ONLY)[0]

    def expert_per_m(self, lookahead_m: float) -> float:
        """What the scripted expert would command there, in 1/m."""
        return float(pursuit_curvature(self.tracks, _ONLY, self.pose, self.s_m, lookahead_m)[0])


@dataclass(frozen=True, slots=True, eq=False)
class SidePictures:
    """What the real cameras on the car's left and right saw; `side_m` beside the middle one, None: not known."""

    left: Picture
    right: Picture
    side_m: float | None

    def nearest(self, shift_m: float) -> tuple[Picture, str]:
        """The picture of the camera on the side of a shift, and which one that is."""
        return (self.left, "left") if shift_m >= 0.0 else (self.right, "right")


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture (h, w, 3), the camera that took it, and the command (1/m) and speed with which it was driven.

    `place` is None where the road is not known, `sides` where there were no side cameras.
    """

    picture: Picture
    camera: Camera
    driven_per_m: float
    speed_mps: float
    place: Place | None = None
    sides: SidePictures | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MovedView:
    """A frame after a shift and a turn to the left: `synthetic` (h, w, 3) is the augmenter's picture, `true` the true.

    `known` (h, w) says where the warp can know what is seen. `labels` are the corrected commands in 1/m by law, and
    `expert_per_m` the expert's own at the moved pose. `true_is` says what the true picture is: "rendered", "left" or
    "right" for a real camera, "" where there is none. Unknown: None.
    """

    frame: Frame
    shift_m: float
    turn_rad: float
    synthetic: Picture
    known: npt.NDArray[np.bool_]
    labels: dict[Law, float]
    true: Picture | None = None
    true_is: str = ""
    expert_per_m: float | None = None
    expert_before_per_m: float | None = None

    @property
    def unknown_share(self) -> float:
        """The share of the picture that the warp cannot know."""
        return 1.0 - float(self.known.mean())

    @property
    def difference_grey(self) -> float | None:
        """Mean absolute difference of the synthetic and the true picture in grey levels of 255, inside the mask."""
        truth = self._truth
        return None if truth is None else truth.augmented_grey

    @property
    def unmoved_grey(self) -> float | None:
        """The same for the picture before the move."""
        truth = self._truth
        return None if truth is None else truth.untransformed_grey

    def label_error_per_m(self, law: Law) -> float | None:
        """A law's label less the expert's own command at the moved pose."""
        return None if self.expert_per_m is None else self.labels[law] - self.expert_per_m

    @property
    def _truth(self) -> PictureTruth | None:
        if self.true is None or not self.known.any():
            return None
        return PictureTruth(self.frame.picture[None], self.synthetic[None], self.true[None], self.known[None])


def moved_view(frame: Frame, shift_m: float, turn_rad: float) -> MovedView:
    """What the augmenter makes of a frame, and what is true there. Raises InputError for what no picture shows."""
    shift, turn = np.array([shift_m]), np.array([turn_rad])
    synthetic = shift_rotate(frame.picture[None], frame.camera, shift, turn)[0]
    known = valid_mask(frame.camera, shift, turn)[0]
    labels: dict[Law, float] = {law: _label(frame, law, shift, turn) for law in LAWS}
    view = MovedView(frame, shift_m, turn_rad, synthetic, known, labels)
    if frame.place is not None:
        return _beside_rendered(view, frame.place)
    if frame.sides is not None:
        true, side = frame.sides.nearest(shift_m)
        return replace(view, true=true, true_is=side)
    return view


def _beside_rendered(view: MovedView, place: Place) -> MovedView:
    moved, lookahead_m = place.moved(view.shift_m, view.turn_rad), ShiftRotate().arc_length_m
    return replace(
        view,
        true=moved.picture(view.frame.camera),
        true_is="rendered",
        expert_per_m=moved.expert_per_m(lookahead_m),
        expert_before_per_m=place.expert_per_m(lookahead_m),
    )


def _label(frame: Frame, law: Law, shift_m: npt.NDArray[np.float64], turn_rad: npt.NDArray[np.float64]) -> float:
    """By one law; a speed that is not known counts as standing still, for which a law has its own least way."""
    speed_mps = np.nan_to_num(np.array([frame.speed_mps]))
    return float(label(ShiftRotate(law=law), np.array([frame.driven_per_m]), shift_m, turn_rad, speed_mps)[0])
