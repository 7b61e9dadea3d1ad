"""What the first drive finds, and how that is put into numbers and one sentence."""

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata
from typing import Any

import numpy as np

from drive_sim import __version__
from drive_sim.arrays import Picture
from drive_sim.data.check_demonstrations import balance, check_demonstrations
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.evaluate import EvalReport, summary
from drive_sim.lessons.learner import Learned
from drive_sim.report.stretch import Stretch
from drive_sim.report.truth import Comparison
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
    sheet: Comparison | None = None
    truth: Comparison | None = None
    stretch: Stretch | None = None
    poster: Picture | None = None
    times_s: dict[str, float] = field(default_factory=dict)

    @property
    def demonstrated(self) -> Demonstrations:
        """The demonstration, once it was driven."""
        assert self.demos is not None
        return self.demos

    @property
    def shown(self) -> Stretch:
        """The stretch that is filmed, once it was chosen."""
        assert self.stretch is not None
        return self.stretch

    @property
    def clones(self) -> dict[str, EvalReport]:
        """What the two networks did."""
        return {name: self.reports[name] for name in LEARNERS}


def make_result(found: Findings) -> dict[str, Any]:
    """Everything that was found, for `result.json`: the same seed gives the same on one machine, but for "times"."""
    summaries = {name: summary(found.reports[name]) for name in POLICIES}
    return {
        "lesson": "first-drive",
        "seed": found.config.seed,
        "headline": _headline(found, summaries),
        "policies": summaries,
        "demonstration": _demonstration(found),
        "training": {name: _training(found.learned[name]) for name in LEARNERS},
        "film": _film(found),
        "conditions": asdict(found.config.conditions),
        "drive_sim": __version__,
        "commit": found.learned["plain"].commit,
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in LIBRARIES},
        "times": {name: round(seconds, 2) for name, seconds in found.times_s.items()},
    }


def _headline(found: Findings, summaries: Mapping[str, Mapping[str, Any]]) -> str:
    """The finding in one sentence, whatever it is."""
    plain, twin = (summaries[name] for name in LEARNERS)
    return (
        f"From the same {len(found.demonstrated)} frames, the plain clone needed {_interventions(plain)} on "
        f"{plain['distance_km']:.0f} km of unseen roads; its twin, trained on shifted and rotated views as well, "
        f"needed {_interventions(twin)}."
    )


def _interventions(figures: Mapping[str, Any]) -> str:
    count = figures["interventions"]
    if count == 0:
        return "no intervention"
    return f"{count} intervention{'s' if count > 1 else ''} ({figures['interventions_per_km']:.2g} a km)"


def _demonstration(found: Findings) -> dict[str, Any]:
    demos = found.demonstrated
    return {
        "num_frames": len(demos),
        "road": found.track.name,
        "curvature_sd_per_m": float(np.std(demos.curvature_per_m)),
        "balance": asdict(balance(demos)),
        "warnings": check_demonstrations(demos),
    }


def _training(learned: Learned) -> dict[str, Any]:
    return {"config": learned.training, "steps": learned.steps, "error_per_m": learned.error_per_m}


def _film(found: Findings) -> dict[str, Any]:
    ticks, rate_hz = found.shown.ticks, found.reports["plain"].config.control_hz
    return {
        "road": found.suite.tracks.tracks[found.shown.road].name,
        "from_s": ticks.start / rate_hz,
        "to_s": ticks.stop / rate_hz,
        "rule": found.shown.rule,
    }
