"""Arrays by name in a file of safetensors: whole or not at all, and nothing in it is ever executed."""

from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from drive_sim import files
from drive_sim.errors import InputError


def save_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write them; InputError where the file system refuses."""
    content = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}
    files.write_bytes(path, safetensors.torch.save(content))


def load_tensors(path: Path, remedy: str) -> dict[str, Tensor]:
    """Read them; InputError, with the remedy, where the file is damaged or cannot be read."""
    try:
        return safetensors.torch.load(path.read_bytes())
    except OSError as error:
        raise files.input_error_from(error, path, "read") from None
    except SafetensorError:
        raise InputError(f"{path} is damaged; {remedy}") from None
