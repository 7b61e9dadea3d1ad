"""What `export` does: a model's folder becomes one ONNX file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drive_sim import cli_inputs
from drive_sim.checkout import model_folder
from drive_sim.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace


def export(args: Namespace) -> tuple[dict[str, Any], str]:
    """Write the file; returns the result and what there is to say about it."""
    from drive_sim.data.crop import network_crop
    from drive_sim.geometry import STEERING_CONVENTION
    from drive_sim.policies.model_folder import load_model
    from drive_sim.policies.onnx_export import export_onnx
    from drive_sim.policies.onnx_policy import load_onnx

    if args.file.suffix.lower() != ".onnx":
        raise InputError(f"{args.file}: choose a name that ends in .onnx; `evaluate` and others know the file by it")
    camera, window = None, None
    if args.camera is not None:
        camera, own_car_top_px = cli_inputs.read_camera(args.camera)
        # The window that `train` cuts from such pictures.
        window = network_crop(camera.width_px, own_car_top_px or camera.height_px, horizon_px=camera.horizon_px)
    policy = load_model(model_folder(args.model), device="cpu")
    path = export_onnx(policy, args.file, window=window, camera=camera)
    seen = load_onnx(path).camera
    said = f"{path} reads RGB pictures of {seen.width_px}x{seen.height_px} and steers ({STEERING_CONVENTION})"
    return {"path": str(path), "width_px": seen.width_px, "height_px": seen.height_px}, said
