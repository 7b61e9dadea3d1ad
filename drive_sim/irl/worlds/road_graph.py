"""A city's roads, drawn from a seed: streets, arterials and motorways between junctions, and the turns between them.

States are roads in one direction of travel, so that turns are actions. A trip has an end of its own: the road on which
it stops. Nobody turns round in a junction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from drive_sim.errors import InputError
from drive_sim.irl.arguments import numbers, whole_numbers
from drive_sim.irl.mdp import Features, Mdp, PairIndex, PerState

CLASSES = ("motorway", "arterial", "street")
SPEED_MPS = (25.0, 14.0, 9.0)
TURNS = ("straight", "left", "right")
FEATURES = (*CLASSES, "centre", *TURNS)
"""Minutes on roads of each class, and in the centre; how often it goes straight on, left and right."""
NUM_MINUTES = len(CLASSES)
"""So many of the first features are the minutes of all roads, each road's once."""
Points = Annotated[npt.NDArray[np.float64], "n 2"]
_ALMOST_STRAIGHT_RAD = np.radians(45.0)


@dataclass(frozen=True, slots=True)
class CityConfig:
    """A city of rows and columns of junctions `block_m` apart, each moved by `jitter_m` at most.

    Every `arterial_every`-th row and column is an arterial, the middle ones a motorway; of the streets the share `lost`
    isn't there. Roads are as fast as their class, times a factor whose logarithm is spread by `speed_spread`. The
    centre is what lies within `centre_blocks` of the middle.
    """

    rows: int = 10
    columns: int = 10
    block_m: float = 250.0
    jitter_m: float = 60.0
    arterial_every: int = 3
    lost: float = 0.15
    speed_spread: float = 0.15
    centre_blocks: float = 2.5

    def __post_init__(self) -> None:
        whole_numbers((self.rows, self.columns, self.arterial_every), "a city's rows, columns and arterials")
        lengths = numbers((self.block_m, self.jitter_m, self.speed_spread, self.centre_blocks), "a city's lengths")
        if np.any(lengths < 0.0):
            raise InputError("a city's lengths and spreads must not be negative")
        if not (self.rows > 2 and self.columns > 2 and self.arterial_every > 0 and 0.0 <= self.lost < 1.0):
            raise InputError("a city needs three rows and columns, arterials, and a share of lost streets below 1")
        if not 0.0 <= self.jitter_m < 0.5 * self.block_m:
            raise InputError("a city's junctions must move by less than half a block")


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """Roads: where each begins and ends (s, 2), its class, its minutes, whether it lies in the centre (s,); and turns.

    A turn (k,) leads from the road `state` to the road `onto`, and is one of `TURNS`; turns are in ascending order of
    their first road.
    """

    begin_m: Points
    end_m: Points
    road_class: PairIndex
    minutes: PerState
    in_centre: npt.NDArray[np.bool_]
    state: PairIndex
    onto: PairIndex
    turn: PairIndex = field(init=False)

    def __post_init__(self) -> None:
        heading = np.arctan2(*(self.end_m - self.begin_m).T[::-1])
        angle = (heading[self.onto] - heading[self.state] + np.pi) % (2.0 * np.pi) - np.pi
        kinds = np.where(np.abs(angle) < _ALMOST_STRAIGHT_RAD, 0, np.where(angle > 0.0, 1, 2))
        object.__setattr__(self, "turn", kinds)

    @property
    def num_roads(self) -> int:
        """How many roads there are, each direction of travel one."""
        return len(self.minutes)

    @cached_property
    def length_m(self) -> PerState:
        """How long each road is (s,)."""
        return np.linalg.norm(self.end_m - self.begin_m, axis=1)

    def towards(self, end: int, start: int | None = None) -> Mdp:
        """Trips that stop on a road, and begin on another or anywhere. The turns off the last road are left out."""
        kept = self.kept(end)
        transition = sparse.csr_array(
            ((self.state[kept] != end).astype(float), (np.arange(len(kept)), self.onto[kept])),
            shape=(len(kept), self.num_roads),
        )
        anywhere = np.full(self.num_roads, 1.0 / self.num_roads)
        return Mdp(self.state[kept], transition, anywhere if start is None else np.eye(self.num_roads)[start])

    def features(self, end: int) -> Features:
        """The features of the pairs of trips to a road (k, f), see `FEATURES`: the road, and the turn after it."""
        kept = self.kept(end)
        turns = np.eye(len(TURNS))[self.turn[kept]] * (self.state[kept] != end)[:, None]
        minutes = np.eye(len(CLASSES))[self.road_class] * self.minutes[:, None]
        driven = np.column_stack((minutes, self.minutes * self.in_centre))
        return np.hstack((driven[self.state[kept]], turns))

    def pairs(self, end: int, roads: Sequence[int]) -> PairIndex:
        """The pairs of a trip over these roads to `end`, the last of them. Raises InputError where no turn leads on."""
        mdp = self.towards(end)
        own = self.state[self.kept(end)] * self.num_roads + np.where(
            mdp.is_end[mdp.state], 0, self.onto[self.kept(end)]
        )
        asked = np.array(roads) * self.num_roads + np.append(roads[1:], 0)
        found = np.minimum(np.searchsorted(own, asked), len(own) - 1)
        if not np.array_equal(own[found], asked):
            raise InputError(f"step {int(np.argmax(own[found] != asked))} of a trip: no turn leads on to the next road")
        return found

    def kept(self, end: int) -> PairIndex:
        """The turns of trips to a road: of those off it only the first, which stands for stopping there."""
        return np.flatnonzero((self.state != end) | (np.arange(len(self.state)) == np.searchsorted(self.state, end)))


def make_city(config: CityConfig, rng: np.random.Generator) -> RoadGraph:
    """A city in which every road can be driven to from every other."""
    begin, end, road_class = _drawn_roads(config, rng)
    row, column = np.divmod(np.arange(config.rows * config.columns), config.columns)
    place_m = np.stack((column, row), axis=1) * config.block_m
    place_m = place_m + rng.uniform(-config.jitter_m, config.jitter_m, place_m.shape)
    factor = np.exp(config.speed_spread * rng.normal(size=len(begin)))
    num, both = config.rows * config.columns, np.concatenate((begin, end))
    onwards = _turns(both, np.concatenate((end, begin)), num)
    _, part = connected_components(onwards, connection="strong")
    kept = np.flatnonzero(part == np.argmax(np.bincount(part)))
    onwards = sparse.csr_array(onwards[kept][:, kept]).sorted_indices()
    begin_m, end_m = place_m[both[kept]], place_m[np.concatenate((end, begin))[kept]]
    road_class, factor = np.tile(road_class, 2)[kept], np.tile(factor, 2)[kept]
    minutes = np.linalg.norm(end_m - begin_m, axis=1) / (60.0 * np.array(SPEED_MPS)[road_class] * factor)
    middle_m = 0.5 * config.block_m * np.array([config.columns - 1, config.rows - 1])
    in_centre = np.linalg.norm(0.5 * (begin_m + end_m) - middle_m, axis=1) <= config.centre_blocks * config.block_m
    state = np.repeat(np.arange(len(kept)), np.diff(onwards.indptr))
    return RoadGraph(begin_m, end_m, road_class, minutes, in_centre, state, onwards.indices.astype(np.int64))


def _drawn_roads(config: CityConfig, rng: np.random.Generator) -> tuple[PairIndex, PairIndex, PairIndex]:
    """The junctions between which there are roads, and their classes, each road once."""
    junction = np.arange(config.rows * config.columns).reshape(config.rows, config.columns)
    begin = np.concatenate((junction[:, :-1].ravel(), junction[:-1].ravel()))
    end = np.concatenate((junction[:, 1:].ravel(), junction[1:].ravel()))
    row, column = np.divmod(begin, config.columns)
    is_across = end - begin == 1
    line, middle = np.where(is_across, row, column), np.where(is_across, config.rows // 2, config.columns // 2)
    road_class = np.where(line == middle, 0, np.where(line % config.arterial_every == 0, 1, 2))
    there = (road_class < CLASSES.index("street")) | (rng.random(len(begin)) >= config.lost)
    return begin[there], end[there], road_class[there]


def _turns(begin: PairIndex, end: PairIndex, num_junctions: int) -> sparse.csr_array:
    """Which road leads on to which (s, s): where the one ends the other begins, and it doesn't lead back."""
    roads, ones = np.arange(len(begin)), np.ones(len(begin))
    into = sparse.csr_array((ones, (roads, end)), shape=(len(roads), num_junctions))
    out_of = sparse.csr_array((ones, (begin, roads)), shape=(num_junctions, len(roads)))
    back = np.roll(roads, len(roads) // 2)  # the second half are the first half's other directions
    onwards = sparse.csr_array(sparse.csr_array(into @ out_of) - sparse.csr_array((ones, (roads, back))))
    onwards.eliminate_zeros()
    return onwards
