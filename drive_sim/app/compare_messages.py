"""What the window and its `compare_worker.py` say to each other; light to import."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
import numpy.typing as npt

from drive_sim.app.canvas import Colour
from drive_sim.evaluate.cost_curves import CostCurve
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track

BATCH_PART_TICKS = 10
"""So far a batch is driven before the next one is."""
SUBSTEPS = 6
"""Frames in a control tick: a pose each."""
FanPoses = Annotated[npt.NDArray[np.float32], "frames k 3"]


@dataclass(frozen=True, slots=True)
class ComparedPolicy:
    """Who is compared: by name, as a screen calls and colours it; `folder` None: the expert."""

    name: str
    label: str
    colour: Colour
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class FanStart:
    """Where the fan opens: all policies, each in the same `num_winds` winds, from this place of the fan's road."""

    number: int
    s_m: float
    offset_m: float = 0.0
    heading_rad: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class CompareTask:
    """What is driven: the fan's road, and unseen roads for the batch; the same seed gives the same winds to all."""

    policies: tuple[ComparedPolicy, ...]
    track: Track
    scene: Scene
    start: FanStart
    seed: int
    num_winds: int = 6
    fan_ticks: int = 300
    num_roads: int = 25
    cars_per_road: int = 3
    batch_ticks: int = 300
    is_beside_window: bool = True
    """A window's frames come first."""


@dataclass(frozen=True, slots=True)
class PolicyAdded:
    """To the worker: one more drives."""

    policy: ComparedPolicy


@dataclass(frozen=True, slots=True, eq=False)
class FanDriven:
    """A part of a policy's fan, car 0 in the wind that all share: poses a frame, and a tick each, whether a car is on
    the road, and its offset from the lane (t, k)."""

    start_number: int
    name: str
    poses: FanPoses
    on_road: npt.NDArray[np.bool_]
    offset_m: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class BatchDriven:
    """How far a policy's batch is, and what it has cost by each of COSTS; who has been off the road, or 1 m off."""

    name: str
    num_ticks: int
    num_cars: int
    curves: dict[str, CostCurve]
    num_left_road: int
    num_off_now: int
    elapsed_s: float
    """Since the worker began, in seconds of the wall's clock."""


@dataclass(frozen=True, slots=True)
class PolicyFailed:
    """A policy cannot drive, and why, in a line."""

    name: str
    reason: str


ToWorker: TypeAlias = FanStart | PolicyAdded
FromWorker: TypeAlias = FanDriven | BatchDriven | PolicyFailed
