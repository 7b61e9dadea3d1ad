"""ALVINN's first experiment (Pomerleau 1989, NIPS 1): 1200 simulated pictures, 40 epochs, and how well that goes.

How many novel pictures are answered within two units, how long does learning take, what do the hidden units look for
where all roads are of one width and where they are not, and does the network drive?
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Counts, Numbers
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.simulated_pictures import PictureGenerator, make_pictures, make_views
from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, EvalReport
from drive_sim.learn import alvinn_1989 as learner
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.lessons import kit
from drive_sim.lessons.alvinn.edge_probes import EdgeProbe, make_edge_probe, place_share
from drive_sim.policies.alvinn import ALVINN_CAMERA, AlvinnPolicy, nearest_unit
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.suites import make_suite

HALF_WIDTHS_M = {"one-width": (2.2, 2.2), "varying": (1.1, 3.3)}
"""Half the road's width, from and to; the middle of the second is the first."""
METHODS = tuple(HALF_WIDTHS_M)
TOLERANCE_UNITS = 2
"""A picture is answered well within so many units of the right one, as was counted in 1989."""
_TRAINING, _NOVEL, _PROBES, _LEARNING, _WARMING_UP = 19891, 19892, 19893, 19894, 19895
"""First words of the generators' seeds: no road of the training is among the novel ones."""


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """Each seed has other pictures and other weights; the novel pictures, drawn from the first, are the same for all.

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

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_pictures > 0 and self.num_probes > 0 and self.num_driven > 0):
            raise InputError("alvinn-1989: it takes seeds, pictures, probes and roads to drive")
        per_road = math.prod(self.roads_and_scenes)
        if self.num_novel < 1 or self.num_novel % per_road:
            raise InputError(f"alvinn-1989: num_novel must be a multiple of {per_road}, as many a road")
        if self.trained_width_m not in self.probe_widths_m:
            raise InputError(f"alvinn-1989: probe_widths_m must hold the one width, {self.trained_width_m} m")

    @property
    def trained_width_m(self) -> float:
        """The width of all roads of the first kind."""
        return sum(HALF_WIDTHS_M["one-width"])

    @property
    def trained(self) -> int:
        """The place of that width among those probed."""
        return self.probe_widths_m.index(self.trained_width_m)

    @property
    def roads_and_scenes(self) -> tuple[int, int]:
        """How many roads there are, and how many kinds of scene each is seen under."""
        return self.generator.num_roads, len(self.generator.scene_kinds)

    def roads(self, method: str) -> PictureGenerator:
        """The generator with roads of one width, or of many."""
        return replace(self.generator, half_width_m=HALF_WIDTHS_M[method])

    @property
    def learning(self) -> learner.Config:
        """How the network learns; its outermost units are at the sharpest label that the generator brings forth."""
        return learner.Config(self.generator.sharpest_per_m, num_epochs=self.num_epochs)


QUICK = Config(
    num_seeds=2,
    quick=True,
    num_pictures=700,
    num_novel=420,
    generator=PictureGenerator(has_wheel_tracks=False, num_roads=20),
    num_epochs=20,
    probe_widths_m=(2.8, 4.4, 6.0),
    num_probes=70,
    num_driven=5,
    drive_m=500.0,
)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What a part found: how many novel pictures were answered well after each epoch, by road and scene (e, r, c).

    In per cent: pictures of each width (w,) that were, and novel ones that a single unit (u,) would answer. Shares of
    hidden units (w, k) on each width, and (k,) on the one width before learning. Interventions and kilometres a road.
    """

    num_well: Counts
    well_by_width: Numbers
    constant_percent: Numbers
    place_share: Numbers
    place_share_untrained: Numbers
    interventions: Counts
    driven_km: Numbers
    learning_cpu_s: float


def parts(config: Config) -> list[kit.Part]:
    """Every seed with both kinds of road."""
    return kit.parts_by_seed(learn, config, METHODS, config.seeds)


def learn(config: Config, method: str, seed: int, report: kit.Report) -> Learned:
    """A part: learn epoch by epoch, answer novel pictures after each, then look inside, and drive."""
    novel, probes = novel_pictures(config, method), make_probes(config)
    warm_up(config)
    num_well, shares, latest = [], [], None
    for latest in rounds(config, method, seed):
        num_well.append(answered_well(latest.policy, novel).reshape(-1, *config.roads_and_scenes).sum(axis=0))
        if latest.index in (0, config.num_epochs):
            shares.append(np.array([place_share(latest.policy.network.hidden_weights, probe) for probe in probes]))
        report(0.8 * latest.index / config.num_epochs, f"epoch {latest.index}")
    assert latest is not None
    driven = _drive(config, latest.policy, kit.between(report, 0.8, 1.0))
    return Learned(
        num_well=np.array(num_well),
        well_by_width=np.array([100.0 * answered_well(latest.policy, probe).mean() for probe in probes]),
        constant_percent=constant_percent(latest.policy, novel),
        place_share=shares[-1],
        place_share_untrained=shares[0][config.trained],
        interventions=driven.interventions,
        driven_km=driven.distance_m / 1000.0,
        learning_cpu_s=latest.metrics["learning_cpu_s"],
    )


def _drive(config: Config, policy: AlvinnPolicy, report: kit.Report) -> EvalReport:
    suite = replace(make_suite("held-out", num_roads=config.num_driven), distance_m=config.drive_m)
    return kit.drive_with_progress(policy, suite, EvalConfig(CONDITIONS.vehicle, policy.camera), report)


@cache
def warm_up(config: Config) -> None:
    """One throw-away step of learning, once a process: what starts only now is not billed to the first epoch."""
    rng = np.random.default_rng(_WARMING_UP)
    settings = replace(config.learning, num_epochs=1)
    learner.fit(settings, make_pictures(config.generator, settings.batch_size, ALVINN_CAMERA, rng), rng)


def rounds(config: Config, method: str, seed: int) -> Iterator[Round[AlvinnPolicy]]:
    """The epochs of a network; with one seed both widths have the same bends, poses, scenes and first weights."""
    rng = np.random.default_rng([_TRAINING, seed])
    pictures = make_pictures(config.roads(method), config.num_pictures, ALVINN_CAMERA, rng)
    return learner.train(config.learning, ImitationTask(pictures), np.random.default_rng([_LEARNING, seed]))


@cache
def first_seed(config: Config, method: str) -> tuple[AlvinnPolicy, ...]:
    """The first seed's network after each epoch, from its first weights on: learned once more, to the bit."""
    return tuple(latest.policy for latest in rounds(config, method, config.seed))


def novel_pictures(config: Config, method: str) -> Demonstrations:
    """Labelled pictures of roads that nobody learns from, in the order of their roads and scenes."""
    rng = np.random.default_rng([_NOVEL, config.seed])
    return make_pictures(config.roads(method), config.num_novel, ALVINN_CAMERA, rng)


def make_probes(config: Config) -> list[EdgeProbe]:
    """The same places on roads of each of the widths that are probed, drawn from the run's first seed, too."""
    generator = replace(config.generator, num_roads=min(12, config.generator.num_roads))
    views = make_views(generator, config.num_probes, np.random.default_rng([_PROBES, config.seed]))
    return [make_edge_probe(views, width_m, generator.lookahead_m) for width_m in config.probe_widths_m]


def answered_well(policy: AlvinnPolicy, of: Demonstrations | EdgeProbe) -> npt.NDArray[np.bool_]:
    """Which pictures (n,) are answered by a unit that is near enough to the right one."""
    answered, right = (nearest_unit(per_m, policy.units) for per_m in (policy.predict(of.images), of.curvature_per_m))
    return np.abs(answered - right) <= TOLERANCE_UNITS


def constant_percent(policy: AlvinnPolicy, novel: Demonstrations) -> Numbers:
    """The share of novel pictures, in per cent, that each unit (u,) would answer well, were it always the one."""
    right, number = nearest_unit(novel.curvature_per_m, policy.units), np.arange(len(policy.units))
    return 100.0 * (np.abs(right[:, None] - number) <= TOLERANCE_UNITS).mean(axis=0)
