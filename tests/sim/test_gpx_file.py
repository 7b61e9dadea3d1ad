"""A GPX file as points in metres, and what is no GPX file as one line."""

from pathlib import Path

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.sim.circuit_file import resolve_track
from drive_sim.sim.gpx_file import EARTH_M, read_gpx

HEAD = '<?xml version="1.0"?>\n<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'


def gpx(points: str, kind: str = "trk") -> str:
    inner = f"<trkseg>{points}</trkseg>" if kind == "trk" else points
    return f"{HEAD}<{kind}>{inner}</{kind}></gpx>"


def point(lat: object, lon: object, time: str = "", tag: str = "trkpt") -> str:
    return f'<{tag} lat="{lat}" lon="{lon}">{f"<time>{time}</time>" if time else ""}</{tag}>\n'


def way(count: int = 40, lat: float = 48.0, lon: float = 11.0) -> str:
    """A bend, a point every 11 m."""
    return "".join(point(f"{lat + 1e-4 * i:.6f}", f"{lon + 1e-6 * i**2:.6f}") for i in range(count))


def at_rest() -> str:
    """What a phone on a table records in ten minutes."""
    noise_deg = 1e-5 * np.random.default_rng(3).standard_normal((600, 2))
    return "".join(point(f"{48.0 + lat:.7f}", f"{11.0 + lon:.7f}") for lat, lon in noise_deg)


def write(tmp_path: Path, text: str | bytes, name: str = "way.gpx") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("lon", [11.0, 179.998])
def test_degrees_become_metres_on_the_plane_also_across_the_date_line(tmp_path, lon):
    east = [lon, lon + 0.001, (lon + 0.003 + 180.0) % 360.0 - 180.0]
    points = "".join(point(lat, f"{at:.6f}") for lat, at in zip((60.0, 60.001, 60.0), east, strict=True))
    read = read_gpx(write(tmp_path, gpx(points)))
    degree_m = EARTH_M * np.pi / 180.0
    np.testing.assert_allclose(read.points_m[:, 1], [0.0, 0.001 * degree_m, 0.0], atol=0.05)
    np.testing.assert_allclose(read.points_m[:, 0], np.array([0.0, 0.0005, 0.0015]) * degree_m, rtol=1e-3, atol=0.05)


def test_times_are_read_where_all_points_have_one(tmp_path):
    timed = "".join(point(48.0 + 1e-4 * i, 11.0, f"2026-05-01T08:00:{i:02d}Z") for i in range(30))
    assert np.diff(np.array(read_gpx(write(tmp_path, gpx(timed))).time_s)).tolist() == [1.0] * 29
    for other in ("never", "2026-05-01T08:00:00Z"):
        assert read_gpx(write(tmp_path, gpx(timed + point(48.01, 11.0, other)))).time_s is None


def test_the_longest_track_counts_its_segments_are_joined_and_a_route_will_do(tmp_path):
    two = f"{HEAD}<wpt lat='1' lon='1'/><trk><trkseg>{way(5)}</trkseg></trk>"
    two += f"<trk><trkseg>{way(20)}</trkseg><trkseg>{way(20, lat=48.002)}</trkseg></trk></gpx>"
    assert len(read_gpx(write(tmp_path, two)).points_m) == 40
    route = gpx(way(30).replace("trkpt", "rtept"), "rte")
    assert len(read_gpx(write(tmp_path, route)).points_m) == 30


def test_a_planned_route_is_a_loop_only_where_its_ends_meet(tmp_path):
    turns = "".join(point(lat, lon) for lat, lon in ((48.0, 11.0), (48.006, 11.0), (48.006, 11.009), (48.0, 11.0088)))
    for points in (way(30), turns):
        for count, closed in ((0, False), (1, True)):
            text = points + count * points.partition("\n")[0]
            route = read_gpx(write(tmp_path, gpx(text.replace("trkpt", "rtept"), "rte")))
            assert route.ends_meet == closed
    assert not read_gpx(write(tmp_path, gpx(turns))).ends_meet


def test_it_is_a_road_to_drive_and_that_is_said(tmp_path):
    track = resolve_track(write(tmp_path, gpx(way()), "Feldweg.GPX"))
    assert (track.name, track.closed) == ("Feldweg", False)
    assert track.length_m == pytest.approx(452.6, abs=2.0)
    assert (track.width_left_m + track.width_right_m).max() == 6.0
    assert "an open road of 0.5 km, 6 m wide" in track.notes[0]
    assert resolve_track(tmp_path / "Feldweg.GPX", 4.0).width_left_m[0] == 2.0


def test_what_is_no_part_of_the_way_is_left_out_and_told(tmp_path):
    stray = "".join(point(48.1, f"{11.1 + 1e-5 * i:.6f}") for i in range(6))
    leap = way(40).replace(point("48.002000", "11.000400"), point(48.1, "11.000400") + point("48.002000", "11.000400"))
    for body, told in (
        (f"{stray}</trkseg><trkseg>{way()}", "6 points of segments"),
        (leap, "1 point to which it leaps"),
    ):
        (note,) = resolve_track(write(tmp_path, gpx(body))).notes
        assert told in note
        assert "noise" not in note
        assert "an open road of 0.5 km" in note


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no GPX file"),
        ("x_m,y_m\n1,2\n", "no GPX file"),
        (gpx(way())[:-9], "no GPX file"),
        (f"{HEAD}</gpx>", "no track"),
        (f"{HEAD}<wpt lat='1' lon='1'/></gpx>", "no track"),
        ("<?xml version='1.0'?><kml/>", "no track .* and is kml, not GPX; save a way as GPX"),
        (gpx(way(2)), "2 points; a road needs at least 3"),
        (gpx(at_rest()), "without its noise: is .* m long and closed; such a road needs at least"),
        (gpx(way(9)), "89 m long and open"),
        (gpx(way(40, lat=91.0)), "line 2: lat is '91.000000'"),
        (gpx(way(30) + point("nan", 11)), "line 32: lat is 'nan'"),
        (gpx(way(30) + point(48, "1e400")), "line 32: lon is '1e400'"),
        (gpx(way(30) + "<trkpt lat='48'/>"), "line 32: lon is ''"),
        (gpx(way(30) + point(-48, 11)), "more than 30 km; cut out a part of it"),
        ("<!DOCTYPE gpx [<!ENTITY a 'aaaa'>]>" + gpx(way() + "&a;").partition("\n")[2], "declares a document type"),
        (gpx(way() + "&a;"), "no GPX file: undefined entity"),
    ],
)
def test_what_is_none_is_refused_in_one_line_that_names_it(tmp_path, text, words):
    with pytest.raises(InputError, match=words) as caught:
        resolve_track(write(tmp_path, text))
    assert "way.gpx" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_document_type_is_refused_in_any_encoding(tmp_path):
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>'
    with pytest.raises(InputError, match="declares a document type"):
        read_gpx(write(tmp_path, text.encode("utf-16")))
