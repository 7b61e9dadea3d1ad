"""Networks as the page carries them: half precision, and laid out as `pilotnet.js` and `alvinn.js` read them."""

from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.policies.alvinn import AlvinnPolicy
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.plain_layers import Weights, plain_layers
from drive_sim.report.play.packed_arrays import ArrayPool


def exported_network(name: str, policy: object, pool: ArrayPool) -> dict[str, Any]:
    """What the page reads of a policy, its weights put into the pool.

    Raises InputError for a policy that the page cannot compute.
    """
    if isinstance(policy, AlvinnPolicy):
        return {"name": name, **_alvinn(name, policy, pool)}
    if isinstance(policy, NeuralPolicy):
        return {"name": name, **_convolutional(name, policy, pool)}
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


def _convolutional(name: str, policy: NeuralPolicy, pool: ArrayPool) -> dict[str, Any]:
    if policy.num_frames > 1:
        raise InputError(
            f"{name}: it sees the picture of the tick before, too, and the page shows one; give one frame's"
        )
    plain = plain_layers(policy.network, policy.camera.height_px, policy.camera.width_px)
    layers = [_layer(one.weight, one.bias, pool, stride=one.stride) for one in plain.convolutions]
    for i, (weight, bias) in enumerate(plain.dense):
        # Outputs are added up to a multiple of four: nothing, which the next layer hears of.
        heard = _whole_fours(weight.T).T if i > 0 else weight
        layers.append(_layer(_whole_fours(heard)[:, None, None], _whole_fours(bias), pool) | {"isDense": True})
    layers[-1]["isRectified"] = False
    if plain.condition is not None:
        layers[len(plain.convolutions)]["condition"] = _half(_whole_fours(plain.condition)).astype(float).tolist()
    return {
        "kind": "convolutional",
        "camera": asdict(policy.camera),
        "curvatureUnitPerM": policy.curvature_unit_per_m,
        "layers": layers,
    }


def _layer(weight: Weights, bias: Weights, pool: ArrayPool, *, stride: int = 1) -> dict[str, Any]:
    return {
        "weight": pool.add(_half(weight)),
        "bias": pool.add(_half(bias)),
        "kernel": weight.shape[1],
        "stride": stride,
        "outputs": len(bias),
        "isRectified": True,
    }


def _whole_fours(rows: Weights) -> Weights:
    """Rows of zeros added up to a multiple of four."""
    return np.pad(rows, [(0, -len(rows) % 4)] + [(0, 0)] * (rows.ndim - 1))


def _half(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float16]:
    return values.astype(np.float16)
