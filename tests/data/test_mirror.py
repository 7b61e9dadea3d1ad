"""In a mirror the road bends the other way: pictures, commands and cameras with it, and twice is nothing."""

from dataclasses import fields, replace

import numpy as np
import pytest

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.mirror import check_mirror, mirror_pictures, mirrored, mirrored_camera
from drive_sim.data.warp import shift_rotate
from drive_sim.errors import InputError
from drive_sim.policies.expert import pursuit_curvature
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import LanePose, Tracks, point_on_lane

OFF_CENTRE = Camera(principal_x_px=90.0)
CLEAR = Scene(noise_grey=0.0, texture_amplitude=0.0)


def drawn(camera: Camera, n: int = 5) -> Demonstrations:
    rng = np.random.default_rng(0)
    views = rng.integers(0, 256, (3, n, camera.height_px, camera.width_px, 3), dtype=np.uint8)
    numbers = rng.normal(size=(5, n))
    lane = LanePose(np.zeros(n, np.int64), *rng.normal(size=(5, n)))
    return Demonstrations(
        views[0],
        numbers[0],
        np.abs(numbers[1]),
        camera,
        expert_curvature_per_m=numbers[2],
        lane=lane,
        images_left=views[1],
        images_right=views[2],
        side_m=0.5,
        raw_steering=numbers[3],
        lateral_goal=np.where(numbers[4] > 0.0, numbers[4], np.nan),
    )


@pytest.mark.parametrize("camera", [Camera(), OFF_CENTRE, Camera(side_m=0.3)])
def test_mirrored_twice_is_the_same_to_the_bit(camera: Camera) -> None:
    demos = drawn(camera)
    once = mirrored(demos)
    twice = mirrored(once)
    assert not np.array_equal(once.images, demos.images)
    assert twice.camera == demos.camera
    for field in fields(Demonstrations):
        before, after = getattr(demos, field.name), getattr(twice, field.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_array_equal(after, before)
    assert demos.lane is not None and twice.lane is not None
    for field in fields(LanePose):
        np.testing.assert_array_equal(getattr(twice.lane, field.name), getattr(demos.lane, field.name))


def test_left_and_right_change_places() -> None:
    demos = drawn(OFF_CENTRE)
    other = mirrored(demos)
    assert demos.images_right is not None and other.images_left is not None and demos.lateral_goal is not None
    np.testing.assert_array_equal(other.images_left, demos.images_right[:, :, ::-1])
    np.testing.assert_array_equal(other.curvature_per_m, -demos.curvature_per_m)
    np.testing.assert_array_equal(other.lateral_goal, -demos.lateral_goal)
    assert other.camera == replace(OFF_CENTRE, principal_x_px=199.0 - 90.0)
    assert mirrored_camera(Camera()) == Camera()


@pytest.mark.parametrize("camera", [Camera(), OFF_CENTRE])
def test_a_mirrored_road_negates_the_command_and_looks_like_the_mirrored_picture(camera: Camera) -> None:
    to_left = make_circle(40.0)
    tracks, only = Tracks.stack([to_left, to_left.mirrored()]), np.arange(2)
    poses = point_on_lane(tracks, only, np.full(2, 30.0), np.array([0.4, -0.4]))
    left_per_m, right_per_m = pursuit_curvature(tracks, only, poses, np.full(2, 30.0), 9.0)
    assert left_per_m == pytest.approx(-right_per_m, abs=1e-9) and left_per_m > 0.0
    seen = render(tracks, Scenes.stack([CLEAR, CLEAR]), camera, poses, only, only)
    in_mirror = seen.copy()
    mirror_pictures(in_mirror, np.array([True, False]), camera)
    seen_px = slice(20, 160)  # off-centre the edge is not seen
    difference = np.abs(in_mirror[0, 20:, seen_px].astype(float) - seen[1, 20:, seen_px]).mean()
    unmirrored = np.abs(seen[0, 20:, seen_px].astype(float) - seen[1, 20:, seen_px]).mean()
    assert difference < 0.25 * unmirrored
    np.testing.assert_array_equal(in_mirror[1], seen[1])


def test_a_shift_in_the_mirror_goes_the_other_way() -> None:
    images, camera = drawn(OFF_CENTRE, 1).images, OFF_CENTRE
    shift_m, turn_rad = np.array([0.8]), np.array([0.05])
    moved = shift_rotate(images, camera, shift_m, turn_rad)[:, :, ::-1]
    other = np.ascontiguousarray(images[:, :, ::-1])
    of_other = shift_rotate(other, mirrored_camera(camera), -shift_m, -turn_rad)
    assert np.abs(moved.astype(float) - of_other).mean() < 1.0


def test_a_camera_beside_the_middle_is_refused() -> None:
    with pytest.raises(InputError, match=r"0\.6 m beside the middle"):
        check_mirror(Camera(side_m=-0.6), "log")
    check_mirror(OFF_CENTRE, "log")
