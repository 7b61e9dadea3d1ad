"""Where a network runs and in which arithmetic: CUDA where there is one, bfloat16 where the hardware has it."""

import os
from functools import cache

import torch

from drive_sim.errors import InputError
from drive_sim.malloc import keep_freed_memory

PRECISIONS = ("auto", "bf16", "fp32")


def prepare_device(name: str = "auto") -> torch.device:
    """The device of that name, ready for work; `auto` takes the first GPU, or else the processor.

    Raises InputError where CUDA is asked for and not there, or where the name means nothing to torch.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise InputError(f"device {name!r} is unknown; use auto, cpu or cuda") from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise InputError(f"device {name!r}: this machine has no CUDA; use auto or cpu")
    if device.type == "cpu":
        keep_freed_memory()
    else:
        _same_result_again()
    return device


@cache
def _same_result_again() -> None:
    """Tell CUDA's libraries to add up in the same order every time, so that the same seed gives the same result."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when the first product is made
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


def has_bf16(device: torch.device) -> bool:
    """Whether the hardware multiplies in bfloat16; elsewhere it is emulated, and slower than float32."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    # Private to torch, so it may go: then float32, which is always right.
    checks = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return device.type == "cpu" and torch.backends.mkldnn.is_available() and any(check() for check in checks if check)


def uses_bf16(precision: str, device: torch.device) -> bool:
    """Whether a precision of PRECISIONS means bfloat16 on this device; raises InputError for any other word."""
    if precision not in PRECISIONS:
        raise InputError(f"precision {precision!r} is unknown; use one of {', '.join(PRECISIONS)}")
    return precision == "bf16" or (precision == "auto" and has_bf16(device))


def autocast(device: torch.device, *, bf16: bool) -> torch.autocast:
    """Convolutions and products inside run in bfloat16 where `bf16`; weights stay in float32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=bf16)


def activation_dtype(tensor: torch.Tensor) -> torch.dtype:
    """What pictures become on the device of a weight: autocast's type inside of it, else the weight's own."""
    device = tensor.device.type
    return torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else tensor.dtype


def use_one_thread() -> None:
    """Compute on one core from now on: of one picture at a time, waiting for a second core costs more than it saves."""
    torch.set_num_threads(1)
