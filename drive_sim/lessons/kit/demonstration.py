"""The first drive's demonstration: thirty seconds of the expert, the same for a seed wherever it is asked for."""

import numpy as np

from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Track, Tracks

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


def demonstration_env(
    seed: int, track: Track, scene: Scene, conditions: Conditions, camera: Camera
) -> tuple[DriveEnv, PursuitExpert]:
    """The car at the start of the demonstration's road, in its weather, and the expert who knows this road."""
    tracks, config = Tracks.stack([track]), EnvConfig(camera, conditions.vehicle, conditions.demonstration)
    env = DriveEnv(tracks, Scenes.stack([scene]), config, np.random.default_rng([seed, _DEMONSTRATION]))
    return env, PursuitExpert(tracks)
