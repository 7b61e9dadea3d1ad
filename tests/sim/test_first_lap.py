"""Of a track of several laps the first is the road; a way that is not driven again stays whole."""

import re
from dataclasses import replace

import numpy as np
import pytest

from drive_sim.sim.circuit_file import load_circuit
from drive_sim.sim.first_lap import first_lap
from drive_sim.sim.road_text import RoadText


def laps_of(num: float, noise_m: float = 3.0) -> RoadText:
    """An oval of 514 m, a point every 8 m, driven so often."""
    angle_rad = np.arange(0.0, 2.0 * np.pi * num, 8.0 / 82.0)
    points_m = np.stack([100.0 * np.cos(angle_rad), 60.0 * np.sin(angle_rad)], axis=-1)
    points_m += noise_m * np.random.default_rng(1).standard_normal(points_m.shape)
    times = np.arange(len(points_m), dtype=np.float64)
    return RoadText(points_m, [f"line {i}" for i in range(len(points_m))], time_s=times)


@pytest.mark.parametrize("num", [1.3, 3.0, 7.6])
def test_the_first_lap_is_cut_out_as_a_loop(num):
    text, laps = first_lap(laps_of(num))
    assert text.closed
    assert laps == pytest.approx(num, rel=0.07)
    assert len(text.points_m) == len(text.places) == len(text.time_s if text.time_s is not None else []) <= 66
    assert np.ptp(np.unwrap(np.arctan2(text.points_m[:, 1], text.points_m[:, 0]))) == pytest.approx(
        2.0 * np.pi, abs=0.4
    )


@pytest.mark.parametrize("num", [0.5, 1.0])
def test_what_is_driven_once_stays_whole(num):
    text = laps_of(num)
    assert first_lap(text) == (text, 1.0)


def test_passing_the_start_on_another_way_is_no_lap():
    angle_rad = np.linspace(0.5 * np.pi, 2.5 * np.pi, 120)
    eight = np.stack([120.0 * np.cos(angle_rad), 80.0 * np.sin(2.0 * angle_rad)], axis=-1)
    text = RoadText(eight, [""] * 120)
    assert first_lap(text) == (text, 1.0)


def test_what_says_that_it_is_open_has_no_laps():
    text = replace(laps_of(3.0), closed=False)
    assert first_lap(text) == (text, 1.0)


def test_a_day_of_many_laps_is_as_long_as_its_first(tmp_path):
    np.savetxt(tmp_path / "day.csv", laps_of(70.0).points_m, "%.2f", delimiter=",", header="width_m=7")
    assert load_circuit(tmp_path / "day.csv").length_m == pytest.approx(514.0, rel=0.05), "of 36 km"


def test_that_is_said(tmp_path):
    np.savetxt(tmp_path / "day.csv", laps_of(3.0).points_m, "%.2f", delimiter=",", header="width_m=7")
    track = load_circuit(tmp_path / "day.csv")
    assert track.closed
    assert track.length_m == pytest.approx(514.0, rel=0.05)
    assert re.search(r"the first of (2\.9|3\.0|3\.1) laps", track.notes[0])
