"""Udacity logs as people have them: other machines' paths, missing pictures, strange rows; none is lost in silence."""

import time
from collections.abc import Callable, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.data.demonstrations import smoothed
from drive_sim.data.udacity import curvature_from_udacity, load_udacity
from drive_sim.data.udacity_log import MPS_PER_MPH, parse_log
from drive_sim.errors import InputError

SIZE = (16, 32)


def stamp(row: int, step_ms: int = 125) -> str:
    seconds, ms = divmod(row * step_ms, 1000)
    return f"2020_02_16_00_47_{51 + seconds:02d}_{ms:03d}"


def write_pictures(folder: Path, rows: Sequence[int], sides: Sequence[str] = ("center", "left", "right")) -> None:
    import cv2

    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        for grey, side in enumerate(sides):
            picture = np.full((*SIZE, 3), 40 + 60 * grey + row, dtype=np.uint8)
            assert cv2.imwrite(str(folder / f"{side}_{stamp(row)}.jpg"), picture)


def line(row: int, path: str = "/Users/driver/Desktop/IMG/", separator: str = ", ") -> str:
    pictures = [f"{path}{side}_{stamp(row)}.jpg" for side in ("center", "left", "right")]
    return separator.join([*pictures, f"{row % 10 / 10:g}", "0.5", "0", "22.5"])


def write_log(folder: Path, lines: Sequence[str], rows: Sequence[int] = range(4)) -> Path:
    write_pictures(folder / "IMG", rows)
    log = folder / "driving_log.csv"
    log.write_text("\n".join(lines) + "\n")
    return log


@pytest.mark.parametrize(
    "make_line",
    [
        line,
        lambda row: line(row, separator=","),
        lambda row: line(row, path="IMG/"),
        lambda row: line(row, path="C:\\Users\\Driver, the\\Desktop\\IMG\\", separator=","),
        lambda row: line(row, separator=";").replace(";0.", ";0,").replace("2.5", "2,5"),
        lambda row: ",".join(f'"{field}"' for field in line(row, separator=",").split(",")),
    ],
    ids=["plain", "no spaces", "relative", "back-slashes", "decimal commas", "quoted"],
)
@pytest.mark.parametrize("header", [None, "center,left,right,steering,throttle,brake,speed"])
def test_every_way_of_writing_the_same_log(tmp_path: Path, make_line: Callable[[int], str], header: str | None) -> None:
    log = write_log(tmp_path, [*([header] if header else []), *map(make_line, range(4))])
    demos, report = load_udacity(log)
    assert (report.rows, report.skipped, report.without_sides) == (4, (), ())
    assert demos.raw_steering is not None
    assert demos.time_s is not None
    np.testing.assert_allclose(demos.raw_steering, [0.0, 0.1, 0.2, 0.3])
    np.testing.assert_allclose(demos.speed_mps, 22.5 * MPS_PER_MPH)
    np.testing.assert_allclose(demos.time_s, [0.0, 0.125, 0.25, 0.375])
    assert demos.images_left is not None
    assert demos.images_right is not None
    for grey, side in ((40, demos.images), (100, demos.images_left), (160, demos.images_right)):
        np.testing.assert_allclose(side.mean(axis=(1, 2, 3)), grey + np.arange(4), atol=1.5)


@pytest.mark.parametrize(
    ("fields", "steering", "speed_mps"),
    [
        ("center_a.jpg, 0.25", 0.25, np.nan),
        ("center_a.jpg, left_a.jpg, right_a.jpg, -0.5", -0.5, np.nan),
        ("center_a.jpg, left_a.jpg, right_a.jpg, -0.5, 1, 0", -0.5, np.nan),
        ("center_a.jpg, left_a.jpg, right_a.jpg, 7.5E-05, 1, 0, 10", 7.5e-05, 10 * MPS_PER_MPH),
        ("center_a.jpg, , , 0.5, 1, 0, 10", 0.5, 10 * MPS_PER_MPH),
        ("center_a.jpg, left_a.jpg, right_a.jpg, 0,5, 0,9, 0, 10,5", 0.5, 10.5 * MPS_PER_MPH),
        ("center_a.jpg\tleft_a.jpg\tright_a.jpg\t-1\t0\t0\t0", -1.0, 0.0),
    ],
)
def test_older_logs_have_fewer_columns(tmp_path: Path, fields: str, steering: float, speed_mps: float) -> None:
    log = tmp_path / "log.csv"
    log.write_text(fields)
    rows, skipped, num_rows = parse_log(log)
    assert (num_rows, skipped) == (1, [])
    sides = ("left_a.jpg", "right_a.jpg") if "left" in fields else ("", "")
    np.testing.assert_equal(astuple(rows[0])[:6], (1, "center_a.jpg", *sides, steering, speed_mps))


@pytest.mark.parametrize(
    ("field", "spoilt", "why"),
    [
        ("0.2", "1e9", "its steering 1e+09 is not from -1 to 1"),
        ("0.2", "-1.5", "its steering -1.5 is not from -1 to 1"),
        ("22.5", "1e308", "its speed 1e+308 mph is none that a car drives"),
    ],
)
def test_a_row_that_nobody_drove_is_skipped_and_named(tmp_path: Path, field: str, spoilt: str, why: str) -> None:
    lines = [line(row) for row in range(4)]
    lines[2] = lines[2].replace(f", {field}", f", {spoilt}")
    demos, report = load_udacity(write_log(tmp_path, lines))
    assert report.skipped == ((3, why),)
    assert len(demos) == 3


def test_no_row_is_lost_in_silence(tmp_path: Path) -> None:
    spoilt = [line(2).replace(", 0.2,", ", abc,"), line(2).replace(", 0.2,", ",  ,"), line(2).replace("0.2", "nan")]
    log = write_log(tmp_path, [line(0), "", line(1), "rubbish", *spoilt, *map(line, range(3, 7))], rows=range(7))
    images = tmp_path / "IMG"
    (images / f"center_{stamp(3)}.jpg").unlink()
    whole = (images / f"center_{stamp(4)}.jpg").read_bytes()
    (images / f"center_{stamp(4)}.jpg").write_bytes(whole[: len(whole) // 2])
    (images / f"left_{stamp(5)}.jpg").unlink()
    (images / f"right_{stamp(6)}.jpg").write_bytes(b"")
    demos, report = load_udacity(log)
    assert report.rows == 10
    assert [number for number, _ in report.skipped] == [4, 5, 6, 7, 8, 9]
    reasons = " | ".join(why for _, why in report.skipped)
    for why in ("steering is not a number", "no such file", "cut short"):
        assert why in reasons
    assert [number for number, _ in report.without_sides] == [10, 11]
    assert len(demos) == report.rows - len(report.skipped) == 4
    np.testing.assert_array_equal(demos.has_sides, [True, True, False, False])
    assert len(report.lines()) == 1 + 6 + 2
    assert report.lines()[0] == "4 of 10 rows read, 6 skipped, 2 without both side pictures"


def test_a_log_without_side_pictures(tmp_path: Path) -> None:
    log = write_log(tmp_path, list(map(line, range(4))))
    for side in [*tmp_path.glob("IMG/left*"), *tmp_path.glob("IMG/right*")]:
        side.unlink()
    demos, report = load_udacity(log)
    assert (demos.images_left, demos.images_right, demos.has_sides) == (None, None, None)
    assert len(report.without_sides) == 4
    assert load_udacity(log, sides=False)[1].without_sides == ()


def test_pictures_without_times(tmp_path: Path) -> None:
    write_log(tmp_path, ["a.jpg, 0", "a.jpg, 0.5"])
    (tmp_path / "IMG" / f"center_{stamp(0)}.jpg").rename(tmp_path / "IMG" / "a.jpg")
    demos, report = load_udacity(tmp_path)
    assert not report.timed
    assert any("ticks of 0.1 s" in note for note in report.lines())
    assert demos.duration_s == pytest.approx(0.2)


def test_a_pause_ends_a_drive(tmp_path: Path) -> None:
    rows = [0, 1, 2, 40, 41, 5, 6]
    demos, _ = load_udacity(write_log(tmp_path, list(map(line, rows)), rows=rows).parent)
    assert demos.episodes() == [slice(0, 3), slice(3, 5), slice(5, 7)]
    assert demos.duration_s == pytest.approx(7 * 0.125)


def test_a_picture_of_another_size_is_told_before_it_is_edited(tmp_path: Path) -> None:
    """A crop gives every picture one size: what was cut out of the wrong place would not show."""
    import cv2

    log = write_log(tmp_path, list(map(line, range(4))))
    assert cv2.imwrite(str(tmp_path / "IMG" / f"center_{stamp(2)}.jpg"), np.zeros((20, 40, 3), np.uint8))
    demos, report = load_udacity(log, edit=lambda picture: picture[:8, :8])
    assert demos.images.shape == (3, 8, 8, 3)
    assert report.skipped == ((3, f"center_{stamp(2)}.jpg is 40x20, the others 32x16"),)


def test_bad_logs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"driving_log\.csv does not exist"):
        load_udacity(tmp_path)
    (tmp_path / "driving_log.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        load_udacity(tmp_path)
    log = tmp_path / "log.csv"
    for text in ("", "\n\n", "center,left,right,steering,throttle,brake,speed\n"):
        log.write_text(text)
        with pytest.raises(InputError, match="holds no rows"):
            load_udacity(log)
    log.write_text(line(0))
    with pytest.raises(InputError, match="put the log beside its folder IMG"):
        load_udacity(log)
    log.write_text("one, two\nthree")
    with pytest.raises(InputError, match="none of its 2 rows can be read; line 1"):
        load_udacity(log)


@given(st.floats(-1.0, 1.0))
def test_udacitys_steering_is_the_wheels_angle_to_the_right(steering: float) -> None:
    curvature_per_m = float(curvature_from_udacity(np.array(steering)))
    assert np.arctan(-2.7 * curvature_per_m) == pytest.approx(np.deg2rad(25.0 * steering))


def test_the_real_lap_is_read_whole(shared_data: Path) -> None:
    demos, report = load_udacity(shared_data / "udacity-lap")
    assert report.lines() == ["800 of 800 rows read, 0 skipped"]
    assert demos.images_left is not None
    assert demos.images.shape == demos.images_left.shape == (800, 160, 320, 3)
    assert 90.0 < demos.duration_s < 100.0
    assert 13.0 < demos.speed_mps.max() < 14.0
    calm = smoothed(demos)
    assert np.abs(np.diff(calm.curvature_per_m)).max() < 0.25 * np.abs(np.diff(demos.curvature_per_m)).max()
    assert calm.curvature_per_m.mean() == pytest.approx(demos.curvature_per_m.mean(), abs=1e-4)


@pytest.mark.parametrize("piece", ["a.jp", ".jpg ", "a", '"', "2020_02_16_", "1."])
def test_a_long_line_takes_no_longer_than_a_short_one_that_often(tmp_path: Path, piece: str) -> None:
    log = tmp_path / "driving_log.csv"
    log.write_text("a.jpg,b.jpg,c.jpg,0.1\n" + piece * (1_000_000 // len(piece)) + "\n")
    start_s = time.process_time()
    rows, _, num_rows = parse_log(log)
    assert num_rows == 2 and rows[0].centre == "a.jpg"
    assert time.process_time() - start_s < 2.0, "a quadratic search takes half an hour"


def test_many_bad_rows_are_told_in_few_lines_and_nothing_is_stored_for_them(tmp_path: Path) -> None:
    log = write_log(tmp_path, [line(row) for row in range(4)] + ["nobody.jpg,,,0.1,0,0,1"] * 30_000)
    demos, report = load_udacity(log)
    assert len(demos) == 4 and len(report.skipped) == 30_000
    assert len(report.lines()) < 30 and report.lines()[-1] == "and 29980 more skipped"


@pytest.mark.parametrize(
    ("numbers", "read"),
    [
        ("-0,05,1,0,20,12", (-0.05, 1.0, 20.12)),
        ("0,25,0,75,0,7,8E-05", (0.25, np.nan, np.nan)),  # a brake of 0.7 and 8E-05, or 7.8E-05
        ("-1,0,0,0", (-1.0, 0.0, 0.0)),
        ("0,0,5,0,12", (0.0, 0.5, 12.0)),
        ("0,125000,0,500000,0,000000,30,190000", (0.125, 0.5, 30.19)),
        ("0,1,0,20,3", (0.0, 1.0, 20.3)),
    ],
)
def test_commas_that_are_decimal_and_part_fields_as_well(
    tmp_path: Path, numbers: str, read: tuple[float, float, float]
) -> None:
    """Where Windows writes decimal commas, the simulator parts the fields by the same."""
    log = tmp_path / "driving_log.csv"
    log.write_text(f"IMG/center_{stamp(0)}.jpg,IMG/left_{stamp(0)}.jpg,IMG/right_{stamp(0)}.jpg,{numbers}\n")
    (row,), skipped, _ = parse_log(log)
    assert not skipped
    np.testing.assert_allclose([row.steering, row.throttle, row.speed_mps / MPS_PER_MPH], read)


def test_a_steering_that_can_be_read_in_two_ways_is_told(tmp_path: Path) -> None:
    log = tmp_path / "driving_log.csv"
    log.write_text(f"IMG/center_{stamp(0)}.jpg,,,0,1,0,0,1\n")
    rows, skipped, _ = parse_log(log)
    assert not rows and skipped == [(1, "its steering is not a number")]


def test_a_log_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = write_log(tmp_path, ["", *[line(row) for row in range(4)], "\n\n", " , ,"])
    log.write_bytes(log.read_bytes().replace(b"\n", b"\r"))
    assert [row.line for row in parse_log(log)[0]] == [2, 3, 4, 5]
    monkeypatch.setattr("drive_sim.data.udacity_log._MOST_ROWS", 3)
    with pytest.raises(InputError, match="more than 3 rows; split it"):
        parse_log(log)


def test_a_spreadsheets_unicode_is_read(tmp_path: Path) -> None:
    log = write_log(tmp_path, [line(row) for row in range(4)])
    log.write_bytes(log.read_text().encode("utf-16"))
    assert len(load_udacity(log)[0]) == 4
