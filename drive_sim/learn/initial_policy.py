"""The network that learning begins with: drawn anew, or one that has learned before."""

import copy

import numpy as np
import torch

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.policies.compute import prepare_device
from drive_sim.policies.networks import centre_biases, make_network
from drive_sim.policies.neural import NeuralPolicy

NUM_TYPICAL = 64
"""Frames, evenly spaced, on which a fresh network's biases are centred."""


def drawn(network_name: str, demos: Demonstrations, rng: np.random.Generator, device: str = "auto") -> NeuralPolicy:
    """A policy for the demonstrations' camera, its weights drawn from `rng`, its biases centred on their pictures.

    Torch's own generator is left alone. Raises InputError for an unknown network or device, or without a camera.
    """
    if demos.camera is None:
        raise InputError(f"{demos.where}: its camera is not known; give it, or fit it with `calibrate`")
    where = prepare_device(device)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**63)))
        network = make_network(network_name, demos.camera.height_px, demos.camera.width_px)
    typical = np.linspace(0, len(demos) - 1, min(NUM_TYPICAL, len(demos))).round().astype(np.int64)
    centre_biases(network, torch.from_numpy(demos.images[typical]))
    return NeuralPolicy(network.to(where), network_name, demos.camera)


def copied(start: NeuralPolicy, demos: Demonstrations) -> NeuralPolicy:
    """A policy that learns on from these demonstrations; `start` itself is not touched.

    Raises InputError where they are of another camera than it sees through.
    """
    if start.camera != demos.camera:
        raise InputError(f"{demos.where}: its camera is not the network's; give recordings of the camera it learned by")
    return copy.deepcopy(start)
