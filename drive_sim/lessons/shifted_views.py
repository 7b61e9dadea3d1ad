"""What is truly seen from beside a demonstrated path: the picture that a view made of another has to equal."""

from dataclasses import replace

import numpy as np

from drive_sim import geometry
from drive_sim.arrays import Images, PerCar
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Tracks, point_on_lane


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
    poses = point_on_lane(tracks, index, demos.lane.s_m, demos.lane.offset_m)
    poses[:, 2] += demos.lane.heading_rad
    there = geometry.shifted_pose(poses, shift_m, turn_rad)
    scenes = Scenes.stack([scene if has_noise else replace(scene, noise_grey=0.0)])
    return render(tracks, scenes, demos.camera, there, index, index)
