"""Recovery (Bansal, Krizhevsky and Ogale 2019, ChauffeurNet, figure 7): put a car beside its lane; who finds back?

From every offset and heading of a grid, at a place of each unseen road, a policy drives six seconds without help. It
has recovered if it never left the road's surface and ends near its lane.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Counts, Numbers
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.evaluate.intervals import FEW_EVENTS, Count, Estimate, estimate_crossed, estimate_mean, estimate_share
from drive_sim.evaluate.unaided import Starts, drive_unaided, recovered
from drive_sim.lessons import kit
from drive_sim.lessons.road.learners import DRIVERS, METHODS, SMALL_BUDGET, DataBudget, train
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.suites import Suite

_PLACES = 47
"""Second word of the seed of the places on the roads: the same for every method."""


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """The grid of starts, to either side of the lane; how many ticks are driven, and how near it is near enough.

    `box`: the offset in metres and the heading in degrees within which the best policy is asked to recover always.
    """

    num_roads: int = 10
    most_off_m: float = 2.0
    off_step_m: float = 0.25
    most_turned_deg: float = 16.0
    turned_step_deg: float = 4.0
    num_ticks: int = 60
    within_m: float = 0.5
    box: tuple[float, float] = (1.5, 8.0)
    budget: DataBudget = field(default_factory=DataBudget)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_roads > 0 and self.num_ticks > 0):
            raise InputError("recovery: it takes seeds, roads and ticks")
        if not (0.0 < self.off_step_m <= self.most_off_m and 0.0 < self.turned_step_deg <= self.most_turned_deg):
            raise InputError("recovery: the grid's steps must be positive and not larger than the grid")

    @property
    def axes(self) -> tuple[Numbers, Numbers]:
        """The grid's offsets in metres and headings in degrees, both from one side to the other."""
        sides = (self.most_off_m, self.off_step_m), (self.most_turned_deg, self.turned_step_deg)
        counts = [int(most / step + 1e-9) for most, step in sides]
        offsets_m, degrees = (step * np.arange(-n, n + 1.0) for n, (_, step) in zip(counts, sides, strict=True))
        return offsets_m, degrees

    @property
    def in_box(self) -> npt.NDArray[np.bool_]:
        """Which starts of the grid (offsets, headings) lie within the box."""
        off, turned = (np.abs(axis) <= most + 1e-9 for axis, most in zip(self.axes, self.box, strict=True))
        return off[:, None] & turned


QUICK = Config(0, 2, quick=True, num_roads=2, off_step_m=0.5, turned_step_deg=8.0, budget=SMALL_BUDGET)


@dataclass(frozen=True, slots=True, eq=False)
class Recovered:
    """What a part found: the share recovered by start (offsets, headings), and who was lost within the box, by road."""

    effort: kit.Effort
    recovered: Numbers
    lost_in_box_by_road: Counts


@dataclass(frozen=True, slots=True, eq=False)
class Driver:
    """A policy's shares recovered, as per cent: within the box, seed by seed, over the whole grid, and the map.

    `unperturbed`: of the starts on the lane and along it; who is lost from there cannot drive that place at all.
    `places`: the share of places (a road and seed) at which some start of the box was lost.
    """

    in_box: Estimate
    in_box_per_seed: list[float]
    starts_lost: Count
    places: Estimate
    places_lost: Count
    unperturbed: Estimate
    whole_grid: Estimate
    map: Numbers
    effort: kit.Effort


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The figures of the expert and of every method."""

    drivers: dict[str, Driver]


def parts(config: Config) -> list[kit.Part]:
    """The expert once, and every method with every seed."""
    experts = kit.parts_by_seed(find_back, config, ["expert"], [config.seed])
    return experts + kit.parts_by_seed(find_back, config, METHODS, config.seeds)


def find_back(config: Config, method: str, seed: int, report: kit.Report) -> Recovered:
    """A part: one method with one seed learns, and then drives from every start of the grid on every road."""
    suite = config.budget.unseen_roads(config.num_roads)
    trained = train(config.budget, method, seed, suite.tracks, kit.between(report, 0.0, 0.6))
    evaluation = EvalConfig(config.budget.conditions.vehicle, trained.camera)
    by_road = []
    for road in range(config.num_roads):
        report(0.6 + 0.4 * road / config.num_roads, f"road {road + 1} of {config.num_roads}")
        starts = grid_of_starts(config, suite, road)
        lanes = list(drive_unaided(trained.policy, suite, starts, config.num_ticks, evaluation, Disturbance.none()))
        by_road.append(recovered(lanes, config.within_m).reshape(config.in_box.shape))
    lost = (~np.stack(by_road)[:, config.in_box]).sum(axis=1)
    effort = trained.effort(config.num_roads * config.in_box.size * config.num_ticks)
    return Recovered(effort, np.mean(by_road, axis=0).round(6), lost)


def grid_of_starts(config: Config, suite: Suite, road: int) -> Starts:
    """A car at every start of the grid, all at one place of a road, offset by offset."""
    offset_m, degrees = (grid.ravel() for grid in np.meshgrid(*config.axes, indexing="ij"))
    place = np.random.default_rng([_PLACES, road]).random()
    s_m = np.full(len(offset_m), place * suite.tracks.length_m[road])
    return Starts(np.full(len(offset_m), road, dtype=np.int64), s_m, offset_m, np.radians(degrees))


def result(config: Config, found: kit.PartResults) -> Result:
    """What the policies recovered from."""
    return Result({name: _driver(config, found.read(name, Recovered)) for name in DRIVERS})


def _driver(config: Config, parts: tuple[Recovered, ...]) -> Driver:
    """The starts at one place are alike, and all seeds start at the same places: so seeds and roads are resampled.

    Where few places have losses the share within the box has no interval; `places` has one.
    """
    maps = np.array([part.recovered for part in parts])
    lost = np.array([part.lost_in_box_by_road for part in parts])  # (seeds, roads)
    starts, (middle, straight) = int(config.in_box.sum()), (length // 2 for length in config.in_box.shape)
    in_box, num_places = estimate_crossed(lost / starts, most=1.0).complement.percent, int((lost > 0).sum())
    return Driver(
        in_box=in_box if num_places >= FEW_EVENTS else Estimate(in_box.mean, None, None, "none: see places"),
        in_box_per_seed=(100.0 * (1.0 - lost.mean(axis=1) / starts)).tolist(),
        starts_lost=Count(int(lost.sum()), int(lost.size * starts)),
        places=estimate_share(num_places, lost.size),
        places_lost=Count(num_places, lost.size),
        unperturbed=estimate_mean(maps[:, middle, straight], least=0.0, most=1.0).percent,
        whole_grid=estimate_mean(maps.mean(axis=(1, 2)), least=0.0, most=1.0).percent,
        map=maps.mean(axis=0),
        effort=kit.mean_effort([part.effort for part in parts]),
    )
