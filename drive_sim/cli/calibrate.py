"""`calibrate`: the camera of somebody's recording, written for `train --camera`."""

import math
from argparse import ArgumentParser
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

from drive_sim.cli.command import Command, Result
from drive_sim.cli.numbers import whole
from drive_sim.cli.options import examples
from drive_sim.cli.outputs import check_new_file, output_folder, write_result
from drive_sim.cli.terminal import tell


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `calibrate`."""

    log: Path
    rows: int
    out: Path | None


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Finds the camera of somebody else's recording: focal length, pitch and the side cameras' offset (in camera heights) that
make the centre picture, moved over flat ground, look most like the real left and right ones. `train` can then shift and
rotate that recording's views: give it the file with --camera. One camera alone, as a donkeycar's, cannot tell;
a nominal one is assumed then."""
    command.epilog = examples(
        "calibrate driving_log.csv", "train driving_log.csv --camera runs/calibrate-001/camera.json"
    )
    command.add_argument("log", type=Path, metavar="RECORDING", help="with three cameras, as Udacity's")
    command.add_argument(
        "--rows", type=whole(1, 1_000_000), default=300, metavar="N", help="rows to fit to (default: 300)"
    )
    command.add_argument("--out", type=Path, metavar="FILE", help="the camera file (default: the next under runs/)")


def run(args: Arguments) -> Result:
    """Fit the camera and write its file."""
    from drive_sim.data.calibrate import camera_from_fit, fit_camera
    from drive_sim.data.formats.known import read_drive

    if args.out is not None:
        check_new_file(args.out, "--out")
    drive = read_drive(args.log)
    for line in drive.notes:
        tell(line)
    fit = fit_camera(drive.demonstrations(), slice(0, args.rows))
    result = {"camera": asdict(camera_from_fit(fit)), "fit": asdict(fit)}
    with nullcontext(Path()) if args.out is not None else output_folder(None, "calibrate") as folder:
        path = write_result(folder / (args.out or "camera.json"), result)
    pitch_deg = math.degrees(fit.pitch_rad)
    print(f"focal length {fit.focal_px:.1f} px at {fit.width_px} px width, {pitch_deg:.1f} degrees down,")
    print(f"side cameras {fit.side_offset_in_heights:.2f} camera heights to either side;")
    print(f"moved by that, the centre picture is {fit.difference_ratio:.2f} as far from the side pictures as unmoved")
    print(f"the camera is in {path}")
    return {"path": str(path), **result}


CALIBRATE = Command("the camera of somebody's recording", add_arguments, Arguments, run)
