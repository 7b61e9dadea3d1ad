"""Cases of what others have made: Udacity logs with their pictures and cameras, and circuits."""

from tests.fuzz import picture_edits, places
from tests.fuzz.cases import Case, Edit
from tests.fuzz.draw_damage import Rng, draw_damage, pick
from tests.fuzz.draw_recordings import LEARN
from tests.fuzz.hostile import or_null, whole
from tests.fuzz.valid import LOG_ROWS

DRIVE = ("--track", "road.csv", "--distance", "0.01", "--json", "result.json")
_CELLS = (
    "nan", "inf", "-inf", "1e308", "-1e308", "1e9", "", " ", "abc", "1_000", "0x10", "None", "null", "--1", "1e400",
    "1.5.2", "１２", "\x00", "\x1b[31m", "=1+1", '"', '"1', "9" * 5000, "../../etc/passwd", "-1", "0", "é", "\u2028",
)  # fmt: skip


def draw_log(rng: Rng) -> Case:
    """A Udacity log's cells, lines, encoding and pictures."""
    argv = ("train", "log", "--camera", "camera.json", *LEARN)
    if rng.random() < 0.02:
        argv = ("calibrate", "log", "--rows", "20", "--out", "fitted.json")
    file, row = "log/driving_log.csv", int(rng.integers(LOG_ROWS))
    names = [
        f"log/IMG/{side}_2020_02_16_00_47_{20 + row // 10:02d}_{row % 10 * 100:03d}.jpg" for side in ("center", "left")
    ]
    expected: int | None = None
    match int(rng.integers(8)):
        case 0 | 1 | 2:
            edits = (Edit("cell", file, (row, int(rng.integers(7)), pick(rng, _CELLS))),)
        case 3:
            edits = (Edit("picture", pick(rng, names), (pick(rng, picture_edits.KINDS),)),)
        case 4:
            damaged, _ = draw_damage(rng, pick(rng, names), is_whole=False)
            edits = (damaged,)
        case 5:
            damaged, expected = draw_damage(rng, file, is_whole=False)
            edits = (damaged,)
        case 6:
            text = pick(rng, ("a", ",", "a.jpg,", "1 ", '"', ".jpg", "/", "é", "a.jp", "\0"))
            edits = (Edit("long", file, (row, text, int(rng.integers(1000, 60_000)))),)
        case _:
            edits = pick(
                rng,
                (
                    (Edit("append", file, ("a.jpg,b.jpg,c.jpg,x\n", 100_000)),),
                    (Edit("append", file, ("nobody.jpg,,,0.1,0,0,1\n", 100_000)),),
                    (Edit("encode", file, ("utf-16",)),),
                    (Edit("encode", file, ("utf-32",)),),
                    (Edit("line", file, (row, "")),),
                    (Edit("line", file, (row, "\r\r\r")),),
                ),
            )
    return Case("log", argv, ("log", "camera.json"), edits, expected)


def _draw_way(rng: Rng) -> Case:
    """A phone's track and a line of points without widths: numbers, comments, XML and bytes."""
    file = pick(rng, ("way.gpx", "line.csv"))
    argv = ("evaluate", "expert", "--track", file, "--distance", "0.01", "--json", "result.json")
    row, expected = int(rng.integers(1, 40)), None
    match int(rng.integers(4)):
        case 0:
            edit, expected = Edit("line", "way.gpx", (row, f'<trkpt lat="{pick(rng, _CELLS)}" lon="11"/>')), None
        case 1:
            said = pick(rng, ("width_m", "closed", "lane_offset_m"))
            edit = Edit("line", "line.csv", (0, f"# {said}={pick(rng, _CELLS)} {pick(rng, ('', 'width_m=4'))}"))
        case 2:
            edit, expected = draw_damage(rng, file, is_whole=False)
        case _:
            edit = pick(
                rng,
                (
                    Edit("line", "way.gpx", (0, '<!DOCTYPE gpx [<!ENTITY a "b">]><gpx><trk><trkseg>')),
                    Edit("line", "way.gpx", (row, "&a;" * 1000)),
                    Edit("line", "way.gpx", (row, "<a>" * 50_000)),
                    Edit("long", "way.gpx", (row, '<trkpt lat="48" lon="11"/>', 60_000)),
                    Edit("encode", "way.gpx", ("utf-16",)),
                    Edit("line", "way.gpx", (row, '<trkpt lat="-48" lon="-170"/>')),
                    Edit("line", "line.csv", (row, "1e7,1e7")),
                    Edit("append", "line.csv", ("0,0\n1,1\n", 50_000)),
                ),
            )
    target = edit.target
    argv = tuple(target if word == file else word for word in argv)
    return Case("circuit", argv, (target,), (edit,), expected)


def draw_circuit(rng: Rng) -> Case:
    """A circuit's cells, comments, lines and bytes, recorded on and driven."""
    if rng.random() < 0.3:
        return _draw_way(rng)
    argv = pick(
        rng,
        (
            ("record", "--track", "road.csv", "--seconds", "0.2", "--out", "out"),
            ("evaluate", "expert", *DRIVE),
        ),
    )
    row, expected = int(rng.integers(2, 42)), None
    match int(rng.integers(6)):
        case 0 | 1 | 2:
            cell = pick(rng, _CELLS)
            edit, expected = Edit("cell", "road.csv", (row, int(rng.integers(4)), cell)), 2
            expected = None if cell in ("-1", "0", "１２") else 2
        case 3:
            said = pick(rng, ("lines", "lane_offset_m"))
            value = pick(rng, ("nan", "inf", "1e308", "abc", "", "two-lane", "-1.75", "1_0", "9" * 5000, "dashed"))
            edit = Edit("line", "road.csv", (0, f"# {said}={value}"))
            good = {"lines": ("two-lane",), "lane_offset_m": ("-1.75",)}[said]
            expected = 0 if value in good else 2
        case 4:
            edit, expected = draw_damage(rng, "road.csv", is_whole=False)
        case _:
            edit = pick(
                rng,
                (
                    Edit("long", "road.csv", (row, "1,", 60_000)),
                    Edit("long", "road.csv", (row, "# a=b ", 60_000)),
                    Edit("long", "road.csv", (row, " ", 100_000)),
                    Edit("append", "road.csv", ("0,0,1,1\n", 100_000)),
                    Edit("append", "road.csv", ("abc\n", 100_000)),
                    Edit("encode", "road.csv", ("utf-16",)),
                ),
            )
    return Case("circuit", argv, ("road.csv",), (edit,), expected)


def draw_camera(rng: Rng) -> Case:
    """A camera file's JSON and bytes."""
    at = [
        *places.camera_at("camera.json", ("camera",)),
        places.Place("camera.json", (), places.nothing),
        places.Place("camera.json", ("fit",), or_null(places.is_object), True),
        places.Place("camera.json", ("fit", "own_car_top_px"), or_null(whole(0, 160)), True),
    ]
    argv = pick(
        rng,
        (
            ("train", "log", "--camera", "camera.json", *LEARN),
            ("export", "network", "out.onnx", "--camera", "camera.json"),
        ),
    )
    inputs = ("log", "camera.json") if argv[0] == "train" else ("network", "camera.json")
    if rng.random() < 0.8:
        edit, expected = places.draw_json(rng, at)
    else:
        edit, expected = draw_damage(rng, "camera.json", is_whole=True)
    return Case("camera", argv, inputs, (edit,), expected)
