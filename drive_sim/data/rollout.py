"""Driving and keeping what was driven: a loop that yields ticks, a pass-through that records them, and a collector."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarMask, Images, PerCar
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import EpisodeInfo, RecordingWriter, Row
from drive_sim.errors import InputError
from drive_sim.policies.base import Policy
from drive_sim.sim.env import DriveEnv
from drive_sim.sim.intervention import INTERVENTION_M, needs_intervention
from drive_sim.sim.observation import Observation, TimeStep
from drive_sim.sim.road_end import is_at_the_end
from drive_sim.sim.track import LanePose
from drive_sim.sim.vehicle import Command


@dataclass(frozen=True, slots=True, eq=False)
class Tick:
    """One control tick of n cars: what was seen, what was commanded at it, and what the labeller would have (n,).

    `intervention`: the car was put back onto its lane, or to the start of an open road, just before this tick.
    """

    tick: int
    time_s: float
    observation: Observation
    command: Command
    intervention: CarMask
    expert_curvature_per_m: PerCar | None = None
    sides: tuple[Images, Images] | None = None
    """What the cameras to the left and to the right saw."""
    arrival: TimeStep | None = None
    """What the tick before led to, as it was before anybody was put back; None at the first."""
    expert_acceleration_mps2: PerCar | None = None


def drive(
    env: DriveEnv,
    policy: Policy,
    num_ticks: int,
    rng: np.random.Generator,
    *,
    labeller: Policy | None = None,
    intervention_m: float = INTERVENTION_M,
    side_m: float | None = None,
) -> Iterator[Tick]:
    """Drive on from where the env's cars are, one tick at a time; the labeller is asked beside and doesn't drive.

    A car more than `intervention_m` off its lane (more on wide roads: `sim/intervention.py`), or off the road, is put
    back onto it; at the end of an open road it begins anew at the start. With `side_m` two further cameras, so far to
    the left and right of the env's, take pictures as well; nothing else changes, to the bit.
    """
    policy_rng, labeller_rng, side_rng = rng.spawn(3)
    arrival, intervention = None, np.zeros(env.num_cars, dtype=bool)
    for tick in range(num_ticks):
        observation = env.timestep.observation
        command = policy.act(observation, policy_rng)
        expert = None if labeller is None else labeller.act(observation, labeller_rng)
        sides = None if side_m is None else side_views(env, side_m, side_rng)
        asked = (None, None) if expert is None else (expert.curvature_per_m, expert.acceleration_mps2)
        time_s = tick * env.config.tick_s
        yield Tick(tick, time_s, observation, command, intervention, asked[0], sides, arrival, asked[1])
        arrival = env.step(command)
        intervention = needs_intervention(env.tracks, arrival, intervention_m)
        env.put_back(intervention)
        ended = is_at_the_end(env.tracks, arrival.observation.lane)
        if ended.any():
            env.reset(ended)
            intervention = intervention | ended


def side_views(env: DriveEnv, side_m: float, rng: np.random.Generator) -> tuple[Images, Images]:
    """What cameras `side_m` to the left and to the right of the env's own see now, each with noise of its own.

    Raises InputError where the env has no camera or scenes, or where `side_m` is not positive.
    """
    camera = env.config.camera
    if camera is None or env.scenes is None or not side_m > 0.0:
        raise InputError(f"side cameras need an env with a camera and scenes, and a positive side_m, got {side_m}")

    def seen(offset_m: float) -> Images:
        return env.view(replace(camera, side_m=camera.side_m + offset_m), noise_seed=int(rng.integers(2**31)))

    return seen(side_m), seen(-side_m)


def record(
    ticks: Iterable[Tick], folder: Path | str, infos: Sequence[EpisodeInfo], driver: str = "policy"
) -> Generator[Tick, None, None]:
    """Pass ticks through and write them, an episode a car; what was driven is kept however the loop ends."""
    with ExitStack() as open_writers:
        writers = [open_writers.enter_context(RecordingWriter(folder, info)) for info in infos]
        for tick in ticks:
            for car, writer in enumerate(writers):
                writer.append(row_of(tick, car, driver))
            yield tick


def collect(
    env: DriveEnv,
    policy: Policy,
    num_ticks: int,
    rng: np.random.Generator,
    *,
    labeller: Policy | None = None,
    source: str = "",
    intervention_m: float = INTERVENTION_M,
    folder: Path | None = None,
    side_m: float | None = None,
) -> Demonstrations:
    """Drive and keep what was seen and commanded, with the labeller's commands beside; see `drive`.

    With a `folder` it is recorded there as well, as driven by a policy.
    """
    ticks = drive(env, policy, num_ticks, rng, labeller=labeller, intervention_m=intervention_m, side_m=side_m)
    if folder is not None:
        ticks = record(ticks, folder, [episode_info(env, car, side_m=side_m) for car in range(env.num_cars)])
    return demonstrations_from(ticks, env, source=source, side_m=side_m)


def demonstrations_from(
    ticks: Iterable[Tick], env: DriveEnv, source: str = "", *, side_m: float | None = None
) -> Demonstrations:
    """Ticks of n cars as demonstrations, one car after the other. Raises InputError where there are no pictures.

    `side_m` says how far aside the ticks' side cameras sit, where they have some.
    """
    kept = list(ticks)
    images = [tick.observation.images for tick in kept if tick.observation.images is not None]
    if not kept or len(images) < len(kept):
        raise InputError("nothing to learn from: drive at least one tick, with a camera")
    sides = [tick.sides for tick in kept if tick.sides is not None]
    experts = [tick.expert_curvature_per_m for tick in kept if tick.expert_curvature_per_m is not None]
    braking = [tick.expert_acceleration_mps2 for tick in kept if tick.expert_acceleration_mps2 is not None]
    goals = [tick.observation.lateral_goal for tick in kept if tick.observation.lateral_goal is not None]
    lanes = [tick.observation.lane for tick in kept]
    # An intervention starts a new episode, as the first tick of a car does.
    starts = [np.ones(env.num_cars, dtype=bool), *(tick.intervention for tick in kept[1:])]
    return Demonstrations(
        images=car_by_car(images),
        curvature_per_m=car_by_car([tick.command.curvature_per_m for tick in kept]),
        speed_mps=car_by_car([tick.observation.speed_mps for tick in kept]),
        camera=env.config.camera,
        expert_curvature_per_m=car_by_car(experts) if len(experts) == len(kept) else None,
        lane=LanePose(**{f.name: car_by_car([getattr(lane, f.name) for lane in lanes]) for f in fields(LanePose)}),
        source=source,
        images_left=car_by_car([left for left, _ in sides]) if sides else None,
        images_right=car_by_car([right for _, right in sides]) if sides else None,
        side_m=side_m,
        time_s=np.tile([tick.time_s for tick in kept], env.num_cars),
        episode=np.cumsum(car_by_car(starts)) - 1,
        acceleration_mps2=car_by_car([tick.command.acceleration_mps2 for tick in kept]),
        expert_acceleration_mps2=car_by_car(braking) if len(braking) == len(kept) else None,
        lateral_goal=car_by_car(goals) if len(goals) == len(kept) else None,
    )


def episode_info(
    env: DriveEnv,
    car: int = 0,
    *,
    road: Mapping[str, Any] | None = None,
    seed: int | None = None,
    side_m: float | None = None,
) -> EpisodeInfo:
    """What a recording says of a car of this env; `road` says how its road is made again (seed, kind, file).

    `side_m`: there are three cameras, so far apart.
    """
    camera, scenes = env.config.camera, env.scenes
    if camera is None or scenes is None:
        raise InputError("a recording needs pictures: make the env with a camera and scenes")
    track, goal = env.tracks.tracks[env.track_idx[car]], env.timestep.observation.lateral_goal
    facts = {"name": track.name, "length_m": track.length_m, "lane_offset_m": track.lane_offset_m, "lines": track.lines}
    return EpisodeInfo(
        camera=camera,
        control_hz=env.config.control_hz,
        road={**facts, **(road or {})},
        scene=asdict(scenes.scenes[env.scene_idx[car]]),
        vehicle=asdict(env.config.vehicle),
        disturbance=asdict(env.config.disturbance),
        seed=seed,
        num_cameras=1 if side_m is None else 3,
        side_m=side_m,
        goal_is_told=goal is not None and bool(np.isfinite(goal[car])),
    )


def row_of(tick: Tick, car: int, driver: str) -> Row:
    """One car's part of a tick as a recording's row; `driver` is one of "expert", "human", "policy"."""
    seen, lane = tick.observation, tick.observation.lane
    if seen.images is None:
        raise InputError("a recording needs pictures: make the env with a camera and scenes")
    expert, (left, right) = tick.expert_curvature_per_m, tick.sides or (None, None)
    return Row(
        tick=tick.tick,
        time_s=tick.time_s,
        image=seen.images[car],
        curvature_per_m=float(tick.command.curvature_per_m[car]),
        acceleration_mps2=float(tick.command.acceleration_mps2[car]),
        speed_mps=float(seen.speed_mps[car]),
        x_m=float(seen.state.poses[car, 0]),
        y_m=float(seen.state.poses[car, 1]),
        heading_rad=float(seen.state.poses[car, 2]),
        driver=driver,
        intervention=bool(tick.intervention[car]),
        wheel_curvature_per_m=float(seen.state.curvature_per_m[car]),
        expert_curvature_per_m=None if expert is None else float(expert[car]),
        lane_s_m=float(lane.s_m[car]),
        lane_offset_m=float(lane.offset_m[car]),
        lane_heading_rad=float(lane.heading_rad[car]),
        lane_curvature_per_m=float(lane.curvature_per_m[car]),
        lane_edge_m=float(lane.edge_m[car]),
        image_left=None if left is None else left[car],
        image_right=None if right is None else right[car],
        lateral_goal=None if seen.lateral_goal is None else float(seen.lateral_goal[car]),
    )


def car_by_car(values: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Arrays (n, ...), one a tick, as one array (n t, ...), the ticks of each car together."""
    stacked = np.stack(values, axis=1)
    return stacked.reshape(-1, *stacked.shape[2:])
