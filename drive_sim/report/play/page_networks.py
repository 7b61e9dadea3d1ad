"""Networks as the page carries them: half precision, and laid out as `pilotnet.js` and `alvinn.js` read them."""

from typing import Any

import numpy as np
import torch
from torch import nn

from drive_sim import records
from drive_sim.errors import InputError
from drive_sim.policies.alvinn import AlvinnPolicy
from drive_sim.policies.networks import ConditionalNet, YuvConvolution
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.report.play.packed_arrays import ArrayPool


def exported_network(name: str, policy: object, pool: ArrayPool) -> dict[str, Any]:
    """What the page reads of a policy, its weights put into the pool.

    Raises InputError for a policy that the page cannot compute.
    """
    if isinstance(policy, AlvinnPolicy):
        return {"name": name, **_alvinn(policy, pool)}
    if isinstance(policy, NeuralPolicy):
        return {"name": name, **_convolutional(policy, pool)}
    raise InputError(
        f"{name}: the page drives by networks of pictures (pilotnet, small, alvinn) alone; give such a one"
    )


def _alvinn(policy: AlvinnPolicy, pool: ArrayPool) -> dict[str, Any]:
    network = policy.network
    if network.activation != "sigmoid" or policy.rule != "centre-of-mass":
        raise InputError("the page reads ALVINN's networks with sigmoid units and the centre of mass alone")
    layers = {
        "W1": network.hidden.weight,
        "b1": network.hidden.bias,
        "W2": network.units.weight,
        "b2": network.units.bias,
    }
    return {
        "kind": "alvinn",
        "camera": records.to_json(policy.camera),
        "numHidden": network.num_hidden,
        "unitsPerM": [float(unit) for unit in policy.units],
        **{key: pool.add(_half(value)) for key, value in layers.items()},
    }


def _convolutional(policy: NeuralPolicy, pool: ArrayPool) -> dict[str, Any]:
    network, camera = policy.network, policy.camera
    convolutions = [layer for layer in network.convolutions if not isinstance(layer, nn.ReLU)]
    dense = [layer for layer in network.dense if isinstance(layer, nn.Linear)]
    maps_shape = _last_map(network.convolutions, camera.height_px, camera.width_px)
    return {
        "kind": "convolutional",
        "camera": records.to_json(camera),
        "curvatureUnitPerM": policy.curvature_unit_per_m,
        "convolutions": [_convolution(layer, pool) for layer in convolutions],
        "dense": [_linear(layer, pool, maps_shape if i == 0 else None) for i, layer in enumerate(dense)],
        "condition": _condition(network),
    }


def _convolution(layer: nn.Module, pool: ArrayPool) -> dict[str, Any]:
    """A convolution's weights as [output][row][column][input]; of the first one for RGB in [-1, 1]."""
    if isinstance(layer, YuvConvolution):
        weight, layer = torch.einsum("fykl,yr->frkl", layer.yuv.weight, layer.yuv_from_rgb), layer.yuv
    else:
        assert isinstance(layer, nn.Conv2d)
        weight = layer.weight
    assert layer.bias is not None
    return {
        "weight": pool.add(_half(weight.permute(0, 2, 3, 1))),
        "bias": pool.add(_half(layer.bias)),
        "kernel": int(layer.kernel_size[0]),
        "stride": int(layer.stride[0]),
        "outputs": layer.out_channels,
    }


def _linear(layer: nn.Linear, pool: ArrayPool, map_shape: tuple[int, int, int] | None) -> dict[str, Any]:
    """A layer's weights; of the first one in the order (h w c) in which the page's features lie, not (c h w)."""
    weight = layer.weight
    if map_shape is not None:
        weight = weight.reshape(-1, *map_shape).permute(0, 2, 3, 1).reshape(weight.shape)
    return {"weight": pool.add(_half(weight)), "bias": pool.add(_half(layer.bias)), "outputs": layer.out_features}


def _condition(network: nn.Module) -> list[list[float]] | None:
    if not isinstance(network, ConditionalNet):
        return None
    return network.condition.weight.detach().half().double().tolist()


def _last_map(convolutions: nn.Sequential, height_px: int, width_px: int) -> tuple[int, int, int]:
    with torch.inference_mode():
        _, channels, height, width = convolutions(torch.zeros(1, height_px, width_px, 3)).shape
    return channels, height, width


def _half(values: torch.Tensor) -> np.ndarray[Any, np.dtype[np.float16]]:
    return values.detach().cpu().numpy().astype(np.float16)
