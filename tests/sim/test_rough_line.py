"""Lines that nobody has surveyed: a phone's noise is taken out, corners are rounded, and clean curves stay."""

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.circuit_file import load_circuit
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.rough_line import LEAST_RADIUS_M, SmoothLine, smooth_line
from drive_sim.sim.scene import Scene
from drive_sim.sim.suites import suite_from_track


def smooth(points_m: np.ndarray, *, closed: bool, half_width_m: float = 3.0, clock: bool = True) -> SmoothLine:
    time_s = np.arange(len(points_m), dtype=np.float64) if clock else None
    return smooth_line(points_m, time_s, closed=closed, half_width_m=half_width_m, where="here")


def bends(step_m: float) -> np.ndarray:
    """An open way of 600 m through bends of 30 m radius."""
    along_m = np.arange(0.0, 600.0, step_m)
    heading_rad = 1.2 * np.sin(along_m / 36.0)
    return np.cumsum(step_m * np.stack([np.cos(heading_rad), np.sin(heading_rad)], axis=-1), axis=0)


def away_m(points_m: np.ndarray, line: SmoothLine) -> np.ndarray:
    """How far each of some points lies from the line."""
    return np.abs(points_m[:, :1] + 1j * points_m[:, 1:] - line.place_m).min(axis=1)


def radius_m(line: SmoothLine, closed: bool) -> float:
    """Of the tightest bend, measured over 4 m."""
    place = np.concatenate([line.place_m, line.place_m[:16]]) if closed else line.place_m
    step = place[8:] - place[:-8]
    return float((4.0 / np.maximum(np.abs(np.angle(np.conj(step[:-8]) * step[8:])), 1e-9)).min())


@pytest.mark.parametrize("noise_m", [3.0, 5.0])
@pytest.mark.parametrize("clock", [True, False])
def test_noise_is_measured_and_taken_out(noise_m, clock):
    rng = np.random.default_rng(4)
    way = bends(1.5)
    line = smooth(way + noise_m * rng.standard_normal(way.shape), closed=False, clock=clock)
    assert line.noise_m == pytest.approx(noise_m, rel=0.15)
    assert np.sqrt(np.mean(away_m(way, line) ** 2)) < 0.4 * noise_m
    assert radius_m(line, closed=False) > LEAST_RADIUS_M


def test_points_on_a_curve_stay_where_they_are():
    line = smooth(bends(8.0), closed=False, clock=False)
    assert line.noise_m == 0.0
    assert away_m(bends(8.0), line).max() < 0.3


def test_standing_still_makes_no_knot():
    rng = np.random.default_rng(4)
    way = np.repeat(bends(8.0), np.where(np.arange(75) == 40, 60, 1), axis=0)
    line = smooth(way + 3.0 * rng.standard_normal(way.shape), closed=False)
    assert radius_m(line, closed=False) > LEAST_RADIUS_M
    assert len(line.place_m) * 0.5 == pytest.approx(600.0, rel=0.05)


@pytest.mark.parametrize("half_width_m", [1.5, 3.0, 12.0])
def test_corners_are_rounded_as_the_width_asks_and_legs_stay_straight(half_width_m):
    block = np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 150.0], [0.0, 150.0]])
    line = smooth(block, closed=True, half_width_m=half_width_m)
    assert radius_m(line, closed=True) > max(LEAST_RADIUS_M, 1.3 * half_width_m)
    low = np.abs(line.place_m.real - 100.0) < 40.0
    assert np.minimum(np.abs(line.place_m.imag[low]), np.abs(line.place_m.imag[low] - 150.0)).max() < 1.0


def test_few_points_on_a_circle_are_no_corners():
    angle_rad = np.arange(12) * (np.pi / 6.0)
    line = smooth(60.0 * np.stack([np.cos(angle_rad), np.sin(angle_rad)], axis=-1), closed=True)
    assert np.abs(np.abs(line.place_m) - 60.0).max() < 0.5


@pytest.mark.parametrize("heading_rad", [0.0, 1.0, 1.548, 3.0, 4.5])
def test_an_open_line_is_a_road_whichever_way_it_ends(heading_rad):
    corners = 600.0 * np.exp(1j * heading_rad) * np.array([0.0, 1.0j, 1.0 + 1.0j, 1.0])
    line = smooth(np.stack([corners.real, corners.imag], axis=-1), closed=False)
    assert abs(line.place_m[-1] - corners[-1]) < 0.1


@pytest.mark.parametrize("turn", [[[0, 0], [200, 0], [0, 1]], [[0, 0], [200, 0], [20, 60], [220, 110]]])
def test_what_turns_on_the_spot_is_refused(turn):
    with pytest.raises(InputError, match=r"here: turns too sharply for a road of 6 m"):
        smooth(np.array(turn, dtype=np.float64), closed=False)


def test_the_line_that_turns_on_the_spot_is_named(tmp_path):
    there = np.stack([np.arange(0.0, 300.0, 10.0), np.zeros(30)], axis=-1)
    for way, line in (
        (np.vstack([there, there[::-1] + np.array([0.0, 0.5])]), r"line 3[123]"),
        (there[[0, 29, 9]], "line 3"),
    ):
        with pytest.raises(InputError, match=rf"way\.csv, {line}: turns too sharply .*, or leave out what leads back"):
            load_circuit(write(tmp_path, way, "closed=no width_m=6"))


def write(tmp_path, points_m: np.ndarray, head: str):
    path = tmp_path / "way.csv"
    np.savetxt(path, points_m, "%.3f", delimiter=",", header=head, comments="# ")
    return path


@pytest.mark.parametrize(
    ("head", "width_m", "words"),
    [
        ("a way", None, "has no widths; say one with --width"),
        ("width_m=0", None, "width_m=0; it must be from"),
        ("width_m=wide", None, "width_m=wide; write a number"),
        ("closed=perhaps width_m=4", None, "closed=perhaps; it must be one of yes, no"),
        ("lane_offset_m=-3 width_m=5", None, "off the road where it is narrowest"),
        ("lane_offset_m=-3", 5.0, "off the road where it is narrowest"),
    ],
)
def test_what_a_line_lacks_is_said_in_one_line(tmp_path, head, width_m, words):
    with pytest.raises(InputError, match=words):
        load_circuit(write(tmp_path, bends(8.0), head), width_m)


def test_an_open_road_is_driven_from_start_to_end(tmp_path):
    track = load_circuit(write(tmp_path, bends(8.0), "width_m=5"))
    assert not track.closed
    assert load_circuit(write(tmp_path, bends(8.0), "width_m=5"), 7.0).width_left_m[0] == 3.5
    suite = suite_from_track(track, Scene(), disturbance=CONDITIONS.evaluation)
    report = evaluate(PursuitExpert(suite.tracks), suite, EvalConfig(camera=None))
    assert report.interventions.sum() == 0
    assert 550.0 < report.distance_m[0] < track.length_m - 30.0, "until its end comes into sight"


def test_a_survey_with_ends_apart_is_an_open_road_and_closed_says_otherwise(tmp_path):
    rows = np.column_stack([bends(5.0), np.full((120, 2), [2.0, 2.6])])
    track = load_circuit(write(tmp_path, rows, "a way"))
    assert not track.closed
    np.testing.assert_array_equal(track.width_left_m, track.width_right_m)
    np.testing.assert_allclose(track.file_line_or_zeros, -0.3, atol=0.02)
    ring = 40.0 * np.stack([np.cos(np.arange(30) / 5.0), np.sin(np.arange(30) / 5.0)], axis=-1)
    assert load_circuit(write(tmp_path, ring, "width_m=4")).closed
    assert not load_circuit(write(tmp_path, ring, "width_m=4 closed=no")).closed
