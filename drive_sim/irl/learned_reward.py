"""Reads from drives what their driver likes, by either method, with what is known of how sure that is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt

from drive_sim.errors import one_of
from drive_sim.irl import lattice_fit
from drive_sim.irl.lattice_drives import Trace, drives_from
from drive_sim.irl.lattice_max_margin import fit_max_margin
from drive_sim.irl.preferences import Preferences, preferences_of
from drive_sim.irl.steady_disturbance import WORTH_TELLING_M, steady_disturbance_m
from drive_sim.policies.lattice_reward import RoadReward

METHODS = ("maxent", "max-margin")


@dataclass(frozen=True, slots=True)
class Config:
    """The method, and maximum entropy's l2."""

    method: Literal["maxent", "max-margin"] = "maxent"
    l2: float = 1.0

    def __post_init__(self) -> None:
        one_of("method", self.method, METHODS)
        lattice_fit.Config(l2=self.l2)


@dataclass(frozen=True, slots=True, eq=False)
class LearnedReward:
    """A reward, what it says in words, and the covariance (f, f) of its weights, which maximum margin has not.

    `num_stations`: how many stations of the drives counted. `steady_disturbance_m`: see `pushed.steady_disturbance_m`.
    """

    reward: RoadReward
    preferences: Preferences
    covariance: Annotated[npt.NDArray[np.float64], "f f"] | None
    num_stations: int
    steady_disturbance_m: float | None = None

    @property
    def warnings(self) -> list[str]:
        """What should be told beside it."""
        if self.steady_disturbance_m is None or abs(self.steady_disturbance_m) < WORTH_TELLING_M:
            return []
        side = "left" if self.steady_disturbance_m > 0.0 else "right"
        return [
            f"this driver stays {side} of where he steers to: a wind or a camber that the lattice doesn't know of may "
            "have pushed the car, and what is said to be liked may be its work"
        ]


def learn(traces: Sequence[Trace], config: Config, report: Callable[[str, int], None] | None = None) -> LearnedReward:
    """What the driver of some traces likes; `report` hears what is done, and how often it has been.

    Raises InputError where there is too little to read, and for roads that no lattice covers.
    """
    drives = drives_from(traces)
    num_stations = sum(int(drive.counted.sum()) for drive in drives)

    def told(what: str) -> Callable[[int], None]:
        return lambda number: report(what, number) if report is not None else None

    if config.method == "max-margin":
        reward = fit_max_margin(drives, report=told("policies planned")).reward
        return LearnedReward(reward, preferences_of(reward, traces), None, num_stations)
    settings = lattice_fit.Config(l2=config.l2)
    fitted = lattice_fit.fit(drives, settings, told("evaluations"))
    pushed = steady_disturbance_m(drives, fitted.reward)
    pieces = lattice_fit.num_pieces(drives)
    covariance = lattice_fit.covariance(drives, fitted, settings) if num_stations >= 2 * lattice_fit.PIECE else None
    preferences = preferences_of(fitted.reward, traces, covariance, pieces)
    return LearnedReward(fitted.reward, preferences, covariance, num_stations, pushed)
