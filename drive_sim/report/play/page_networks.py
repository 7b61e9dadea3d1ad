"""Networks as the page carries them: half precision, and laid out as `pilotnet.js` and `alvinn.js` read them."""

from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.policies.alvinn import AlvinnPolicy
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.plain_layers import PlainConvolution, plain_layers
from drive_sim.report.play.packed_arrays import ArrayPool


def exported_network(name: str, policy: object, pool: ArrayPool) -> dict[str, Any]:
    """What the page reads of a policy, its weights put into the pool.

    Raises InputError for a policy that the page cannot compute.
    """
    if isinstance(policy, AlvinnPolicy):
        return {"name": name, **_alvinn(name, policy, pool)}
    if isinstance(policy, NeuralPolicy):
        return {"name": name, **_convolutional(policy, pool)}
    raise InputError(
        f"{name}: the page drives by networks of pictures (pilotnet, small, alvinn) alone; give such a one"
    )


def _alvinn(name: str, policy: AlvinnPolicy, pool: ArrayPool) -> dict[str, Any]:
    network = policy.network
    if network.activation != "sigmoid" or policy.rule != "centre-of-mass":
        raise InputError(f"{name}: the page reads ALVINN's networks with sigmoids and the centre of mass alone")
    weights = {key: value.cpu().numpy() for key, value in network.state_dict().items()}
    names = {"W1": "hidden.weight", "b1": "hidden.bias", "W2": "units.weight", "b2": "units.bias"}
    return {
        "kind": "alvinn",
        "camera": asdict(policy.camera),
        "numHidden": network.num_hidden,
        "unitsPerM": [float(unit) for unit in policy.units],
        **{short: pool.add(_half(weights[long])) for short, long in names.items()},
    }


def _convolutional(policy: NeuralPolicy, pool: ArrayPool) -> dict[str, Any]:
    layers = plain_layers(policy.network, policy.camera.height_px, policy.camera.width_px)
    dense = [{"weight": pool.add(_half(w)), "bias": pool.add(_half(b)), "outputs": len(b)} for w, b in layers.dense]
    return {
        "kind": "convolutional",
        "camera": asdict(policy.camera),
        "curvatureUnitPerM": policy.curvature_unit_per_m,
        "convolutions": [_convolution(layer, pool) for layer in layers.convolutions],
        "dense": dense,
        "condition": None if layers.condition is None else _half(layers.condition).astype(float).tolist(),
    }


def _convolution(layer: PlainConvolution, pool: ArrayPool) -> dict[str, Any]:
    return {
        "weight": pool.add(_half(layer.weight)),
        "bias": pool.add(_half(layer.bias)),
        "kernel": layer.weight.shape[1],
        "stride": layer.stride,
        "outputs": len(layer.bias),
    }


def _half(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float16]:
    return values.astype(np.float16)
