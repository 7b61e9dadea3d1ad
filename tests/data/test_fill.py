"""What stands where a shifted and rotated picture shows what the old one did not: two rules, and their laws."""

import numpy as np
import pytest
from scipy.ndimage import binary_erosion

from drive_sim import geometry
from drive_sim.data.augment import ShiftRotate, augment_batch
from drive_sim.data.warp import Fill, shift_rotate, valid_mask
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

CAMERA = Camera()
RETINA = Camera(width_px=32, height_px=30, focal_px=20.0, horizon_px=6.0)
FILLS: tuple[Fill, ...] = ("heading", "smear")
each_camera = pytest.mark.parametrize("camera", [CAMERA, RETINA], ids=["66x200", "30x32"])
each_fill = pytest.mark.parametrize("fill", FILLS)


def _noise(camera: Camera, num_images: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (num_images, camera.height_px, camera.width_px, 3), dtype=np.uint8)


def _furrows(camera: Camera, pose: np.ndarray) -> np.ndarray:
    """A field of furrows along the ground frame's x axis, seen from `pose`; black above the horizon."""
    v, u = np.mgrid[: camera.height_px, : camera.width_px].astype(np.float64)
    below = np.maximum(v, np.floor(camera.horizon_px) + 1)
    ground = np.stack([u, below, np.ones_like(u)], axis=-1) @ np.linalg.inv(camera.image_from_ground).T
    x_m, y_m = ground[..., 0] / ground[..., 2], ground[..., 1] / ground[..., 2]
    across_m = pose[1] + np.sin(pose[2]) * x_m + np.cos(pose[2]) * y_m
    grey = 127.0 + 120.0 * np.sin(0.6 * across_m) * np.exp(-np.abs(x_m) / 25.0)
    return np.repeat(np.where(v > camera.horizon_px, grey, 0.0).round().astype(np.uint8)[..., None], 3, axis=-1)


@each_camera
@each_fill
def test_who_is_not_moved_is_left_bit_by_bit(camera: Camera, fill: Fill):
    images = _noise(camera, 3)
    np.testing.assert_array_equal(shift_rotate(images, camera, np.zeros(3), np.zeros(3), fill=fill), images)


@each_camera
def test_the_rules_agree_on_what_the_old_picture_showed(camera: Camera):
    images, rng = _noise(camera, 6), np.random.default_rng(1)
    shift_m, turn_rad = rng.uniform(-1.25, 1.25, 6), rng.uniform(-0.1, 0.1, 6)
    ahead, smeared = (shift_rotate(images, camera, shift_m, turn_rad, fill=fill).astype(int) for fill in FILLS)
    shown = valid_mask(camera, shift_m, turn_rad)
    # Half a pixel at the old picture's edge is shown and blended with what is filled: look a little farther inside.
    inside = np.asarray(binary_erosion(shown, np.ones((1, 5, 5))), dtype=bool)
    assert 0.3 < inside.mean() < 0.9
    assert np.abs(ahead - smeared)[inside].max() == 0
    assert np.abs(ahead - smeared)[~shown].mean() > 10.0


@each_camera
def test_the_field_goes_on_along_the_heading_and_smeared_it_does_not(camera: Camera):
    """Furrows along the heading are the same farther ahead: filled along it, the picture is that of the moved car."""
    start, turn_rad = np.zeros(3), np.zeros(1)
    rows = np.arange(camera.height_px) > camera.horizon_px + 4
    for shift in (1.2, -1.2):
        shift_m = np.array([shift])
        truth = _furrows(camera, geometry.shifted_pose(start, shift, 0.0)).astype(int)
        outside = ~valid_mask(camera, shift_m, turn_rad)[0] & rows[:, None]
        assert outside.sum() > 20
        ahead, smeared = (
            np.abs(shift_rotate(_furrows(camera, start)[None], camera, shift_m, turn_rad, fill=fill)[0] - truth)
            for fill in FILLS
        )
        # The furrows fade with the distance, so what is fetched from farther ahead is a little paler.
        assert np.mean(ahead[outside]) < 0.6 * np.mean(smeared[outside])


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_smeared_rows_end_in_the_colour_of_their_edge(side: float):
    """A car that is moved sideways sees each row moved; what comes in at the side is the row's last pixel."""
    images = _noise(CAMERA, 1)
    smeared = shift_rotate(images, CAMERA, np.array([side]), np.zeros(1), fill="smear")[0]
    edge = 0 if side > 0 else CAMERA.width_px - 1
    below = np.arange(CAMERA.height_px) > CAMERA.horizon_px + 8
    np.testing.assert_array_equal(smeared[below, edge], images[0, below, edge])


@each_fill
def test_a_mirrored_picture_moved_the_other_way_is_the_mirror_image(fill: Fill):
    images = _noise(RETINA, 4)
    shift_m, turn_rad = np.array([1.0, -0.5, 0.3, 1.25]), np.array([0.1, 0.05, -0.1, 0.02])
    moved = shift_rotate(images, RETINA, shift_m, turn_rad, fill=fill)
    mirrored = shift_rotate(images[:, :, ::-1].copy(), RETINA, -shift_m, -turn_rad, fill=fill)[:, :, ::-1]
    assert np.abs(moved.astype(int) - mirrored).max() <= 2


def test_the_augmenter_fills_as_it_is_told():
    images, curvature = _noise(CAMERA, 8), np.zeros(8)

    def augmented(fill: Fill) -> tuple[np.ndarray, np.ndarray]:
        shift_rng, photometric_rng = np.random.default_rng(2).spawn(2)
        config = ShiftRotate(share=1.0, fill=fill)
        return augment_batch(
            images,
            curvature,
            CAMERA,
            shift_rotate=config,
            photometric=None,
            shift_rng=shift_rng,
            photometric_rng=photometric_rng,
        )

    ahead, smeared = augmented("heading"), augmented("smear")
    np.testing.assert_array_equal(ahead[1], smeared[1])
    assert (ahead[0] != smeared[0]).mean() > 0.05


def test_an_unknown_fill_is_one_line():
    with pytest.raises(InputError, match="unknown fill 'black'"):
        ShiftRotate(fill="black")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="unknown fill 'black'"):
        shift_rotate(_noise(CAMERA, 1), CAMERA, np.ones(1), np.zeros(1), fill="black")  # type: ignore[arg-type]
