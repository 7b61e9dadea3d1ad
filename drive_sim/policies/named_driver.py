"""Who drives, by the name that is typed: a model's folder or ONNX file, one of the models that ship, or `expert`."""

from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.checkout import is_onnx, model_folder
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.track import Tracks

if TYPE_CHECKING:
    from drive_sim.policies.model_kinds import Driver
    from drive_sim.policies.onnx_policy import OnnxPolicy

EXPERT = "expert"


def load_named_driver(name: str, tracks: Tracks) -> tuple[Policy, Camera | None]:
    """The policy, for these roads, and the camera that it drives by (None: it drives by the lane pose).

    Raises InputError where there is no such model, or where it is broken.
    """
    if name == EXPERT:
        return PursuitExpert(tracks), None
    policy, camera = load_driver(name)
    from drive_sim.policies.reward_policy import RewardPolicy  # noqa: PLC0415

    return policy.on(tracks) if isinstance(policy, RewardPolicy) else policy, camera


def load_driver(name: str) -> tuple[Policy, Camera | None]:
    """The policy of a model's folder or ONNX file, for no road yet, and the camera that it drives by.

    Raises InputError as `load_named_driver` does.
    """
    path = Path(name)
    policy = load_folder_or_onnx(path if is_onnx(path) else model_folder(name))
    return policy, policy.camera


def load_folder_or_onnx(path: Path) -> "Driver | OnnxPolicy":
    """The policy of a model's folder, or of an ONNX file, which runs confined. Raises InputError where it is broken."""
    if is_onnx(path):
        from drive_sim.policies.confined_onnx import load_confined_onnx  # noqa: PLC0415 - what few models need

        return load_confined_onnx(path)
    from drive_sim.policies.model_folder import load_model  # noqa: PLC0415 - the expert needs no torch

    return load_model(path)
