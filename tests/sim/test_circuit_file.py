from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.sim.circuit_file import TRACK_NAMES, load_circuit, named_track, resolve_track
from drive_sim.sim.closed_curve import nearest_approach_m
from drive_sim.sim.road_generator import ROAD_KINDS, make_circle, make_circuit
from drive_sim.sim.track import Track, Tracks, lane_pose, nearest_s

HEADER = "# x_m,y_m,w_tr_right_m,w_tr_left_m"


def ring_rows(radius_m: float, count: int = 60, width_m: float = 2.0) -> list[str]:
    angle_rad = 2.0 * np.pi * np.arange(count) / count
    return [f"{radius_m * np.cos(a):.4f},{radius_m * np.sin(a):.4f},{width_m},{width_m + 0.5}" for a in angle_rad]


def write(tmp_path, rows: list[str], name: str = "ring.csv"):
    path = tmp_path / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def write_circuit(track: Track, path: Path) -> None:
    """A point every 2 m."""
    columns = np.stack([track.x_m, track.y_m, track.width_right_m, track.width_left_m], axis=-1)
    header = f"lines={track.lines} lane_offset_m={track.lane_offset_m:g}"
    np.savetxt(path, columns[:: round(2.0 / track.spacing_m)], "%.4f", delimiter=",", header=header)


@pytest.mark.parametrize("head", [[HEADER], ["x_m,y_m,w_tr_right_m,w_tr_left_m"], [], ["", "# a road", HEADER, ""]])
def test_a_ring_is_read_with_any_header(tmp_path, head):
    track = load_circuit(write(tmp_path, [*head, *ring_rows(50.0)]))
    assert track.name == "ring"
    assert track.length_m == pytest.approx(99.5 * np.pi, abs=0.2), "by the middle, 0.25 m further in"
    assert track.spacing_m == pytest.approx(0.5, abs=0.005)
    np.testing.assert_allclose(track.curvature_per_m, 1.0 / 49.75, atol=2e-4)
    np.testing.assert_allclose(track.width_left_m, 2.25)
    np.testing.assert_allclose(track.width_right_m, 2.25)
    np.testing.assert_allclose(track.file_line_or_zeros, -0.25, atol=1e-3)
    assert (track.closed, track.lines, track.lane_offset_m) == (True, "none", 0.0)


def test_a_closing_point_and_points_on_top_of_each_other_do_no_harm(tmp_path):
    rows = ring_rows(50.0)
    plain = load_circuit(write(tmp_path, rows))
    doubled = load_circuit(write(tmp_path, [rows[0], *rows, rows[0]], "doubled.csv"))
    np.testing.assert_array_equal(doubled.x_m, plain.x_m)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "0 points"),
        ([HEADER], "0 points"),
        (ring_rows(50.0)[:5], "5 points"),
        ([*ring_rows(50.0)[:20], "nan,1,2,2", *ring_rows(50.0)[20:]], "line 21: x_m is nan"),
        ([*ring_rows(50.0)[:20], "1,inf,2,2", *ring_rows(50.0)[20:]], "line 21: y_m is inf"),
        ([HEADER, *ring_rows(50.0)[:20], "1,2,3"], "line 22: 3 columns; 4 are needed"),
        ([*ring_rows(50.0)[:20], "1,two,3,4"], "line 21: y_m is 'two'"),
        ([*ring_rows(50.0)[:20], "1,2,3,0"], "line 21: w_tr_left_m is 0"),
        (ring_rows(4.0, 40, 1.0), "radius of 3.9 m, less than 5 m"),
        (ring_rows(6.0, 40, 6.0), "edge would cross itself"),
        (["# lines=zebra", *ring_rows(50.0)], "lines=zebra"),
        (["# lane_offset_m=left", *ring_rows(50.0)], "lane_offset_m=left"),
        (["# lane_offset_m=-2.5", *ring_rows(50.0)], "lane_offset_m=-2.5 is off the road"),
        ([*ring_rows(50.0)[:20], "1,2,100.5,3"], "line 21: w_tr_right_m is 100.5; .* at most 100 m"),
        ([*ring_rows(50.0)[:20], "1,2,3,4,5"], "line 21: 5 columns after 4 in the first"),
        (["# width_m=6", "0,0", "100,0", "200,60,9,9"], "line 4: 4 columns after 2 in the first"),
        (ring_rows(0.02, 12), "0 m long and closed; such a road needs at least 20 m and 3 places"),
        (["# width_m=6 closed=yes", "0,0", "0.02,0", "0,0.02"], "0 m long and closed"),
        (ring_rows(50_000.0), "314 km long, .* in metres, or cut out a part of it"),
        (
            [*ring_rows(50.0)[:20], "-25,43.3,60,2", *ring_rows(50.0)[21:]],
            "line 2[01]: the middle between its edges turns with a radius of .*; correct points or widths there",
        ),
    ],
)
def test_a_bad_file_is_refused_in_one_line_that_names_it(tmp_path, rows, words):
    with pytest.raises(InputError, match=words) as caught:
        load_circuit(write(tmp_path, rows))
    assert "ring.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("width_m", [0.0, -3.0, float("nan"), 1e6])
def test_a_width_that_no_road_has_is_refused(tmp_path, width_m):
    with pytest.raises(InputError, match=r"width: .* it must be from 0\.5 to 100"):
        resolve_track(write(tmp_path, ["0,0", "200,0", "200,150"]), width_m)


def test_noise_and_feet_are_told(tmp_path):
    rng = np.random.default_rng(3)
    ring = np.array([list(map(float, row.split(","))) for row in ring_rows(100.0, 300)])
    noisy = [",".join(f"{value:.3f}" for value in point) for point in ring + rng.normal(0.0, 0.3, ring.shape)]
    track = load_circuit(write(tmp_path, noisy))
    (note,) = track.notes
    assert "ring.csv: 0.3 m of noise in its line and 0.3 m of noise in its widths are smoothed out" in note
    np.testing.assert_allclose(track.curvature_per_m, 0.01, atol=0.003)
    assert "if its numbers are feet" in load_circuit(write(tmp_path, ring_rows(200.0, width_m=12.0))).notes[0]


def test_a_bend_tighter_than_the_wheels_turn_is_told(tmp_path):
    (note,) = load_circuit(write(tmp_path, ["# lane_offset_m=0", *ring_rows(6.5)])).notes
    assert "turns with a radius of 6.5 m, and the car with 8.3 m; evaluate it with --turning-radius 6" in note
    assert load_circuit(write(tmp_path, ["# lane_offset_m=0", *ring_rows(9.0)])).notes == ()


def test_what_is_no_file_of_text_is_refused_in_one_line(tmp_path):
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff\xfe\x00")
    for path, words in (
        (tmp_path / "missing.csv", "No such file"),
        (tmp_path, "is a folder"),
        (tmp_path / "picture.csv", "is not text"),
    ):
        with pytest.raises(InputError, match=words):
            load_circuit(path)
    with pytest.raises(InputError, match="village-loop"):
        resolve_track("no-such-road")
    with pytest.raises(InputError, match="village-loop"):
        named_track("no-such-road")


@pytest.mark.parametrize("kind", ROAD_KINDS.values(), ids=ROAD_KINDS)
def test_a_road_is_read_back_within_centimetres(tmp_path, kind):
    track = make_circuit(np.random.default_rng(5), kind=kind)
    write_circuit(track, tmp_path / "road.csv")
    again = resolve_track(str(tmp_path / "road.csv"))
    assert again.length_m == pytest.approx(track.length_m, abs=0.5)
    assert (again.lines, again.lane_offset_m) == (track.lines, track.lane_offset_m)
    tracks, idx = Tracks.stack([again]), np.zeros(len(track.x_m), dtype=np.int64)
    poses = track.samples[:, :3]
    lane = lane_pose(tracks, idx, poses, nearest_s(tracks, idx, poses))
    assert np.abs(lane.offset_m + again.lane_offset_m).max() < 0.1
    assert np.abs(lane.heading_rad).max() < 0.02


def test_a_width_keeps_its_side(tmp_path):
    ring = make_circle(40.0)
    write_circuit(replace(ring, width_left_m=ring.width_left_m + 1.0), tmp_path / "ring.csv")
    again = load_circuit(tmp_path / "ring.csv")
    assert again.width_left_m[0] == pytest.approx(again.width_right_m[0] + 1.0), "its file gives the lane"
    assert again.file_line_m is None


@pytest.mark.parametrize("name", ["BrandsHatch", "Norisring", "Spielberg", "Suzuka"])
def test_real_circuits_pass_within_centimetres_of_their_points(shared_data, name):
    path = shared_data / "circuits" / f"{name}.csv"
    track = load_circuit(path)
    points = np.loadtxt(path, delimiter=",")
    tracks, idx = Tracks.stack([track]), np.zeros(len(points), dtype=np.int64)
    poses = np.column_stack([points[:, :2], np.zeros(len(points))])
    lane = lane_pose(tracks, idx, poses, nearest_s(tracks, idx, poses))
    at_m = np.arange(len(track.x_m)) * track.spacing_m
    beside_m = lane.offset_m - np.interp(lane.s_m, at_m, track.file_line_or_zeros, period=track.length_m)
    assert beside_m.std() < 0.025
    assert np.abs(beside_m).max() < 0.15
    assert np.abs(np.diff(track.curvature_per_m)).max() < 0.02


@pytest.mark.parametrize("name", TRACK_NAMES)
def test_our_own_roads_can_be_driven(name):
    track = resolve_track(name)
    assert track.name == name
    assert 350.0 < track.length_m < 4000.0
    assert np.abs(track.curvature_per_m).max() < 1.0 / 10.5
    assert np.abs(np.diff(track.curvature_per_m)).max() < 0.02


@pytest.mark.parametrize("name", TRACK_NAMES[:5])
def test_the_first_roads_bend_softly_and_come_near_themselves_only_where_they_cross(name):
    track = named_track(name)
    assert np.abs(track.curvature_per_m).max() < 1.0 / 12.0
    assert np.abs(np.diff(track.curvature_per_m)).max() < 0.01
    nearest_m = nearest_approach_m(track.x_m[::2], track.y_m[::2], 2.0 * track.spacing_m, 60.0)
    assert (nearest_m < 1.0) if name == "crossroads" else (nearest_m > 25.0)
