"""From where, in offset and heading, does a policy find back to its lane: the basin of attraction of lane keeping.

At one place of a road a car is put at every pose of a grid, and drives some seconds without help. The published kin is
Bansal, Krizhevsky and Ogale 2019 (ChauffeurNet), figure 7; what counts as found back is `unaided.recovered`. In calm
weather the outcome is a yes or a no; in winds it is a share, and every pose meets the same winds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarMask, Counts, Numbers, PerCar
from drive_sim.errors import InputError
from drive_sim.evaluate.closed_loop import EvalConfig
from drive_sim.evaluate.unaided import Starts, drive_unaided, recovered
from drive_sim.policies.base import Policy
from drive_sim.policies.pace import at_speed
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.observation import Observation
from drive_sim.sim.suites import Suite
from drive_sim.sim.vehicle import Command

PoseIndex = Annotated[npt.NDArray[np.int64], "k 2"]
"""Poses of the finest grid: which offset and which heading."""
BATCH = 64
"""Cars that drive together."""


@dataclass(frozen=True, slots=True)
class BasinConfig:
    """The grid of poses, to either side of the lane, how long is driven, and how near it is near enough.

    `sides`: how many offsets (and as many headings) each grid has, from coarse to fine; every coarser one's poses are
    poses of the finest. `num_winds`: 0 is one drive in calm weather, else so many drives, each in a wind of its own.
    """

    most_off_m: float = 2.0
    most_turned_deg: float = 16.0
    sides: tuple[int, ...] = (5, 11, 21, 41)
    num_winds: int = 0
    num_ticks: int = 60
    within_m: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        if not (self.most_off_m > 0.0 and self.most_turned_deg > 0.0 and self.within_m > 0.0):
            raise InputError("basin: the grid's sides and within_m must be positive")
        if not (self.num_ticks > 0 and self.num_winds >= 0 and self.seed >= 0):
            raise InputError("basin: it takes ticks, and neither winds nor a seed below 0")
        fine = self.sides[-1] - 1 if self.sides else 0
        if not (fine > 0 and all(side > 1 and fine % (side - 1) == 0 for side in self.sides)):
            raise InputError(f"basin: poses of the grids {self.sides} must be poses of the last one")

    @property
    def num_drives(self) -> int:
        """How often each pose is driven from."""
        return max(1, self.num_winds)

    @property
    def axes(self) -> tuple[Numbers, Numbers]:
        """The finest grid's offsets in metres and headings in radians, from the right to the left."""
        steps = np.linspace(-1.0, 1.0, self.sides[-1])
        return self.most_off_m * steps, np.radians(self.most_turned_deg) * steps


@dataclass(frozen=True, slots=True, eq=False)
class PosesDriven:
    """What came of some poses: in how many drives each found back (k,), and what it commanded first (k,) in 1/m."""

    poses: PoseIndex
    found_back: Counts
    first_per_m: PerCar


@dataclass(frozen=True, slots=True, eq=False)
class BasinMap:
    """What is known so far, on the finest grid (offsets, headings): drives that found back, -1 where none was made."""

    config: BasinConfig
    found_back: Counts
    first_per_m: Numbers

    @classmethod
    def empty(cls, config: BasinConfig) -> "BasinMap":
        """Before the first drive."""
        shape = config.sides[-1], config.sides[-1]
        return cls(config, np.full(shape, -1, dtype=np.int64), np.full(shape, np.nan))

    def with_driven(self, driven: PosesDriven) -> "BasinMap":
        """With some more poses."""
        found_back, first_per_m, where = self.found_back.copy(), self.first_per_m.copy(), tuple(driven.poses.T)
        found_back[where], first_per_m[where] = driven.found_back, driven.first_per_m
        return replace(self, found_back=found_back, first_per_m=first_per_m)

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Which poses were driven from."""
        return self.found_back >= 0

    @property
    def side(self) -> int:
        """The finest grid of which all poses are known; 0 before the first."""
        whole = [side for side in self.config.sides if self.known[grid_of(self.config, side)].all()]
        return whole[-1] if whole else 0

    @property
    def share(self) -> Numbers:
        """The share of drives that found back, at every pose; where none is known, that of the nearest coarser pose.

        NaN before the coarsest grid is whole.
        """
        side, cells = self.side, self.config.sides[-1]
        if not side:
            return np.where(self.known, self.found_back / self.config.num_drives, np.nan)
        step = (cells - 1) // (side - 1)
        nearest = step * np.rint(np.arange(cells) / step).astype(np.int64)
        return np.where(self.known, self.found_back, self.found_back[np.ix_(nearest, nearest)]) / self.config.num_drives

    @property
    def lost_poses(self) -> PoseIndex:
        """Known poses (k, 2) from which no drive found back, from the lane outwards."""
        centre = (self.config.sides[-1] - 1) / 2
        lost = np.argwhere(self.found_back == 0)
        return lost[np.argsort(np.hypot(*(lost - centre).T), kind="stable")]

    def share_within(self, off_m: float, turned_deg: float) -> float:
        """Of the drives from known poses at most so far off and turned; NaN where there is none."""
        offset_m, heading_rad = self.config.axes
        near = (np.abs(offset_m) <= off_m + 1e-9)[:, None] & (np.abs(heading_rad) <= np.radians(turned_deg) + 1e-9)
        some = self.found_back[self.known & near]
        return float(some.mean()) / self.config.num_drives if len(some) else float("nan")


@dataclass(slots=True)
class _Noted:
    """A policy, and what it commanded first."""

    policy: Policy
    first: Command | None = None

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """As the policy does."""
        command = self.policy.act(observation, rng)
        self.first = command if self.first is None else self.first
        return command


def drive_starts(
    policy: Policy, suite: Suite, starts: Starts, config: BasinConfig, evaluation: EvalConfig, weather: Disturbance
) -> tuple[CarMask, PerCar]:
    """From which starts (n,), all in one batch, it finds back, and what it commands first (n,) in 1/m."""
    noted = _Noted(at_speed(policy, suite.tracks, None))
    lanes = list(drive_unaided(noted, suite, starts, config.num_ticks, evaluation, weather))
    assert noted.first is not None
    return recovered(lanes, config.within_m), noted.first.curvature_per_m


def grid_of(config: BasinConfig, side: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The poses of a grid among those of the finest, to index with."""
    steps = np.arange(0, config.sides[-1], (config.sides[-1] - 1) // (side - 1))
    rows, columns = np.ix_(steps, steps)
    return rows, columns


def pose_batches(config: BasinConfig) -> list[PoseIndex]:
    """All poses in the order in which they are driven from: grid by grid, each pose once, as many as drive together."""
    known = np.zeros((config.sides[-1], config.sides[-1]), dtype=np.bool_)
    batches: list[PoseIndex] = []
    for side in config.sides:
        wanted = np.zeros_like(known)
        wanted[grid_of(config, side)] = True
        poses = np.argwhere(wanted & ~known)
        known |= wanted
        batches += np.array_split(poses, max(1, -(-len(poses) * config.num_drives // BATCH)))
    return [batch for batch in batches if len(batch)]


def drive_poses(
    policy: Policy, suite: Suite, s_m: float, poses: PoseIndex, config: BasinConfig, evaluation: EvalConfig
) -> PosesDriven:
    """Drive from some poses at arc length `s_m` of a suite's first road, in all winds.

    A wind is the same at every pose: it goes by the number of the wind, and not by the car's.
    """
    offset_m, heading_rad = (axis[index] for axis, index in zip(config.axes, poses.T, strict=True))
    wind = np.repeat(np.arange(config.num_drives), len(poses))
    again = np.tile(np.arange(len(poses)), config.num_drives)
    road, place = np.zeros(len(again), dtype=np.int64), np.full(len(again), s_m)
    starts = Starts(road, place, offset_m[again], heading_rad[again], wind)
    weather = suite.disturbance if config.num_winds else Disturbance.none()
    back, first_per_m = drive_starts(policy, suite, starts, config, evaluation, weather)
    found_back = back.reshape(config.num_drives, -1).sum(axis=0)
    return PosesDriven(poses, found_back, first_per_m[: len(poses)])


def basin_maps(
    policy: Policy, suite: Suite, s_m: float, config: BasinConfig, evaluation: EvalConfig
) -> Iterator[BasinMap]:
    """Ever finer maps of a place of a suite's first road: first the coarsest grid, at last the finest."""
    known = BasinMap.empty(config)
    for poses in pose_batches(config):
        known = known.with_driven(drive_poses(policy, suite, s_m, poses, config, evaluation))
        yield known
