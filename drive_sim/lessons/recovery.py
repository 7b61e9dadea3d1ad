"""Recovery (Bansal, Krizhevsky and Ogale 2019, ChauffeurNet, figure 7): put a car beside its lane; who finds back?

From every offset and heading of a grid, at a place of each unseen road, a policy drives six seconds without help. It
has recovered if it never left the road's surface and ends near its lane.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.evaluate.unaided import Starts, drive_unaided, recovered
from drive_sim.learn import dagger
from drive_sim.lessons import recovery_findings
from drive_sim.lessons.kit import part_store
from drive_sim.lessons.kit.progress import Finished, Progress, as_first_of
from drive_sim.lessons.road_learners import METHODS, Course, teach
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part
from drive_sim.lessons.steps import run_parts
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.suites import Suite, make_suite

NAME = "recovery"
STAGES = {
    "expert": "The expert finds back where anybody could",
    "clone": "Cloning, then put beside the lane",
    "shift-rotate": "Cloning with shift-and-rotate",
    "dagger": "DAgger: the learner drives, the expert labels",
    "page": "Report",
}
_PLACES = 47
"""Second word of the seed of the places on the roads: the same for every method."""


@dataclass(frozen=True, slots=True)
class Config(Seeded):
    """Seeds from `seed` on; the grid of starts, to either side; how long, and how near is near enough.

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
    quick: bool = False
    course: Course = field(default_factory=Course)

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_roads > 0 and self.num_ticks > 0):
            raise InputError(f"{NAME}: it takes seeds, roads and ticks")
        if not (0.0 < self.off_step_m <= self.most_off_m and 0.0 < self.turned_step_deg <= self.most_turned_deg):
            raise InputError(f"{NAME}: the grid's steps must be positive and not larger than the grid")

    @property
    def offsets_m(self) -> npt.NDArray[np.float64]:
        """The grid's offsets from the lane."""
        return _both_sides(self.most_off_m, self.off_step_m)

    @property
    def headings_rad(self) -> npt.NDArray[np.float64]:
        """The grid's headings against the lane."""
        return np.radians(_both_sides(self.most_turned_deg, self.turned_step_deg), dtype=np.float64)

    @property
    def in_box(self) -> npt.NDArray[np.bool_]:
        """Which cells (offsets, headings) lie within the box."""
        off = np.abs(self.offsets_m) <= self.box[0] + 1e-9
        turned = np.abs(self.headings_rad) <= np.radians(self.box[1]) + 1e-9
        return off[:, None] & turned


def _both_sides(most: float, step: float) -> npt.NDArray[np.float64]:
    count = int(most / step + 1e-9)
    return step * np.arange(-count, count + 1, dtype=np.float64)


QUICK: dict[str, Any] = {
    "quick": True,
    "num_seeds": 2,
    "num_roads": 2,
    "off_step_m": 0.5,
    "turned_step_deg": 8.0,
    "course": Course(dagger.Config(4, 50, growth=2.0), num_steps=150, network="small"),
}
"""What a quick run has less of."""


def make_config(seed: int, *, quick: bool) -> Config:
    """The lesson's settings for a seed."""
    return Config(seed=seed, **QUICK) if quick else Config(seed=seed)


def run(config: Config, folder: Path, *, resume: bool = False) -> Iterator[Progress | Finished]:
    """Run the lesson into `folder`; parts that are finished stay there, and `resume` goes on with them."""
    return run_parts(
        NAME,
        config,
        folder,
        parts_of(config),
        partial(_said, config),
        recovery_findings.make_result,
        _write_page,
        resume=resume,
    )


def parts_of(config: Config) -> list[Part]:
    """The expert, and every method with every seed."""
    return [
        Part("expert", "all", find_back, (config, "expert", config.seed)),
        *(
            Part(method, f"seed {seed}", find_back, (config, method, seed))
            for method in METHODS
            for seed in config.seeds
        ),
    ]


def _write_page(config: Config, found: Found, result: Mapping[str, Any], folder: Path) -> None:
    from drive_sim.lessons import recovery_report  # noqa: PLC0415 - Matplotlib loads when it is needed

    recovery_report.write_page(config, found, result, folder)


def _said(config: Config, _stage: str, found: list[dict[str, Any]]) -> str:
    share = np.mean([np.asarray(part["recovered"])[config.in_box] for part in found])
    return f"{100 * share:.1f} % recovered within ±{config.box[0]:g} m and ±{config.box[1]:g} degrees"


def find_back(config: Config, method: str, seed: int) -> part_store.Work:
    """A part: one method with one seed learns, and then drives from every cell of the grid on every road."""
    suite = make_suite("held-out", num_roads=config.num_roads, conditions=config.course.conditions)
    evaluation = EvalConfig(config.course.conditions.vehicle)
    if method == "expert":
        policy, learned = PursuitExpert(suite.tracks), {"num_labels": 0, "steps": 0, "learning_cpu_s": 0.0}
        evaluation = EvalConfig(config.course.conditions.vehicle, None)
    else:
        taught = yield from as_first_of(teach(config.course, method, seed), 0.6)
        policy = taught.policy
        learned = {"num_labels": len(taught.data), "steps": len(taught.data), "learning_cpu_s": taught.cpu_s}
    by_road = yield from _by_road(config, policy, suite, evaluation)
    return {
        "method": method,
        "seed": seed,
        **learned,
        "recovered": by_road.mean(axis=0).round(6),
        "lost_in_box_by_road": (~by_road[:, config.in_box]).sum(axis=1),
        "starts_in_box_by_road": int(config.in_box.sum()),
        "evaluation_steps": by_road.size * config.num_ticks,
    }


def _by_road(
    config: Config, policy: Any, suite: Suite, evaluation: EvalConfig
) -> Generator[Progress, None, npt.NDArray[np.bool_]]:
    """Who recovered (roads, offsets, headings)."""
    found = []
    for road in range(config.num_roads):
        yield Progress("drive", 0.6 + 0.4 * road / config.num_roads, f"road {road + 1} of {config.num_roads}")
        starts = grid_of_starts(config, suite, road)
        lanes = list(drive_unaided(policy, suite, starts, config.num_ticks, evaluation, Disturbance.none()))
        found.append(recovered(lanes, config.within_m).reshape(config.in_box.shape))
    return np.stack(found)


def grid_of_starts(config: Config, suite: Suite, road: int) -> Starts:
    """A car at every cell of the grid, all at one place of a road, offset by offset."""
    offset_m, heading_rad = (grid.ravel() for grid in np.meshgrid(config.offsets_m, config.headings_rad, indexing="ij"))
    place = np.random.default_rng([_PLACES, road]).random()
    s_m = np.full(len(offset_m), place * suite.tracks.length_m[road])
    return Starts(np.full(len(offset_m), road, dtype=np.int64), s_m, offset_m, heading_rad)
