"""At whose speed a policy drives: the speed is kept, or it is the driver's own."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.speed_profile import SpeedLimits, SpeedProfile
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command


@runtime_checkable
class ChoosesSpeed(Protocol):
    """A policy that may give accelerations, and says whether it does."""

    @property
    def gives_acceleration(self) -> bool:
        """Whether the accelerations of its commands are its own choice; else they are all 0."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class KeptSpeed:
    """A policy whose accelerations are not heard: the speed is kept."""

    policy: Policy

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """As the policy steers."""
        return Command.steer(self.policy.act(observation, rng).curvature_per_m)


@dataclass(frozen=True, slots=True, eq=False)
class ProfiledSpeed:
    """A policy that only steers, in a car whose speed follows the roads' profile: cruise control with a map.

    The profile reads the privileged place on the road, so what such a drive says of speed says nothing of the policy.
    """

    policy: Policy
    profile: SpeedProfile

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """As the policy steers, and as the profile accelerates."""
        lane, curvature_per_m = observation.lane, self.policy.act(observation, rng).curvature_per_m
        return Command(curvature_per_m, self.profile.acceleration_mps2(lane.track_idx, lane.s_m, observation.speed_mps))


def gives_acceleration(policy: Policy) -> bool:
    """Whether a policy chooses its own speed, where it may."""
    return isinstance(policy, ChoosesSpeed) and policy.gives_acceleration


def at_speed(policy: Policy, tracks: Tracks, speed: SpeedLimits | None) -> Policy:
    """The policy as it drives these roads where the speed is kept (None), or where it is its own within limits.

    What only steers is given the speed of the roads' profile; the expert has it from there as well.
    """
    if speed is None:
        return KeptSpeed(policy) if gives_acceleration(policy) else policy
    if gives_acceleration(policy):
        return policy
    if isinstance(policy, PursuitExpert):
        return PursuitExpert(tracks, policy.lookahead_m, speed=speed, lookahead_s=policy.lookahead_s)
    return ProfiledSpeed(policy, SpeedProfile.of(tracks, speed))
