"""The network that learning begins with: drawn anew, or one that has learned before."""

import copy
from dataclasses import dataclass, replace

import numpy as np
import torch

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.frame_stack import for_frames, stacked
from drive_sim.errors import InputError
from drive_sim.policies.compute import prepare_device
from drive_sim.policies.networks import ConvNet, centre_biases, make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.yuv_convolution import YuvConvolution

NUM_TYPICAL = 64
"""Frames, evenly spaced, on which a fresh network's biases are centred."""
NEW_OUTPUT_SHARE = 0.1
_RGB = 3


@dataclass(frozen=True, slots=True)
class InitialWeights:
    """The model whose weights a network began with, as a model folder tells it: its name, and its weights' SHA-256."""

    model: str
    sha256: str


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
    centre_biases(network, torch.from_numpy(stacked(for_frames(demos, network.num_frames).rows(typical))))
    return NeuralPolicy(network.to(where), network_name, demos.camera)


def copied(start: NeuralPolicy, demos: Demonstrations) -> NeuralPolicy:
    """A policy that learns on from these demonstrations; `start` itself is not touched.

    Raises InputError where they are of another camera than it sees through.
    """
    if start.camera != demos.camera:
        raise InputError(f"{demos.where}: its camera is not the network's; give recordings of the camera it learned by")
    return copy.deepcopy(start)


def fitting_layers(init: NeuralPolicy, network_name: str, demos: Demonstrations) -> tuple[str, ...]:
    """The names of the arrays that a network for these demonstrations takes over from one that has learned before.

    A network of two frames takes over the first layer of one of one frame, for the picture of now. Raises InputError
    where its convolutions are others, or its pictures have another size.
    """
    height_px, width_px = demos.images.shape[1:3]
    with torch.device("meta"):
        wanted = make_network(network_name, height_px, width_px).state_dict()
    found = init.network.state_dict()
    names = tuple(name for name, array in wanted.items() if name in found and _fits(found[name], array))
    first_dense = next(name for name in wanted if name.startswith("dense."))
    if any(name not in names for name in wanted if name.startswith("convolutions.")) or first_dense not in names:
        raise InputError(
            f"a {init.network_name} for {init.camera.width_px}x{init.camera.height_px} pictures is no beginning for a "
            f"{network_name} for {width_px}x{height_px}: their layers differ; give --network another of its family"
        )
    return names


def taken_over(policy: NeuralPolicy, init: NeuralPolicy, names: tuple[str, ...]) -> NeuralPolicy:
    """The policy with those arrays of `init`, in whose unit of curvature it steers; all others are as they were drawn.

    Only an output layer that is new begins a tenth as large: what it puts out at random would spoil the layers below
    before it has learned (Kumar et al. 2022, arXiv 2202.10054). The policy's own network is changed, `init` is not.
    """
    learned, own = init.network.state_dict(), policy.network.state_dict()
    for name in names:
        if learned[name].shape == own[name].shape:
            own[name].copy_(learned[name])
        else:  # blind to the picture before, until it learns
            own[name][:, :_RGB].zero_()
            own[name][:, _RGB:].copy_(learned[name])
    last = f"dense.{len(policy.network.dense) - 1}.weight"
    if last not in names:
        own[last].mul_(NEW_OUTPUT_SHARE)
    return replace(policy, curvature_unit_per_m=init.curvature_unit_per_m)


def choose_what_learns(network: ConvNet, *, freeze_convolutions: bool) -> None:
    """All layers learn, or but the convolutions; a first one that sees two frames has to learn what moves."""
    network.convolutions.requires_grad_(not freeze_convolutions)
    first = network.convolutions[0]
    if isinstance(first, YuvConvolution) and first.yuv.in_channels > _RGB:
        first.requires_grad_()


def _fits(found: torch.Tensor, wanted: torch.Tensor) -> bool:
    """Whether an array is of the wanted shape, or its layer sees one picture where two are wanted."""
    features, num_channels, *kernel = wanted.shape if wanted.ndim == 4 else (0, 0)
    sees_one = num_channels == 2 * _RGB and tuple(found.shape) == (features, _RGB, *kernel)
    return found.shape == wanted.shape or sees_one
