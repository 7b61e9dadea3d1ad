"""The truth-o-meter: a view made from a picture beside the view truly drawn from there, and what to steer there."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim import geometry
from drive_sim.arrays import Images, PerCar, Poses
from drive_sim.data.augment import corrected_curvature, shift_rotate, valid_mask
from drive_sim.policies.expert import pursuit_curvature
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Track, Tracks, nearest_s

LOOKAHEAD_M = 9.0
"""As far ahead as the expert looks, and as long as the arc of the corrected label."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """n views from elsewhere: pictures (n, h, w, 3), all else (n,).

    `untransformed` is the picture that was recorded, `made` what the augmenter makes of it, `true` what is seen from
    the new place, without the sensor's noise. `left_over` is the mean absolute difference of made and true as a share
    of that of untransformed and true, inside the valid mask. `label_per_m` is the corrected command, `expert_per_m`
    what the expert would do there.
    """

    shift_m: PerCar
    turn_rad: PerCar
    untransformed: Images
    made: Images
    true: Images
    left_over: Annotated[npt.NDArray[np.float64], "n"]
    label_per_m: PerCar
    expert_per_m: PerCar


def compare_views(
    track: Track, scene: Scene, camera: Camera, poses: Poses, *, shift_m: PerCar, turn_rad: PerCar
) -> Comparison:
    """Move the views of cars at poses (n, 3) on one road, and look from there too."""
    tracks, track_idx = Tracks.stack([track]), np.zeros(len(poses), dtype=np.int64)
    scenes, there = Scenes.stack([scene]), geometry.shifted_pose(poses, shift_m, turn_rad)
    here_images, true = (render(tracks, scenes, camera, at, track_idx, track_idx) for at in (poses, there))
    made = shift_rotate(here_images, camera, shift_m, turn_rad)
    valid = valid_mask(camera, shift_m, turn_rad)
    here_s_m = nearest_s(tracks, track_idx, poses)
    here_per_m = pursuit_curvature(tracks, track_idx, poses, here_s_m, LOOKAHEAD_M)
    return Comparison(
        shift_m,
        turn_rad,
        untransformed=here_images,
        made=made,
        true=true,
        left_over=_difference(made, true, valid) / _difference(here_images, true, valid),
        label_per_m=corrected_curvature(here_per_m, shift_m, turn_rad, LOOKAHEAD_M),
        expert_per_m=pursuit_curvature(tracks, track_idx, there, here_s_m, LOOKAHEAD_M),
    )


def _difference(a: Images, b: Images, valid: npt.NDArray[np.bool_]) -> PerCar:
    """Mean absolute difference (n,) in grey levels inside the mask (n, h, w)."""
    difference = np.abs(a.astype(np.float64) - b).mean(axis=-1)
    return np.where(valid, difference, 0.0).sum(axis=(1, 2)) / np.maximum(valid.sum(axis=(1, 2)), 1)
