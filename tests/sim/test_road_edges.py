"""Edges that the fitted line folds: moved in where that is a matter of decimetres, refused where there is no road."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.sim.circuit_file import TRACK_NAMES, load_circuit, named_track
from drive_sim.sim.road_edges import MOST_OF_RADIUS, unfolded
from drive_sim.sim.track import Track

BEND_M, STRAIGHT_M = 10.0, 80.0


def stadium_rows(bend_width_m: float) -> list[str]:
    """Two straights of 80 m and two bends of 10 m radius to the left, wider inside the bends."""
    angle_rad = np.linspace(0.0, np.pi, 13)
    bend = BEND_M * np.exp(1j * (angle_rad - 0.5 * np.pi))
    run = np.linspace(0.0, STRAIGHT_M, 20, endpoint=False)[1:]
    half = [(run - 0.5 * STRAIGHT_M - 1j * BEND_M, 4.0), (0.5 * STRAIGHT_M + bend, bend_width_m)]
    pieces = half + [(-places, width_m) for places, width_m in half]
    return [f"{p.real:.3f},{p.imag:.3f},6,{w}" for places, w in pieces for p in places]


def load(tmp_path, rows: list[str], name: str = "stadium.csv") -> Track:
    (tmp_path / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    return load_circuit(tmp_path / name)


def inside_share(track: Track) -> np.ndarray:
    """How much of the radius the inner width takes."""
    curvature = track.curvature_per_m
    return np.abs(curvature) * np.where(curvature > 0.0, track.width_left_m, track.width_right_m)


def test_an_edge_that_folds_by_decimetres_is_moved_in_and_that_is_said(tmp_path):
    track = load(tmp_path, stadium_rows(10.2))
    assert inside_share(track).max() <= MOST_OF_RADIUS + 1e-9
    note, too_tight = track.notes
    assert "stadium.csv, line" in note
    assert "and the car with 8.3 m" in too_tight
    assert "moved in by 0." in note
    assert "and by less in 1 other bend, so that it does not cross itself" in note
    assert track.reversed().notes == track.mirrored().notes == track.notes


def test_a_cut_of_centimetres_is_not_worth_a_line(tmp_path):
    track = load(tmp_path, ["# lane_offset_m=0", *stadium_rows(9.23)])
    assert track.notes == ()
    assert inside_share(track).max() == pytest.approx(MOST_OF_RADIUS)


def test_only_the_inner_edge_and_only_near_the_bend_is_moved(tmp_path):
    by_its_line = "# lane_offset_m=0"
    wide, narrow = (load(tmp_path, [by_its_line, *stadium_rows(width_m)]) for width_m in (10.2, 8.0))
    assert narrow.notes == ()
    np.testing.assert_array_equal(wide.width_right_m, narrow.width_right_m)
    np.testing.assert_array_equal(wide.x_m, narrow.x_m)
    straight = np.abs(wide.x_m) < 20.0
    np.testing.assert_array_equal(wide.width_left_m[straight], narrow.width_left_m[straight])


def test_what_its_width_does_not_fit_into_is_no_road(tmp_path):
    with pytest.raises(InputError, match=r"line \d+: 15.0 m wide inside a bend of .* edge would cross itself"):
        load(tmp_path, stadium_rows(15.0))


@pytest.mark.parametrize("change", [Track.reversed, Track.mirrored])
def test_a_cut_is_the_same_either_way_round_and_in_the_mirror(change):
    angle_rad = np.arange(400) * (2.0 * np.pi / 400)
    bend = 0.02 + 0.09 * np.exp(-(((angle_rad - np.pi) / 0.1) ** 2))
    track = replace(named_track("speedway"), **_filled(bend))
    changed, cut = unfolded(change(track))
    assert cut is not None
    assert np.abs(np.diff(changed.samples[:, 4:], axis=0)).max() < 0.1, "no step is made"
    np.testing.assert_allclose(changed.samples, change(unfolded(track)[0]).samples)


def _filled(curvature_per_m: np.ndarray) -> dict[str, np.ndarray]:
    flat, width_m = np.zeros(len(curvature_per_m)), np.full(len(curvature_per_m), 10.0)
    names = ("x_m", "y_m", "heading_rad")
    return {
        **dict.fromkeys(names, flat),
        "curvature_per_m": curvature_per_m,
        "width_left_m": width_m,
        "width_right_m": width_m,
    }


def test_our_own_roads_stay_as_they_are():
    for name in TRACK_NAMES[::4]:
        track = named_track(name)
        assert unfolded(track) == (track, None)
