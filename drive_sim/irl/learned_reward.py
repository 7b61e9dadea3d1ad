"""Reads from drives what their driver likes, by either method, with what is known of how sure that is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError, one_of
from drive_sim.irl import steering_fit
from drive_sim.irl.lattice_drives import PIECE, Trace, drives_from
from drive_sim.irl.lattice_max_margin import fit_max_margin
from drive_sim.irl.preferences import Preferences, preferences_of
from drive_sim.irl.sideslip import Sideslip, along_course, sideslip
from drive_sim.policies.lattice_reward import RoadReward

METHODS = ("maxent", "max-margin")


@dataclass(frozen=True, slots=True)
class Config:
    """The method, maximum entropy's l2, and whether the driver reckons with a steady wind, or steers as without one."""

    method: Literal["maxent", "max-margin"] = "maxent"
    l2: float = 1.0
    knows_wind: bool = False

    def __post_init__(self) -> None:
        one_of("method", self.method, METHODS)
        steering_fit.Config(l2=self.l2)
        if self.knows_wind and self.method == "max-margin":
            raise InputError("max-margin reads where a driver gets to, not how he steers: leave out that he knows wind")


@dataclass(frozen=True, slots=True, eq=False)
class LearnedReward:
    """A reward, what it says in words, and the covariance (f, f) of its weights, which maximum margin has not.

    `num_stations`: how many stations of the drives counted. `warnings`: what should be told beside it.
    """

    reward: RoadReward
    preferences: Preferences
    covariance: Annotated[npt.NDArray[np.float64], "f f"] | None
    num_stations: int
    sideslip: Sideslip
    warnings: tuple[str, ...] = ()


def learn(traces: Sequence[Trace], config: Config, report: Callable[[str, int], None] | None = None) -> LearnedReward:
    """What the driver of some traces likes; `report` hears what is done, and how often it has been.

    Raises InputError where there is too little to read, and for roads that no lattice covers.
    """
    drives = drives_from(traces)
    num_stations, slip = sum(int(drive.counted.sum()) for drive in drives), sideslip(drives)

    def told(what: str) -> Callable[[int], None]:
        return lambda number: report(what, number) if report is not None else None

    if config.method == "max-margin":
        reward = fit_max_margin(drives, report=told("policies planned")).reward
        warnings = _warnings(slip, "maximum margin takes what that does for a liking: try --method maxent")
        return LearnedReward(reward, preferences_of(reward, traces), None, num_stations, slip, warnings)
    settings = steering_fit.Config(l2=config.l2)
    along = [along_course(drive, slip) for drive in drives]
    planned = along if config.knows_wind else drives
    fitted = steering_fit.fit(planned, settings, told("evaluations"))
    is_enough = num_stations >= 2 * PIECE
    covariance = steering_fit.covariance(planned, fitted, settings) if is_enough else None
    preferences = preferences_of(fitted.reward, traces, covariance, steering_fit.num_pieces(drives))
    beliefs = "its driver is taken to reckon with that (--knows-wind)"
    if slip.is_steady and not config.knows_wind:
        other = steering_fit.fit(along, settings, told("evaluations, as one who knows the wind"))
        beliefs = (
            "its driver is taken not to reckon with that; one who does, and steers alike, "
            f"{preferences_of(other.reward, traces).in_words()} (--knows-wind)"
        )
    return LearnedReward(fitted.reward, preferences, covariance, num_stations, slip, _warnings(slip, beliefs))


def _warnings(slip: Sideslip, consequence: str) -> tuple[str, ...]:
    """What there is to say of a steady push; nothing where there is none."""
    if not slip.is_steady:
        return ()
    side = "left" if slip.mean_rad > 0.0 else "right"
    return (
        f"something steady, a wind or a camber, pushes this car {100.0 * abs(np.tan(slip.mean_rad)):.1f} cm to the "
        f"{side} on each metre; {consequence}",
    )
