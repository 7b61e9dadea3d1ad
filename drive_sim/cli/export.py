"""`export`: a model's folder becomes one ONNX file."""

from argparse import ArgumentParser
from dataclasses import asdict, dataclass
from pathlib import Path

from drive_sim.checkout import model_folder
from drive_sim.cli.command import Command, Result
from drive_sim.cli.options import examples, program
from drive_sim.cli.outputs import check_new_file
from drive_sim.cli.recordings import read_camera
from drive_sim.errors import InputError


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `export`."""

    model: str
    file: Path
    camera: Path | None


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Writes a model as one ONNX file for other programs. It reads a camera's RGB bytes (n, h, w, 3) and gives steering (n, 1)
from -1 to 1, right positive; normalisation, units and sign are inside; camera, commands a second, cruising speed,
wheelbase and the wheels' angle at a steering of 1 are in the metadata. Every kind of model that steers by pictures can
leave; one that draws (a mixture, a Gaussian) is given the numbers as a further input. With the --camera that a Udacity
model was trained with, the file reads that camera's whole pictures and cuts them itself. A steering of 1 is a curvature
of 0.12 /m and no file steers further: one whose network was trained for wheels that turn further (`--turning-radius`)
cannot do all that its network does."""
    command.epilog = examples("export runs/train-001 driver.onnx", "evaluate driver.onnx")
    command.add_argument("model", metavar="MODEL", help="a model's folder, or a name from models/")
    command.add_argument("file", type=Path, metavar="FILE.onnx", help="the file to write")
    command.add_argument("--camera", type=Path, metavar="FILE", help="the camera.json that `train` was given")


def run(args: Arguments) -> Result:
    """Write the file, and say what it reads and gives."""
    from drive_sim.data.crop import network_crop
    from drive_sim.geometry import STEERING_CONVENTION
    from drive_sim.policies.model_folder import load_model
    from drive_sim.policies.onnx_export import export_onnx
    from drive_sim.policies.onnx_policy import load_onnx

    if args.file.suffix.lower() != ".onnx":
        raise InputError(f"{args.file}: choose a name that ends in .onnx; `evaluate` and others know the file by it")
    check_new_file(args.file, "FILE.onnx")
    camera, window = None, None
    if args.camera is not None:
        camera, own_car_top_px = read_camera(args.camera)
        # The window that `train` cuts from such pictures.
        window = network_crop(camera.width_px, own_car_top_px or camera.height_px, horizon_px=camera.horizon_px)
    policy = load_model(model_folder(args.model), device="cpu")
    path = export_onnx(policy, args.file, window=window, camera=camera)
    file = load_onnx(path)
    seen, car = file.camera, file.car
    print(f"{path} reads RGB pictures of {seen.width_px}x{seen.height_px} and steers ({STEERING_CONVENTION})")
    if car is not None:
        print(f"it was made for {car.in_words()}")
    print(f"measure it: {program()} evaluate {args.file}")
    car_json = None if car is None else asdict(car)
    return {"path": str(path), "width_px": seen.width_px, "height_px": seen.height_px, "car": car_json}


EXPORT = Command("a model becomes one ONNX file", add_arguments, Arguments, run)
