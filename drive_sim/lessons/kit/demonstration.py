"""The first drive's demonstration: thirty seconds of the expert, the same for a seed wherever it is asked for.

And what is truly seen from beside it: the picture that a view made of another has to equal.
"""

from dataclasses import fields, replace

import numpy as np

from drive_sim import geometry
from drive_sim.arrays import Images, PerCar
from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import LanePose, Track, Tracks, point_on_lane

NUM_TICKS = 300
_DEMONSTRATION = 7
"""Second word of the gusts' seed."""


def demonstrate(
    seed: int,
    conditions: Conditions = CONDITIONS,
    *,
    num_ticks: int = NUM_TICKS,
    side_m: float | None = None,
    camera: Camera | None = None,
) -> Demonstrations:
    """The expert drives the demonstration road of a seed, and a camera (None: the car's usual one) looks on.

    With `side_m` two cameras beside the middle one look, too.
    """
    track, scene = make_demonstration_world(seed, conditions=conditions)
    env, expert = demonstration_env(seed, track, scene, conditions, camera or Camera())
    return rollout.collect(env, expert, num_ticks, np.random.default_rng(seed), source=track.name, side_m=side_m)


def demonstrated_lane(seed: int, num_ticks: int = NUM_TICKS, conditions: Conditions = CONDITIONS) -> LanePose:
    """Where on its lane (n,) the car is in `demonstrate`, tick by tick, without a picture being drawn."""
    track, scene = make_demonstration_world(seed, conditions=conditions)
    env, expert = demonstration_env(seed, track, scene, conditions, None)
    lanes = [tick.observation.lane for tick in rollout.drive(env, expert, num_ticks, np.random.default_rng(seed))]
    return LanePose(**{f.name: np.concatenate([getattr(lane, f.name) for lane in lanes]) for f in fields(LanePose)})


def demonstration_env(
    seed: int, track: Track, scene: Scene, conditions: Conditions, camera: Camera | None
) -> tuple[DriveEnv, PursuitExpert]:
    """The car at the start of the demonstration's road, in its weather, and the expert who knows this road."""
    tracks, config = Tracks.stack([track]), EnvConfig(camera, conditions.vehicle, conditions.demonstration)
    env = DriveEnv(tracks, Scenes.stack([scene]), config, np.random.default_rng([seed, _DEMONSTRATION]))
    return env, PursuitExpert(tracks)


def true_views(
    demos: Demonstrations,
    seed: int,
    shift_m: PerCar,
    turn_rad: PerCar,
    conditions: Conditions = CONDITIONS,
    *,
    has_noise: bool = True,
) -> Images:
    """Pictures (n, h, w, 3) by the demonstrations' camera, for each row moved by a shift and a turn (n,) to the left.

    The demonstrations (n rows) are `demonstrate`'s on the road of `seed`, with the lane that they were driven in.
    Without noise two pictures of the same place are the same.
    """
    assert demos.camera is not None
    assert demos.lane is not None
    track, scene = make_demonstration_world(seed, conditions=conditions)
    tracks, index = Tracks.stack([track]), np.zeros(len(demos), dtype=np.int64)
    poses = point_on_lane(tracks, index, demos.lane.s_m, demos.lane.offset_m, demos.lane.heading_rad)
    there = geometry.shifted_pose(poses, shift_m, turn_rad)
    scenes = Scenes.stack([scene if has_noise else replace(scene, noise_grey=0.0)])
    return render(tracks, scenes, demos.camera, there, index, index)
