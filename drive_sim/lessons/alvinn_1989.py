"""ALVINN's first experiment (Pomerleau 1989, NIPS 1): 1200 simulated pictures, 40 epochs, and how well that goes.

How many novel pictures are answered within two units, how long does learning take, what do the hidden units look for
where all roads are of one width and where they are not, and does the network drive?
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from drive_sim.data.simulated_pictures import PictureGenerator
from drive_sim.errors import InputError
from drive_sim.lessons import alvinn_1989_findings
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part
from drive_sim.lessons.steps import run_parts

NAME = "alvinn-1989"
HALF_WIDTHS_M = {"one-width": (2.2, 2.2), "varying": (1.1, 3.3)}
"""Half the road's width, from and to; the middle of the second is the first."""
METHODS = tuple(HALF_WIDTHS_M)
STAGES = {
    "one-width": "Roads of one width: pictures are learned, novel ones answered, roads driven",
    "varying": "Roads of many widths: the same",
    "film": "A film of the hidden units as they learn",
    "page": "Report",
}


@dataclass(frozen=True, slots=True)
class Config(Seeded):
    """Seeds from `seed` on, each with other pictures and other weights; the novel pictures are the same for all,
    and drawn from the first.

    Wheel tracks are left out of all simulated pictures, since they tell the road's middle whatever its edges do.
    """

    num_pictures: int = 1200
    num_novel: int = 2520
    generator: PictureGenerator = field(default_factory=lambda: PictureGenerator(has_wheel_tracks=False))
    num_epochs: int = 40
    probe_widths_m: tuple[float, ...] = (2.8, 3.6, 4.0, 4.4, 4.8, 5.2, 6.0)
    num_probes: int = 210
    num_driven: int = 20
    drive_m: float = 2000.0
    quick: bool = False

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_pictures > 0 and self.num_probes > 0 and self.num_driven > 0):
            raise InputError(f"{NAME}: it takes seeds, pictures, probes and roads to drive")
        per_road = len(self.generator.scene_kinds) * self.generator.num_roads
        if self.num_novel < 1 or self.num_novel % per_road:
            raise InputError(
                f"{NAME}: num_novel must be a multiple of {per_road}, as many a road, got {self.num_novel}"
            )
        if self.trained_width_m not in self.probe_widths_m:
            raise InputError(f"{NAME}: probe_widths_m must hold the one width, {self.trained_width_m} m")

    @property
    def trained_width_m(self) -> float:
        """The width of all roads of the first kind."""
        return sum(HALF_WIDTHS_M["one-width"])

    def roads(self, method: str) -> PictureGenerator:
        """The generator with roads of one width, or of many."""
        return replace(self.generator, half_width_m=HALF_WIDTHS_M[method])


QUICK: dict[str, Any] = {
    "quick": True,
    "num_seeds": 2,
    "num_pictures": 700,
    "num_novel": 420,
    "generator": PictureGenerator(has_wheel_tracks=False, num_roads=20),
    "num_epochs": 20,
    "probe_widths_m": (2.8, 4.4, 6.0),
    "num_probes": 70,
    "num_driven": 5,
    "drive_m": 500.0,
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
        parts_of(config, folder),
        alvinn_1989_findings.said,
        alvinn_1989_findings.make_result,
        _write_page,
        resume=resume,
    )


def parts_of(config: Config, folder: Path) -> list[Part]:
    """Every seed with both kinds of road, and the film."""
    from drive_sim.lessons import alvinn_1989_film  # noqa: PLC0415 - torch loads only where a network learns
    from drive_sim.lessons.alvinn_1989_network import learn  # noqa: PLC0415

    parts = [Part(method, f"seed {seed}", learn, (config, method, seed)) for method in METHODS for seed in config.seeds]
    return [*parts, Part("film", "film", alvinn_1989_film.make_film, (config, folder / "film.mp4"))]


def _write_page(config: Config, found: Found, result: Mapping[str, Any], folder: Path) -> None:
    from drive_sim.lessons import alvinn_1989_report  # noqa: PLC0415 - Matplotlib loads when it is needed

    alvinn_1989_report.write_page(config, found, result, folder)
