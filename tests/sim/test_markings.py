"""The mask of the true markings against the ground that its pixels see, and against the pictures themselves."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.markings import EDGE_M, Markings
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import Track, Tracks, lane_pose, nearest_s, point_on_lane

CAMERA = Camera()
INDEX = np.zeros(1, np.int64)
TWO_LANE = replace(make_straight(400.0, half_width_m=3.5, lane_offset_m=-1.75), lines="two-lane")
PAINT = Scene(line_m=0.3, line_inset_m=0.3, dash_m=3.0, dash_period_m=8.0)


def ground_points(pose: np.ndarray) -> np.ndarray:
    """The ground point (h, w, 2) that the middle of each pixel sees, NaN above the horizon."""
    v, u = np.mgrid[: CAMERA.height_px, : CAMERA.width_px].astype(float)
    ground = np.stack([u, v, np.ones_like(u)], axis=-1) @ np.linalg.inv(CAMERA.image_from_ground).T
    ground[v <= CAMERA.horizon_px + 1] = np.nan
    x, y = np.moveaxis(ground[..., :2] / ground[..., 2:], -1, 0)
    cos, sin = np.cos(pose[2]), np.sin(pose[2])
    return np.stack([pose[0] + cos * x - sin * y, pose[1] + sin * x + cos * y], axis=-1)


def markings_of(track: Track, scene: Scene = PAINT) -> Markings:
    return Markings.of(Tracks.stack([track]), Scenes.stack([scene]))


def clear_of(distance_m: np.ndarray, footprint_m: np.ndarray) -> np.ndarray:
    """Pixels whose footprint lies wholly on one side of a border."""
    return np.abs(distance_m) > footprint_m


def footprints(distance_m: np.ndarray) -> np.ndarray:
    """How much a distance (h, w) changes from a pixel to its neighbours, on the generous side."""
    down, across = np.gradient(distance_m)
    return np.abs(down) + np.abs(across)


@pytest.mark.parametrize("offset_m", [-1.5, 0.0, 1.2])
def test_edges_are_where_the_ground_point_lies_near_the_surface_s_edge(offset_m: float):
    track = make_circle(60.0)
    tracks = Tracks.stack([track])
    pose = point_on_lane(tracks, INDEX, np.array([20.0]), offset_m) + np.array([0.0, 0.0, 0.05])
    mask = markings_of(track).mask(CAMERA, pose, INDEX, INDEX, at_least=0.5)[0]
    points = ground_points(pose[0])
    # On a circle the distance to an edge needs none of the renderer's arithmetic.
    from_edge_m = np.abs(np.hypot(points[..., 0], points[..., 1]) - 60.0) - 2.2
    sure = clear_of(np.abs(from_edge_m) - EDGE_M, footprints(from_edge_m))
    assert sure.mean() > 0.5
    np.testing.assert_array_equal(mask[sure], (np.abs(from_edge_m) < EDGE_M)[sure])
    assert (mask & sure).sum() > 100
    assert not mask[: int(CAMERA.horizon_px)].any()


def test_lines_are_where_the_paint_is_said_to_lie():
    pose = np.array([[30.0, -1.6, 0.02]])
    shares = markings_of(TWO_LANE).shares(CAMERA, pose, INDEX, INDEX)[0]
    x, y = np.moveaxis(ground_points(pose[0]), -1, 0)
    period_m = TWO_LANE.length_m / round(TWO_LANE.length_m / 8.0)  # a whole number of dashes
    in_dash = 1.5 - np.abs((x - 1.5 + 0.5 * period_m) % period_m - 0.5 * period_m)
    from_lines_m = [
        0.15 - np.abs(np.abs(y) - 3.05),
        np.minimum(0.15 - np.abs(y), in_dash),
        EDGE_M - np.abs(np.abs(y) - 3.5),
    ]
    inside_m = np.max(from_lines_m, axis=0)
    down, across = (np.abs(np.gradient(np.stack([x, y], -1), axis=i)).max(-1) for i in (0, 1))
    sure = clear_of(inside_m, down + across)
    assert (shares[sure & (inside_m > 0.0)] > 0.98).all()
    assert (shares[sure & (inside_m < 0.0)] < 0.02).all()
    assert (sure & (np.abs(y) < 0.15) & (inside_m > 0.0)).sum() > 10
    assert (sure & (inside_m > 0.0)).sum() > 100


def test_a_road_that_passes_by_is_marked_too():
    suite = make_suite("held-out", num_roads=1)
    poses = point_on_lane(suite.tracks, INDEX, np.array([500.0]))
    mask = Markings.of(suite.tracks, suite.scenes).mask(CAMERA, poses, INDEX, INDEX, at_least=0.5)[0]
    points = ground_points(poses[0])
    rows, columns = np.nonzero(mask)
    places = np.column_stack([points[rows, columns], np.zeros(len(rows))])
    idx = np.zeros(len(rows), np.int64)
    lane = lane_pose(suite.tracks, idx, places, nearest_s(suite.tracks, idx, places))
    reach_m = np.linalg.norm(np.gradient(points, axis=(0, 1)), axis=(0, 3))[rows, columns]
    assert (np.abs(lane.edge_m) <= EDGE_M + reach_m).all()


def test_painted_pixels_of_the_picture_are_those_of_the_mask():
    """Where the paint alone is bright, brightness tells the lines; edges are marked besides."""
    dark = replace(PAINT, surface=(0.05,) * 3, verge=(0.05,) * 3, verge_patch=(0.05,) * 3, shoulder=(0.05,) * 3)
    dark = replace(dark, texture_amplitude=0.0, wheel_track=0.0, fog_per_m=0.0, vignette=0.0)
    pose = np.array([[30.0, -1.6, 0.02]])
    tracks, scenes = Tracks.stack([TWO_LANE]), Scenes.stack([dark])
    picture = render(tracks, scenes, CAMERA, pose, INDEX, INDEX)[0, 12:].astype(float).mean(axis=-1)
    mask = Markings.of(tracks, scenes).mask(CAMERA, pose, INDEX, INDEX, at_least=0.25)[0, 12:]
    bright = picture > picture.min() + 0.25 * (picture.max() - picture.min())
    assert bright.sum() > 100
    assert not (bright & ~mask).any()


def test_without_lines_only_the_edges_are_left():
    pose = np.array([[30.0, -1.6, 0.02]])
    lined, bare = (
        markings_of(track).mask(CAMERA, pose, INDEX, INDEX) for track in (TWO_LANE, replace(TWO_LANE, lines="none"))
    )
    unpainted = markings_of(TWO_LANE, replace(PAINT, line_strength=0.0)).mask(CAMERA, pose, INDEX, INDEX)
    np.testing.assert_array_equal(bare, unpainted)
    assert lined.sum() > bare.sum() > 100
    assert (lined | ~bare).all()


def test_a_mirrored_road_has_the_mirrored_mask():
    suite = make_suite("held-out", num_roads=1, conditions=replace(CONDITIONS, road_kind="two-lane"))
    (track,), (scene,) = suite.tracks.tracks, suite.scenes.scenes
    poses = point_on_lane(suite.tracks, INDEX, np.array([300.0]), 0.4)
    one = markings_of(track, scene).shares(CAMERA, poses, INDEX, INDEX)[0]
    other = markings_of(track.mirrored(), scene).shares(CAMERA, poses * [1.0, -1.0, -1.0], INDEX, INDEX)[0]
    # The kernel groups columns from the left, so single pixels at the ends of a line differ.
    assert np.abs(one - other[:, ::-1]).mean() < 2e-3


def test_an_edge_has_a_width():
    with pytest.raises(InputError, match="edge_m must be positive"):
        Markings.of(Tracks.stack([TWO_LANE]), Scenes.stack([PAINT]), edge_m=0.0)
