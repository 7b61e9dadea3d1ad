"""What is driven on the road of Gymnasium's border, with what, from where, and what is seen of it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Dict, Discrete

from drive_sim import geometry
from drive_sim.errors import InputError, one_of
from drive_sim.policies.alvinn import Units, curvature_units
from drive_sim.policies.road_input import LANE_ROWS, ROW_WIDTHS
from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import EnvConfig
from drive_sim.sim.road_generator import ROAD_KINDS
from drive_sim.sim.scene import SCENE_KINDS
from drive_sim.sim.vehicle import VehicleParams

OBSERVATIONS = ("pictures", *LANE_ROWS)
ACTIONS = ("steering", "steering+acceleration")
STEERING_MEANING = f"steering: {geometry.STEERING_CONVENTION}"
ACCELERATION_MEANING = "acceleration: -1 to 1, where 1 is vehicle.max_acceleration_mps2 and -1 vehicle.max_braking_mps2"


@dataclass(frozen=True, slots=True)
class RoadConfig:
    """What is driven on and with what; every field is an argument of `gymnasium.make("drive_sim/Road-v0", ...)`.

    `num_roads` roads of `road_kind` are drawn from the seed of `reset`, and every episode starts somewhere on one of
    them; `track` (a name or a circuit's CSV file) stands for all of them where it is given. After `time_limit_s` an
    episode is truncated. `screen_px` is the width and height of what `render` returns.

    `start_offset_m` and `start_heading_rad` are the least and the most of where an episode starts, drawn evenly: left
    of the target lane, and turned to the left of it. An episode ends where the car leaves the road's surface, or, with
    `end_offset_m`, only where it is so far from its lane. `observation` is "pictures", or "lane-pose" or
    "far-lane-pose": rows of `policies.road_input`, and nothing is drawn. With `steering_units` one of so many
    curvatures is chosen, from full left to full right, as ALVINN's row of units has them; else steering is a number.

    With `actions` "steering+acceleration" the speed is driven, too: a second number brakes and speeds up, as shares of
    what `vehicle` can do, and episodes start at the speed of a comfortable profile of the road. With `sees_speed` an
    observation is a Dict: what is seen ("image", or "lane") and "speed" (1,) in m/s. Whoever is paid for progress will
    drive as fast as the road lets it; without `vehicle.grip_mps2` a bend may be taken at any speed.
    """

    camera: Camera = field(default_factory=Camera)
    vehicle: VehicleParams = field(default_factory=VehicleParams)
    disturbance: Disturbance = field(default_factory=Disturbance)
    track: str | None = None
    road_kind: str = "country"
    road_length_m: float = 2000.0
    num_roads: int = 4
    scene_kind: str = "day"
    control_hz: float = 10.0
    time_limit_s: float = 120.0
    offset_cost_per_m: float = 0.2
    screen_px: tuple[int, int] = (640, 360)
    num_threads: int = 1
    start_offset_m: tuple[float, float] = (0.0, 0.0)
    start_heading_rad: tuple[float, float] = (0.0, 0.0)
    end_offset_m: float | None = None
    observation: str = "pictures"
    steering_units: int | None = None
    actions: str = "steering"
    sees_speed: bool = False

    def __post_init__(self) -> None:
        if self.road_kind not in ROAD_KINDS:
            raise InputError(f"road: no road_kind {self.road_kind!r}; there are {', '.join(ROAD_KINDS)}")
        if self.scene_kind not in SCENE_KINDS:
            raise InputError(f"road: no scene_kind {self.scene_kind!r}; there are {', '.join(SCENE_KINDS)}")
        if self.num_roads < 1 or not self.time_limit_s > 0.0:
            raise InputError("road: num_roads must be at least 1 and time_limit_s positive")
        one_of("observation of the road", self.observation, OBSERVATIONS)
        one_of("kind of actions", self.actions, ACTIONS)
        for name in ("start_offset_m", "start_heading_rad"):
            _check_range(name, getattr(self, name))
        if self.end_offset_m is not None and not 0.0 < self.end_offset_m < np.inf:
            raise InputError(f"road: end_offset_m must be positive, or None, got {self.end_offset_m}")
        if self.steering_units is not None and self.steering_units < 2:
            raise InputError(f"road: steering_units must be at least 2, or None, got {self.steering_units}")
        if self.steering_units is not None and self.drives_speed:
            raise InputError("road: steering_units are chosen at a kept speed; leave one of them out, or actions")

    @property
    def drives_speed(self) -> bool:
        """Whether an action accelerates, too; else the speed is kept."""
        return self.actions != "steering"

    @property
    def env_config(self) -> EnvConfig:
        """The same for the simulator."""
        camera, limit_s = self.camera if self.observation == "pictures" else None, float(self.time_limit_s)
        return EnvConfig(camera, self.vehicle, self.disturbance, self.control_hz, time_limit_s=limit_s)

    @property
    def units(self) -> Units | None:
        """The curvatures (k,) that can be chosen, from the left to the right; None where steering is a number."""
        return None if self.steering_units is None else curvature_units(self.steering_units, geometry.FULL_LOCK_PER_M)

    @property
    def observation_space(self) -> Box[Any] | Dict:
        """A picture (h, w, 3), or a row of features (f,); with `sees_speed` that and the speed."""
        if self.observation == "pictures":
            seen, name = Box(0, 255, (self.camera.height_px, self.camera.width_px, 3), np.uint8), "image"
        else:
            seen, name = Box(-10_000.0, 10_000.0, (ROW_WIDTHS[self.observation],), np.float32), "lane"
        speed = Box(0.0, self.vehicle.max_speed_mps, (1,), np.float32)
        return Dict({name: seen, "speed": speed}) if self.sees_speed else seen

    @property
    def action_space(self) -> Box[np.float32] | Discrete:
        """One number, right positive, or the number of a unit; two numbers where an action accelerates, too."""
        if self.steering_units is not None:
            return Discrete(self.steering_units)
        return Box(-1.0, 1.0, (1 + self.drives_speed,), np.float32)

    @property
    def action_meanings(self) -> tuple[str, ...]:
        """What each number of an action means, with its sign and range; an environment's metadata say it."""
        if self.units is not None:
            return (f"a unit: 0 is {self.units[0]:g} /m (full left), {len(self.units) - 1} full right",)
        return (STEERING_MEANING, ACCELERATION_MEANING)[: 1 + self.drives_speed]


def _check_range(name: str, between: Any) -> None:
    """Raise InputError where that is no least and most."""
    if np.shape(between) != (2,) or not np.isfinite(between).all() or between[0] > between[1]:
        raise InputError(f"road: {name} must be the least and the most, two finite numbers, got {between}")
