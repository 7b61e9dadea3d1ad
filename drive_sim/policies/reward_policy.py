"""A driver who does what a reward of the road pays for: the soft mean of its plan, read off between grid points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from drive_sim.errors import InputError
from drive_sim.policies.corridor import Closed
from drive_sim.policies.lattice import STATION_M, drive_to_next_station
from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.policies.road_plan import RoadPlan
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command

ANSWER_S = 0.2
"""The wheels' lag and half a control tick: the plan is asked for where the car will be when its wheels have turned."""


@dataclass(frozen=True, eq=False)
class RewardPolicy:
    """Plans each road when it first sees it, in about a tenth of a second a kilometre; drives by the lane pose.

    It reads the privileged fields, and knows the road: it is an expert, and no network. Without `tracks` it is what a
    model folder holds, and drives once it is put `on` some. `closed`: parts of roads by their number.
    """

    reward: RoadReward
    tracks: Tracks | None = None
    closed: Mapping[int, Sequence[Closed]] = field(default_factory=dict)
    _plans: dict[int, RoadPlan] = field(default_factory=dict, init=False, repr=False)

    camera = None
    """It looks through none."""

    def on(self, tracks: Tracks, closed: Mapping[int, Sequence[Closed]] | None = None) -> Self:
        """The same driver on these roads."""
        return replace(self, tracks=tracks, closed=closed or {})

    def plan(self, road: int) -> RoadPlan:
        """The plan of a road by its number. Raises InputError for one that no lattice covers."""
        if self.tracks is None:
            raise InputError("a reward's policy plans on the road: put it `on` the tracks that it is to drive")
        if road not in self._plans:
            self._plans[road] = RoadPlan.make(self.tracks.tracks[road], self.reward, self.closed.get(road, ()))
        return self._plans[road]

    def act(self, observation: Observation, rng: np.random.Generator | None = None) -> Command:  # noqa: ARG002
        """The soft policy's mean from where each car will be when the wheels have answered; the speed is kept."""
        lane, wheels = observation.lane, observation.state.curvature_per_m
        plans = [(self.plan(int(road)), lane.track_idx == road) for road in np.unique(lane.track_idx)]
        ahead_m = ANSWER_S * observation.speed_mps
        station, road_per_m, command_per_m = np.zeros((3, len(wheels)))
        for plan, cars in plans:
            station[cars] = plan.station(lane.s_m[cars])
            road_per_m[cars] = plan.curvature_per_m(station[cars])
        turn, later = wheels - road_per_m, station + ahead_m / STATION_M
        moved = drive_to_next_station(lane.offset_m, lane.heading_rad, turn, lane.curvature_per_m, ahead_m)
        then = (later, *moved, turn)
        for plan, cars in plans:
            command_per_m[cars] = plan.curvature_per_m(later[cars]) + plan.turn_at(*(each[cars] for each in then))
        return Command.steer(command_per_m)
