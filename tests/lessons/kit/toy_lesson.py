"""A lesson of the smallest kind, as docs/architecture.md tells how to write one; its parts leave marks and nap."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.errors import InputError
from drive_sim.lessons import kit
from drive_sim.report import plots


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """How long a part takes, where it leaves a mark when it is done, and which seed it refuses."""

    num_seeds: int = 2
    nap_s: float = 0.0
    marks: str = ""
    refused: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """What a part found."""

    numbers: np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Result:
    """The sum of all."""

    total: float


def parts(config: Config) -> list[kit.Part]:
    return kit.parts_by_seed(draw, config, ["clone", "dagger"], config.seeds)


def draw(config: Config, stage: str, seed: int, report: kit.Report) -> Draw:
    if seed == config.refused:
        raise InputError(f"no seed {seed}")
    for step in range(10):
        time.sleep(config.nap_s / 10)
        report(step / 10, f"step {step}")
    if config.marks:
        number = len(list(Path(config.marks).glob(f"{stage}-{seed}-*")))
        (Path(config.marks) / f"{stage}-{seed}-{number}").touch()
    return Draw(np.random.default_rng([seed, len(stage)]).random(2))


def result(_config: Config, found: kit.PartResults) -> Result:
    return Result(sum(float(of.numbers.sum()) for name in ("clone", "dagger") for of in found.read(name, Draw)))


def _rows(_config: Config, result: Result) -> list[kit.Row]:
    return [kit.Row("Total", kit.numbers([result.total] * 2))]


def _figures(_config: Config, found: kit.PartResults, _result: Result) -> dict[str, Figure]:
    curves = {"clone": plots.Curve([0, 1], [of.numbers for of in found.read("clone", Draw)])}
    return {"numbers": plots.plot_curves({"x": curves}, "y")}


PAGE = kit.Page(
    Path(__file__),
    ("clone", "dagger"),
    lambda _config, result: f"{result.total:.3f} in all",
    lambda _config, result: [kit.Claim("all is positive", f"{result.total:.1f}", result.total > 0)],
    _rows,
    _figures,
)
LESSON = kit.Lesson(
    "toy", Config(quick=True), {"clone": "Draws", "dagger": "Draws again"}, parts, lambda *_: "drawn", result, PAGE
)
