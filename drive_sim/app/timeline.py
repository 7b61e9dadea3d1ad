"""The last minute of a rollout: its state once a control tick, and what was done to it from outside between them.

Between two states all is decided by what was logged, so a stretch can be driven again to the bit. Pictures are drawn
from states and not kept.
"""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from drive_sim.app.canvas import Colour
from drive_sim.app.rollout_state import RolloutInput, RolloutState
from drive_sim.arrays import PerCar, Poses
from drive_sim.sim.vehicle import Command

FRAMES_HZ, LONGEST_S = 60, 60.0
_JUMP_M = 3.0
"""Farther between two ticks no car drives: it was put elsewhere."""


class Timeline:
    """What is kept, oldest first; `commands` are a person's, with the frames before which they were given."""

    def __init__(
        self,
        states: Iterable[RolloutState] = (),
        inputs: Iterable[RolloutInput] = (),
        commands: Iterable[tuple[int, Command]] = (),
    ) -> None:
        self.states, self.inputs, self.commands = deque(states), deque(inputs), deque(commands)

    def add(self, state: RolloutState) -> None:
        """A control tick begins; what is older than a minute is forgotten."""
        self.states.append(state)
        oldest = state.num_frames - round(FRAMES_HZ * LONGEST_S)
        while self.states[0].num_frames < oldest:
            self.states.popleft()
        while self.inputs and self.inputs[0].num_frames < oldest:
            self.inputs.popleft()
        while self.commands and self.commands[0][0] < oldest:
            self.commands.popleft()

    def add_input(self, given: RolloutInput) -> None:
        """Something was done; of many places of a car that is dragged the last one counts."""
        last = self.inputs[-1] if self.inputs else None
        if last is not None and (last.num_frames, last.do) == (given.num_frames, given.do) and given.replaces:
            self.inputs.pop()
        self.inputs.append(given)

    def until(self, num_frames: int) -> Self:
        """What was, up to a state that is kept."""
        return type(self)(
            (state for state in self.states if state.num_frames <= num_frames),
            (given for given in self.inputs if given.num_frames <= num_frames),
            (pair for pair in self.commands if pair[0] < num_frames),
        )

    def nearest(self, num_frames: float) -> RolloutState:
        """The state that was nearest to a frame."""
        return min(self.states, key=lambda state: abs(state.num_frames - num_frames))

    def path(self, after: int) -> "DrivenPath":
        """Where the car was from a frame on."""
        states = [state for state in self.states if state.num_frames >= after]
        colours = [state.history[-1].colour for state in states if state.history]
        poses = np.array([state.car.drawn.poses[0] for state in states]).reshape(-1, 3)
        frames = np.array([state.num_frames for state in states], dtype=np.int64)
        offsets_m = np.array([float(state.car.env.observation.lane.offset_m[0]) for state in states])
        return DrivenPath(frames, poses, offsets_m, colours[-1] if colours else (255, 255, 255))


@dataclass(frozen=True, slots=True, eq=False)
class DrivenPath:
    """Frames (k,), the poses (k, 3) of the car and its offsets (k,) then, and the colour of whoever drove last."""

    frames: npt.NDArray[np.int64]
    poses: Poses
    offsets_m: PerCar
    colour: Colour

    def pose_at(self, num_frames: int) -> tuple[float, float, float] | None:
        """Where the car was then, between two ticks on the straight line; None before and afterwards."""
        if not len(self.frames) or not self.frames[0] <= num_frames <= self.frames[-1]:
            return None
        after = min(len(self.frames) - 1, int(np.searchsorted(self.frames, num_frames)))
        before = max(0, after - 1)
        start, end = self.poses[before], self.poses[after]
        if after == before or math.dist(start[:2], end[:2]) > _JUMP_M:
            return float(end[0]), float(end[1]), float(end[2])
        share = (num_frames - self.frames[before]) / (self.frames[after] - self.frames[before])
        x_m, y_m, heading_rad = start + share * (end - start)
        return float(x_m), float(y_m), float(heading_rad)

    def stretches(self, first: int, last: int) -> list[npt.NDArray[np.float64]]:
        """Ground points (m, 2) between two frames, cut where the car was put elsewhere."""
        points = self.poses[(self.frames >= first) & (self.frames <= last), :2]
        steps_m = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.empty(0)
        return [part for part in np.split(points, np.flatnonzero(steps_m > _JUMP_M) + 1) if len(part) > 1]
