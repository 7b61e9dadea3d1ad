"""What the first drive finds, and how that is put into numbers and one sentence."""

import platform
from dataclasses import dataclass, field
from importlib import metadata

import numpy as np

from drive_sim import __version__
from drive_sim.data.check_demonstrations import Balance, balance, check_demonstrations
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.evaluate import EvalReport, summary
from drive_sim.lessons.first_drive.learner import Learned
from drive_sim.records import Json
from drive_sim.report.stretch import Stretch, choose_stretch
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.scene import Scene
from drive_sim.sim.suites import Suite
from drive_sim.sim.track import Track

LEARNERS = ("plain", "shift-rotate")
POLICIES = ("expert", *LEARNERS)
LIBRARIES = ("av", "matplotlib", "numba", "numpy", "pyarrow", "scipy", "torch")


@dataclass(frozen=True, slots=True)
class Config:
    """What the lesson is run with; everything but the seed is other than here only in tests."""

    seed: int = 0
    conditions: Conditions = CONDITIONS
    num_ticks: int = 300
    num_steps: int | None = None
    film_s: float = 20.0


@dataclass(slots=True, eq=False)
class Findings:
    """What has been found so far: filled while the story goes on, policies by name."""

    config: Config
    track: Track
    scene: Scene
    suite: Suite
    demos: Demonstrations | None = None
    learned: dict[str, Learned] = field(default_factory=dict)
    reports: dict[str, EvalReport] = field(default_factory=dict)
    times_s: dict[str, float] = field(default_factory=dict)

    @property
    def demonstrated(self) -> Demonstrations:
        """The demonstration, once it was driven."""
        assert self.demos is not None
        return self.demos

    @property
    def clones(self) -> dict[str, EvalReport]:
        """What the two networks did."""
        return {name: self.reports[name] for name in LEARNERS}

    def stretch(self, length_s: float) -> Stretch:
        """So much of a road as is shown of both networks, by the rule for it."""
        return choose_stretch(self.clones, "plain", length_s)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was demonstrated, and what of that makes it hard to learn from."""

    num_frames: int
    road: str
    curvature_sd_per_m: float
    balance: Balance
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Training:
    """How a network learned: the error of each round, root mean square, in 1/m."""

    config: Json
    steps: tuple[int, ...]
    error_per_m: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FilmedStretch:
    """What the film shows, and by which rule."""

    road: str
    from_s: float
    to_s: float
    rule: str


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was found, for `result.json`: the same seed gives the same on one machine, but for `times`."""

    seed: int
    headline: str
    policies: dict[str, Json]
    demonstration: Demonstration
    training: dict[str, Training]
    film: FilmedStretch
    conditions: Conditions
    commit: str | None
    times: dict[str, float]
    versions: dict[str, str]
    lesson: str = "first-drive"
    drive_sim: str = __version__


def make_result(found: Findings) -> Result:
    """What was found, once all have driven."""
    config, demos = found.config, found.demonstrated
    policies = {name: summary(found.reports[name]) for name in POLICIES}
    spread_per_m = float(np.std(demos.curvature_per_m))
    return Result(
        config.seed,
        _headline(len(demos), *(policies[name] for name in LEARNERS)),
        policies,
        Demonstration(len(demos), found.track.name, spread_per_m, balance(demos), check_demonstrations(demos)),
        {name: _training(found.learned[name]) for name in LEARNERS},
        _film(found),
        config.conditions,
        found.learned["plain"].commit,
        times={name: round(seconds, 2) for name, seconds in found.times_s.items()},
        versions={"python": platform.python_version()} | {name: metadata.version(name) for name in LIBRARIES},
    )


def _training(learned: Learned) -> Training:
    return Training(learned.config, learned.steps, learned.errors_per_m)


def _headline(num_frames: int, plain: Json, twin: Json) -> str:
    """The finding in one sentence, whatever it is."""
    return (
        f"From the same {num_frames} frames, the plain clone needed {_interventions(plain)} on "
        f"{plain['distance_km']:.0f} km of unseen roads; its twin, trained on shifted and rotated views as well, "
        f"needed {_interventions(twin)}."
    )


def _interventions(figures: Json) -> str:
    count = figures["interventions"]
    if count == 0:
        return "no intervention"
    return f"{count} intervention{'s' if count > 1 else ''} ({figures['interventions_per_km']:.2g} a km)"


def _film(found: Findings) -> FilmedStretch:
    stretch, rate_hz = found.stretch(found.config.film_s), found.reports["plain"].config.control_hz
    road = found.suite.tracks.tracks[stretch.road].name
    return FilmedStretch(road, stretch.ticks.start / rate_hz, stretch.ticks.stop / rate_hz, stretch.rule)
