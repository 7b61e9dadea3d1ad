from dataclasses import replace

import numpy as np
import pytest
from figure_eight import make_figure_eight
from hypothesis import given, settings
from hypothesis import strategies as st

from drive_sim.errors import InputError
from drive_sim.sim.circuit_file import load_circuit, named_track
from drive_sim.sim.road_generator import ROAD_KINDS, make_circle, make_circuit, make_straight
from drive_sim.sim.track import Track, Tracks, lane_advance, lane_pose, nearest_s, point_on_lane, progress_m

GENERATED = [make_circuit(np.random.default_rng(seed), kind=kind) for seed in range(2) for kind in ROAD_KINDS.values()]
EXACT = [
    make_circle(30.0),
    make_circle(8.0, lane_offset_m=-1.75),
    make_circle(12.0).mirrored(),
    make_straight(100.0, lane_offset_m=1.0),
]
ALL = Tracks.stack([*EXACT, *GENERATED, make_figure_eight(400.0), named_track("mountain-pass")])
ROADS = np.arange(len(ALL.tracks))


def apart_m(track: Track, s_m: np.ndarray, other_m: np.ndarray) -> np.ndarray:
    """Distance along a road, the short way round."""
    apart = np.abs(s_m - other_m)
    return np.minimum(apart, track.length_m - apart) if track.closed else apart


def on_all(value: float) -> np.ndarray:
    return np.full(len(ROADS), value)


def turned(poses: np.ndarray, turn_rad: float) -> np.ndarray:
    return poses + np.array([0.0, 0.0, turn_rad])


@settings(max_examples=40)
@given(
    share=st.floats(0.0, 0.999),
    offset_m=st.floats(-2.0, 2.0),
    turn_rad=st.floats(-1.5, 1.5),
    behind_m=st.floats(-15.0, 15.0),
)
def test_lane_pose_and_point_on_lane_are_inverse(share, offset_m, turn_rad, behind_m):
    s_m = share * ALL.length_m
    poses = turned(point_on_lane(ALL, ROADS, s_m, offset_m), turn_rad)
    lane = lane_pose(ALL, ROADS, poses, s_m - behind_m)
    for road, track in enumerate(ALL.tracks):
        tolerance_m = 1e-9 if road < len(EXACT) else 1e-6
        assert apart_m(track, lane.s_m, s_m)[road] < tolerance_m
        assert abs(lane.offset_m[road] - offset_m) < tolerance_m
        assert abs(lane.heading_rad[road] - turn_rad) < tolerance_m


@settings(max_examples=40)
@given(angle_rad=st.floats(0.0, 6.28), offset_m=st.floats(-3.0, 3.0), radius_m=st.floats(5.0, 500.0))
def test_a_circle_is_a_circle_between_its_samples_too(angle_rad, offset_m, radius_m):
    circle = Tracks.stack([make_circle(radius_m, lane_offset_m=0.5)])
    pose = point_on_lane(circle, np.array([0]), np.array([angle_rad * radius_m]), offset_m)[0]
    inner_m = radius_m - 0.5 - offset_m
    expected = [inner_m * np.cos(angle_rad), inner_m * np.sin(angle_rad)]
    np.testing.assert_allclose(pose[:2], expected, rtol=0.0, atol=1e-9)
    lane = lane_pose(circle, np.array([0]), pose[None], np.array([angle_rad * radius_m - 1.2]))
    assert lane.curvature_per_m[0] == pytest.approx(1.0 / (radius_m - 0.5), abs=1e-12)
    assert lane.edge_m[0] == pytest.approx(2.2 - abs(0.5 + offset_m), abs=1e-9)


@settings(max_examples=40)
@given(share=st.floats(0.0, 0.999), step_m=st.floats(1e-9, 1e-6))
def test_the_road_is_continuous(share, step_m):
    here = point_on_lane(ALL, ROADS, share * ALL.length_m, 1.0)
    there = point_on_lane(ALL, ROADS, share * ALL.length_m + step_m, 1.0)
    assert np.hypot(*(there - here)[:, :2].T).max() < 2.0 * step_m


@settings(max_examples=40)
@given(share=st.floats(0.0, 0.8), ahead_m=st.floats(-20.0, 20.0))
def test_advance_is_the_length_driven_in_the_lane(share, ahead_m):
    s_m = share * ALL.length_m + 20.0 * ~ALL.closed
    end_m = lane_advance(ALL, ROADS, s_m, ahead_m)
    walked_m = end_m - s_m
    walked_m[ALL.closed] = (walked_m + 0.5 * ALL.length_m)[ALL.closed] % ALL.length_m[ALL.closed]
    walked_m[ALL.closed] -= 0.5 * ALL.length_m[ALL.closed]
    places = [point_on_lane(ALL, ROADS, s_m + part * walked_m, 0.0)[:, :2] for part in np.linspace(0.0, 1.0, 301)]
    driven_m = np.linalg.norm(np.diff(places, axis=0), axis=-1).sum(axis=0)
    np.testing.assert_allclose(driven_m, abs(ahead_m), atol=5e-4)


def test_advance_round_a_circle_counts_the_lanes_own_metres():
    circle = Tracks.stack([make_circle(10.0, lane_offset_m=-2.0)])
    lap_m = 2.0 * np.pi * 12.0
    end_m = lane_advance(circle, np.array([0]), np.array([1.0]), 0.25 * lap_m)
    assert end_m[0] == pytest.approx(1.0 + 0.25 * 2.0 * np.pi * 10.0, abs=1e-9)
    assert lane_advance(circle, np.array([0]), np.array([1.0]), 5.0 * lap_m)[0] == pytest.approx(1.0, abs=1e-8)


def drive_round(track: Track, offset_m: float, step_m: float = 1.2) -> tuple[np.ndarray, np.ndarray]:
    """Arc lengths as followed and in truth, of a car that drives once round a road."""
    tracks, road = Tracks.stack([track]), np.array([0])
    true_m = np.arange(0.0, track.length_m, step_m)
    poses = point_on_lane(tracks, np.zeros(len(true_m), dtype=np.int64), true_m, offset_m)
    followed_m = [np.zeros(1)]
    for pose in poses[1:]:
        followed_m.append(lane_pose(tracks, road, pose[None], followed_m[-1]).s_m)
    return np.concatenate(followed_m), true_m


@pytest.mark.parametrize("offset_m", [-2.0, 0.0, 2.0])
def test_a_car_keeps_to_its_own_stretch_at_a_crossing(offset_m):
    for track in (make_figure_eight(300.0), named_track("crossroads")):
        followed_m, true_m = drive_round(track, offset_m)
        np.testing.assert_allclose(followed_m, true_m, atol=1e-6)


@pytest.mark.parametrize("name", ["Suzuka", "Spielberg", "Norisring"])
def test_real_circuits_are_followed_all_the_way_round(shared_data, name):
    followed_m, true_m = drive_round(load_circuit(shared_data / "circuits" / f"{name}.csv"), 2.0)
    np.testing.assert_allclose(followed_m, true_m, atol=1e-5)


def test_a_car_that_strays_towards_a_nearer_stretch_is_still_on_its_own():
    track = named_track("mountain-pass")
    tracks = Tracks.stack([track])
    s_m = np.arange(0.0, track.length_m, 5.0)
    idx = np.zeros(len(s_m), dtype=np.int64)
    for offset_m in (-11.0, 11.0):
        poses = point_on_lane(tracks, idx, s_m, offset_m)
        np.testing.assert_allclose(lane_pose(tracks, idx, poses, s_m - 1.0).s_m[1:], s_m[1:], atol=1e-5)


def test_nearest_finds_the_place_anew_and_the_heading_decides_at_a_crossing():
    idx = ROADS.repeat(50)
    s_m = np.random.default_rng(3).uniform(0.0, ALL.length_m[idx])
    found_m = nearest_s(ALL, idx, point_on_lane(ALL, idx, s_m, 0.7))
    for road, track in enumerate(ALL.tracks):
        assert apart_m(track, found_m[idx == road], s_m[idx == road]).max() < 1e-6
    eight = Tracks.stack([make_figure_eight(400.0)])
    both_m = np.array([0.25, 0.75]) * eight.length_m[0]
    crossing = point_on_lane(eight, np.array([0, 0]), both_m, 0.0)
    np.testing.assert_allclose(crossing[0, :2], crossing[1, :2], atol=1e-9)
    np.testing.assert_allclose(nearest_s(eight, np.array([0, 0]), crossing), both_m, atol=1e-6)


def test_a_batch_equals_its_singles_to_the_bit():
    idx = np.arange(40) % len(ROADS)
    s_m = np.random.default_rng(0).uniform(0.0, 50.0, 40)
    poses = point_on_lane(ALL, idx, s_m, 0.5)
    batch = lane_pose(ALL, idx, poses, s_m - 1.0)
    ahead_m = lane_advance(ALL, idx, s_m, 9.0)
    for car in range(40):
        one = slice(car, car + 1)
        single = lane_pose(ALL, idx[one], poses[one], s_m[one] - 1.0)
        assert single.s_m[0] == batch.s_m[car]
        assert single.offset_m[0] == batch.offset_m[car]
        assert lane_advance(ALL, idx[one], s_m[one], 9.0)[0] == ahead_m[car]
        assert (point_on_lane(ALL, idx[one], s_m[one], 0.5)[0] == poses[car]).all()


@pytest.mark.parametrize("track", [GENERATED[1], EXACT[1], EXACT[3]], ids=lambda track: track.name)
def test_mirrored_twice_and_reversed_twice_are_the_road_itself(track):
    for twice in (track.mirrored().mirrored(), track.reversed().reversed()):
        np.testing.assert_allclose(twice.samples, track.samples, atol=1e-12)
        assert (twice.lane_offset_m, twice.closed, twice.spacing_m) == (
            track.lane_offset_m,
            track.closed,
            track.spacing_m,
        )


@settings(max_examples=40)
@given(share=st.floats(0.0, 0.99), offset_m=st.floats(-2.0, 2.0), turn_rad=st.floats(-1.0, 1.0))
def test_mirroring_negates_offset_heading_and_curvature(share, offset_m, turn_rad):
    mirrored = Tracks.stack([track.mirrored() for track in ALL.tracks])
    s_m = share * ALL.length_m
    poses = turned(point_on_lane(ALL, ROADS, s_m, offset_m), turn_rad)
    here = lane_pose(ALL, ROADS, poses, s_m)
    there = lane_pose(mirrored, ROADS, poses * [1.0, -1.0, -1.0], s_m)
    np.testing.assert_allclose(there.s_m, here.s_m, atol=1e-9)
    np.testing.assert_allclose(there.offset_m, -here.offset_m, atol=1e-9)
    np.testing.assert_allclose(there.heading_rad, -here.heading_rad, atol=1e-9)
    np.testing.assert_allclose(there.curvature_per_m, -here.curvature_per_m, atol=1e-12)
    np.testing.assert_allclose(there.edge_m, here.edge_m, atol=1e-9)


@settings(max_examples=40)
@given(share=st.floats(0.01, 0.99), from_middle_m=st.floats(-2.0, 2.0))
def test_a_reversed_road_is_the_same_place_driven_the_other_way(share, from_middle_m):
    backward = Tracks.stack([track.reversed() for track in ALL.tracks])
    s_m = share * ALL.length_m
    there = point_on_lane(ALL, ROADS, s_m, from_middle_m - ALL.lane_offset_m)
    back = point_on_lane(backward, ROADS, ALL.length_m - s_m, -from_middle_m - backward.lane_offset_m)
    np.testing.assert_allclose(back[:, :2], there[:, :2], atol=1e-9)
    np.testing.assert_allclose(np.cos(back[:, 2] - there[:, 2]), -1.0, atol=1e-12)
    np.testing.assert_array_equal(backward.lane_offset_m, ALL.lane_offset_m)


def test_widths_follow_the_side_they_are_on():
    straight = make_straight(50.0)
    lopsided = replace(straight, width_left_m=straight.width_left_m + 1.0)
    for track, left_m, edge_m in (
        (lopsided, 1.0, 2.2),
        (lopsided, -1.0, 1.2),
        (lopsided, -3.0, -0.8),
        (lopsided.mirrored(), 1.0, 1.2),
        (lopsided.reversed(), 1.0, 1.2),
    ):
        tracks, road, s_m = Tracks.stack([track]), np.array([0]), np.array([20.0])
        lane = lane_pose(tracks, road, point_on_lane(tracks, road, s_m, left_m - track.lane_offset_m), s_m)
        assert lane.edge_m[0] == pytest.approx(edge_m)


def test_an_open_road_goes_straight_on_past_its_ends():
    tracks, two = Tracks.stack([make_straight(30.0)]), np.array([0, 0])
    lane = lane_pose(tracks, two, np.array([[-3.0, 1.0, 0.0], [34.0, -1.0, 0.0]]), np.array([0.0, 30.0]))
    np.testing.assert_allclose(lane.s_m, [-3.0, 34.0])
    np.testing.assert_allclose(lane.offset_m, [1.0, -1.0])


def test_a_lost_car_reads_nan_and_troubles_nobody():
    idx = np.array([0, 0])
    s_m = np.array([10.0, 10.0])
    poses = point_on_lane(ALL, idx, s_m, 0.3)
    poses[0] = np.nan
    lane = lane_pose(ALL, idx, poses, s_m)
    assert np.isnan(lane.offset_m[0])
    assert lane.offset_m[1] == pytest.approx(0.3)


def test_impossible_roads_cannot_be_built():
    track = make_straight(20.0)
    hole = track.x_m.copy()
    hole[7] = np.nan
    for wrong, words in (
        ({"x_m": track.x_m[:-1]}, "one length"),
        ({"x_m": hole}, "sample 7"),
        ({"spacing_m": 0.0}, "spacing_m must be positive"),
        ({"lines": "three-lane"}, "two-lane"),
    ):
        with pytest.raises(InputError, match=words):
            replace(track, **wrong)
    with pytest.raises(InputError, match="at least one"):
        Tracks.stack([])
    with pytest.raises(InputError, match="lie in 0"):
        point_on_lane(ALL, np.array([99]), np.array([0.0]), 0.0)


@given(st.floats(0.0, 60.0), st.floats(-25.0, 25.0))
@settings(deadline=None)
def test_progress_is_what_was_driven_also_over_the_line_and_backwards(start_m: float, driven_m: float):
    tracks, idx = Tracks.stack([make_circle(10.0), make_straight(100.0)]), np.array([0, 1])
    places = (np.array([start_m, start_m + 30.0]) + moved_m for moved_m in (0.0, np.array([driven_m, driven_m])))
    before, after = (lane_pose(tracks, idx, point_on_lane(tracks, idx, s_m), s_m) for s_m in places)
    np.testing.assert_allclose(progress_m(tracks, before, after), driven_m, atol=1e-6)
