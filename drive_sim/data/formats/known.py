"""The formats of recordings by name, and which of them a path holds: found by what lies in the folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from drive_sim.data.formats.drive import Drive, Progress, checked
from drive_sim.data.formats.lerobot import read_lerobot
from drive_sim.data.formats.lerobot_layout import DATA_FILES, INFO
from drive_sim.data.formats.lerobot_writer import write_lerobot
from drive_sim.data.formats.minari import read_minari
from drive_sim.data.formats.minari_layout import HDF5_FILE, METADATA
from drive_sim.data.formats.minari_writer import write_minari
from drive_sim.data.formats.npz import EPISODES, read_npz, write_npz
from drive_sim.data.formats.own import read_own, write_own
from drive_sim.data.formats.tub import read_tub
from drive_sim.data.formats.tub_catalog import CATALOGS, MANIFEST
from drive_sim.data.formats.tub_writer import write_tub
from drive_sim.data.formats.udacity_format import read_udacity, write_udacity
from drive_sim.data.picture_rows import Cut
from drive_sim.data.recording_reader import EPISODE_GLOB
from drive_sim.data.udacity_log import LOG_NAME
from drive_sim.errors import InputError

Read = Callable[[Path, Cut | None], Drive]
Write = Callable[[Drive, Path, Progress], Sequence[str]]
OWN = "drive-sim"


@dataclass(frozen=True, slots=True)
class Format:
    """A way of keeping recordings: what people call it, what finds it in a folder, its reader and its writer."""

    name: str
    title: str
    found_by: tuple[str, ...]
    """Patterns of what lies in its folder; any of them will do."""
    read: Read
    write: Write
    endings: tuple[str, ...] = ()
    """Of the single files that hold a whole recording."""

    def open(self, path: Path, cut: Cut | None = None) -> Drive:
        """Read a recording, its pictures cut. Raises InputError where it cannot be read, or was not driven."""
        return checked(self.read(path, cut))

    def holds(self, path: Path) -> bool:
        """Whether this is a recording of that format."""
        if path.is_dir():
            return any(any(path.glob(pattern)) for pattern in self.found_by)
        return path.suffix.lower() in self.endings


FORMATS: Mapping[str, Format] = {
    found.name: found
    for found in (
        Format(OWN, "a recording of drive_sim", (EPISODE_GLOB,), read_own, write_own, (".arrow",)),
        Format("udacity", "a Udacity log", (LOG_NAME,), read_udacity, write_udacity, (".csv",)),
        Format("tub", "a donkeycar tub", (MANIFEST, CATALOGS), read_tub, write_tub),
        Format("lerobot", "a LeRobotDataset", (INFO,), read_lerobot, write_lerobot),
        Format(
            "minari",
            "a Minari dataset",
            (f"data/{METADATA}", f"data/{HDF5_FILE}", METADATA, HDF5_FILE),
            read_minari,
            write_minari,
        ),
        Format("npz", "NumPy episodes", (EPISODES,), read_npz, write_npz, (".npz",)),
    )
}
"""The formats, in the order in which they are tried."""

_RESEMBLES: tuple[tuple[str, str], ...] = (
    ("IMG/*.jpg", f"a Udacity log, but its {LOG_NAME} is missing; copy the whole folder"),
    ("center_*.jpg", f"the pictures of a Udacity log; give the folder that holds its {LOG_NAME}"),
    (
        "images/*_image_array*.jpg",
        f"a donkeycar tub, but its {MANIFEST} and {CATALOGS} are missing; copy the whole folder",
    ),
    ("*_image_array*.jpg", f"the pictures of a donkeycar tub; give the folder that holds its {MANIFEST}"),
    (DATA_FILES, f"a LeRobotDataset, but its {INFO} is missing; copy the whole dataset"),
    ("meta/episodes*", f"a LeRobotDataset, but its {INFO} is missing; copy the whole dataset"),
    ("info.json", "the folder meta of a LeRobotDataset; give the folder above"),
    ("*.hdf5", f"a Minari dataset, but its files are not {METADATA} and {HDF5_FILE}; copy the whole dataset"),
    ("record_*.json", "a donkeycar tub of version 1; convert it to version 2 with donkeycar's convert_to_tub_v2.py"),
    ("weights.safetensors", "a model and no recording; `watch` shows it drive"),
    ("*.safetensors", "a model and no recording; `watch` shows it drive"),
    ("*.arrow", f"a recording of drive_sim, but its files are not named {EPISODE_GLOB}; give one of them"),
)
"""What lies in a folder that is no recording, and what that makes it look like."""


def recognised(path: Path) -> Format:
    """The format of a recording, which is never opened for that.

    Raises InputError where there is none: it says what the path resembles, and what is missing.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist; give a recording: {_titles()}")
    found = _holder(path)
    if found is not None:
        return found
    raise InputError(f"{path} is not a recording: {_resemblance(path)}")


def read_drive(path: Path, cut: Cut | None = None) -> Drive:
    """Read a recording of any format. Raises InputError where there is none, or where it cannot be read."""
    return recognised(path).open(path, cut)


def _resemblance(path: Path) -> str:
    """What a path that is no recording looks like."""
    if path.is_file():
        inside = _holder(path.parent)
        if inside is not None:
            return f"it lies in {inside.title}; give its folder, {path.parent}"
        return f"a file of that kind holds none; give {_titles()}"
    for pattern, what in _RESEMBLES:
        if any(path.glob(pattern)):
            return f"it resembles {what}"
    holding = [
        inner for inner in sorted(path.iterdir()) if inner.is_dir() and any(f.holds(inner) for f in FORMATS.values())
    ]
    if holding:
        return f"but its folder {holding[0].name} holds one; give {holding[0]}"
    if not any(path.iterdir()):
        return f"it is empty; give {_titles()}"
    return f"nothing in it looks like one; give {_titles()}"


def _holder(path: Path) -> Format | None:
    return next((found for found in FORMATS.values() if found.holds(path)), None)


def _titles() -> str:
    """Every format, and what finds it."""
    *others, last = [f"{found.title} ({found.found_by[0]})" for found in FORMATS.values()]
    return f"{', '.join(others)} or {last}"
