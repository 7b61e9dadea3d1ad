"""Datasets of other robots, and what only resembles a recording: one line says what it is and what is missing."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from drive_sim.data.film_frames import write_frames
from drive_sim.data.formats.drive import Drive
from drive_sim.data.formats.known import FORMATS, read_drive, recognised
from drive_sim.data.formats.minari_layout import box
from drive_sim.errors import InputError

ARM = [f"{joint}.pos" for joint in ("shoulder_pan", "shoulder_lift", "elbow", "wrist_flex", "wrist_roll", "gripper")]


def written(drive: Drive, kind: str, folder: Path) -> Path:
    FORMATS[kind].write(drive, folder, lambda _: None)
    return folder


def changed(path: Path, **changes: object) -> None:
    """A JSON file with other values; None: without the key."""
    found = {key: value for key, value in {**json.loads(path.read_text()), **changes}.items() if value is not None}
    path.write_text(json.dumps(found))


@pytest.fixture
def lerobot(drive: Drive, tmp_path: Path) -> Path:
    """As somebody else's: without what we say of ourselves."""
    folder = written(drive, "lerobot", tmp_path / "lerobot")
    changed(folder / "meta" / "info.json", drive_sim=None)
    return folder


@pytest.fixture
def minari(drive: Drive, tmp_path: Path) -> Path:
    from drive_sim.data.formats.minari_writer import write_minari

    write_minari(drive, tmp_path / "minari", lambda _: None, "arrow")
    changed(tmp_path / "minari" / "data" / "metadata.json", drive_sim=None)
    return tmp_path / "minari"


def features(folder: Path) -> dict[str, dict[str, object]]:
    return json.loads((folder / "meta" / "info.json").read_text())["features"]


def test_a_lerobot_arm(lerobot: Path) -> None:
    arm = {"dtype": "float32", "shape": [6], "names": ARM}
    changed(lerobot / "meta" / "info.json", features={**features(lerobot), "action": arm})
    with pytest.raises(
        InputError, match=r"another robot: its action is shoulder_pan.pos, .*\(6 numbers\), none of them"
    ):
        read_drive(lerobot)


def test_a_lerobot_dataset_without_pictures(lerobot: Path) -> None:
    blind = {name: found for name, found in features(lerobot).items() if found["dtype"] != "video"}
    changed(lerobot / "meta" / "info.json", features=blind)
    with pytest.raises(InputError, match="without pictures; give one with a camera"):
        read_drive(lerobot)


def test_an_older_lerobot_dataset(lerobot: Path) -> None:
    changed(lerobot / "meta" / "info.json", codebase_version="v2.1")
    with pytest.raises(InputError, match=r"of version v2.1, and v3.0 is read; convert it with lerobot's"):
        read_drive(lerobot)


def test_a_foreign_lerobot_dataset_by_its_names(lerobot: Path, drive: Drive) -> None:
    """Interventions are a person's, the rest of that episode a policy's; an episode without is a demonstration."""
    read = read_drive(lerobot)
    np.testing.assert_allclose(read.columns["curvature_per_m"], drive.columns["curvature_per_m"], rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(read.columns["speed_mps"], drive.columns["speed_mps"], rtol=1e-6)
    assert list(read.driver[:8]) == ["human" if flag else "policy" for flag in drive.intervention[:8]]
    assert "taken as right positive" in " ".join(read.notes)
    assert read.camera is None
    assert len(read.demonstrations()) == 4


def test_a_steering_in_degrees_is_asked_about(lerobot: Path) -> None:
    path = lerobot / "data" / "chunk-000" / "file-000.parquet"
    table = pq.read_table(path)
    values = [[25.0 * number for number in row] for row in table["action"].to_pylist()]
    place = table.column_names.index("action")
    pq.write_table(table.set_column(place, "action", pa.array(values, pa.list_(pa.float32(), 2))), path)
    with pytest.raises(InputError, match=r"its steering goes to .* and not from -1 to 1; is it an angle"):
        read_drive(lerobot)


def test_a_film_that_ends_early_or_went_missing(lerobot: Path, drive: Drive) -> None:
    """Rows whose pictures are there are read, the others are told."""
    film = next(lerobot.rglob("*.mp4"))
    film.unlink()
    write_frames(film, drive.images[:9], 10, (40, 64))
    read = read_drive(lerobot)
    assert len(read) == 9 and "row 9 skipped: file-000.mp4 holds no frame at 0.900 s" in read.notes
    film.unlink()
    with pytest.raises(InputError, match=r"none of the films of observation.images.front can be read"):
        read_drive(lerobot)


def test_pictures_beside_the_numbers(lerobot: Path, drive: Drive) -> None:
    """LeRobot's other way: each row holds the bytes of a picture's file; one that is damaged is told."""
    from drive_sim.data.formats.jpeg import jpeg_bytes

    name = "observation.images.front"
    path = lerobot / "data" / "chunk-000" / "file-000.parquet"
    cells = [{"bytes": jpeg_bytes(image), "path": None} for image in drive.images]
    cells[3]["bytes"] = b"no picture"
    pq.write_table(pq.read_table(path).append_column(name, pa.array(cells)), path)
    info = lerobot / "meta" / "info.json"
    changed(info, features={**features(lerobot), name: {"dtype": "image", "shape": [40, 64, 3], "names": None}})
    read = read_drive(lerobot)
    assert len(read) == len(drive) - 1
    assert "row 3 skipped: observation.images.front: the file is not a picture, or it is damaged" in read.notes


def test_a_half_cheetah(minari: Path) -> None:
    metadata = minari / "data" / "metadata.json"
    changed(
        metadata, dataset_id="mujoco/halfcheetah/expert-v0", action_space=json.dumps(box(-1.0, 1.0, (6,), "float32"))
    )
    with pytest.raises(InputError, match=r"another robot \(mujoco/halfcheetah/expert-v0\): its actions are Box \[6\]"):
        read_drive(minari)
    changed(metadata, action_space=json.dumps({"type": "Discrete", "dtype": "int64", "start": 0, "n": 4}))
    with pytest.raises(InputError, match="its actions are Discrete 4, and not a steering with pedals"):
        read_drive(minari)
    changed(
        metadata,
        action_space=json.dumps(box(-1.0, 1.0, (1,), "float32")),
        observation_space=json.dumps(box(-np.inf, np.inf, (17,), "float64")),
    )
    with pytest.raises(InputError, match="its observations hold no pictures"):
        read_drive(minari)


def test_a_foreign_minari_dataset(minari: Path, drive: Drive) -> None:
    read = read_drive(minari)
    np.testing.assert_allclose(read.columns["curvature_per_m"], drive.columns["curvature_per_m"], rtol=1e-5, atol=1e-8)
    assert "x_m" not in read.columns, "infos of ours mean something only where we say that they are ours"
    assert "the first number of its actions is taken as the steering, right positive" in read.notes
    (minari / "data" / "1" / "part-0.arrow").write_bytes(b"nothing")
    read = read_drive(minari)
    assert len(read) == 8 and any(note.startswith("episode 1 cannot be read") for note in read.notes)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"steering": np.zeros(3)}, "holds no pictures: no array is named image"),
        ({"image": np.zeros((3, 4, 4, 3), np.uint8)}, "holds no steering: no array is named steering"),
        ({"image": np.zeros((3, 4, 4, 1), np.uint8)}, r"image must be uint8 \(n, h, w, 3\)"),
        ({"image": np.zeros((3, 4, 4, 3), np.uint8), "action": np.zeros((3, 6))}, "the actions of another robot"),
        (
            {"image": np.zeros((3, 4, 4, 3), np.uint8), "steering": np.zeros(4)},
            "steering must be 3 numbers, one a picture",
        ),
        ({"image": np.zeros((3, 4, 4, 3), np.uint8), "steering": np.full(3, 30.0)}, "goes to 30 and not from -1 to 1"),
        ({"image": np.zeros((3, 4, 4, 3), np.uint8), "steering": np.full(3, np.nan)}, "none of its 3 rows can be read"),
        ({"image": np.array([{}, {}], dtype=object)}, "holds Python objects"),
    ],
)
def test_numpy_episodes_that_are_none(tmp_path: Path, arrays: dict[str, np.ndarray], said: str) -> None:
    np.savez(tmp_path / "a.npz", allow_pickle=True, **arrays)
    with pytest.raises(InputError, match=said):
        read_drive(tmp_path / "a.npz")


def test_numpy_episodes_of_others(tmp_path: Path) -> None:
    images = np.random.default_rng(1).integers(0, 255, (4, 8, 10, 3), np.uint8)
    steering = np.array([0.5, np.nan, -1.0, 0.0])
    np.savez(
        tmp_path / "run_1.npz", obs=images, actions=np.stack([steering, np.zeros(4)], 1), timestamps=np.arange(4.0) / 5
    )
    read = read_drive(tmp_path)
    np.testing.assert_allclose(read.columns["curvature_per_m"], [-0.06, 0.12, 0.0])
    np.testing.assert_array_equal(read.images, images[[0, 2, 3]])
    assert read.notes == [
        "3 of 4 rows read, 1 skipped",
        "row 1 skipped: run_1.npz, row 1: its steering is not a number",
    ]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ((), "it is empty; give a recording of drive_sim"),
        (("notes.txt",), "nothing in it looks like one"),
        (("IMG/center_1.jpg",), "a Udacity log, but its driving_log.csv is missing"),
        (("center_1.jpg",), "the pictures of a Udacity log; give the folder that holds its driving_log.csv"),
        (("images/0_cam_image_array_.jpg",), "a donkeycar tub, but its manifest.json"),
        (("0_cam_image_array_.jpg",), "the pictures of a donkeycar tub; give the folder that holds its manifest.json"),
        (("record_1.json", "meta.json"), "a donkeycar tub of version 1; convert it"),
        (("data/chunk-000/file-000.parquet",), "a LeRobotDataset, but its meta/info.json is missing"),
        (("meta/episodes.jsonl",), "a LeRobotDataset, but its meta/info.json is missing"),
        (("info.json", "stats.json"), "the folder meta of a LeRobotDataset; give the folder above"),
        (("other.hdf5",), "a Minari dataset, but its files are not metadata.json"),
        (("weights.safetensors", "config.json"), "a model and no recording; `watch` shows it drive"),
        (("drive.arrow",), r"a recording of drive_sim, but its files are not named episode-\*.arrow"),
        (("mine/driving_log.csv",), "but its folder mine holds one; give .*mine"),
    ],
)
def test_what_only_resembles_a_recording(tmp_path: Path, made: tuple[str, ...], said: str) -> None:
    for name in made:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.touch()
    with pytest.raises(InputError, match=f"is not a recording: .*{said}"):
        recognised(tmp_path)


def test_a_file_inside_of_a_recording(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").touch()
    with pytest.raises(InputError, match="it lies in a donkeycar tub; give its folder"):
        recognised(tmp_path / "manifest.json")
    with pytest.raises(InputError, match="does not exist; give a recording: a recording of drive_sim"):
        recognised(tmp_path / "nowhere")
