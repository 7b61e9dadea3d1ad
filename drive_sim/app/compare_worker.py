"""In a process beside the window: policies drive the fan from one pose, and a batch of unseen cars, never put back.

The fan comes first, so far ahead of what is shown as a second or two; between its parts the batch goes on by a few
ticks of every policy. Who needs no network drives before networks are loaded, which takes longest, and nobody drives
on before all have begun.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from drive_sim.app.compare_messages import (
    BATCH_PART_TICKS,
    SUBSTEPS,
    BatchDriven,
    ComparedPolicy,
    CompareTask,
    FanDriven,
    FanStart,
    PolicyAdded,
    PolicyFailed,
)
from drive_sim.errors import InputError
from drive_sim.evaluate.cost_curves import cost_curve
from drive_sim.evaluate.unaided import COSTS
from drive_sim.lessons.kit.workers import Connection, lower_priority
from drive_sim.lessons.road.cascading_errors import drive_from_lane
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.pace import at_speed
from drive_sim.policies.reward_policy import RewardPolicy
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import ROAD_KINDS
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import Suite, make_suite
from drive_sim.sim.track import LanePose, Tracks

FAN_PART_TICKS = 20
_FAN, _FAN_POLICY = 61, 62
"""Second words of the seeds: the fan's weather; what policies draw."""
HALF_WIDTH_M = ROAD_KINDS[CONDITIONS.road_kind].half_width_m


def compare(parent: Connection, task: CompareTask) -> None:
    """Drive until the window is gone: what it asks for first, then the batch, then wait to be asked."""
    if task.is_beside_window:
        lower_priority()
    work = CompareWork(task)
    while True:
        while parent.poll(None if work.is_idle else 0.0):
            work.take(parent.recv())
        for message in work.go_on():
            parent.send(message)


@dataclass(slots=True)
class _Batch:
    """One policy's batch: its drive, and where its cars were so far."""

    lanes: Iterator[LanePose]
    offsets: list[np.ndarray] = field(default_factory=list)
    left_road: np.ndarray | None = None


class CompareWork:
    """What there is to do, and what is known so far."""

    def __init__(self, task: CompareTask) -> None:
        self._task, self._began_s = task, time.perf_counter()
        self._waiting = list(task.policies)
        self._drivers: dict[str, tuple[Policy, Camera | None]] = {}
        self._start: FanStart = task.start
        self._fans: dict[str, Iterator[FanDriven]] = {}
        self._batches: dict[str, _Batch] = {}
        self._tracks, self._scenes = Tracks.stack([task.track]), Scenes.stack([task.scene])
        self._suite: Suite | None = None

    @property
    def is_idle(self) -> bool:
        """Nothing is left to do unless somebody asks."""
        return not (self._waiting or self._fans or self._batches)

    def take(self, asked: FanStart | PolicyAdded) -> None:
        """The fan opens elsewhere, or one more drives."""
        if isinstance(asked, PolicyAdded):
            self._waiting.append(asked.policy)
            return
        self._start = asked
        self._fans = {name: self._fan(name) for name in self._drivers}

    def go_on(self) -> Iterator[FanDriven | BatchDriven | PolicyFailed]:
        """Load one who waits, who alone goes on then; else a part of every fan and of every batch."""
        names = set(self._drivers)
        if self._waiting:
            policy = self._waiting.pop(0)
            names = {policy.name}
            if (failure := self._load(policy)) is not None:
                yield failure
        for name, fan in [pair for pair in self._fans.items() if pair[0] in names]:
            part = next(fan, None)
            if part is None:
                del self._fans[name]
            else:
                yield part
        # Who is behind goes on first, so that all curves end at one tick and can be compared.
        behind = min((len(batch.offsets) for batch in self._batches.values()), default=0)
        for name, batch in list(self._batches.items()):
            if name in names and len(batch.offsets) == behind:
                yield from self._drive_batch(name, batch)

    def _load(self, policy: ComparedPolicy) -> PolicyFailed | None:
        try:
            self._drivers[policy.name] = _driver(policy, self._tracks)
        except InputError as error:
            return PolicyFailed(policy.name, str(error))
        self._fans[policy.name] = self._fan(policy.name)
        self._batches[policy.name] = _Batch(self._lanes(policy.name))
        return None

    def _lanes(self, name: str) -> Iterator[LanePose]:
        """The lesson's drive of this policy's batch, made when it is first asked for."""
        task = self._task
        if self._suite is None:
            self._suite = make_suite("held-out", num_roads=task.num_roads)
        policy, camera = self._drivers[name]
        yield from drive_from_lane(
            _on(policy, self._suite.tracks), camera, self._suite, task.cars_per_road, task.batch_ticks, task.seed
        )

    def _drive_batch(self, name: str, batch: _Batch) -> Iterator[BatchDriven]:
        """A few ticks of one policy's batch, and what it has cost with them."""
        lane = None
        for _ in range(BATCH_PART_TICKS + (batch.left_road is None)):
            lane = next(batch.lanes, None)
            if lane is None:
                break
            off_road = lane.edge_m < 0.0
            if batch.left_road is None:
                batch.left_road = off_road  # the start itself costs nothing
                continue
            batch.left_road = batch.left_road | off_road
            batch.offsets.append(lane.offset_m)
        if len(batch.offsets) >= self._task.batch_ticks or lane is None:
            del self._batches[name]
        if lane is not None and batch.left_road is not None:
            yield self._driven(name, batch)

    def _driven(self, name: str, batch: _Batch) -> BatchDriven:
        offset_m, task = np.array(batch.offsets), self._task
        road = np.repeat(np.arange(task.num_roads), task.cars_per_road)
        assert batch.left_road is not None
        return BatchDriven(
            name,
            len(offset_m),
            offset_m.shape[1],
            {cost: cost_curve(cost, offset_m, road, HALF_WIDTH_M) for cost in COSTS},
            int(batch.left_road.sum()),
            int((np.abs(offset_m[-1]) > HALF_WIDTH_M).sum()),
            time.perf_counter() - self._began_s,
        )

    def _fan(self, name: str) -> Iterator[FanDriven]:
        """One policy in all winds from the start, part by part."""
        task, start, (policy, camera) = self._task, self._start, self._drivers[name]
        policy = at_speed(policy, self._tracks, None)
        config = EnvConfig(camera, CONDITIONS.vehicle, CONDITIONS.evaluation)
        only = np.zeros(task.num_winds, dtype=np.int64)
        env_rng, policy_rng = (np.random.default_rng([task.seed, word]) for word in (_FAN, _FAN_POLICY))
        winds = np.arange(task.num_winds)
        env = DriveEnv(self._tracks, self._scenes, config, env_rng, track_idx=only, scene_idx=only, car_idx=winds)
        env.reset(start_s_m=start.s_m, start_offset_m=start.offset_m, start_heading_rad=start.heading_rad)
        for _ in range(0, task.fan_ticks, FAN_PART_TICKS):
            poses, on_road, offset_m = [], [], []
            for _ in range(FAN_PART_TICKS):
                env.begin(policy.act(env.timestep.observation, policy_rng))
                poses += [env.substep().poses for _ in range(SUBSTEPS)]
                lane = env.finish().observation.lane
                on_road.append(lane.edge_m >= 0.0)
                offset_m.append(lane.offset_m)
            yield FanDriven(
                start.number,
                name,
                np.array(poses, dtype=np.float32),
                np.array(on_road),
                np.array(offset_m, dtype=np.float32),
            )


def _driver(policy: ComparedPolicy, tracks: Tracks) -> tuple[Policy, Camera | None]:
    """Who drives, and what it sees through. Raises InputError where the model is broken or lacks a camera."""
    if policy.folder is None:
        return _on(None, tracks), None
    from drive_sim.policies.compute import use_one_thread  # noqa: PLC0415 - the expert drives before torch is loaded
    from drive_sim.policies.named_driver import load_folder_or_onnx  # noqa: PLC0415
    from drive_sim.policies.steering import SteeringPolicy  # noqa: PLC0415

    use_one_thread()
    model = load_folder_or_onnx(policy.folder)
    if model.camera is None and not isinstance(model, SteeringPolicy | RewardPolicy):
        raise InputError(f"{policy.folder} says no camera that it sees through; compare models of `train` or `demo`")
    return _on(model, tracks), model.camera


def _on(policy: Policy | None, tracks: Tracks) -> Policy:
    """A policy for these roads; None: the expert, who knows them, as a reward's policy does."""
    if policy is None or isinstance(policy, PursuitExpert):
        return PursuitExpert(tracks)
    return policy.on(tracks) if isinstance(policy, RewardPolicy) else policy
