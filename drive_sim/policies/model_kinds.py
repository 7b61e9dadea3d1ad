"""What a model folder can hold: each kind of policy as a description for JSON and named arrays, and back again.

A mixture's and a Gaussian's own policies are described inside of theirs, their arrays named "0.", "1.", ... before.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from drive_sim import geometry
from drive_sim.errors import InputError
from drive_sim.policies.alvinn import AlvinnNetwork, AlvinnPolicy
from drive_sim.policies.compute import prepare_device
from drive_sim.policies.gaussian import GaussianPolicy
from drive_sim.policies.lattice_reward import FEATURES, RoadReward
from drive_sim.policies.linear import LinearPolicy, num_features_of
from drive_sim.policies.mixture import Mixture
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.reward_policy import RewardPolicy
from drive_sim.sim.camera import Camera

SavedPolicy = NeuralPolicy | LinearPolicy | AlvinnPolicy | Mixture[Any, Any] | GaussianPolicy | RewardPolicy
Arrays = Mapping[str, Tensor]
_MOST_HIDDEN = 4096
"""So that a damaged number is not taken for a network that fills the memory."""


@dataclass(frozen=True, slots=True)
class Source:
    """A policy as it was read: its description and arrays, the files that they stand in, and where it is to run."""

    config: Mapping[str, Any]
    arrays: Arrays
    config_path: Path
    arrays_path: Path
    device: torch.device

    def entry(self, key: str) -> Any:
        """One entry of the description. Raises InputError where it is missing."""
        if key not in self.config:
            raise InputError(f"{self.config_path} lacks {key!r}; put back the file that was saved with the model")
        return self.config[key]

    def number(self, key: str) -> float:
        """A positive number of the description."""
        value = self.entry(key)
        if not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise InputError(f"{self.config_path}: {key} must be positive, got {value!r}")
        return float(value)

    def part(self, index: int, config: Any) -> "Source":
        """The policy of that number inside of this one."""
        if not isinstance(config, dict):
            raise InputError(f"{self.config_path}: each of the policies must be an object; put back the file")
        prefix = f"{index}."
        arrays = {name.removeprefix(prefix): array for name, array in self.arrays.items() if name.startswith(prefix)}
        return Source(config, arrays, self.config_path, self.arrays_path, self.device)


def describe(policy: Any) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """A policy as a description and arrays. Raises InputError for one that is not of KINDS, such as the expert."""
    for kind, (policy_type, described, _) in KINDS.items():
        if isinstance(policy, policy_type):
            config, arrays = described(policy)
            return {"kind": kind, **config}, arrays
    raise InputError(f"{type(policy).__name__} cannot be saved as a model; there are {', '.join(KINDS)}")


def rebuild(source: Source) -> SavedPolicy:
    """The policy of a description and its arrays, which are looked at closely first."""
    # Folders of the first version held networks only, and did not say so.
    kind = str(source.config.get("kind", "network"))
    if kind not in KINDS:
        raise InputError(f"{source.config_path}: kind {kind!r} is unknown; there are {', '.join(KINDS)}")
    return KINDS[kind][2](source)


def _describe_network(policy: NeuralPolicy) -> tuple[dict[str, Any], dict[str, Tensor]]:
    config = {
        "network": policy.network_name,
        **_view(policy.camera, "in curvature_unit_per_m"),
        "curvature_unit_per_m": policy.curvature_unit_per_m,
        "camera": asdict(policy.camera),
    }
    return config, {name: tensor.cpu().contiguous() for name, tensor in policy.network.state_dict().items()}


def _rebuild_network(source: Source) -> NeuralPolicy:
    camera = _camera(source)
    name = str(source.entry("network"))
    with _told_where(source):
        network = make_network(name, camera.height_px, camera.width_px)
    _check_arrays(source, network.state_dict())
    network.load_state_dict(source.arrays)
    unit_per_m = source.number("curvature_unit_per_m")
    return NeuralPolicy(network.to(source.device), name, camera, unit_per_m)


def _describe_linear(policy: LinearPolicy) -> tuple[dict[str, Any], dict[str, Tensor]]:
    config = {
        **_view(policy.camera, "in 1/m"),
        "features": "LAB / 255 of each pixel, from the top left, row by row",
        "camera": asdict(policy.camera),
    }
    weights = torch.tensor(np.append(policy.weights, policy.bias_per_m))
    return config, {"weights": weights[:-1].clone(), "bias_per_m": weights[-1:].clone()}


def _rebuild_linear(source: Source) -> LinearPolicy:
    camera = _camera(source)
    _check_arrays(source, {"weights": torch.empty(num_features_of(camera)), "bias_per_m": torch.empty(1)})
    return LinearPolicy(source.arrays["weights"].double().numpy(), float(source.arrays["bias_per_m"]), camera)


def _describe_alvinn(policy: AlvinnPolicy) -> tuple[dict[str, Any], dict[str, Tensor]]:
    config = {
        **_view(policy.camera, "in 1/m"),
        "num_hidden": policy.network.num_hidden,
        "activation": policy.network.activation,
        "units_per_m": policy.units.tolist(),
        "rule": policy.rule,
        "camera": asdict(policy.camera),
    }
    return config, {name: tensor.contiguous() for name, tensor in policy.network.state_dict().items()}


def _rebuild_alvinn(source: Source) -> AlvinnPolicy:
    camera, units, num_hidden = _camera(source), source.entry("units_per_m"), source.entry("num_hidden")
    if not isinstance(units, list) or not all(isinstance(unit, float) and abs(unit) < float("inf") for unit in units):
        raise InputError(f"{source.config_path}: units_per_m must be a list of numbers; put back the file")
    if not isinstance(num_hidden, int) or not 0 < num_hidden <= _MOST_HIDDEN:
        raise InputError(f"{source.config_path}: num_hidden must be from 1 to {_MOST_HIDDEN}, got {num_hidden!r}")
    size, activation = (camera.height_px, camera.width_px), str(source.entry("activation"))
    # On "meta" nothing is drawn nor stored before the arrays are known to fit.
    with _told_where(source), torch.device("meta"):
        network = AlvinnNetwork(num_hidden, len(units), *size, activation)
        policy = AlvinnPolicy(network, np.array(units), str(source.entry("rule")), camera)
    _check_arrays(source, network.state_dict())
    network.load_state_dict({name: array.float() for name, array in source.arrays.items()}, assign=True)
    return policy


def _describe_mixture(policy: Mixture[Any, Any]) -> tuple[dict[str, Any], dict[str, Tensor]]:
    parts = [describe(part) for part in policy.policies]
    arrays = {f"{i}.{name}": array for i, (_, named) in enumerate(parts) for name, array in named.items()}
    return {"weights": policy.weights.tolist(), "policies": [config for config, _ in parts]}, arrays


def _rebuild_mixture(source: Source) -> Mixture[Any, Any]:
    weights, policies = source.entry("weights"), source.entry("policies")
    if not (isinstance(weights, list) and isinstance(policies, list) and all(isinstance(w, float) for w in weights)):
        raise InputError(f"{source.config_path}: weights and policies must be lists; put back the file")
    parts = tuple(rebuild(source.part(i, config)) for i, config in enumerate(policies))
    if len({part.camera for part in parts}) > 1:
        raise InputError(f"{source.config_path}: the policies of a mixture must see through one camera")
    return Mixture(parts, np.array(weights))


def _describe_gaussian(policy: GaussianPolicy) -> tuple[dict[str, Any], dict[str, Tensor]]:
    config, arrays = describe(policy.mean)
    return {"width_per_m": policy.width_per_m, "mean": config}, {f"0.{name}": a for name, a in arrays.items()}


def _rebuild_gaussian(source: Source) -> GaussianPolicy:
    return GaussianPolicy(rebuild(source.part(0, source.entry("mean"))), source.number("width_per_m"))


def _describe_reward(policy: RewardPolicy) -> tuple[dict[str, Any], dict[str, Tensor]]:
    config = {
        "input": "the lane pose and the road, which are privileged: no picture",
        "output": f"curvature, {geometry.CURVATURE_CONVENTION}",
        "features": list(FEATURES),
        "end_price": policy.reward.end_price,
    }
    return config, {"weights": torch.tensor(policy.reward.weights, dtype=torch.float64)}


def _rebuild_reward(source: Source) -> RewardPolicy:
    if source.entry("features") != list(FEATURES):
        raise InputError(f"{source.config_path}: features must be {', '.join(FEATURES)}; put back the file")
    _check_arrays(source, {"weights": torch.empty(len(FEATURES))})
    weights = source.arrays["weights"].double().tolist()
    return RewardPolicy(RoadReward(tuple(weights), source.number("end_price")))


KINDS: dict[str, tuple[type, Callable[[Any], tuple[dict[str, Any], dict[str, Tensor]]], Callable[[Source], Any]]] = {
    "network": (NeuralPolicy, _describe_network, _rebuild_network),
    "linear": (LinearPolicy, _describe_linear, _rebuild_linear),
    "alvinn": (AlvinnPolicy, _describe_alvinn, _rebuild_alvinn),
    "mixture": (Mixture, _describe_mixture, _rebuild_mixture),
    "gaussian": (GaussianPolicy, _describe_gaussian, _rebuild_gaussian),
    "reward": (RewardPolicy, _describe_reward, _rebuild_reward),
}
"""A kind of policy: its type, how it is described, and how it is made again."""


def source_on(config: Mapping[str, Any], arrays: Arrays, config_path: Path, arrays_path: Path, device: str) -> Source:
    """What was read from a folder, to be made a policy on a device of that name."""
    return Source(config, arrays, config_path, arrays_path, prepare_device(device))


def _view(camera: Camera, unit: str) -> dict[str, str]:
    return {
        "input": f"RGB, uint8, {camera.height_px}x{camera.width_px}x3",
        "output": f"curvature, {geometry.CURVATURE_CONVENTION}, {unit}",
    }


def _camera(source: Source) -> Camera:
    described, path = source.entry("camera"), source.config_path
    names = {field.name for field in fields(Camera)}
    if not isinstance(described, dict) or set(described) != names:
        raise InputError(f"{path}: camera must be an object with {', '.join(sorted(names))}")
    if not all(isinstance(v, int | float) or (v is None and k.startswith("principal")) for k, v in described.items()):
        raise InputError(f"{path}: the camera's entries must be numbers")
    if not (isinstance(described["width_px"], int) and isinstance(described["height_px"], int)):
        raise InputError(f"{path}: the camera's width_px and height_px must be whole numbers")
    with _told_where(source):
        return Camera(**described)


@contextmanager
def _told_where(source: Source) -> Iterator[None]:
    """What is wrong with a description is said of its file."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{source.config_path}: {error}") from None


def _check_arrays(source: Source, wanted: Arrays) -> None:
    found, path = _shapes(source.arrays), source.arrays_path
    if found != _shapes(wanted):
        name = next(iter(dict(found.items() ^ _shapes(wanted).items())))
        config = source.config_path.name
        raise InputError(f"{path}: {name} does not fit the policy in {config}; the two files are of different models")
    if not all(bool(torch.isfinite(tensor).all()) for tensor in source.arrays.values()):
        raise InputError(f"{path}: some weights are not finite numbers; train the model again")


def _shapes(arrays: Arrays) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in arrays.items()}
