"""Laws of the augmenter: views, labels, colours, and their streams of randomness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim import geometry
from drive_sim.data.augment import (
    LAWS,
    Photometric,
    ShiftRotate,
    augment_batch,
    corrected_curvature,
    draw_motion,
    label,
    pomerleau_curvature,
    shift_rotate,
    valid_mask,
)
from drive_sim.data.label_law import returning_curvature
from drive_sim.data.photometric import add_grain, draw_jitter
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

CAMERA = Camera()
JITTER = Photometric()
curvatures = st.floats(-0.1, 0.1)
shifts = st.floats(-1.5, 1.5)
turns = st.floats(-0.14, 0.14)


def _noise_images(rng: np.random.Generator, num_images: int, camera: Camera = CAMERA) -> np.ndarray:
    return rng.integers(0, 256, (num_images, camera.height_px, camera.width_px, 3), dtype=np.uint8)


def _augmented(
    seed: int,
    images: np.ndarray,
    curvature: np.ndarray,
    config: ShiftRotate | None,
    *,
    camera: Camera | None = CAMERA,
    photometric: Photometric | None = JITTER,
) -> tuple[np.ndarray, np.ndarray]:
    shift_rng, photometric_rng = np.random.default_rng(seed).spawn(2)
    return augment_batch(
        images,
        curvature,
        camera,
        shift_rotate=config,
        photometric=photometric,
        shift_rng=shift_rng,
        photometric_rng=photometric_rng,
    )


def _ground_picture(camera: Camera, pose: np.ndarray) -> np.ndarray:
    """A smooth pattern painted on the ground, seen from `pose`, below the horizon; black above it."""
    v, u = np.mgrid[: camera.height_px, : camera.width_px]
    below = np.maximum(v, np.floor(camera.horizon_px) + 1)
    pixels = np.stack([u, below, np.ones_like(u)], axis=-1).astype(float)
    ground = pixels @ np.linalg.inv(camera.image_from_ground).T
    x, y = ground[..., 0] / ground[..., 2], ground[..., 1] / ground[..., 2]
    cos, sin = np.cos(pose[2]), np.sin(pose[2])
    x, y = pose[0] + cos * x - sin * y, pose[1] + sin * x + cos * y
    far = np.exp(-np.hypot(x, y) / 30.0)
    pattern = (
        127.0
        + 120.0 * np.stack([np.sin(0.4 * x), np.cos(0.5 * y), np.sin(0.3 * x + 0.3 * y)], axis=-1) * far[..., None]
    )
    return np.where((v > camera.horizon_px)[..., None], pattern, 0.0).round().astype(np.uint8)


def test_no_shift_and_no_turn_is_the_picture_bit_by_bit():
    images = _noise_images(np.random.default_rng(0), 4)
    np.testing.assert_array_equal(shift_rotate(images, CAMERA, np.zeros(4), np.zeros(4)), images)


@pytest.mark.parametrize("camera", [CAMERA, Camera(64, 48, 60.0, -5.0, 1.0, 0.0), Camera(96, 96, 50.0, 40.0)])
def test_a_moved_ground_pattern_is_the_pattern_seen_from_the_moved_pose(camera):
    rng = np.random.default_rng(1)
    shift_m, turn_rad = rng.uniform(-1.5, 1.5, 8), rng.uniform(-0.14, 0.14, 8)
    start = np.array([2.0, -1.0, 0.3])
    image = _ground_picture(camera, start)
    warped = shift_rotate(np.repeat(image[None], 8, axis=0), camera, shift_m, turn_rad)
    rows = np.arange(camera.height_px) > camera.horizon_px + 4
    for i in range(8):
        truth = _ground_picture(camera, geometry.shifted_pose(start, shift_m[i], turn_rad[i]))
        mask = valid_mask(camera, shift_m[i : i + 1], turn_rad[i : i + 1])[0] & rows[:, None]
        assert mask.mean() > 0.3
        error = np.abs(warped[i].astype(int) - truth)[mask]
        assert error.mean() < 1.0
        assert error.mean() < 0.15 * np.abs(image.astype(int) - truth)[mask].mean()


def test_lane_edges_outside_the_picture_continue_along_the_old_heading():
    """A ground striped along the heading keeps its stripes wherever the old picture shows nothing."""
    v, u = np.mgrid[: CAMERA.height_px, : CAMERA.width_px]
    below = np.maximum(v - CAMERA.horizon_px, 0.5)
    side_m = -(u - CAMERA.centre_px[0]) / below * CAMERA.height_m
    stripes = np.repeat((127 + 100 * np.sin(side_m / 3))[..., None], 3, axis=-1).round().astype(np.uint8)
    moved = shift_rotate(stripes[None], CAMERA, np.array([1.0]), np.array([0.0]))[0]
    wanted = 127 + 100 * np.sin((side_m + 1.0) / 3)
    rows = v > CAMERA.horizon_px + 10
    outside = ~valid_mask(CAMERA, np.array([1.0]), np.array([0.0]))[0] & rows
    assert outside.sum() > 100
    assert np.abs(moved[..., 0] - wanted)[outside].max() < 12


def test_the_sky_moves_by_the_turn_alone():
    image = np.zeros((1, 66, 200, 3), np.uint8)
    image[0, :9] = np.linspace(0, 200, 200).astype(np.uint8)[None, :, None]
    shifted = shift_rotate(image, CAMERA, np.array([1.3]), np.array([0.0]))
    np.testing.assert_array_equal(shifted[:, :9], image[:, :9])
    turned = shift_rotate(image, CAMERA, np.array([0.0]), np.array([0.1]))
    step_px = (image[0, 4, 100, 0] - turned[0, 4, 100, 0].astype(int)) * 199 / 200
    assert step_px == pytest.approx(CAMERA.focal_px * np.tan(0.1), abs=1.5)


def test_mirrored_picture_and_motion_make_a_mirrored_view():
    rng = np.random.default_rng(2)
    images, shift_m, turn_rad = _noise_images(rng, 6), rng.uniform(-1.5, 1.5, 6), rng.uniform(-0.14, 0.14, 6)
    view = shift_rotate(images, CAMERA, shift_m, turn_rad)
    mirrored = shift_rotate(images[:, :, ::-1], CAMERA, -shift_m, -turn_rad)[:, :, ::-1]
    assert np.abs(view.astype(int) - mirrored).max() <= 6


def test_a_batch_equals_its_singles():
    rng = np.random.default_rng(3)
    images, shift_m, turn_rad = _noise_images(rng, 5), rng.uniform(-1.5, 1.5, 5), rng.uniform(-0.14, 0.14, 5)
    batch = shift_rotate(images, CAMERA, shift_m, turn_rad)
    for i in range(5):
        single = shift_rotate(images[i : i + 1], CAMERA, shift_m[i : i + 1], turn_rad[i : i + 1])
        np.testing.assert_array_equal(batch[i : i + 1], single)


@given(curvatures)
def test_no_shift_and_no_turn_keep_the_command(curvature):
    assert corrected_curvature(curvature, 0.0, 0.0, 9.0) == pytest.approx(curvature, abs=1e-12)
    assert pomerleau_curvature(curvature, 0.0, 0.0, 9.0) == pytest.approx(curvature, abs=1e-12)
    assert returning_curvature(curvature, 0.0, 0.0, 9.0) == curvature


@given(curvatures, shifts, turns, st.floats(4.0, 30.0))
def test_the_corrected_arc_passes_through_the_target(curvature, shift_m, turn_rad, length_m):
    target = geometry.arc_end_point(curvature, length_m)
    forward_m, side_m = geometry.into_frame(*target, shift_m, turn_rad)
    new = corrected_curvature(curvature, shift_m, turn_rad, length_m)
    # Distance of the target from the circle of curvature k through the origin, tangent to x, written for k near 0.
    assert side_m - 0.5 * new * (forward_m**2 + side_m**2) == pytest.approx(0.0, abs=1e-9)


@given(curvatures, shifts, turns)
def test_a_mirrored_motion_mirrors_the_command(curvature, shift_m, turn_rad):
    for law in (corrected_curvature, pomerleau_curvature, returning_curvature):
        assert law(-curvature, -shift_m, -turn_rad, 9.0) == pytest.approx(-law(curvature, shift_m, turn_rad, 9.0))


def test_a_shift_to_the_left_steers_right_and_so_does_a_turn():
    for law in (corrected_curvature, pomerleau_curvature, returning_curvature):
        assert law(0.0, 1.0, 0.0, 9.0) < 0 < law(0.0, -1.0, 0.0, 9.0)
        assert law(0.0, 0.0, 0.1, 9.0) < 0 < law(0.0, 0.0, -0.1, 9.0)


def test_the_published_law_misses_its_target_by_centimetres_to_decimetres():
    """Commands as on winding roads: a normal with a standard deviation of 0.04 /m."""
    rng, n = np.random.default_rng(0), 20_000
    curvature, shift_m = rng.normal(0.0, 0.04, n).clip(-0.11, 0.11), rng.uniform(-1.5, 1.5, n)
    turn_rad = rng.uniform(-1.0, 1.0, n) * np.radians(8.0)
    forward_m, side_m = geometry.into_frame(*geometry.arc_end_point(curvature, 9.0), shift_m, turn_rad)

    def miss_m(law) -> np.ndarray:
        radius_m = 1.0 / law(curvature, shift_m, turn_rad, 9.0)
        return np.abs(np.hypot(forward_m, side_m - radius_m) - np.abs(radius_m))

    assert miss_m(corrected_curvature).max() < 1e-6
    assert 0.02 < np.median(miss_m(pomerleau_curvature)) < 0.04
    assert 0.25 < np.percentile(miss_m(pomerleau_curvature), 95) < 0.40


def test_two_seconds_of_travel_are_a_target_further_away():
    config, zero, shift_m = ShiftRotate(law="two-second"), np.zeros(2), np.ones(2)
    fast, slow = label(config, zero, shift_m, zero, np.array([12.0, 1.0]))
    assert fast == pytest.approx(geometry.arc_through(24.0, -1.0))
    assert slow == pytest.approx(geometry.arc_through(9.0, -1.0))
    with pytest.raises(InputError, match="needs the speed"):
        label(config, zero, shift_m, zero)
    sooner = ShiftRotate(law="two-second", travel_s=0.6, arc_length_m=4.5)
    fast, slow = label(sooner, zero, shift_m, zero, np.array([12.0, 1.0]))
    assert fast == pytest.approx(geometry.arc_through(7.2, -1.0))
    assert slow == pytest.approx(geometry.arc_through(4.5, -1.0))
    with pytest.raises(InputError, match="travel_s must be positive"):
        ShiftRotate(travel_s=0.0)


@given(curvatures, shifts, turns, st.floats(8.0, 40.0))
def test_the_way_back_in_place_and_direction_is_a_cubic(curvature, shift_m, turn_rad, length_m):
    bend = float(returning_curvature(curvature, shift_m, turn_rad, length_m)) - curvature
    slope = np.tan(turn_rad)
    # The cubic that begins at the shift, with the turn's slope and this bend, and ends on the old path.
    way = np.polynomial.Polynomial([shift_m, slope, bend / 2, 0.0])
    way += np.polynomial.Polynomial([0, 0, 0, -way(length_m) / length_m**3])
    assert way(length_m) == pytest.approx(0.0, abs=1e-9)
    assert way.deriv()(length_m) == pytest.approx(0.0, abs=1e-9)


def test_direction_too_asks_for_a_stronger_pull_than_place_alone():
    small = 1e-4
    for shift_m, turn_rad, times in ((small, 0.0, 3.0), (0.0, small, 2.0)):
        pose, place = (law(0.0, shift_m, turn_rad, 24.0) for law in (returning_curvature, corrected_curvature))
        assert pose / place == pytest.approx(times, rel=1e-3)


@pytest.mark.parametrize("law", LAWS)
def test_who_is_not_moved_keeps_the_command_to_the_bit(law):
    rng, n = np.random.default_rng(0), 2000
    config, curvature, speed_mps = ShiftRotate(law=law), rng.normal(0.0, 0.05, n), rng.uniform(0.0, 30.0, n)
    shift_m, turn_rad = draw_motion(rng, n, config)
    labels, still = label(config, curvature, shift_m, turn_rad, speed_mps), shift_m == 0.0
    assert 0.2 < still.mean() < 0.4
    np.testing.assert_array_equal(labels[still], curvature[still])
    assert not (labels == curvature)[~still].any()


def test_motions_fill_their_range_and_keep_to_their_share():
    config = ShiftRotate(max_shift_m=1.2, max_turn_rad=0.1, share=0.6)
    shift_m, turn_rad = draw_motion(np.random.default_rng(0), 20_000, config)
    moved = shift_m != 0.0
    np.testing.assert_array_equal(moved, turn_rad != 0.0)
    assert moved.mean() == pytest.approx(0.6, abs=0.02)
    assert np.ptp(shift_m) == pytest.approx(2.4, abs=0.01)
    assert np.ptp(turn_rad) == pytest.approx(0.2, abs=0.001)
    assert shift_m.mean() == pytest.approx(0.0, abs=0.02)


def test_jitter_is_a_brighter_or_darker_picture_of_the_same_things():
    """Grey stays grey but for the gains, and no tone curve turns light into dark."""
    ramp = np.repeat(np.arange(200, dtype=np.uint8)[None, None, :, None], 66, axis=1).repeat(3, axis=3)
    ramps = np.repeat(ramp, 32, axis=0)
    no_gain = Photometric(gain=0.0, noise=0.0)
    jittered, _ = _augmented(1, ramps, np.zeros(32), None, photometric=no_gain)
    assert np.ptp(jittered.astype(int), axis=3).max() <= 1
    assert np.diff(jittered[:, 0, :, 1].astype(int), axis=1).min() >= 0
    assert jittered[:, 0, 100, 1].std() > 5.0


def test_the_strongest_jitter_overflows_nowhere():
    """Light that is turned up beyond white stays white."""
    white = np.full((64, 66, 200, 3), 255, np.uint8)
    strongest = Photometric(brightness=1.0, contrast=1.0, gain=1.0, noise=0.0)
    jittered, _ = _augmented(2, white, np.zeros(64), None, photometric=strongest)
    shares = np.bincount(jittered[:, 0, 0].ravel(), minlength=256) / jittered[:, 0, 0].size
    assert shares[255] > 0.4
    assert shares[0] < 0.2


def test_grain_has_the_strength_that_was_drawn():
    grey = np.full((64, 66, 200, 3), 128, np.uint8)
    jitter = draw_jitter(np.random.default_rng(0), 64, Photometric(noise=8.0))
    grainy = grey.copy()
    add_grain(grainy, jitter)
    spread = grainy.reshape(64, -1).std(axis=1)
    np.testing.assert_allclose(spread, jitter.noise_sd, atol=0.4)
    assert np.abs(grainy.mean(axis=(1, 2, 3)) - 128.0).max() < 0.2


def test_grain_and_colours_do_not_depend_on_shift_and_rotate():
    images, curvature = _noise_images(np.random.default_rng(4), 16), np.linspace(-0.05, 0.05, 16)

    def augmented(config: ShiftRotate | None) -> tuple[np.ndarray, np.ndarray]:
        return _augmented(7, images, curvature, config)

    plain, still = augmented(None), augmented(ShiftRotate(share=0.0))
    np.testing.assert_array_equal(plain[0], still[0])
    np.testing.assert_array_equal(plain[1], curvature)
    mixed = augmented(ShiftRotate(share=0.5))
    unmoved = mixed[1] == curvature
    drawn = draw_motion(np.random.default_rng(7).spawn(2)[0], 16, ShiftRotate(share=0.5))
    np.testing.assert_array_equal(unmoved, drawn[0] == 0.0)
    assert 0 < unmoved.sum() < 16
    np.testing.assert_array_equal(mixed[0][unmoved], plain[0][unmoved])


def test_same_streams_same_batch_and_the_input_is_left_alone():
    images, curvature = _noise_images(np.random.default_rng(5), 4), np.zeros(4)
    before = images.copy()
    first = _augmented(8, images, curvature, ShiftRotate())
    again = _augmented(8, images, curvature, ShiftRotate())
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    np.testing.assert_array_equal(images, before)


def test_no_jitter_is_the_picture_bit_by_bit():
    images = _noise_images(np.random.default_rng(6), 3)
    off = Photometric(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    np.testing.assert_array_equal(_augmented(9, images, np.zeros(3), None, photometric=off)[0], images)


def test_bad_input_is_told_in_one_line():
    images = np.zeros((1, 50, 200, 3), np.uint8)
    with pytest.raises(InputError, match="200x50"):
        shift_rotate(images, CAMERA, np.zeros(1), np.zeros(1))
    with pytest.raises(InputError, match="camera is not known"):
        _augmented(0, images, np.zeros(1), ShiftRotate(), camera=None)
    with pytest.raises(InputError, match="unknown law"):
        ShiftRotate(law="guess")  # type: ignore[arg-type]
