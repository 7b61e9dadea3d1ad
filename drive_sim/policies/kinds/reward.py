"""A driver who plans on a reward of the road: the reward alone is kept, and it is planned on whichever road."""

from dataclasses import dataclass

import torch

from drive_sim import geometry
from drive_sim.errors import InputError
from drive_sim.policies.kinds.kind import PUT_BACK, Described, Kind, Source
from drive_sim.policies.lattice_reward import FEATURES, RoadReward
from drive_sim.policies.reward_policy import RewardPolicy
from drive_sim.records import Positive


@dataclass(frozen=True, slots=True)
class _Description:
    features: list[str]
    end_price: Positive


def _describe(policy: RewardPolicy) -> Described:
    config = {
        "input": "the lane pose and the road, which are privileged: no picture",
        "output": f"curvature, {geometry.CURVATURE_CONVENTION}",
        "features": list(FEATURES),
        "end_price": policy.reward.end_price,
    }
    return config, {"weights": torch.tensor(policy.reward.weights, dtype=torch.float64)}


def _rebuild(source: Source) -> RewardPolicy:
    said = source.read(_Description)
    if said.features != list(FEATURES):
        raise InputError(f"{source.config_path}: features must be {', '.join(FEATURES)}; {PUT_BACK}")
    source.check_arrays({"weights": torch.empty(len(FEATURES))})
    weights = source.arrays["weights"].double().tolist()
    return RewardPolicy(RoadReward(tuple(weights), said.end_price))


REWARD = Kind(RewardPolicy, _describe, _rebuild)
