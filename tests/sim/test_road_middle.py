"""A road is driven by the middle between its edges, wherever the line of its file lies."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.sim.circuit_file import TRACK_NAMES, load_circuit, named_track
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.road_middle import centred
from drive_sim.sim.track import Track, Tracks, lane_pose, nearest_s, point_on_lane


def wandering(amplitude_m: float = 1.2) -> Track:
    """A ring 10 m wide whose line wanders between its edges, four times to each side."""
    ring = make_circle(80.0)
    aside_m = amplitude_m * np.sin(4.0 * np.arange(len(ring.x_m)) * (2.0 * np.pi / len(ring.x_m)))
    return replace(ring, width_left_m=5.0 + aside_m, width_right_m=5.0 - aside_m)


def edges(track: Track, every: int = 20) -> list[np.ndarray]:
    """Points (k, 3) of both edges of a road."""
    s_m = np.arange(0.0, track.length_m - 1.0, every * track.spacing_m)
    tracks, only = Tracks.stack([track]), np.zeros(len(s_m), dtype=np.int64)
    at = np.rint(s_m / track.spacing_m).astype(int)
    return [point_on_lane(tracks, only, s_m, width) for width in (track.width_left_m[at], -track.width_right_m[at])]


def test_both_widths_are_one_and_the_edges_stay():
    track = wandering()
    middle = centred(track)
    np.testing.assert_array_equal(middle.width_left_m, middle.width_right_m)
    tracks = Tracks.stack([middle])
    for points in edges(track):
        only = np.zeros(len(points), dtype=np.int64)
        lane = lane_pose(tracks, only, points, nearest_s(tracks, only, points))
        assert np.abs(lane.edge_m).max() < 0.03


def test_the_line_of_the_file_is_kept_as_an_offset():
    track = wandering()
    middle = centred(track)
    assert middle.file_line_m is not None
    assert np.abs(middle.file_line_m).max() == pytest.approx(1.2, abs=0.01)
    at_m = np.float64(middle.spacing_m) * np.arange(len(middle.x_m))
    tracks, only = Tracks.stack([middle]), np.zeros(len(middle.x_m), dtype=np.int64)
    line = point_on_lane(tracks, only, at_m, middle.file_line_m)
    np.testing.assert_allclose(np.hypot(line[:, 0], line[:, 1]), 80.0, atol=0.01)


@pytest.mark.parametrize("change", [Track.reversed, Track.mirrored])
def test_driven_the_other_way_round_or_in_the_mirror_it_lies_on_the_other_side(change):
    middle = centred(wandering())
    changed = change(middle)
    assert changed.file_line_or_zeros[0] == -middle.file_line_or_zeros[0] != 0.0
    assert change(changed).file_line_or_zeros.tolist() == middle.file_line_or_zeros.tolist()


def test_our_own_roads_stay_as_they_are_to_the_bit():
    for name in TRACK_NAMES[::4]:
        track = named_track(name)
        assert centred(track) is track
        assert track.file_line_m is None


def test_where_the_file_gives_a_lane_that_is_the_target(tmp_path):
    track = wandering()
    rows = np.stack([track.x_m, track.y_m, track.width_right_m, track.width_left_m], axis=-1)[::4]
    for header, is_middle in (("", True), ("lane_offset_m=0", False), ("lines=two-lane", False)):
        np.savetxt(tmp_path / "road.csv", rows, "%.4f", delimiter=",", header=header)
        read = load_circuit(tmp_path / "road.csv")
        assert (read.file_line_m is not None) == is_middle
        assert bool((read.width_left_m == read.width_right_m).all()) == is_middle


@pytest.mark.parametrize("name", ["BrandsHatch", "Norisring", "Spielberg", "Suzuka"])
def test_the_middle_of_a_real_circuit(shared_data, name):
    track = load_circuit(shared_data / "circuits" / f"{name}.csv")
    np.testing.assert_array_equal(track.width_left_m, track.width_right_m)
    assert track.file_line_m is not None
    assert 0.3 < np.abs(track.file_line_m).max() < 1.5
    assert (np.abs(track.curvature_per_m) * track.width_left_m).max() < 1.0
    assert track.notes == ()
