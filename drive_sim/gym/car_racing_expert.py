"""An expert for CarRacing-v3: pure pursuit of the middle of its track, no faster than what the picture shows allows.

    steering      the arc through the car and a point of the middle ahead (Coulter 1992, CMU-RI-TR-92-01, section 2)
    speed         for each place ahead the speed that its bend takes, and what braking from there back to here allows:
                  v(s)^2 = a_lateral / |kappa(s)| + 2 a_braking s;  the least of them

It reads the track and the car in `env.unwrapped`, which learners don't, but looks no farther ahead than they do, so
that what it does can be told from a picture. Lengths are Box2D's metres: a car is 5 long, the track 13.3 wide.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from drive_sim.policies.base import PerAction

WHEELBASE_M = 3.24
FULL_LOCK_RAD = 0.4
"""A wheel turns no further; an action of 1 asks for 1 rad."""
TILE_M = 3.5
"""From one point of the track's middle to the next."""
Points = Annotated[npt.NDArray[np.float64], "k 2"]


@dataclass(frozen=True, slots=True)
class PursuitExpert:
    """How it drives: what it looks ahead by, what it asks of the tyres, and how hard it corrects its speed.

    It keeps a margin: a bend takes 100 m/s^2, but at 70 it bears more noise in what is commanded, as a clone makes.
    """

    preview_m: float = 6.0
    preview_s: float = 0.15
    seen_m: float = 33.0
    lateral_mps2: float = 70.0
    braking_mps2: float = 60.0
    fastest_mps: float = 65.0
    gas_per_mps: float = 0.06
    most_gas: float = 0.6
    brake_per_mps: float = 0.03
    most_brake: float = 0.6
    coasting_mps: float = 3.0
    bend_m: float = 10.5

    def __call__(self, env: Any) -> PerAction:
        """Steering (right positive), gas and brake, (3,), for CarRacing as it stands."""
        world = env.unwrapped
        track, hull = np.asarray(world.track), world.car.hull
        headings, middle = track[:, 1], track[:, 2:4]
        here, ahead = np.array(hull.position), _direction(hull.angle)
        speed_mps = float(np.dot(hull.linearVelocity, ahead))
        nearest = _nearest(headings, middle, here, hull.angle)
        index = (nearest + np.arange(1 + round(2.0 * self.seen_m / TILE_M))) % len(track)
        passed_m = float((here - middle[nearest]) @ _direction(headings[nearest]))

        target = _point_at(middle[index], passed_m + self.preview_m + self.preview_s * max(speed_mps, 0.0))
        excess_mps = speed_mps - self._speed(headings, nearest, passed_m)
        gas = np.clip(-self.gas_per_mps * excess_mps, 0.0, self.most_gas)
        brake = np.clip(self.brake_per_mps * (excess_mps - self.coasting_mps), 0.0, self.most_brake)
        return np.array([-_wheel_angle(target - here, ahead), gas, brake])

    def _speed(self, headings: npt.NDArray[np.float64], nearest: int, passed_m: float) -> float:
        """The speed that the road in sight allows, in m/s; a bend is what the heading turns by over `bend_m`."""
        half = max(1, round(0.5 * self.bend_m / TILE_M))
        centres = np.arange(int(self.seen_m / TILE_M) + 1)
        before, behind = (headings[(nearest + centres + side) % len(headings)] for side in (-half, half))
        turned = (behind - before + np.pi) % (2.0 * np.pi) - np.pi
        curvature_per_m = np.abs(turned) / (2 * half * TILE_M)
        distance_m = np.maximum(centres * TILE_M - passed_m, 0.0)
        # A straight has no curvature and no limit but the fastest.
        bend_mps2 = self.lateral_mps2 / np.maximum(curvature_per_m, 1e-6)
        return float(min(np.sqrt(bend_mps2 + 2.0 * self.braking_mps2 * distance_m).min(), self.fastest_mps))


def _direction(heading_rad: float) -> npt.NDArray[np.float64]:
    """Where a body of that angle points; CarRacing's cars point along y at 0."""
    return np.array([-np.sin(heading_rad), np.cos(heading_rad)])


def _nearest(headings: npt.NDArray[np.float64], middle: Points, here: npt.NDArray[np.float64], heading: float) -> int:
    """The number of the nearest point of the middle that leads the way the car points: a track may cross itself."""
    distance_m = np.linalg.norm(middle - here, axis=1)
    return int(np.argmin(distance_m + 6.0 * TILE_M * (1.0 - np.cos(headings - heading))))


def _point_at(points: Points, distance_m: float) -> npt.NDArray[np.float64]:
    """The point (2,) so far along a line."""
    along_m = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1)))
    return np.array([np.interp(distance_m, along_m, points[:, axis]) for axis in range(2)])


def _wheel_angle(target: npt.NDArray[np.float64], ahead: npt.NDArray[np.float64]) -> float:
    """The angle of the front wheels, left positive, that leads through a point (2,); full lock to one behind."""
    forward_m, left_m = float(target @ ahead), float(ahead[0] * target[1] - ahead[1] * target[0])
    if forward_m <= 0.0:
        return float(np.copysign(FULL_LOCK_RAD, left_m))
    curvature_per_m = 2.0 * left_m / (forward_m**2 + left_m**2)
    return float(np.clip(np.arctan(WHEELBASE_M * curvature_per_m), -FULL_LOCK_RAD, FULL_LOCK_RAD))
