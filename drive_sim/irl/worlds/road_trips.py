"""Drivers of a city who are of no model's family, and the trips that they make.

A driver has tastes (how long a minute feels on a class of road and in the centre, what turns cost) and habits (how long
each road feels), both for good. On a trip each road takes as long as the day's traffic lets it, and the driver takes
the way that feels shortest, sure of it; on some trips there is an errand on the way. So a trip is a shortest path under
costs that are no linear function of the features, no policy draws actions, and drivers differ: none of the models that
learn is true.
"""

from dataclasses import astuple, dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.irl.arguments import numbers
from drive_sim.irl.mdp import PairIndex
from drive_sim.irl.shortest_paths import cheapest_path
from drive_sim.irl.worlds.road_graph import CLASSES, TURNS, RoadGraph

TURN_S = (5.0, 20.0, 10.0)
"""What turns of each kind cost in the mean, of which a map's travel times know nothing."""
FELT = (0.9, 1.0, 1.35)
"""How long a minute on each class of road feels in the mean: few like narrow streets."""
JAMMED = 1.8
"""How many times as long, in the mean, roads in the centre take as the map says: those who live there know."""


@dataclass(frozen=True, slots=True)
class DriverConfig:
    """How much drivers differ, how much days do, and how often there is an errand.

    Spreads are those of a factor's logarithm: of a class of roads, of a single road (a habit), of a road on a day.
    Trips are at least `least_blocks` blocks long, as the crow flies; an errand is at most `errand_blocks` off the way's
    middle.
    """

    taste_spread: float = 0.2
    habit_spread: float = 0.2
    traffic_spread: float = 0.2
    errands: float = 0.15
    least_blocks: float = 4.0
    errand_blocks: float = 2.0
    block_m: float = 250.0

    def __post_init__(self) -> None:
        given = numbers(astuple(self), "drivers' spreads, errands and blocks")
        if np.any(given < 0.0) or self.errands > 1.0:
            raise InputError(
                "drivers need spreads and blocks that are not negative, and errands on a share of their trips"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Driver:
    """Where somebody's trips begin and end, and how long each road (s,) and turn (k,) of the city feels, in minutes."""

    start: int
    end: int
    road_minutes: Annotated[npt.NDArray[np.float64], "s"]
    turn_minutes: Annotated[npt.NDArray[np.float64], "k"]


def draw_driver(graph: RoadGraph, config: DriverConfig, rng: np.random.Generator, end: int | None = None) -> Driver:
    """Somebody with a start, tastes and habits of their own, and an end, their own unless it is given.

    Raises InputError where no road is far enough from the end.
    """
    end = int(rng.integers(graph.num_roads)) if end is None else end
    far = np.linalg.norm(graph.end_m - graph.end_m[end], axis=1) >= config.least_blocks * config.block_m
    if not far.any():
        raise InputError(f"no trip of {config.least_blocks:g} blocks leads to road {end}: give a larger city, or less")
    start = int(rng.choice(np.flatnonzero(far)))
    classes, centre = np.split(np.exp(config.taste_spread * rng.normal(size=len(CLASSES) + 1)), [len(CLASSES)])
    taste = (FELT * classes)[graph.road_class] * np.where(graph.in_centre, JAMMED * centre, 1.0)
    habit = np.exp(config.habit_spread * rng.normal(size=graph.num_roads))
    turn_minutes = np.array(TURN_S) / 60.0 * rng.gamma(4.0, 0.25, size=len(TURNS))
    return Driver(start, end, graph.minutes * taste * habit, turn_minutes[graph.turn])


def drive(graph: RoadGraph, driver: Driver, config: DriverConfig, rng: np.random.Generator) -> PairIndex:
    """One trip, as the pairs of `graph.towards(driver.end)`: that day's shortest way, by an errand or without."""
    minutes = driver.road_minutes * np.exp(config.traffic_spread * rng.normal(size=graph.num_roads))
    roads = [driver.start]
    if rng.random() < config.errands:
        roads = _way(graph, driver, minutes, driver.start, _errand(graph, driver, config, rng))
    roads += _way(graph, driver, minutes, roads[-1], driver.end)[1:]
    return graph.pairs(driver.end, roads[: roads.index(driver.end) + 1])


def _errand(graph: RoadGraph, driver: Driver, config: DriverConfig, rng: np.random.Generator) -> int:
    middle_m = 0.5 * (graph.end_m[driver.start] + graph.end_m[driver.end])
    off_m = np.linalg.norm(graph.end_m - middle_m, axis=1)
    return int(rng.choice(np.flatnonzero(off_m <= config.errand_blocks * config.block_m)))


def _way(graph: RoadGraph, driver: Driver, minutes: npt.NDArray[np.float64], start: int, end: int) -> list[int]:
    """The roads of the way that feels shortest."""
    mdp, turning = graph.towards(end), driver.turn_minutes[graph.kept(end)]
    costs = minutes[mdp.state] + np.where(mdp.is_end[mdp.state], 0.0, turning)
    return mdp.state[cheapest_path(mdp, costs, start)].tolist()
