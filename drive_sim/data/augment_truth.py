"""How true the augmenter is: its pictures and labels beside those of a car that really stands there."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from drive_sim import geometry
from drive_sim.arrays import CarIndex, Images, Masks, PerCar, Poses
from drive_sim.data.augment import ShiftRotate, label, shift_rotate, valid_mask
from drive_sim.policies.expert import pursuit_curvature
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import Suite
from drive_sim.sim.track import Tracks, lane_pose, point_on_lane

SPREAD_M, SPREAD_RAD = 0.3, 0.03
"""How far the original views lie off the lane and its heading: about as far as a driver does."""


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """Random places on a suite's roads, and a shift and a turn for each; all arrays are (n,)."""

    tracks: Tracks
    scenes: Scenes
    road_idx: CarIndex
    poses: Poses
    s_m: PerCar
    shift_m: PerCar
    turn_rad: PerCar

    @property
    def moved_poses(self) -> Poses:
        """Where the car stands after its shift and its turn (n, 3)."""
        return geometry.shifted_pose(self.poses, self.shift_m, self.turn_rad)


@dataclass(frozen=True, slots=True, eq=False)
class PictureTruth:
    """Pictures (n, h, w, 3) before the move, moved by the augmenter, and truly rendered; where they can agree."""

    original: Images
    augmented: Images
    rendered: Images
    valid: Masks

    @property
    def ratio(self) -> float:
        """Mean absolute difference to the true picture, over that of the untransformed one: 0 is perfect, 1 useless."""
        return self.augmented_grey / self.untransformed_grey

    @property
    def augmented_grey(self) -> float:
        """Mean absolute difference of augmented and true pictures in grey levels of 255, inside the valid mask."""
        return self._difference(self.augmented)

    @property
    def untransformed_grey(self) -> float:
        """The same for the pictures before the move."""
        return self._difference(self.original)

    def _difference(self, images: Images) -> float:
        return float(np.abs(images.astype(np.int16) - self.rendered)[self.valid].mean())


@dataclass(frozen=True, slots=True, eq=False)
class LabelTruth:
    """Errors (n,) of the augmenter's commands against the expert's own at the moved poses, in 1/m."""

    error_per_m: PerCar
    largest_command_per_m: float

    def percent(self, percentile: float) -> float:
        """A percentile of the absolute error in percent of the largest command."""
        return 100.0 * float(np.percentile(np.abs(self.error_per_m), percentile)) / self.largest_command_per_m


def draw_views(
    suite: Suite, num_views: int, rng: np.random.Generator, *, texture_amplitude: float | None = None
) -> Views:
    """Places all over the suite's roads, moves over the full range; sensor noise off, texture as the scenes have it."""
    changes = {"noise_grey": 0.0} | ({} if texture_amplitude is None else {"texture_amplitude": texture_amplitude})
    scenes = Scenes.stack([replace(scene, **changes) for scene in suite.scenes.scenes])
    road_idx = rng.integers(0, len(suite.tracks), num_views)
    s_m = rng.uniform(0.0, suite.tracks.length_m[road_idx])
    poses = point_on_lane(suite.tracks, road_idx, s_m, rng.uniform(-SPREAD_M, SPREAD_M, num_views))
    poses[:, 2] += rng.uniform(-SPREAD_RAD, SPREAD_RAD, num_views)
    reach = ShiftRotate()
    shift_m = rng.uniform(-reach.max_shift_m, reach.max_shift_m, num_views)
    turn_rad = rng.uniform(-reach.max_turn_rad, reach.max_turn_rad, num_views)
    return Views(suite.tracks, scenes, road_idx, poses, s_m, shift_m, turn_rad)


def picture_truth(views: Views, camera: Camera) -> PictureTruth:
    """The augmenter's pictures of the moved poses beside the renderer's."""

    def seen_from(poses: Poses) -> Images:
        return render(views.tracks, views.scenes, camera, poses, views.road_idx, views.road_idx)

    original = seen_from(views.poses)
    augmented = shift_rotate(original, camera, views.shift_m, views.turn_rad)
    return PictureTruth(
        original, augmented, seen_from(views.moved_poses), valid_mask(camera, views.shift_m, views.turn_rad)
    )


def label_truth(views: Views, config: ShiftRotate) -> LabelTruth:
    """The augmenter's labels beside what the expert itself would do at the moved poses."""

    def expert(poses: Poses) -> npt.NDArray[np.float64]:
        s_m = lane_pose(views.tracks, views.road_idx, poses, views.s_m).s_m
        return pursuit_curvature(views.tracks, views.road_idx, poses, s_m, config.arc_length_m)

    wanted = expert(views.moved_poses)
    labelled = label(config, expert(views.poses), views.shift_m, views.turn_rad)
    return LabelTruth(labelled - wanted, float(np.abs(wanted).max()))
