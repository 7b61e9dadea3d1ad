"""The scripted expert: pure pursuit of the target lane on the true road geometry (Coulter 1992, CMU-RI-TR-92-01)."""

import numpy as np

from drive_sim import geometry
from drive_sim.arrays import CarIndex, PerCar, Poses
from drive_sim.errors import InputError
from drive_sim.policies.speed_profile import SpeedLimits, SpeedProfile
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import Tracks, lane_advance, point_on_lane
from drive_sim.sim.vehicle import Command

LOOKAHEAD_M = 9.0
LOOKAHEAD_S = 0.75
"""The same at 12 m/s, for whoever drives at its own speed: it is nearer in a slow bend, which it then does not cut."""
LEAST_LOOKAHEAD_M = 3.0


class PursuitExpert:
    """Steers for the point of the target lane `lookahead_m` ahead and keeps its speed; reads privileged fields only.

    Delay makes pursuit swing. With 9 m at 12 m/s a step of 1 m overshoots by 4 % without lag, 8 % at 0.15 s, 23 % at
    0.3 s; with 0.15 s and 0.2 s of latency it no longer settles. The lookahead should be at least three times the way
    covered within lag, latency and half a tick together.

    With `speed` it drives at its own speed: as fast as its `SpeedProfile` of each road, and it looks ahead by
    `lookahead_s` of travel, at least `least_lookahead_m`, instead. With 0.75 s it keeps bends of 8 m radius within
    0.15 m (with wheels that turn so far), where 9 m at 12 m/s cut them by 0.5 m, and by 1.1 m where one follows the
    other.
    """

    def __init__(
        self,
        tracks: Tracks,
        lookahead_m: float = LOOKAHEAD_M,
        *,
        speed: SpeedLimits | None = None,
        lookahead_s: float = LOOKAHEAD_S,
        least_lookahead_m: float = LEAST_LOOKAHEAD_M,
    ) -> None:
        given = {"lookahead_m": lookahead_m, "lookahead_s": lookahead_s, "least_lookahead_m": least_lookahead_m}
        for name, value in given.items():
            if not value > 0:
                raise InputError(f"expert: {name} must be positive, got {value}")
        self.tracks = tracks
        self.lookahead_m, self.lookahead_s = lookahead_m, lookahead_s
        self.least_lookahead_m = least_lookahead_m
        self.profile = None if speed is None else SpeedProfile.of(tracks, speed)
        """How fast it drives; None: it keeps its speed."""

    @property
    def gives_acceleration(self) -> bool:
        """Whether it drives at its own speed."""
        return self.profile is not None

    def act(self, observation: Observation, rng: np.random.Generator | None = None) -> Command:  # noqa: ARG002
        """What the expert would do at each pose and speed, good or bad."""
        lane, speed_mps = observation.lane, observation.speed_mps
        poses = observation.state.poses
        if self.profile is None:
            return Command.steer(pursuit_curvature(self.tracks, lane.track_idx, poses, lane.s_m, self.lookahead_m))
        lookahead_m = np.maximum(self.lookahead_s * speed_mps, self.least_lookahead_m)
        curvature_per_m = pursuit_curvature(self.tracks, lane.track_idx, poses, lane.s_m, lookahead_m)
        return Command(curvature_per_m, self.profile.acceleration_mps2(lane.track_idx, lane.s_m, speed_mps))


def pursuit_curvature(
    tracks: Tracks, track_idx: CarIndex, poses: Poses, s_m: PerCar, lookahead_m: PerCar | float = LOOKAHEAD_M
) -> PerCar:
    """Curvature (n,) of the arc from each pose to the lane's point `lookahead_m` along the lane after its place `s_m`.

    Not limited to what the wheels can do. A point behind the car asks for the tightest arc that pursuit can ask for
    at its distance, 2 / distance, to its side: so a car that faces the wrong way turns round.
    """
    ahead_s_m = lane_advance(tracks, track_idx, s_m, np.broadcast_to(lookahead_m, len(poses)))
    target = point_on_lane(tracks, track_idx, ahead_s_m, np.zeros(len(poses)))
    forward_m, side_m = _in_car_frame(target, poses)
    distance_m = np.maximum(np.hypot(forward_m, side_m), 1e-9)
    towards = np.where(side_m >= 0.0, 1.0, -1.0)
    return np.where(forward_m >= 0.0, geometry.arc_through(forward_m, side_m), 2.0 * towards / distance_m)


def _in_car_frame(points: Poses, poses: Poses) -> tuple[PerCar, PerCar]:
    """Forward and side distance of ground points as the cars see them."""
    offset_x_m, offset_y_m = points[:, 0] - poses[:, 0], points[:, 1] - poses[:, 1]
    zero = np.zeros(len(poses))
    return geometry.into_frame(offset_x_m, offset_y_m, zero, poses[:, 2])
