"""A recording survives what happens to recordings: crashes, full disks, second thoughts, other people's folders."""

import errno
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.data import arrow_stream
from drive_sim.data.marks import MARKS_NAME, Drop, append_drop, append_undo, append_verdict, read_drops
from drive_sim.data.recording import RecordingWriter, drop_last, load_recording, undo_drop
from drive_sim.data.recording_schema import MEANINGS, EpisodeInfo, Row, info_from, schema_for
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

CAMERA = Camera(width_px=8, height_px=4, focal_px=5.0, horizon_px=1.0)
INFO = EpisodeInfo(CAMERA, road={"name": "test", "seed": 7}, scene={"kind": "day"}, seed=7)


def make_row(tick: int, camera: Camera = CAMERA, driver: str = "human") -> Row:
    rng = np.random.default_rng(tick)
    picture = rng.integers(0, 256, (camera.height_px, camera.width_px, 3), dtype=np.uint8)
    curvature, speed = rng.normal(0.0, 0.01), rng.uniform(5.0, 15.0)
    return Row(tick, tick / 10, picture, curvature, 0.0, speed, float(tick), 0.0, 0.1, driver)


def write(folder: Path, num_rows: int, info: EpisodeInfo = INFO) -> Path:
    with RecordingWriter(folder, info) as writer:
        for tick in range(num_rows):
            writer.append(make_row(tick, info.camera))
    return writer.path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write(tmp_path / "drive", 34)
    recording = load_recording(tmp_path / "drive")
    demos = recording.demonstrations()
    rows = [make_row(tick) for tick in range(34)]
    np.testing.assert_array_equal(demos.images, [row.image for row in rows])
    np.testing.assert_array_equal(demos.curvature_per_m, [row.curvature_per_m for row in rows])
    np.testing.assert_array_equal(demos.speed_mps, [row.speed_mps for row in rows])
    assert demos.camera == CAMERA
    assert demos.duration_s == pytest.approx(3.4)
    assert recording.notes == ()
    assert recording.episodes[0].info == INFO


def test_a_recording_from_before_the_wind_was_written_down_is_read() -> None:
    windy = replace(INFO, disturbance={"wind_mps": 0.5})
    schema = schema_for(windy)
    assert info_from(schema) == windy
    older = {key: value for key, value in schema.metadata.items() if key != b"disturbance"}
    assert info_from(schema.with_metadata(older)) == INFO


def test_three_cameras(tmp_path: Path) -> None:
    info = replace(INFO, num_cameras=3)
    rows = [
        replace(make_row(t), image_left=make_row(t + 50).image, image_right=make_row(t + 90).image) for t in range(5)
    ]
    with RecordingWriter(tmp_path, info) as writer:
        for row in rows:
            writer.append(row)
    demos = load_recording(tmp_path).demonstrations()
    np.testing.assert_array_equal(demos.images_left, [row.image_left for row in rows])
    np.testing.assert_array_equal(demos.images_right, [row.image_right for row in rows])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("curvature_per_m", math.nan),
        ("curvature_per_m", 1e308),
        ("curvature_per_m", -2.5),
        ("expert_curvature_per_m", math.inf),
        ("speed_mps", 1e308),
        ("time_s", math.nan),
    ],
)
def test_a_number_that_nobody_drove_is_refused_and_its_tick_named(tmp_path: Path, name: str, value: float) -> None:
    with RecordingWriter(tmp_path, INFO) as writer:
        for tick in range(20):
            writer.append(replace(make_row(tick), **({name: value} if tick == 13 else {})))
    with pytest.raises(InputError, match=rf"episode-000\.arrow, tick 13: {name} is") as raised:
        load_recording(tmp_path).demonstrations()
    assert "\n" not in str(raised.value)


def test_what_a_policy_commanded_may_be_wild(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path, INFO) as writer:
        for tick in range(20):
            wild = {"curvature_per_m": 50.0, "driver": "policy"} if tick >= 13 else {"driver": "expert"}
            writer.append(replace(make_row(tick), **wild))
    assert len(load_recording(tmp_path).demonstrations()) == 13


@pytest.mark.parametrize("name", ["horizon_px", "forward_m", "principal_x_px", "height_m"])
def test_a_camera_that_cannot_be_is_refused_with_its_file(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, 12)
    with pa.OSFile(str(path)) as file:
        table = pa.ipc.open_stream(file).read_all()
    camera = {**json.loads(table.schema.metadata[b"camera"]), name: 1e308}
    schema = table.schema.with_metadata({**table.schema.metadata, b"camera": json.dumps(camera).encode()})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, schema) as stream:
        stream.write_table(table.cast(schema))
    with pytest.raises(
        InputError, match=rf"episode-000\.arrow cannot be read \(its metadata: camera: {name} must be from"
    ):
        load_recording(tmp_path)


def test_pictures_are_copied_when_they_are_given(tmp_path: Path) -> None:
    row = make_row(0)
    kept = row.image.copy()
    with RecordingWriter(tmp_path, INFO) as writer:
        writer.append(row)
        row.image[:] = 0
    np.testing.assert_array_equal(load_recording(tmp_path).demonstrations().images[0], kept)


def test_pictures_are_read_without_a_copy(tmp_path: Path) -> None:
    write(tmp_path, 20)
    before = pa.total_allocated_bytes()
    views = list(load_recording(tmp_path).episodes[0].image_batches())
    assert [view.shape for view in views] == [(10, 4, 8, 3)] * 2
    assert not any(view.flags.owndata or view.flags.writeable for view in views)
    assert pa.total_allocated_bytes() == before


def test_any_tool_reads_the_file_and_its_signs(tmp_path: Path) -> None:
    path = write(tmp_path, 12)
    with pa.OSFile(str(path)) as file:
        table = pa.ipc.open_stream(file).read_all()
    assert table.num_rows == 12
    assert table.schema.metadata[b"curvature_convention"] == b"1/m, left positive"
    assert table.schema.field("image").metadata == {b"shape": b"[4, 8, 3]"}
    meanings = {f.name: f.metadata[b"meaning"].decode() for f in table.schema if f.name != "image"}
    assert meanings == {name: said for name, said in MEANINGS.items() if name != "lateral_goal"}


@pytest.fixture(scope="module")
def forty_rows(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, list[int]]:
    """A recording of four batches, its file's content, and where each batch ends."""
    ends = []
    with RecordingWriter(tmp_path_factory.mktemp("forty"), INFO) as writer:
        for tick in range(40):
            writer.append(make_row(tick))
            if tick % 10 == 9:
                ends.append(writer.path.stat().st_size)
    return writer.path, writer.path.read_bytes(), ends


@given(st.data())
def test_a_stream_cut_anywhere_reads_up_to_its_last_whole_batch(
    forty_rows: tuple[Path, bytes, list[int]], data: st.DataObject
) -> None:
    path, content, ends = forty_rows
    size = data.draw(st.one_of(st.integers(0, ends[-1] + 7), st.sampled_from(ends)))
    path.write_bytes(content[:size])
    num_rows = 10 * sum(end <= size for end in ends)
    if num_rows:
        demos = load_recording(path.parent).demonstrations()
        np.testing.assert_array_equal(demos.images, [make_row(tick).image for tick in range(num_rows)])
    else:
        with pytest.raises(InputError, match="no row of it can be read"):
            load_recording(path.parent)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_damaged_stream_is_refused_or_read_but_never_fatal(
    forty_rows: tuple[Path, bytes, list[int]], damage: list[tuple[int, int]]
) -> None:
    path, content, _ = forty_rows
    damaged = bytearray(content)
    for place, value in damage:
        damaged[place % len(content)] = value
    path.write_bytes(damaged)
    try:
        num_rows = len(load_recording(path.parent).demonstrations())
    except InputError as refused:
        assert "\n" not in str(refused)
    else:
        assert 0 < num_rows <= 40


def test_a_cut_is_mentioned(tmp_path: Path) -> None:
    path = write(tmp_path, 20)
    path.write_bytes(path.read_bytes()[:-100])
    assert load_recording(tmp_path).notes == (f"{path.name} was cut off; it is read up to its last whole second",)


RECORD_FOR_EVER = """
import sys
sys.path.insert(0, sys.argv[2])
from test_recording import INFO, make_row
from drive_sim.data.recording import RecordingWriter
from itertools import count
with RecordingWriter(sys.argv[1], INFO) as writer:
    for tick in count():
        writer.append(make_row(tick))
        print(tick, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_a_killed_process_loses_less_than_a_second(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RECORD_FOR_EVER, str(tmp_path / "drive"), str(Path(__file__).parent)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        last = next(int(line) for line in process.stdout if int(line) >= 57)
        process.kill()
    demos = load_recording(tmp_path / "drive").demonstrations()
    assert len(demos) >= last // 10 * 10
    np.testing.assert_array_equal(demos.images[:50], [make_row(tick).image for tick in range(50)])


def test_where_no_row_came_no_folder_stays(tmp_path: Path) -> None:
    """And one that was there already does."""
    for folder in (tmp_path / "new", tmp_path):
        with pytest.raises(KeyboardInterrupt), RecordingWriter(folder, INFO):
            raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_an_exception_keeps_what_was_driven(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), RecordingWriter(tmp_path, INFO) as writer:
        for tick in range(13):
            writer.append(make_row(tick))
        raise KeyboardInterrupt
    assert len(load_recording(tmp_path).demonstrations()) == 13


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    first = write(tmp_path, 10)
    content = first.read_bytes()
    with RecordingWriter(tmp_path, INFO) as a, RecordingWriter(tmp_path, INFO) as b:
        a.append(make_row(0))
        b.append(make_row(1))
        paths = {first, a.path, b.path}
    assert len(paths) == 3
    assert first.read_bytes() == content
    assert len(load_recording(tmp_path).demonstrations()) == 12


def test_a_drop_that_is_named_is_taken_back_and_no_other(tmp_path: Path) -> None:
    first, second = Drop("episode-000.arrow", 0, 5), Drop("episode-000.arrow", 5, 9)
    for drop in (first, second, first):
        append_drop(tmp_path, drop)
    append_undo(tmp_path, first)
    assert read_drops(tmp_path) == (first, second)
    append_undo(tmp_path, Drop("episode-001.arrow", 0, 5))
    append_undo(tmp_path, first)
    assert read_drops(tmp_path) == (second,)
    append_undo(tmp_path)
    append_undo(tmp_path)
    assert read_drops(tmp_path) == ()


def test_dropping_leaves_the_files_alone_and_can_be_undone(tmp_path: Path) -> None:
    path = write(tmp_path, 200)
    content = path.read_bytes()
    assert drop_last(tmp_path, 5.0) == 5.0
    assert drop_last(tmp_path, 3.0) == 3.0
    assert load_recording(tmp_path).duration_s == 12.0
    assert undo_drop(tmp_path)
    demos = load_recording(tmp_path).demonstrations()
    np.testing.assert_array_equal(demos.images, [make_row(tick).image for tick in range(150)])
    assert path.read_bytes() == content
    assert undo_drop(tmp_path)
    assert not undo_drop(tmp_path)
    assert load_recording(tmp_path).duration_s == 20.0


def test_a_drop_while_recording_splits_the_drive(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path, INFO) as writer:
        for tick in range(107):
            writer.append(make_row(tick))
        assert writer.drop_last(5.0) == 5.0
        for tick in range(107, 120):
            writer.append(make_row(tick))
    demos = load_recording(tmp_path).demonstrations()
    assert demos.episodes() == [slice(0, 57), slice(57, 70)]
    assert demos.duration_s == pytest.approx(7.0)


def test_more_than_there_is_can_be_dropped(tmp_path: Path) -> None:
    write(tmp_path, 30)
    write(tmp_path, 20)
    assert drop_last(tmp_path, 5.0) == 2.0
    assert drop_last(tmp_path, 5.0) == 3.0
    assert drop_last(tmp_path, 5.0) == 0.0
    with pytest.raises(InputError, match="all of them are dropped"):
        load_recording(tmp_path)


def test_a_half_written_mark_is_no_mark(tmp_path: Path) -> None:
    write(tmp_path, 100)
    drop_last(tmp_path, 1.0)
    marks = tmp_path / MARKS_NAME
    marks.write_bytes(marks.read_bytes() + b'{"mark": "drop", "epis')
    assert load_recording(tmp_path).duration_s == 9.0
    drop_last(tmp_path, 1.0)
    assert load_recording(tmp_path).duration_s == 8.0


def test_what_is_bad_is_left_out_until_it_is_good_again(tmp_path: Path) -> None:
    """Whatever is dropped beside; drops are taken back, verdicts are said anew."""
    write(tmp_path, 30)
    write(tmp_path, 20)
    append_verdict(tmp_path, "episode-001.arrow", "bad")
    append_verdict(tmp_path, "episode-000.arrow", "good")
    assert [len(episode) for episode in load_recording(tmp_path).episodes] == [30]
    assert drop_last(tmp_path, 1.0) == 1.0, "of what is left"
    assert load_recording(tmp_path).duration_s == 2.0
    assert undo_drop(tmp_path)
    assert not undo_drop(tmp_path), "a verdict is no drop"
    assert load_recording(tmp_path).duration_s == 3.0
    append_verdict(tmp_path, "episode-001.arrow", "good")
    assert load_recording(tmp_path).duration_s == 5.0


def test_a_verdict_that_names_no_episode_is_a_line(tmp_path: Path) -> None:
    write(tmp_path, 10)
    (tmp_path / MARKS_NAME).write_text('{"mark": "bad"}\n')
    with pytest.raises(InputError, match="line 1"):
        load_recording(tmp_path)


class FullDisk(arrow_stream.FileIO):
    """A file on a disk that takes so many bytes and no more."""

    room = 0

    def write(self, data: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        if self.tell() >= FullDisk.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data[: FullDisk.room - self.tell()])


def test_a_full_disk_keeps_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow_stream, "FileIO", FullDisk)
    monkeypatch.setattr(FullDisk, "room", 20_000)
    with pytest.raises(
        InputError, match=r"No space left on device; free some space.*the first .* s are safe"
    ) as failure:
        write(tmp_path, 400)
    safe_s = float(str(failure.value).split("the first ")[1].split(" s ")[0])
    assert safe_s > 0
    assert load_recording(tmp_path).duration_s == pytest.approx(safe_s)
    assert (tmp_path / "episode-000.arrow").stat().st_size < 20_000
    monkeypatch.setattr(FullDisk, "room", 100)
    with pytest.raises(InputError, match="No space left on device"):
        write(tmp_path, 1)
    assert not (tmp_path / "episode-001.arrow").exists()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("a tiny disk can only be mounted by root")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_disk_that_is_really_full(tiny_disk: Path) -> None:
    with pytest.raises(InputError, match="No space left on device"):
        write(tiny_disk / "drive", 1000)
    assert load_recording(tiny_disk / "drive").duration_s > 10.0


def test_bad_places_for_a_recording(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    for place in (file, file / "under", tmp_path):
        with pytest.raises(InputError, match=r"notes\.txt|is not empty"):
            RecordingWriter(place, INFO)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_bad_recordings(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_recording(tmp_path / "missing")
    with pytest.raises(InputError, match=r"not a recording: it holds no episode-\*\.arrow"):
        load_recording(tmp_path)
    path = write(tmp_path, 0)
    assert not path.exists(), "an episode without a row does not stay"
    schema = schema_for(INFO).serialize().to_pybytes()
    path.write_bytes(schema + arrow_stream.END_OF_STREAM)
    with pytest.raises(InputError, match="holds no rows"):
        load_recording(tmp_path)
    path.write_bytes(schema)
    with pytest.raises(InputError, match="cut off before its first whole second"):
        load_recording(tmp_path)
    for content in (b"", b"ARROW1\0\0 something else", os.urandom(500)):
        path.write_bytes(content)
        with pytest.raises(InputError, match="no row of it can be read") as error:
            load_recording(tmp_path)
        assert "\n" not in str(error.value)
    path.unlink()
    path.mkdir()
    with pytest.raises(InputError, match="no row of it can be read"):
        load_recording(tmp_path)


def test_somebody_elses_arrow_stream_is_refused(tmp_path: Path) -> None:
    table = pa.table({"image": [1, 2, 3]})
    path = tmp_path / "episode-000.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    with pytest.raises(InputError, match="format is 'not given'"):
        load_recording(tmp_path)


def test_one_bad_episode_does_not_spoil_the_others(tmp_path: Path) -> None:
    write(tmp_path, 10)
    write(tmp_path, 10).write_bytes(b"rubbish")
    recording = load_recording(tmp_path)
    assert len(recording.demonstrations()) == 10
    assert len(recording.notes) == 1
    assert recording.notes[0].startswith("episode-001.arrow cannot be read")


def test_cameras_do_not_mix(tmp_path: Path) -> None:
    other = replace(CAMERA, width_px=6)
    write(tmp_path / "a", 10)
    with pytest.raises(InputError, match="another camera"):
        RecordingWriter(tmp_path / "a", replace(INFO, camera=other))
    path = write(tmp_path / "b", 10, replace(INFO, camera=other))
    path.rename(tmp_path / "a" / "episode-001.arrow")
    with pytest.raises(InputError, match=r"episode-001.arrow: its camera \(6x4\) is not that of .* \(8x4\)"):
        load_recording(tmp_path / "a")


def test_rows_must_fit(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path, INFO) as writer:
        with pytest.raises(InputError, match=r"image must be uint8 \(4, 8, 3\)"):
            writer.append(replace(make_row(0), image=np.zeros((4, 9, 3), np.uint8)))
        with pytest.raises(InputError, match="driver must be one of"):
            writer.append(make_row(0, driver="ghost"))
        writer.append(make_row(0))
    assert len(load_recording(tmp_path).demonstrations()) == 1


def test_what_a_policy_drove_is_not_taken_for_a_demonstration(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path, INFO) as writer:
        for tick in range(30):
            writer.append(make_row(tick, driver="policy" if 10 <= tick < 20 else "human"))
    recording = load_recording(tmp_path)
    assert recording.demonstrations().episodes() == [slice(0, 10), slice(10, 20)]
    assert len(recording.demonstrations(("policy",))) == 10
    with pytest.raises(InputError, match="no rows driven by expert"):
        recording.demonstrations(("expert",))
