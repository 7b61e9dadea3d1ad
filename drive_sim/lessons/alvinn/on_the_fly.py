"""ALVINN on the fly (Pomerleau 1991, NIPS 3): a network watches somebody drive, and after minutes it drives itself.

A frame every eleven metres, fifteen views of it, a buffer of 200, one pass of back-propagation a frame. After each of
some numbers of frames the network, as it is then, drives roads that it has never seen; so do those that learned the
same frames without one of the ingredients.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from drive_sim.arrays import Counts, Numbers
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, EvalReport, evaluate
from drive_sim.learn import alvinn
from drive_sim.lessons import kit
from drive_sim.lessons.alvinn.watching import METHODS, VARIANTS, drive_frames, drive_into_bend, watch
from drive_sim.policies.alvinn import ALVINN_CAMERA
from drive_sim.policies.compute import use_one_thread
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.suites import Suite, make_suite


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """Seeds, each with a road of its own among the held-out ones; `asked`: after which frames to drive.

    `num_frames`, one of `asked`, is where the bar is. The long bend begins after `bend_frames[0]` frames of the usual
    road and takes `bend_frames[1]` more; it is run on the first `num_bend_seeds` seeds and `num_bend_roads` roads.
    """

    num_seeds: int = 10
    num_roads: int = 10
    asked: tuple[int, ...] = (10, 20, 30, 40, 50, 75, 100)
    num_frames: int = 50
    bend_frames: tuple[int, int] = (30, 70)
    bend_radius_m: float = 40.0
    num_bend_seeds: int = 5
    num_bend_roads: int = 5
    conditions: Conditions = field(default_factory=lambda: CONDITIONS)

    def __post_init__(self) -> None:
        if not (self.num_seeds >= self.num_bend_seeds > 0 and self.num_roads >= self.num_bend_roads > 0):
            raise InputError("alvinn-on-the-fly: it takes seeds and roads, and for the bend at most as many")
        if self.num_frames not in self.asked or min(self.asked) < 1 or list(self.asked) != sorted(set(self.asked)):
            raise InputError("alvinn-on-the-fly: asked must rise from 1 on and hold num_frames")
        if not (min(self.bend_frames) > 0 and self.bend_radius_m > 0.0):
            raise InputError("alvinn-on-the-fly: the bend takes frames before it, frames in it and a radius")

    @property
    def km(self) -> float:
        """How far every road is driven."""
        return self.conditions.distance_m / 1000.0

    @property
    def metres_a_frame(self) -> float:
        """How far the car drives from one frame to the next."""
        return alvinn.PUBLISHED.ticks_per_frame * self.conditions.vehicle.cruise_mps / 10.0


QUICK = Config(
    num_seeds=2,
    quick=True,
    num_roads=2,
    asked=(10, 30),
    num_frames=30,
    bend_frames=(15, 15),
    num_bend_seeds=1,
    num_bend_roads=1,
    conditions=replace(CONDITIONS, distance_m=500.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """A network after some frames: its views then, patterns shown until then, and how it drives each road (r,)."""

    frames: int
    views: int
    shown: int
    learning_cpu_s: float
    interventions: Counts
    km: Numbers
    steps: int


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What a part found: how many ticks were watched, and how each variant drives after each number of frames."""

    steps: int
    variants: dict[str, list[Driven]]


def parts(config: Config) -> list[kit.Part]:
    """The expert once, a part a method and seed, one a seed for the later settings one by one and one for the bend."""
    return [
        *kit.parts_by_seed(drive_expert, config, ["expert"], [config.seed]),
        *kit.parts_by_seed(learn_and_drive, config, (*METHODS, "one by one"), config.seeds),
        *kit.parts_by_seed(learn_and_drive, config, ["bend"], config.seeds[: config.num_bend_seeds]),
    ]


def drive_expert(config: Config, stage: str, _seed: int, report: kit.Report) -> Learned:
    """The expert on the same roads in the same gusts, without pictures."""
    suite = make_suite("held-out", num_roads=config.num_roads, conditions=config.conditions)
    evaluation = EvalConfig(config.conditions.vehicle, camera=None)
    driven = kit.drive_with_progress(PursuitExpert(suite.tracks), suite, evaluation, report)
    return Learned(0, {stage: [_counted(driven, 0, 0, 0, 0.0)]})


def learn_and_drive(config: Config, stage: str, seed: int, report: kit.Report) -> Learned:
    """A part: the variants of a stage watch the same drive, and drive unseen roads after some numbers of frames."""
    use_one_thread()
    demos, asked, num_roads = watched(config, stage, seed)
    suite = make_suite("held-out", num_roads=num_roads, conditions=config.conditions)
    variants: dict[str, list[Driven]] = {name: [] for name in VARIANTS[stage]}
    warm_up(demos)
    for number, (name, settings) in enumerate(VARIANTS[stage].items()):
        for driven in learn(settings, demos, seed, asked, suite, EvalConfig(config.conditions.vehicle, ALVINN_CAMERA)):
            report(
                (number + driven.frames / asked[-1]) / len(variants),
                f"network {number + 1} of {len(variants)}, after {driven.frames} frames",
            )
            variants[name].append(driven)
    return Learned(len(demos), variants)


def watched(config: Config, stage: str, seed: int) -> tuple[Demonstrations, tuple[int, ...], int]:
    """What a stage's learners watch, after how many frames they drive, and how many roads."""
    if stage == "bend":
        demos = drive_into_bend(seed, config.conditions, *config.bend_frames, config.bend_radius_m)
        return demos, (sum(config.bend_frames),), config.num_bend_roads
    asked = config.asked if stage in METHODS else (config.num_frames,)
    return drive_frames(seed, config.conditions, asked[-1]), asked, config.num_roads


def warm_up(demos: Demonstrations) -> None:
    """A learner for one frame, thrown away: what is compiled only now is not billed to the first one."""
    next(watch(alvinn.PUBLISHED, demos, 0, 1))


def learn(
    settings: alvinn.Config,
    demos: Demonstrations,
    seed: int,
    asked: tuple[int, ...],
    suite: Suite,
    evaluation: EvalConfig,
) -> Iterator[Driven]:
    """One learner watches; after each number of frames asked for it drives, as it is then."""
    shown, cpu_s = 0, 0.0
    for latest in watch(settings, demos, seed, asked[-1]):
        shown += settings.steps_per_frame or len(latest.buffer)
        cpu_s += latest.metrics["cpu_s"]
        if latest.index + 1 in asked:
            driven = evaluate(latest.policy, suite, evaluation)
            yield _counted(driven, latest.index + 1, len(latest.buffer), shown, cpu_s)


def _counted(driven: EvalReport, frames: int, views: int, shown: int, cpu_s: float) -> Driven:
    steps = int((driven.elapsed_s * driven.config.control_hz).round().sum())
    return Driven(frames, views, shown, cpu_s, driven.interventions, driven.distance_m / 1000.0, steps)
