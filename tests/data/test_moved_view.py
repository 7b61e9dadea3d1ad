"""A moved view: true where nothing moves, labelled as the expert steers, and the same as the augmenter's own truth."""

import numpy as np
import pytest

from drive_sim.data.augment import LAWS
from drive_sim.data.moved_view import Frame, Place, SidePictures, moved_view
from drive_sim.sim.camera import Camera
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks, point_on_lane

ONLY = np.zeros(1, dtype=np.int64)


@pytest.fixture(scope="module")
def frame() -> Frame:
    tracks = Tracks.stack([make_circle(60.0)])
    scenes = Scenes.stack([make_scene("day", np.random.default_rng(1))])
    place = Place(tracks, scenes, point_on_lane(tracks, ONLY, np.array([20.0])), np.array([20.0]))
    return Frame(place.picture(Camera()), Camera(), place.expert_per_m(9.0), 12.0, place)


def test_where_nothing_moves_picture_and_labels_are_what_they_were(frame: Frame) -> None:
    view = moved_view(frame, 0.0, 0.0)
    assert (view.difference_grey, view.unknown_share) == (0.0, 0.0)
    assert {view.label_error_per_m(law) for law in LAWS} == {0.0}


@pytest.mark.parametrize(("shift_m", "turn_rad"), [(1.0, 0.05), (-1.5, -0.1), (0.0, 0.14)])
def test_a_moved_view_is_nearer_to_the_truth_than_the_unmoved_one(
    frame: Frame, shift_m: float, turn_rad: float
) -> None:
    view = moved_view(frame, shift_m, turn_rad)
    assert view.difference_grey is not None
    assert view.unmoved_grey is not None
    assert view.difference_grey < 0.4 * view.unmoved_grey
    assert 0.0 < view.unknown_share < 0.5
    errors = {law: abs(view.label_error_per_m(law) or 0.0) for law in LAWS}
    assert errors["pursuit"] < 1e-6, "on a circle the exact law is the expert's own"
    assert errors["pursuit"] < errors["pomerleau"] < errors["two-second"]


def test_a_log_is_compared_with_the_real_camera_on_the_side_of_the_shift(frame: Frame) -> None:
    left, right = np.full_like(frame.picture, 10), np.full_like(frame.picture, 20)
    logged = Frame(frame.picture, frame.camera, 0.01, float("nan"), sides=SidePictures(left, right, 0.9))
    assert [moved_view(logged, shift_m, 0.0).true_is for shift_m in (0.9, -0.9)] == ["left", "right"]
    view = moved_view(logged, -0.9, 0.0)
    assert view.true is not None
    assert view.true.mean() == 20.0
    assert view.label_error_per_m("pursuit") is None
    assert np.isfinite(list(view.labels.values())).all(), "a speed that is not known has labels, too"


def test_nothing_true_is_said_where_nothing_is_known(frame: Frame) -> None:
    view = moved_view(Frame(frame.picture, frame.camera, 0.01, 12.0), 1.0, 0.0)
    assert (view.true, view.difference_grey, view.unmoved_grey, view.expert_per_m) == (None, None, None, None)
