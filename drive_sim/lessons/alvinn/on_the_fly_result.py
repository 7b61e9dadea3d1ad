"""What the lesson on ALVINN on the fly found, made of all its parts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Counts
from drive_sim.evaluate.intervals import Estimate, estimate_crossed_per_km
from drive_sim.lessons import kit
from drive_sim.lessons.alvinn.on_the_fly import Config, Driven, Learned
from drive_sim.lessons.alvinn.watching import METHODS

MPH_IN_MPS = 0.44704


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """Interventions a km over seeds and roads, what they are made of, and seed by seed."""

    per_km: Estimate
    interventions: int
    km: float
    per_seed: list[float]


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A method after some frames: how often it needs help, and how many seeds and drives needed none."""

    frames: int
    rate: Rate
    clean_seeds: int
    clean_drives: int
    num_drives: int
    clean_on_own_road: int
    shown: float
    cpu_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method's curve, its point at the bar, and from how many frames on each seed needs no more help."""

    points: list[Point]
    at_bar: Point
    frames_until_clean: list[int | None]
    views: float
    effort: kit.Effort


@dataclass(frozen=True, slots=True)
class Published:
    """Pomerleau 1991: drives after about 50 cycles, 5 minutes at 4 mph."""

    frames: int = 50
    minutes: float = 5.0
    speed_mph: float = 4.0

    @property
    def metres_a_frame(self) -> float:
        """How far a frame is from the next."""
        return 60.0 * self.minutes * self.speed_mph * MPH_IN_MPS / self.frames


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Every method over frames; the later settings one by one, and rules and views in the bend, at their ends."""

    expert: Rate
    methods: dict[str, Method]
    one_by_one: dict[str, Rate]
    bend: dict[str, Rate]
    metres_a_frame: float
    published_metres_a_frame: float
    published: Published = Published()


def result(config: Config, found: kit.PartResults) -> Result:
    """What every variant needed in help."""
    methods = {name: _method(config, name, found.read(name, Learned)) for name in METHODS}
    expert, one_by_one, bend = (_rates(found.read(stage, Learned)) for stage in ("expert", "one by one", "bend"))
    frames_m = config.metres_a_frame, Published().metres_a_frame
    return Result(expert["expert"], methods, one_by_one, bend, *frames_m)


def rate_of(driven: Sequence[Driven]) -> Rate:
    """The rate of one variant after so many frames, from what every seed drove."""
    counts, km = np.array([one.interventions for one in driven]), np.array([one.km for one in driven])
    per_seed = (counts.sum(axis=1) / km.sum(axis=1)).tolist()
    return Rate(estimate_crossed_per_km(counts, km), int(counts.sum()), float(km.sum()), per_seed)


def _rates(parts: Sequence[Learned]) -> dict[str, Rate]:
    return {name: rate_of([part.variants[name][-1] for part in parts]) for name in parts[0].variants}


def _method(config: Config, name: str, parts: Sequence[Learned]) -> Method:
    curves = [part.variants[name] for part in parts]
    points = [_point(driven) for driven in zip(*curves, strict=True)]
    frames = [point.frames for point in points]
    at = frames.index(config.num_frames)
    effort = kit.Effort(
        config.num_frames,
        float(np.mean([part.steps for part in parts])) * config.num_frames / frames[-1],
        float(np.mean([sum(driven.steps for driven in curve) for curve in curves])),
        points[at].cpu_s,
    )
    clean = [frames_until_clean(frames, [driven.interventions.sum() for driven in curve]) for curve in curves]
    return Method(points, points[at], clean, float(np.mean([curve[at].views for curve in curves])), effort)


def _point(driven: Sequence[Driven]) -> Point:
    """One method after so many frames, every seed."""
    counts = np.array([one.interventions for one in driven])
    return Point(
        frames=driven[0].frames,
        rate=rate_of(driven),
        clean_seeds=int((counts.sum(axis=1) == 0).sum()),
        clean_drives=int((counts == 0).sum()),
        num_drives=counts.size,
        clean_on_own_road=int((on_own_road(counts) == 0).sum()),
        shown=float(np.mean([one.shown for one in driven])),
        cpu_s=float(np.mean([one.learning_cpu_s for one in driven])),
    )


def on_own_road(counts: Counts) -> Counts:
    """Of counts (seeds, roads) those (seeds,) of the road that is a seed's own: the first one's is the first road."""
    number = np.arange(len(counts))
    return counts[number, number % counts.shape[1]]


def frames_until_clean(frames: Sequence[int], counts: npt.ArrayLike) -> int | None:
    """From how many frames on nobody had to help, through to the last number asked for; None where at that one, too."""
    helped = np.flatnonzero(np.asarray(counts) > 0)
    first = 0 if len(helped) == 0 else int(helped[-1]) + 1
    return frames[first] if first < len(frames) else None
