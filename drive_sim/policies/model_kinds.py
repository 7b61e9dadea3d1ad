"""Every kind of policy that a model folder can hold, by name; to add one is a file in `kinds/`, and a line here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drive_sim.errors import InputError
from drive_sim.policies.alvinn import AlvinnPolicy
from drive_sim.policies.compute import prepare_device
from drive_sim.policies.ensemble import Ensemble
from drive_sim.policies.gaussian import GaussianPolicy
from drive_sim.policies.kinds.alvinn import ALVINN
from drive_sim.policies.kinds.categorical import CATEGORICAL, GREEDY
from drive_sim.policies.kinds.diagonal_gaussian import DIAGONAL_GAUSSIAN
from drive_sim.policies.kinds.ensemble import ensemble_of
from drive_sim.policies.kinds.gaussian import gaussian_around
from drive_sim.policies.kinds.kind import Arrays, Described, Kind, Source
from drive_sim.policies.kinds.linear import LINEAR
from drive_sim.policies.kinds.mixture import mixture_of
from drive_sim.policies.kinds.network import NETWORK
from drive_sim.policies.kinds.regressor import PIXEL_REGRESSOR, REGRESSOR
from drive_sim.policies.kinds.reward import REWARD
from drive_sim.policies.kinds.steering import steering_with
from drive_sim.policies.kinds.world import world_with
from drive_sim.policies.linear import LinearPolicy
from drive_sim.policies.mixture import Mixture
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.pixel_regressor import PixelRegressor
from drive_sim.policies.regressor import Regressor
from drive_sim.policies.reward_policy import RewardPolicy
from drive_sim.policies.steering import SteeringPolicy
from drive_sim.policies.stochastic import Greedy, TrainableCategorical, TrainableGaussian
from drive_sim.policies.world_policy import WorldPolicy

Driver = (
    NeuralPolicy
    | LinearPolicy
    | AlvinnPolicy
    | Mixture[Any, Any]
    | Ensemble
    | GaussianPolicy
    | RewardPolicy
    | SteeringPolicy
)
"""What drives our road."""
Elsewhere = TrainableCategorical | TrainableGaussian | Greedy | Regressor | PixelRegressor | WorldPolicy
"""What acts in other worlds."""
SavedPolicy = Driver | Elsewhere


def describe(policy: Any) -> Described:
    """A policy as a description and arrays. Raises InputError for one that is not of KINDS, such as the expert."""
    name = kind_of(policy)
    config, arrays = KINDS[name].describe(policy)
    return {"kind": name, **config}, arrays


def kind_of(policy: Any) -> str:
    """The name of a policy's kind. Raises InputError for one that is not of KINDS, such as the expert."""
    for name, kind in KINDS.items():
        if isinstance(policy, kind.policy):
            return name
    raise InputError(f"{type(policy).__name__} cannot be saved as a model; there are {', '.join(KINDS)}")


def rebuild(source: Source) -> SavedPolicy:
    """The policy of a description and its arrays, which are looked at closely first."""
    # Folders of the first version held networks only, and did not say so.
    name = str(source.config.get("kind", "network"))
    if name not in KINDS:
        raise InputError(f"{source.config_path}: kind {name!r} is unknown; there are {', '.join(KINDS)}")
    return KINDS[name].rebuild(source)


KINDS: dict[str, Kind[Any]] = {
    "network": NETWORK,
    "linear": LINEAR,
    "alvinn": ALVINN,
    "mixture": mixture_of(describe, rebuild),
    "ensemble": ensemble_of(describe, rebuild),
    "gaussian": gaussian_around(describe, rebuild),
    "reward": REWARD,
    "steering": steering_with(describe, rebuild),
    "categorical": CATEGORICAL,
    "greedy": GREEDY,
    "diagonal-gaussian": DIAGONAL_GAUSSIAN,
    "regressor": REGRESSOR,
    "pixel-regressor": PIXEL_REGRESSOR,
    "world": world_with(describe, rebuild),
}


def source_on(config: Mapping[str, Any], arrays: Arrays, config_path: Path, arrays_path: Path, device: str) -> Source:
    """What was read from a folder, to be made a policy on a device of that name."""
    return Source(config, arrays, config_path, arrays_path, prepare_device(device))
