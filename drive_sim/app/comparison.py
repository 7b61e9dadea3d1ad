"""What is known of a comparison so far: who drove where, frame by frame, and what that has cost; nothing is drawn.

A worker drives (`compare_worker.py`); here its messages are kept, and the frame that is shown is chosen.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from drive_sim.app.background_work import BackgroundWork, last_line
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
from drive_sim.lessons.kit.workers import Connection

_WORKER = "compare"
HOLD_FRAMES = 240
"""How long the end of the fan is shown before it opens again."""


@dataclass(slots=True, eq=False)
class Fan:
    """One policy's cars from the start: a pose of each a frame (frames, k, 3), and how they went, by ticks (t, k)."""

    poses: npt.NDArray[np.float32]
    on_road: npt.NDArray[np.bool_]
    offset_m: npt.NDArray[np.float32]

    def add(self, part: FanDriven) -> None:
        """What was driven next."""
        self.poses = np.concatenate([self.poses, part.poses])
        self.on_road = np.concatenate([self.on_road, part.on_road])
        self.offset_m = np.concatenate([self.offset_m, part.offset_m])

    def first_off_tick(self, car: int, tick: int) -> int | None:
        """The first tick up to this one in which a car was off the road; None where it has stayed on it."""
        off = np.flatnonzero(~self.on_road[: tick + 1, car])
        return int(off[0]) if len(off) else None

    def num_left(self, tick: int) -> int:
        """How many of the cars have been off the road by a tick."""
        return int((~self.on_road[: tick + 1]).any(axis=0).sum())


@dataclass(slots=True)
class Comparison:
    """The policies, their fans from the present start and their batches; `frame` is the one that is shown."""

    task: CompareTask
    policies: list[ComparedPolicy] = field(init=False)
    fans: dict[str, Fan] = field(default_factory=dict)
    batches: dict[str, BatchDriven] = field(default_factory=dict)
    """How far each has come."""
    _past: dict[str, list[BatchDriven]] = field(default_factory=dict)
    frame: int = 0
    complaints: list[str] = field(default_factory=list)
    """What could not be done, a line each, until somebody has said it."""
    start: FanStart = field(init=False)
    has_ended: bool = False
    """The worker has failed; `complaints` say why."""
    _held: int = 0
    _work: BackgroundWork = field(init=False)

    def __post_init__(self) -> None:
        self.policies, self.start = list(self.task.policies), self.task.start
        self._work = BackgroundWork({_WORKER: (_compare, self.task)}, "comparison")

    @property
    def num_frames(self) -> int:
        """So many frames are there of everybody; none as long as one of them has not begun."""
        return 0 if self.is_waiting else min(len(fan.poses) for fan in self.fans.values())

    @property
    def num_batch_ticks(self) -> int:
        """So far have the cars of every batch come."""
        return min((batch.num_ticks for batch in self.batches.values()), default=0)

    @property
    def tick(self) -> int:
        """The control tick that is shown, from 0."""
        return self.frame // SUBSTEPS

    @property
    def is_waiting(self) -> bool:
        """Some of those who drive have not begun from the present start."""
        return len(self.fans) < len(self.policies)

    def advance(self) -> None:
        """Once a frame: go on; at the end hold, and begin again."""
        if self.frame + 1 < self.num_frames:
            self.frame += 1
        elif self.num_frames >= self.task.fan_ticks * SUBSTEPS:
            self._held += 1
            if self._held > HOLD_FRAMES:
                self.replay()

    def poll(self) -> None:
        """Take in what the worker has sent."""
        for _, message in self._work.received():
            if isinstance(message, FanDriven):
                self._add(message)
            elif isinstance(message, BatchDriven):
                self.batches[message.name] = message
                self._past.setdefault(message.name, []).append(message)
            elif isinstance(message, PolicyFailed):
                self.policies = [policy for policy in self.policies if policy.name != message.name]
                self.complaints.append(message.reason)
            else:
                self.has_ended = True
                self.complaints.append(f"The comparison has ended: {last_line(message)}")

    def batches_at(self, num_ticks: int) -> dict[str, BatchDriven]:
        """How far each had come when it had driven so many ticks at most: for films, in which both clocks agree."""
        past = {name: [one for one in driven if one.num_ticks <= num_ticks] for name, driven in self._past.items()}
        return {name: driven[-1] for name, driven in past.items() if driven}

    @property
    def common_ticks(self) -> int:
        """How far those have come who are in front, a part of the worker's more or less: who joined late is behind."""
        ticks = [batch.num_ticks for batch in self.batches.values()]
        return min((some for some in ticks if some >= max(ticks) - BATCH_PART_TICKS), default=0)

    @property
    def is_done(self) -> bool:
        """All that was asked for has been driven, or cannot be."""
        is_driven = self.num_batch_ticks >= self.task.batch_ticks and len(self.batches) == len(self.policies)
        return self.has_ended or (is_driven and self.num_frames >= self.task.fan_ticks * SUBSTEPS)

    def replay(self) -> None:
        """Show the fan from its start again."""
        self.frame = self._held = 0

    def restart(self, s_m: float, offset_m: float, heading_rad: float = 0.0) -> None:
        """All begin again from a place of the road, in the same winds."""
        self.start = FanStart(self.start.number + 1, s_m, offset_m, heading_rad)
        self.fans.clear()
        self.replay()
        self._work.send(_WORKER, self.start)

    def add_policy(self, policy: ComparedPolicy) -> None:
        """One more drives, and all begin again beside it."""
        self.policies.append(policy)
        self._work.send(_WORKER, PolicyAdded(policy))
        self.restart(self.start.s_m, self.start.offset_m, self.start.heading_rad)

    def shown_poses(self, name: str) -> npt.NDArray[np.float32] | None:
        """Where a policy's cars (k, 3) are in the frame that is shown; None as long as it has not begun."""
        fan = self.fans.get(name)
        return fan.poses[min(self.frame, len(fan.poses) - 1)] if fan is not None and len(fan.poses) else None

    def close(self) -> None:
        """Nobody looks any more."""
        self._work.cancel()

    def _add(self, part: FanDriven) -> None:
        if part.start_number != self.start.number:
            return
        if part.name not in self.fans:
            self.fans[part.name] = Fan(part.poses, part.on_road, part.offset_m)
        else:
            self.fans[part.name].add(part)


def _compare(parent: Connection, task: CompareTask) -> None:
    """What the process runs; what is heavy is loaded there only."""
    from drive_sim.app.compare_worker import compare  # noqa: PLC0415

    compare(parent, task)
