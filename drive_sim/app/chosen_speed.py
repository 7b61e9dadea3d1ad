"""At whose speed a window's drivers go: the speed is kept, or each has its own."""

from dataclasses import replace

import numpy as np

from drive_sim.app.steering_wheel import WheelFeel, cruise_mps2
from drive_sim.arrays import CarIndex, PerCar
from drive_sim.policies.base import Policy
from drive_sim.policies.pace import at_speed, gives_acceleration
from drive_sim.policies.speed_profile import SpeedLimits, SpeedProfile
from drive_sim.sim.env import DriveEnv
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

_MOST_KEPT = 16


class ChosenSpeed:
    """What a choice of speed makes of an environment's drivers; where it is kept, a car comes back to cruising speed.

    `is_own`: whoever drives chooses the speed, as `policies.pace` says, within comfortable limits and what the car can
    do now; where the car is put, it is as fast as its road's profile there.
    """

    def __init__(self, env: DriveEnv) -> None:
        self._env, self._feel = env, WheelFeel()
        self._tracks = env.tracks
        """Of what is kept below; the lane to be kept may move."""
        self._paced: dict[tuple[int, SpeedLimits | None], tuple[Policy, Policy]] = {}
        self._profiles: dict[SpeedLimits, SpeedProfile] = {}
        self.is_own = False

    def choose(self, *, own: bool) -> None:
        """From the next control tick on."""
        self.is_own = own
        self._env.start_speed = self._start_speed if own else None

    def words(self, policy: Policy) -> str:
        """Whose speed it is, where it is not kept; what only steers is driven at the road's."""
        if not self.is_own:
            return ""
        return "own speed" if gives_acceleration(self._at_speed(policy)) else "speed by map"

    def act(self, policy: Policy, observation: Observation, rng: np.random.Generator) -> Command:
        """What a policy does at this speed; of one that only steers, at cruising speed, no bit is changed."""
        command = self._at_speed(policy).act(observation, rng)
        if self.is_own:
            return command
        cruise = [cruise_mps2(speed_mps, self._feel) for speed_mps in observation.speed_mps.tolist()]
        return replace(command, acceleration_mps2=np.array(cruise))

    @property
    def _limits(self) -> SpeedLimits | None:
        return SpeedLimits().within(self._env.config.vehicle) if self.is_own else None

    def _at_speed(self, policy: Policy) -> Policy:
        """Made once for each policy and limits; the policy is kept beside, so that its identity stays its own."""
        self._follow_lane()
        key = id(policy), self._limits
        if key not in self._paced:
            if len(self._paced) >= _MOST_KEPT:
                self._paced.clear()
            self._paced[key] = policy, at_speed(policy, self._env.tracks, self._limits)
        return self._paced[key][1]

    def _start_speed(self, track_idx: CarIndex, s_m: PerCar) -> PerCar:
        self._follow_lane()
        limits = SpeedLimits().within(self._env.config.vehicle)
        if limits not in self._profiles:
            self._profiles = {limits: SpeedProfile.of(self._env.tracks, limits)}
        return self._profiles[limits].at(track_idx, s_m)

    def _follow_lane(self) -> None:
        if self._tracks is not self._env.tracks:
            self._tracks = self._env.tracks
            self._paced.clear()
            self._profiles.clear()
