"""Laws of the calibration: a known camera is found again, and somebody else's log is explained."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drive_sim import geometry
from drive_sim.data.calibrate import (
    ASSUMED_HEIGHT_M,
    LEFT,
    CameraFit,
    camera_from_fit,
    difference_ratio,
    fit_camera,
    fit_rounds,
    synthetic_side,
)
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.udacity import load_udacity
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Tracks, point_on_lane

CAMERA = Camera(160, 80, focal_px=75.0, horizon_px=26.0, height_m=1.5, forward_m=1.0)
OFFSET_M = 0.9
SHARED_DATA = Path(os.environ.get("DRIVE_SIM_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture(scope="module")
def log() -> Demonstrations:
    """Three cameras of known geometry on a winding road, 160 ticks at 8 m/s."""
    tracks = Tracks.stack([make_circuit(np.random.default_rng(3), kind=ROAD_KINDS["two-lane"], length_m=800.0)])
    scenes = Scenes.stack([Scene()])
    num_ticks, speed_mps = 160, 8.0
    zero = np.zeros(num_ticks, np.int64)
    poses = point_on_lane(tracks, zero, np.linspace(0.0, 127.2, num_ticks), np.zeros(num_ticks))
    views = [
        render(tracks, scenes, replace(CAMERA, side_m=side_m), poses, zero, zero)
        for side_m in (0.0, OFFSET_M, -OFFSET_M)
    ]
    turned_rad = geometry.wrap_angle_rad(np.diff(poses[:, 2], append=poses[-1, 2]))
    return Demonstrations(
        images=views[0],
        curvature_per_m=turned_rad / (0.1 * speed_mps),
        speed_mps=np.full(num_ticks, speed_mps),
        images_left=views[1],
        images_right=views[2],
        source="made up",
    )


@pytest.fixture(scope="module")
def fit(log: Demonstrations) -> CameraFit:
    return fit_camera(log)


def test_a_known_camera_is_found_again(fit: CameraFit):
    assert fit.horizon_px == pytest.approx(CAMERA.horizon_px, abs=1.0)
    assert fit.side_offset_in_heights == pytest.approx(OFFSET_M / CAMERA.height_m, rel=0.05)
    assert fit.focal_px == pytest.approx(CAMERA.focal_px, rel=0.1)
    assert fit.focal_correlation > 0.9
    assert fit.difference_ratio < 0.3
    assert fit.own_car_top_px == CAMERA.height_px


def test_the_fit_explains_rows_that_it_did_not_see(log: Demonstrations, fit: CameraFit):
    assert difference_ratio(fit, log, slice(80, 160), num_frames=10) < 0.3
    wrong = replace(fit, side_offset_in_heights=0.2 * fit.side_offset_in_heights)
    assert difference_ratio(wrong, log, slice(80, 160), num_frames=10) > 0.6


def test_a_synthetic_side_is_a_shift_of_the_fitted_camera(log: Demonstrations, fit: CameraFit):
    camera = camera_from_fit(fit)
    assert camera.height_m == ASSUMED_HEIGHT_M
    assert camera.pitch_rad == pytest.approx(fit.pitch_rad)
    assert log.images_left is not None
    synthetic = synthetic_side(fit, log.images[:4], LEFT)
    below = slice(40, 60)
    error = np.abs(synthetic[:, below].astype(int) - log.images_left[:4, below]).mean()
    assert error < 0.4 * np.abs(log.images[:4, below].astype(int) - log.images_left[:4, below]).mean()


def test_the_cars_own_bonnet_is_found_and_left_out(log: Demonstrations, fit: CameraFit):
    assert log.images_left is not None and log.images_right is not None
    with_bonnet = replace(
        log, images=log.images.copy(), images_left=log.images_left.copy(), images_right=log.images_right.copy()
    )
    for images in (with_bonnet.images, with_bonnet.images_left, with_bonnet.images_right):
        images[:, 68:, 30:130] = 90  # type: ignore[index]
    found = fit_camera(with_bonnet)
    assert found.own_car_top_px == 68
    assert found.side_offset_in_heights == pytest.approx(fit.side_offset_in_heights, rel=0.02)


def test_each_round_is_at_least_as_good(log: Demonstrations):
    ratios = [found.difference_ratio for found in fit_rounds(log, slice(0, 40), num_frames=8)]
    assert ratios == sorted(ratios, reverse=True)


def test_bad_logs_are_told_in_one_line(log: Demonstrations):
    with pytest.raises(InputError, match="no left and right"):
        fit_camera(replace(log, images_left=None))
    with pytest.raises(InputError, match="a fit needs"):
        fit_camera(log, slice(0, 3))
    with pytest.raises(InputError, match="swapped"):
        fit_camera(replace(log, images_left=log.images_right, images_right=log.images_left), slice(0, 60))


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED_DATA / "udacity-lap").is_dir(), reason="the Udacity lap is not beside the checkout")
def test_somebody_elses_side_cameras_are_explained():
    demos, _ = load_udacity(SHARED_DATA / "udacity-lap")
    fit = fit_camera(demos)
    assert difference_ratio(fit, demos, slice(300, 800)) <= 0.42
    assert fit.focal_px == pytest.approx(138.6, rel=0.1)  # Unity's 60 degrees from top to bottom
    assert 130 < fit.own_car_top_px < 142
