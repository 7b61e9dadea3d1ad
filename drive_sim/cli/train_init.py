"""`train --init MODEL`: the weights to begin with."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.errors import InputError

if TYPE_CHECKING:
    from drive_sim.data.demonstrations import Demonstrations
    from drive_sim.learn.initial_policy import InitialWeights
    from drive_sim.policies.neural import NeuralPolicy


def initial_policy(name: str | None) -> NeuralPolicy | None:
    """The network of a model by its name or folder, None of none. Raises InputError where it is not one network."""
    from drive_sim.checkout import is_onnx, model_folder
    from drive_sim.policies.model_folder import load_policy
    from drive_sim.policies.neural import NeuralPolicy

    if name is None:
        return None
    if is_onnx(Path(name)):
        raise InputError(f"--init {name}: weights are taken from a model's folder, not from an ONNX file")
    policy = load_policy(model_folder(name, others=()))
    if not isinstance(policy, NeuralPolicy):
        raise InputError(f"--init {name}: it is no single convolutional network; give one, such as pilotnet")
    return policy


def initial_weights(name: str | None) -> InitialWeights | None:
    """The same model, as a model folder tells of it."""
    from drive_sim.checkout import model_folder
    from drive_sim.files import read_bytes
    from drive_sim.learn.initial_policy import InitialWeights
    from drive_sim.policies.model_folder import WEIGHTS

    if name is None:
        return None
    folder = model_folder(name)
    return InitialWeights(folder.resolve().name, hashlib.sha256(read_bytes(folder / WEIGHTS)).hexdigest())


def layers_in_words(init: NeuralPolicy | None, network_name: str, demos: Demonstrations) -> list[str]:
    """A line on which layers begin as they were learned, none of none. Raises InputError where they are others."""
    from drive_sim.learn.initial_policy import fitting_layers

    if init is None:
        return []
    taken = fitting_layers(init, network_name, demos)
    dense = [name for name in taken if name.startswith("dense.") and name.endswith(".weight")]
    return [f"begins with the convolutions and {len(dense)} fully connected layers of a {init.network_name}"]
