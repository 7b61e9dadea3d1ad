"""Tasks on our own roads: the scripted expert beside, a world made anew for every drive."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from drive_sim.arrays import CarIndex
from drive_sim.data import rollout
from drive_sim.data.transitions import Transitions
from drive_sim.data.trials import Trials
from drive_sim.learn.base import DataT, ImitationTask, PolicyT
from drive_sim.learn.initial_flat import initial_choice
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.intervention import INTERVENTION_M
from drive_sim.sim.scene import Scenes
from drive_sim.sim.track import Tracks


def road_task(
    tracks: Tracks,
    scenes: Scenes,
    config: EnvConfig,
    base_learner: Callable[[DataT, np.random.Generator], PolicyT] | None = None,
    *,
    lookahead_m: float = 9.0,
    intervention_m: float = INTERVENTION_M,
    starts_anywhere: bool = True,
    demonstrations: DataT | None = None,
    collect: Callable[..., DataT] = rollout.collect,  # pyright: ignore[reportArgumentType] - DataT is ours then
    track_idx: CarIndex | None = None,
    scene_idx: CarIndex | None = None,
    num_threads: int = 1,
) -> ImitationTask[DataT, PolicyT]:
    """A task on these roads, one car a road unless `track_idx` and `scene_idx` (n,) say otherwise.

    The base learner is such as `partial(ridge.fit, ridge.Config())`. A car more than `intervention_m` off its lane is
    put back, or only once it has left the road where that is infinite. Each drive starts at a place of its own on
    closed roads, or always at the line. For learners of transitions `collect` is `collect_transitions`.
    """

    def make_env(rng: np.random.Generator) -> DriveEnv:
        env_rng, place_rng = rng.spawn(2)
        env = DriveEnv(
            tracks, scenes, config, env_rng, track_idx=track_idx, scene_idx=scene_idx, num_threads=num_threads
        )
        if starts_anywhere:
            length_m = np.where(tracks.closed, tracks.length_m, 0.0)[env.track_idx]
            env.reset(start_s_m=length_m * place_rng.random(env.num_cars))
        return env

    expert, collect = PursuitExpert(tracks, lookahead_m), partial(collect, intervention_m=intervention_m)
    return ImitationTask(demonstrations, make_env, expert, base_learner, collect)


def trial_task(
    trials: Trials,
    shown: Transitions,
    tracks: Tracks,
    scenes: Scenes,
    config: EnvConfig,
    num_cars: int,
) -> ImitationTask[Transitions, Any]:
    """A task for learners that try: so many cars on these roads, each somewhere on its own, and what was shown.

    They begin undecided (`initial_flat.initial_choice`); what the road pays is told, for who measures returns by it.
    """
    road = np.arange(num_cars) % len(tracks)

    def make_env(rng: np.random.Generator) -> DriveEnv:
        env_rng, place_rng = rng.spawn(2)
        env = DriveEnv(tracks, scenes, config, env_rng, track_idx=road, scene_idx=road)
        length_m = np.where(tracks.closed, tracks.length_m, 0.0)[road]
        env.reset(start_s_m=length_m * place_rng.random(num_cars))
        return env

    start = partial(initial_choice, shown.observation.shape[1:], len(trials.units_per_m))
    return ImitationTask(shown, make_env, collect=trials.collect, initial_policy=start)
