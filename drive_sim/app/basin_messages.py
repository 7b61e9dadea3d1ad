"""What the window and its processes say to each other of basins of attraction; light to import."""

from dataclasses import dataclass

from drive_sim.arrays import CarMask, PerCar
from drive_sim.evaluate.basin import BasinConfig, PosesDriven
from drive_sim.evaluate.unaided import LaneErrors, Starts
from drive_sim.sim.suites import Suite


@dataclass(frozen=True, slots=True, eq=False)
class BasinTask:
    """This process's share of a map a model (a folder, or `expert`), at arc length `s_m` of a suite's first road."""

    models: tuple[str, ...]
    suite: Suite
    s_m: float
    config: BasinConfig
    share: tuple[int, int] = (0, 1)
    """Which process of how many this is."""
    is_beside_window: bool = True
    """A window's frames come first."""


@dataclass(frozen=True, slots=True, eq=False)
class PosesOfModel:
    """Some poses of a model's map."""

    model: str
    driven: PosesDriven


@dataclass(frozen=True, slots=True, eq=False)
class ShownPlaces:
    """Where those were who a model has learned from."""

    model: str
    places: LaneErrors


@dataclass(frozen=True, slots=True, eq=False)
class StartsTask:
    """Starts of one's own choice, to be driven from in one batch."""

    model: str
    suite: Suite
    starts: Starts
    config: BasinConfig


@dataclass(frozen=True, slots=True, eq=False)
class StartsDriven:
    """From which starts (n,) it has found back, and what it commanded first (n,) in 1/m."""

    found_back: CarMask
    first_per_m: PerCar
