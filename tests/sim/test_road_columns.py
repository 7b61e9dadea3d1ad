import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drive_sim.errors import InputError
from drive_sim.sim.road_csv import read_road_csv

NAMES = ("x_m", "y_m", "w_tr_right_m", "w_tr_left_m")
ANGLE_RAD = 2.0 * np.pi * np.arange(40) / 40
RING = np.column_stack(
    [50.0 * np.cos(ANGLE_RAD), 30.0 * np.sin(ANGLE_RAD), 2.0 + ANGLE_RAD / 9.0, 3.5 - ANGLE_RAD / 9.0]
).round(3)


def read(tmp_path, lines, encoding="utf-8", ends="\n"):
    path = tmp_path / "ring.csv"
    path.write_bytes(ends.join([*lines, ""]).encode(encoding))
    return read_road_csv(path)


def rows(points, separator=",", mark="."):
    return [separator.join(f"{value:.3f}".replace(".", mark) for value in point) for point in points]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(range(6)),
    separator=st.sampled_from([(";", "."), (";", ","), ("; ", "."), ("\t", ","), ("\t", "."), (",", "."), (" ", ".")]),
    names=st.sampled_from([NAMES, ("X [m]", "Y [m]", "right", "left"), ("East_m", "north", "w-right", "W_TR_LEFT_M")]),
    comment=st.booleans(),
    ends=st.sampled_from(["\n", "\r\n", "\n\n", "\n \t \n"]),
)
def test_columns_are_told_by_their_names_whatever_separates_them(tmp_path, order, separator, names, comment, ends):
    between, mark = separator
    named = (*(name.replace(" ", "") for name in names), "s_m", "comment")
    columns = np.column_stack([RING, np.arange(40.0), np.full(40, -9.0)])[:, order]
    head = ("# " if comment else "") + between.join(named[column] for column in order)
    text = read(tmp_path, ["# a ring, by hand", head, *rows(columns, between, mark)], ends=ends)
    np.testing.assert_array_equal(text.points_m, RING[:, :2])
    np.testing.assert_array_equal(text.widths_m, RING[:, 2:])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_a_spreadsheet_writes_is_read(tmp_path, encoding):
    lines = ["# Straße über Mönchhof", "x;y;rechts;links", *(f'"{row}"' for row in rows(RING[:, :2], '";"', ","))]
    np.testing.assert_array_equal(read(tmp_path, lines, encoding, "\r\n").points_m, RING[:, :2])


def test_one_width_a_point_is_from_edge_to_edge_and_a_height_is_none(tmp_path):
    wide = read(tmp_path, ["x,y,width", *rows(RING[:, :3])])
    assert wide.widths_m is not None
    np.testing.assert_allclose(wide.widths_m.T, 0.5 * np.stack([RING[:, 2]] * 2))
    assert read(tmp_path, ["x,y,z", *rows(RING[:, :3])]).widths_m is None


@pytest.mark.parametrize("again", [1, 2, 10, 40, 80])
def test_a_survey_that_goes_on_over_its_beginning_is_once_round(tmp_path, again):
    text = read(tmp_path, rows(np.vstack([RING, RING, RING])[: 40 + again]))
    np.testing.assert_array_equal(text.points_m, RING[:, :2])
    assert text.closed


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["lat,lon", *rows(RING[:, :2])], r"line 2: its columns are lat, lon; write metres, or save the track as GPX"),
        (["x_ft,y_ft", *rows(RING[:, :2])], r"its columns are x_ft, y_ft; write metres"),
        (["x,y,w_right", *rows(RING[:, :3])], r"a width to one side only"),
        (rows(np.column_stack([np.arange(40), RING])), r"line 1: 5 columns, and no line above names them"),
        (rows(RING, mark=","), r"line 1: holds decimal commas between commas; separate the columns by semicolons"),
        (["id,x,y", *rows(RING[:5, :3]), "7,8"], r"line 7: 2 columns; 3 are needed"),
        (["# x_m,y_m", *rows(RING[:, :2] / 1e5)], r"holds 1 points; .* 0\.01 m apart or more; write metres"),
        (["<?xml version='1.0'?><kml/>"], r"is XML; name it \.gpx where it is GPX"),
    ],
)
def test_what_cannot_be_told_apart_is_refused_with_a_remedy(tmp_path, lines, words):
    with pytest.raises(InputError, match=words) as caught:
        read(tmp_path, lines)
    assert "\n" not in str(caught.value)
