"""Scripted drivers who like a line of their own, and a clone that reads the lane pose as a reward's policy does."""

from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim import geometry
from drive_sim.arrays import CarIndex, PerCar
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import Tracks, lane_advance, point_on_lane
from drive_sim.sim.vehicle import Command

_AHEAD_M = (0.0, 3.0, 6.0, 9.0, 12.0)
_RIDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Style:
    """The line that a driver likes: an offset in straights, left positive, and what a bend adds to it, inward positive:
    `inward_m2` times its curvature, `most_m` at most."""

    offset_m: float = 0.0
    inward_m2: float = 0.0
    most_m: float = 0.9

    def liked_m(self, curvature_per_m: PerCar) -> PerCar:
        """The offset of the line where the lane has these curvatures (n,)."""
        return self.offset_m + np.clip(self.inward_m2 * curvature_per_m, -self.most_m, self.most_m)


STYLES = {"likes-middle": Style(), "likes-right": Style(-0.6), "likes-inside": Style(0.0, 20.0)}


@dataclass(frozen=True, slots=True, eq=False)
class StyledDriver:
    """Pure pursuit of the line that a style likes, on the true road."""

    style: Style
    tracks: Tracks
    lookahead_m: float = 9.0

    def act(self, observation: Observation, rng: np.random.Generator | None = None) -> Command:  # noqa: ARG002
        """The arc to the line's point ahead."""
        lane, poses = observation.lane, observation.state.poses
        s_m = lane_advance(self.tracks, lane.track_idx, lane.s_m, self.lookahead_m)
        aim = point_on_lane(
            self.tracks, lane.track_idx, s_m, self.style.liked_m(curvature_at(self.tracks, lane.track_idx, s_m))
        )
        aside = aim[:, :2] - poses[:, :2]
        zero = np.zeros(len(poses))
        return Command.steer(geometry.arc_through(*geometry.into_frame(aside[:, 0], aside[:, 1], zero, poses[:, 2])))


@dataclass(frozen=True, slots=True, eq=False)
class LaneClone:
    """Least squares from the lane pose, the lane's curvature there and ahead, and the wheels, to the command."""

    tracks: Tracks
    weights: Annotated[npt.NDArray[np.float64], "f"]

    @classmethod
    def fit(cls, tracks: Tracks, inputs: npt.NDArray[np.float64], command_per_m: PerCar) -> Self:
        """From what was read (n, f) and commanded (n,)."""
        scale = np.maximum(inputs.std(axis=0), 1e-9)
        scale[-1] = 1.0
        scaled = inputs / scale
        normal = scaled.T @ scaled + _RIDGE * len(inputs) * np.eye(inputs.shape[1])
        return cls(tracks, np.linalg.solve(normal, scaled.T @ command_per_m) / scale)

    def act(self, observation: Observation, rng: np.random.Generator | None = None) -> Command:  # noqa: ARG002
        """Its command."""
        return Command.steer(lane_inputs(self.tracks, observation) @ self.weights)


def lane_inputs(tracks: Tracks, observation: Observation) -> npt.NDArray[np.float64]:
    """What the clone reads (n, f), and a one."""
    lane = observation.lane
    ahead = [
        curvature_at(tracks, lane.track_idx, lane_advance(tracks, lane.track_idx, lane.s_m, ahead_m))
        for ahead_m in _AHEAD_M
    ]
    columns = (lane.offset_m, lane.heading_rad, observation.state.curvature_per_m, *ahead, np.ones(len(lane.s_m)))
    return np.stack(columns, axis=-1)


def curvature_at(tracks: Tracks, track_idx: CarIndex, s_m: PerCar) -> PerCar:
    """The centre line's curvature (n,) at arc lengths of roads."""
    sample = np.round(s_m / tracks.spacing_m[track_idx]).astype(np.int64)
    count = tracks.count[track_idx]
    sample = np.where(tracks.closed[track_idx], sample % count, np.clip(sample, 0, count - 1))
    return tracks.samples[tracks.start[track_idx] + sample, 3]
