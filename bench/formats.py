"""Holds our readers and writers against the packages whose formats they are, and prints what differs.

Each package has an environment of its own, since its pins clash with ours; name those that there are:

    python -m bench.formats tub=DONKEY/bin/python lerobot=LEROBOT/bin/python minari=MINARI/bin/python

What we write they read (`bench/real_readers.py` runs there), what they write we read, and every format goes round: a
drive of the expert's with a stretch by hand becomes each of them and comes back. Bars: numbers to float32, pictures to
a mean of 3 of 255 grey levels. For Minari's HDF5 this Python needs h5py.
"""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from drive_sim import cli
from drive_sim.data.formats.drive import Drive
from drive_sim.data.formats.known import FORMATS, read_drive
from drive_sim.data.formats.minari_writer import write_minari
from drive_sim.data.formats.written import steering_of

READER = Path(__file__).with_name("real_readers.py")
SECONDS, SEED = 12, 101


def main(pythons: dict[str, str]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        cli.main(["record", "--seconds", str(SECONDS), "--seed", str(SEED), "--out", str(folder / "own")])
        drive = with_a_hand(read_drive(folder / "own"))
        for kind in FORMATS:
            there = folder / f"our-{kind}"
            there.mkdir()
            FORMATS[kind].write(drive, there, lambda _: None)
            told(f"{kind}: written by us, read by us", drive, read_drive(there))
        for kind, python in pythons.items():
            theirs(kind, python, drive, folder)


def with_a_hand(drive: Drive) -> Drive:
    """The drive as a policy's, with a stretch in which a person took the wheel, and with a pause."""
    place = np.arange(len(drive))
    by_hand = (place >= 20) & (place < 35)
    columns = {**drive.columns, "driver": np.where(by_hand, "human", "policy"), "intervention": by_hand}
    columns["time_s"] = drive.columns["time_s"] + 5.0 * (place >= 60)
    return replace(drive, columns=columns, episode=(place >= 60).astype(np.int64), facts=[*drive.facts, *drive.facts])


def theirs(kind: str, python: str, drive: Drive, folder: Path) -> None:
    """What they read of ours, and what we read of theirs."""
    for storage in ("hdf5", "arrow") if kind == "minari" else ("",):
        ours = folder / f"our-{kind}{storage}"
        if storage:
            try:
                write_minari(drive, ours, lambda _: None, storage)
            except Exception as error:
                print(f"minari {storage}: {error}")
                continue
        package = run(python, "read", kind, ours, folder / "found.npz")
        found = dict(np.load(folder / "found.npz"))
        steering = np.abs(steering_of(drive) - found["steering"]).max()
        pictures = np.abs(drive.images.astype(float) - found["image"]).mean()
        said = f"steering {steering:.1e}, pictures {pictures:.2f} of 255"
        if "intervention" in found:
            said += f", intervention {'agrees' if (found['intervention'] == drive.intervention).all() else 'DIFFERS'}"
        print(f"{kind} {storage}: written by us, read by {package}: {len(found['steering'])} rows, {said}")
    given = {"image": drive.images, "steering": steering_of(drive), "intervention": drive.intervention}
    np.savez(folder / "given.npz", **given)  # pyright: ignore[reportArgumentType]
    for storage in ("hdf5", "arrow") if kind == "minari" else ("",):
        there = folder / f"their-{kind}{storage}-v0"
        package = run(python, "write", kind, folder / "given.npz", there)
        kept = ~np.isin(np.arange(len(drive)), np.arange(5, 15)) if kind == "tub" else np.ones(len(drive), bool)
        try:
            read = read_drive(there)
        except Exception as error:
            print(f"{kind} {storage}: written by {package}: {error}")
            continue
        steering = np.abs(steering_of(drive)[kept] - steering_of(read)).max()
        pictures = np.abs(drive.images[kept].astype(float) - read.images).mean()
        print(f"{kind} {storage}: written by {package}, read by us: {len(read)} rows, steering {steering:.1e}, "
              f"pictures {pictures:.2f} of 255; {read.notes[0]}")  # fmt: skip


def run(python: str, *words: object) -> str:
    """The package and its version, as its environment prints them last."""
    done = subprocess.run([python, READER, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout.splitlines()[-1]


def since_the_start(drive: Drive) -> Drive:
    """The drive with each episode's times from 0: not every format keeps more."""
    time_s = drive.columns["time_s"].copy()
    for rows in drive.episodes():
        time_s[rows] -= time_s[rows.start]
    return replace(drive, columns={**drive.columns, "time_s": np.round(time_s, 7)})


def told(what: str, drive: Drive, read: Drive) -> None:
    """What of a drive came back, and how far off."""
    lost: list[str] = []
    worst = 0.0
    kept = "kept" if read.camera == drive.camera else "lost"
    drive, read = since_the_start(drive), since_the_start(read)
    for name, column in drive.columns.items():
        if name not in read.columns:
            lost += [name] if column.dtype.kind != "f" or np.isfinite(column).any() else []
        elif column.dtype.kind == "f":
            known = np.isfinite(column)
            off = np.abs(column[known] - read.columns[name][known]) / np.maximum(np.abs(column[known]), 1e-30)
            worst = max(
                worst, float(np.max(np.where(column[known] == read.columns[name][known], 0.0, off), initial=0.0))
            )
        elif not (column == read.columns[name]).all():
            lost.append(f"{name} DIFFERS")
    pictures = np.abs(drive.images.astype(float) - read.images).mean()
    print(f"{what}: {len(read)} rows, numbers to {worst:.1e} of themselves, pictures {pictures:.2f} of 255; "
          f"camera {kept}; lost: {', '.join(lost) or 'nothing'}")  # fmt: skip


if __name__ == "__main__":
    main(dict(word.split("=", 1) for word in sys.argv[1:]))
