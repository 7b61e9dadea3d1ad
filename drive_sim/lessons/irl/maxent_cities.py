"""One city of the lesson: trips of many drivers, four ways to say where they go, and how well each says it."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.errors import InputError
from drive_sim.irl import action_based, max_margin_planning, maxent
from drive_sim.irl.mdp import PairIndex, PerPair
from drive_sim.irl.occupancy import Demonstrations
from drive_sim.irl.path_likelihood import World
from drive_sim.irl.shortest_paths import cheapest_path
from drive_sim.irl.worlds.road_graph import NUM_MINUTES, TURNS, CityConfig, RoadGraph, make_city
from drive_sim.irl.worlds.road_trips import FELT, JAMMED, TURN_S, DriverConfig, draw_driver, drive
from drive_sim.lessons import kit

METHODS = ("fastest", "max-margin", "action", "maxent")
LIKELIHOODS = ("action", "maxent")
FASTEST = np.array([-1.0] * NUM_MINUTES + [0.0] * (1 + len(TURNS)))
"""The weights of somebody who counts a map's minutes and nothing else."""
MEAN_TASTE = -np.array([*FELT, 0.0, *np.array(TURN_S) / 60.0])
"""The weights of the mean driver, but for the centre, which multiplies; nobody is told."""
_FIRST = np.full(len(FASTEST), -2.0)
_CITY = 61
"""Second word of a city's seed."""


@dataclass(frozen=True, slots=True)
class Trips:
    """The city, its drivers; to how many ends how many of them go, for learning and as many more for the test.

    `l2`, `penalty`: how small the two likelihoods' weights are kept, and what slack costs max-margin planning.
    """

    city: CityConfig = field(default_factory=CityConfig)
    drivers: DriverConfig = field(default_factory=DriverConfig)
    num_ends: int = 25
    per_end: int = 8
    l2: float = 1e-3
    penalty: float = 100.0

    def __post_init__(self) -> None:
        if not (self.num_ends > 0 and self.per_end > 0 and self.l2 > 0.0 and self.penalty > 0.0):
            raise InputError("maxent-2008: it takes ends and trips to each, and an l2 and a penalty above 0")


@dataclass(frozen=True, slots=True, eq=False)
class Destination:
    """An end, and the trips to it of drivers who come from elsewhere, one each."""

    end: int
    world: World
    trips: tuple[PairIndex, ...]

    @classmethod
    def draw(cls, graph: RoadGraph, config: Trips, end: int, rng: np.random.Generator) -> Self:
        """Drivers who are drawn for it, and a trip of each."""
        drivers = [draw_driver(graph, config.drivers, rng, end) for _ in range(config.per_end)]
        trips = tuple(drive(graph, driver, config.drivers, rng) for driver in drivers)
        world = World.make(graph.towards(end), graph.features(end), Demonstrations(trips), horizon=False)
        return cls(end, world, trips)


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """What was found in one city: each method's weights (f,), and what it says of each held-out trip (trips,).

    `matched`: the share of the trip's length on the method's best route, the mean driver's as well; `log_prob`: the
    log-probability of the trip.
    """

    weights: dict[str, Numbers]
    matched: dict[str, Numbers]
    log_prob: dict[str, Numbers]


def draw_city(config: Trips, seed: int) -> tuple[RoadGraph, list[Destination], list[Destination]]:
    """A city with trips to learn from and trips to be tested on, to other ends by other drivers."""
    rng = np.random.default_rng([seed, _CITY])
    graph = make_city(config.city, rng)
    ends = rng.choice(graph.num_roads, 2 * config.num_ends, replace=False)
    all_of_them = [Destination.draw(graph, config, int(end), rng) for end in ends]
    return graph, all_of_them[: config.num_ends], all_of_them[config.num_ends :]


def find_city(config: Trips, seed: int, report: kit.Report) -> City:
    """Learn from some trips, and foretell others."""
    graph, shown, held_out = draw_city(config, seed)
    report(0.1, "trips are drawn")
    weights = learn(config, graph, shown, kit.between(report, 0.1, 0.9))
    matched = {
        name: np.concatenate(
            [shares_matched(graph, place, route_costs(name, graph, place, weights)) for place in held_out]
        )
        for name in (*METHODS, "mean driver")
    }
    log_prob = {
        name: np.concatenate([log_probs(name, place, weights[name]) for place in held_out]) for name in LIKELIHOODS
    }
    return City(weights, matched, log_prob)


def learn(config: Trips, graph: RoadGraph, shown: list[Destination], report: kit.Report) -> dict[str, Numbers]:
    """The weights of each method; the action-based model's search begins at two places, and keeps the better."""
    worlds = [place.world for place in shown]
    soft = maxent.fit_shared(worlds, maxent.Config(l2=config.l2, horizon=False), _FIRST).weights
    report(0.3, "maximum entropy")
    actions = action_based.fit(worlds, (3.0 * FASTEST - 1e-3, np.minimum(soft, 0.0)), config.l2)
    report(0.6, "action-based")
    trips = [
        max_margin_planning.Trip.missed(mdp, place.world.features, trip, graph.length_m[mdp.state])
        for place in shown
        for mdp in [place.world.likelihood.mdp]
        for trip in place.trips
    ]
    margin = max_margin_planning.fit_trips(trips, max_margin_planning.Config(config.penalty, 1e-4))
    return {"fastest": FASTEST, "max-margin": margin, "action": actions, "maxent": soft}


def route_costs(name: str, graph: RoadGraph, place: Destination, weights: dict[str, Numbers]) -> PerPair:
    """What pairs cost (k,), so that a method's best or likeliest route to an end is the cheapest.

    With maximum entropy -log of the policy sums to V(start) - R(route): its likeliest route is that of most reward.
    """
    if name in LIKELIHOODS:
        return -log_policy(name, place, weights[name])
    if name != "mean driver":
        return -(place.world.features @ weights[name])
    in_centre = graph.in_centre[place.world.likelihood.mdp.state][:, None] & (np.arange(len(MEAN_TASTE)) < NUM_MINUTES)
    return -((place.world.features * np.where(in_centre, JAMMED, 1.0)) @ MEAN_TASTE)


def shares_matched(graph: RoadGraph, place: Destination, costs: PerPair) -> list[float]:
    """The share of each trip's length that lies on the cheapest route between its ends."""
    mdp, shares = place.world.likelihood.mdp, []
    for trip in place.trips:
        roads = mdp.state[trip]
        foretold = np.isin(roads, mdp.state[cheapest_path(mdp, costs, int(roads[0]))])
        shares.append(float(graph.length_m[roads] @ foretold / graph.length_m[roads].sum()))
    return shares


def log_probs(name: str, place: Destination, weights: Numbers) -> Numbers:
    """The log-probability of each trip (n,): of whole paths, or of its actions one by one."""
    return np.array([log_policy(name, place, weights)[trip].sum() for trip in place.trips])


def log_policy(name: str, place: Destination, weights: Numbers) -> PerPair:
    """The logarithm of a model's policy (k,) on trips to an end."""
    likelihood = place.world.likelihood if name == "maxent" else actions_of(place)
    with np.errstate(divide="ignore"):
        return np.minimum(np.log(likelihood.plan(place.world.features @ weights).policy), 0.0)


def actions_of(place: Destination) -> action_based.ActionLikelihood:
    """The action-based model of the trips to an end."""
    return action_based.ActionLikelihood(place.world.likelihood.mdp, place.world.likelihood.demonstrated)
