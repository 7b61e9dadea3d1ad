"""The augmenter against the truth: the renderer's picture and the expert's command at the moved pose."""

import numpy as np
import pytest

from drive_sim import geometry
from drive_sim.data.augment import ShiftRotate, corrected_curvature
from drive_sim.data.augment_truth import Views, draw_views, label_truth, picture_truth
from drive_sim.policies.expert import pursuit_curvature
from drive_sim.sim.camera import Camera
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.suites import Suite, make_suite
from drive_sim.sim.track import Track, Tracks, lane_pose, point_on_lane

NUM_VIEWS = 40


@pytest.fixture(scope="module")
def suite() -> Suite:
    return make_suite("held-out", num_roads=4)


@pytest.fixture(scope="module")
def views(suite: Suite) -> Views:
    return draw_views(suite, NUM_VIEWS, np.random.default_rng(0))


def test_views_from_elsewhere_are_what_the_camera_sees_there(views: Views):
    truth = picture_truth(views, Camera())
    assert truth.valid.mean() > 0.7
    assert truth.ratio < 0.25


def test_views_of_an_untextured_road_are_true_too(suite: Suite):
    views = draw_views(suite, NUM_VIEWS, np.random.default_rng(0), texture_amplitude=0.0)
    assert picture_truth(views, Camera()).ratio < 0.25


@pytest.mark.parametrize(
    "camera", [Camera(96, 96, 60.0, 10.0, height_m=1.1, side_m=0.3), Camera(320, 160, 140.0, 60.0)]
)
def test_the_truth_holds_for_other_cameras(views: Views, camera: Camera):
    assert picture_truth(views, camera).ratio < 0.35


def test_labels_are_the_experts_own(suite: Suite):
    truth = label_truth(draw_views(suite, 1000, np.random.default_rng(1)), ShiftRotate())
    assert truth.percent(50) < 2.0
    assert truth.percent(95) < 5.0


def test_the_published_law_is_further_off_than_the_exact_one(suite: Suite):
    views = draw_views(suite, 1000, np.random.default_rng(1))
    exact, published = (label_truth(views, ShiftRotate(law=law)) for law in ("pursuit", "pomerleau"))
    assert published.percent(95) > 4.0 * exact.percent(95)


@pytest.mark.parametrize("track", [make_circle(30.0), make_circle(200.0).mirrored(), make_straight(500.0)])
def test_labels_are_exact_where_the_curvature_is_constant(track: Track):
    """From any shifted and turned pose beside a lane followed exactly, the arc's end is the expert's own target."""
    rng, num_poses = np.random.default_rng(2), 200
    tracks, road_idx = Tracks.stack([track]), np.zeros(num_poses, np.int64)
    s_m = rng.uniform(50.0, 100.0, num_poses)
    poses = point_on_lane(tracks, road_idx, s_m, np.zeros(num_poses))
    shift_m, turn_rad = rng.uniform(-1.5, 1.5, num_poses), rng.uniform(-0.14, 0.14, num_poses)
    moved = geometry.shifted_pose(poses, shift_m, turn_rad)

    def expert(at: np.ndarray) -> np.ndarray:
        return pursuit_curvature(tracks, road_idx, at, lane_pose(tracks, road_idx, at, s_m).s_m)

    labelled = corrected_curvature(expert(poses), shift_m, turn_rad, 9.0)
    np.testing.assert_allclose(labelled, expert(moved), rtol=0.0, atol=1e-9)
