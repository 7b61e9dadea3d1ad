"""`convert`: a recording in somebody else's format."""

from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

from drive_sim.cli import display
from drive_sim.cli.command import Command, Result
from drive_sim.cli.errors import StoppedError
from drive_sim.cli.options import FORMATS, examples, program
from drive_sim.cli.outputs import output_folder, whole_folder
from drive_sim.cli.terminal import tell
from drive_sim.errors import InputError, one_of
from drive_sim.stops import end_work


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `convert`."""

    recording: Path
    out: Path
    to: str


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Writes a recording in another format, into a new folder. What it is written in now is found by what lies in its folder:
a recording of drive_sim (episode-*.arrow), a Udacity log (driving_log.csv), a donkeycar tub (manifest.json), a
LeRobotDataset of version 3 (meta/info.json), a Minari dataset (data/metadata.json) or NumPy episodes (*.npz).

Numbers are kept to float32 at least; pictures lose less than 3 of 255 grey levels on the mean where a format keeps them
as JPEG or in a film, and nothing in drive-sim and npz. Theirs is a steering from -1 to 1, right positive; ours a
curvature in 1/m, left positive: what 1 stands for, the rate and the camera stand in each format's metadata, so that it
comes back as it was. A Udacity log has no place for more than pictures, steering, pedals, speed and time.

Rows that cannot be read, and rows that their owner has deleted, are told, and do not go along."""
    command.epilog = examples(
        "convert runs/drive-001 my-tub --to tub",
        "convert my-tub for-lerobot --to lerobot",
        "convert driving_log.csv mine --to drive-sim",
    )
    command.add_argument("recording", type=Path, metavar="IN", help="a recording of any of these formats")
    command.add_argument("out", type=Path, metavar="OUT", help="a new folder")
    command.add_argument("--to", required=True, metavar="FORMAT", help=", ".join(FORMATS))


def run(args: Arguments) -> Result:
    """Read the recording and write it; after Ctrl-C nothing is there."""
    one_of("format", args.to, FORMATS)
    from drive_sim.data.formats import known

    found = known.recognised(args.recording)
    _check_apart(args.recording, args.out)
    try:
        with output_folder(args.out, "convert") as folder, whole_folder(folder) as part:
            drive = found.open(args.recording)
            for line in drive.notes:
                tell(f"{args.recording}: {line}")
            with display.progress({"convert": f"writing {len(drive):,} rows"}) as show:
                notes = known.FORMATS[args.to].write(drive, part, lambda share: show("convert", share, ""))
        end_work()
    except KeyboardInterrupt:
        raise StoppedError("stopped; nothing was made") from None
    for line in notes:
        tell(f"{args.out}: {line}")
    num = len(drive.episodes())
    print(f"{found.title}, {len(drive):,} rows in {num} {'drive' if num == 1 else 'drives'}, is now {args.out}")
    print(f"learn from it: {program()} train {args.out}")
    return {"from": found.name, "to": args.to, "rows": len(drive), "drives": num, "folder": str(args.out)}


def _check_apart(recording: Path, out: Path) -> None:
    """Raise InputError where the new folder would lie in the recording itself, which is not touched."""
    if recording.is_dir() and out.resolve().is_relative_to(recording.resolve()):
        raise InputError(f"{out} lies in {recording}, and a recording is never written into; name a folder elsewhere")


CONVERT = Command("a recording in somebody else's format", add_arguments, Arguments, run)
