"""The frames and signs of the whole project, arcs, and the plane homographies of a pinhole camera.

Ground frame: x and y in metres, headings counter-clockwise in radians. Car frame: origin on the ground under the
rear axle (the point that follows the commanded arc), x forward, y left, z up. Camera frame (OpenCV's): x right,
y down, z forward. Image: column u right, row v down, whole numbers at pixel centres.

A command is a curvature in 1/m, left positive. Steering at the border to other people's tools is normalised to
[-1, 1], **right positive**.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FULL_LOCK_PER_M = 0.12
"""The curvature that a normalised steering of 1 stands for."""
TIGHTEST_PER_M = 2.0
"""The tightest that anything drives whose recordings are read: a model car's radius of half a metre (ours: 0.12 /m)."""
STEERING_CONVENTION = "right positive, -1 to 1, where 1 is a curvature of 0.12 /m"
CURVATURE_CONVENTION = "1/m, left positive"


def normalised_from_curvature(curvature_per_m: Floats | float, full_lock_per_m: float = FULL_LOCK_PER_M) -> Floats:
    """Other people's steering (right positive, -1 to 1) for a curvature (left positive, 1/m)."""
    return np.clip(-np.asarray(curvature_per_m, dtype=np.float64) / full_lock_per_m, -1.0, 1.0)


def curvature_from_normalised(steering: Floats | float, full_lock_per_m: float = FULL_LOCK_PER_M) -> Floats:
    """The curvature (left positive, 1/m) for other people's steering (right positive, -1 to 1)."""
    return -np.asarray(steering, dtype=np.float64) * full_lock_per_m


def wrap_angle_rad(angle_rad: Floats | float) -> Floats:
    """The same angle in [-pi, pi)."""
    return (np.asarray(angle_rad, dtype=np.float64) + np.pi) % (2.0 * np.pi) - np.pi


def arc_end_point(curvature_per_m: Floats | float, length_m: Floats | float) -> tuple[Floats, Floats]:
    """Forward and side distance, in the frame of its start, of the end of an arc.

    Exact for every curvature, zero included: a chord of length `l sinc(k l / 2)` at half the turned angle.
    """
    half_turn_rad = 0.5 * np.asarray(curvature_per_m, dtype=np.float64) * length_m
    # np.sinc(x) is sin(pi x) / (pi x): safe at zero curvature.
    chord_m = np.asarray(length_m, dtype=np.float64) * np.sinc(half_turn_rad / np.pi)
    return chord_m * np.cos(half_turn_rad), chord_m * np.sin(half_turn_rad)


def arc_through(forward_m: Floats | float, side_m: Floats | float) -> Floats:
    """Curvature of the arc that starts along x and passes through a point: `2 d / (f^2 + d^2)` (pure pursuit).

    The origin itself has no such arc; it gets 0.
    """
    distance2_m2 = np.square(forward_m) + np.square(side_m)
    return 2.0 * np.asarray(side_m, dtype=np.float64) / np.where(distance2_m2 > 0.0, distance2_m2, np.inf)


def into_frame(forward_m: Floats, side_m: Floats, shift_m: Floats, turn_rad: Floats) -> tuple[Floats, Floats]:
    """A point of the old car frame, seen from a car moved `shift_m` to the left and then turned `turn_rad` left."""
    moved_m = np.asarray(side_m, dtype=np.float64) - shift_m
    cos, sin = np.cos(turn_rad), np.sin(turn_rad)
    return cos * forward_m + sin * moved_m, cos * moved_m - sin * forward_m


def shifted_pose(pose: Floats, shift_m: Floats | float, turn_rad: Floats | float) -> Floats:
    """Poses (n, 3) after a move of `shift_m` to the car's left and a turn of `turn_rad` to the left."""
    x_m, y_m, heading_rad = np.moveaxis(np.asarray(pose, dtype=np.float64), -1, 0)
    return np.stack(
        [x_m - shift_m * np.sin(heading_rad), y_m + shift_m * np.cos(heading_rad), heading_rad + turn_rad], axis=-1
    )


def camera_from_car_rotation(pitch_rad: float, yaw_rad: float = 0.0) -> Floats:
    """Rotation (3, 3) into the camera frame; pitch looks down, yaw looks left where positive."""
    cos_p, sin_p, cos_y, sin_y = np.cos(pitch_rad), np.sin(pitch_rad), np.cos(yaw_rad), np.sin(yaw_rad)
    right = [sin_y, -cos_y, 0.0]
    down = [-sin_p * cos_y, -sin_p * sin_y, -cos_p]
    forward = [cos_p * cos_y, cos_p * sin_y, -sin_p]
    return np.array([right, down, forward])


def image_from_ground(intrinsics: Floats, camera_from_car: Floats, mount_m: Floats) -> Floats:
    """Homography (3, 3) from ground points (x_m, y_m, 1) of the car frame to homogeneous pixels.

    `intrinsics` is the pinhole matrix, `mount_m` the camera's centre (forward, left, up) in the car frame.
    The third homogeneous coordinate is the depth in metres, positive in front of the camera.
    """
    translation = -camera_from_car @ mount_m
    return intrinsics @ np.column_stack([camera_from_car[:, 0], camera_from_car[:, 1], translation])
