"""What is written in any format comes back: numbers to float32, pictures to a mean of 3 of 255, and the signs turn."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from drive_sim.cli.options import FORMATS as NAMES
from drive_sim.data.formats.drive import Drive
from drive_sim.data.formats.known import FORMATS, read_drive, recognised
from drive_sim.data.formats.minari_writer import write_minari
from drive_sim.data.formats.written import steering_of
from drive_sim.errors import InputError

MOST_GREY = 3.0
FILMS_ARE_SLOW = [pytest.param(kind, marks=pytest.mark.slow) if kind == "lerobot" else kind for kind in NAMES]
NOT_IN_A_LOG = {"acceleration_mps2", "expert_curvature_per_m", "x_m", "raw_steering", "driver", "intervention"}


def written(drive: Drive, kind: str, folder: Path) -> Path:
    """The drive in that format, with the share that was done told from 0 to 1."""
    shares: list[float] = []
    FORMATS[kind].write(drive, folder, shares.append)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)
    return folder


def test_the_command_line_knows_them_by_name() -> None:
    assert tuple(FORMATS) == NAMES


@pytest.mark.parametrize("kind", NAMES)
def test_a_drive_comes_back(drive: Drive, kind: str, tmp_path: Path) -> None:
    folder = written(drive, kind, tmp_path)
    assert recognised(folder).name == kind
    read = read_drive(folder)
    assert read.camera == drive.camera
    np.testing.assert_array_equal(read.episode, drive.episode)
    assert np.abs(read.images.astype(float) - drive.images).mean() <= MOST_GREY
    if kind in ("drive-sim", "npz"):
        np.testing.assert_array_equal(read.images, drive.images)
    for name, column in drive.columns.items():
        if kind == "udacity" and name in NOT_IN_A_LOG:
            continue
        expected, found = column, read.columns[name]
        if kind == "udacity" and name == "time_s":  # a log's times begin anew with a drive
            expected = column - np.where(drive.episode > 0, column[8], 0.0)
        if column.dtype.kind == "f":
            np.testing.assert_allclose(found, expected, rtol=1e-7, atol=2e-7)
        else:
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("kind", FILMS_ARE_SLOW)
def test_again_and_again_is_as_once(drive: Drive, kind: str, tmp_path: Path) -> None:
    """Whatever a conversion loses it loses once: numbers stay, pictures do not fade."""
    once = read_drive(written(drive, kind, tmp_path / "once"))
    twice = read_drive(written(once, kind, tmp_path / "twice"))
    np.testing.assert_allclose(twice.columns["curvature_per_m"], drive.columns["curvature_per_m"], rtol=1e-6)
    np.testing.assert_allclose(np.diff(twice.columns["time_s"][:8]), 0.1, atol=1e-6)
    assert np.abs(twice.images.astype(float) - drive.images).mean() <= 1.5 * MOST_GREY
    np.testing.assert_array_equal(twice.episode, drive.episode)


@pytest.mark.parametrize("kind", FILMS_ARE_SLOW)
def test_pictures_from_three_cameras(drive: Drive, kind: str, tmp_path: Path) -> None:
    trio = replace(drive, images_left=drive.images[:, :, ::-1].copy(), images_right=255 - drive.images, side_m=0.5)
    read = read_drive(written(trio, kind, tmp_path))
    if kind == "minari":
        assert read.images_left is None
        return
    assert read.side_m == 0.5
    for found, expected in ((read.images_left, trio.images_left), (read.images_right, trio.images_right)):
        assert found is not None and expected is not None
        assert np.abs(found.astype(float) - expected).mean() <= MOST_GREY


@pytest.mark.parametrize("kind", [kind for kind in NAMES if kind != "drive-sim"])
def test_a_tighter_command_than_full_lock_is_kept(drive: Drive, kind: str, tmp_path: Path) -> None:
    """A model car's bends are tight: what 1 stands for is widened, and stands in the metadata."""
    tight = replace(drive, columns={**drive.columns, "curvature_per_m": np.linspace(-1.5, 1.8, len(drive))})
    read = read_drive(written(tight, kind, tmp_path))
    np.testing.assert_allclose(read.columns["curvature_per_m"], tight.columns["curvature_per_m"], rtol=1e-6, atol=1e-7)
    assert read.full_lock_per_m >= 1.8


def test_to_the_left_is_positive_here_and_negative_there(drive: Drive, tmp_path: Path) -> None:
    left = replace(drive, columns={**drive.columns, "curvature_per_m": np.full(len(drive), 0.06)})
    assert (steering_of(left) == -0.5).all()
    folder = {kind: written(left, kind, tmp_path / kind) for kind in ("tub", "udacity", "lerobot", "npz")}
    row = json.loads((folder["tub"] / "catalog_0.catalog").read_text().splitlines()[0])
    assert row["user/angle"] == -0.5
    with (folder["udacity"] / "driving_log.csv").open() as file:
        assert float(next(csv.reader(file))[3]) == pytest.approx(-np.arctan(2.7 * 0.06) / np.deg2rad(25.0))
    actions = pq.read_table(folder["lerobot"] / "data" / "chunk-000" / "file-000.parquet")["action"].to_pylist()
    assert actions[0][0] == -0.5
    with np.load(folder["npz"] / "episode-000.npz") as arrays:
        assert arrays["steering"][0] == -0.5


@pytest.mark.parametrize("storage", ["hdf5", "arrow"])
def test_both_of_minaris_ways(drive: Drive, storage: str, tmp_path: Path) -> None:
    if storage == "hdf5":
        pytest.importorskip("h5py")
    write_minari(drive, tmp_path, lambda _: None, storage)
    read = read_drive(tmp_path)
    np.testing.assert_allclose(read.columns["x_m"], drive.columns["x_m"])
    np.testing.assert_array_equal(read.driver, drive.driver)
    small = replace(drive, images=drive.images[:, :20, :24], camera=None)
    write_minari(small, tmp_path / "small", lambda _: None, storage)
    np.testing.assert_array_equal(read_drive(tmp_path / "small").images, small.images)


@pytest.mark.parametrize("lies", ["external", "linked", "virtual"])
def test_an_hdf5_file_gives_nothing_that_lies_in_another_file(drive: Drive, lies: str, tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    write_minari(drive, tmp_path / "set", lambda _: None, "hdf5")
    secret = tmp_path / "secret"
    shape = drive.images.shape
    secret.write_bytes(bytes(np.prod(shape)))
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["pictures"] = np.zeros(shape, np.uint8)
    (path,) = (tmp_path / "set").rglob("main_data.hdf5")
    with h5py.File(path, "r+") as file:
        for name in list(file):
            group, place = file[name], "observations"
            while not isinstance(group[place], h5py.Dataset):
                group, place = group[place], next(iter(group[place]))
            count = len(group[place])
            del group[place]
            if lies == "linked":
                group[place] = h5py.ExternalLink(str(tmp_path / "other.h5"), "pictures")
            elif lies == "virtual":
                layout = h5py.VirtualLayout((count, *shape[1:]), np.uint8)
                layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "pictures", shape)[:count]
                group.create_virtual_dataset(place, layout)
            else:
                all_of_it = [(str(secret), 0, count * int(np.prod(shape[1:])))]
                group.create_dataset(place, (count, *shape[1:]), np.uint8, external=all_of_it)
    with pytest.raises(InputError, match="another file"):
        read_drive(tmp_path / "set")


@pytest.mark.parametrize("kind", NAMES)
def test_a_drive_of_which_little_is_known(kind: str, tmp_path: Path) -> None:
    """Odd sizes, uneven ticks, no speed, no camera, one row in a drive of its own."""
    rng = np.random.default_rng(5)
    time_s = np.array([0.0, 0.07, 0.13, 0.22, 0.29, 0.0])
    columns = {"curvature_per_m": rng.uniform(-0.1, 0.1, 6), "time_s": time_s}
    bare = Drive(rng.integers(0, 255, (6, 33, 35, 3), np.uint8), columns, np.array([0, 0, 0, 0, 0, 1]), "bare")
    read = read_drive(written(bare, kind, tmp_path))
    np.testing.assert_allclose(read.columns["curvature_per_m"], columns["curvature_per_m"], rtol=1e-6)
    np.testing.assert_allclose(read.columns["time_s"], time_s, atol=2e-6)
    np.testing.assert_array_equal(read.episode, bare.episode)
    assert np.isnan(read.column("speed_mps")).all()
    assert read.images.shape == bare.images.shape
