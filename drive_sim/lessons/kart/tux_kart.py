"""The kart experiment (Ross, Gordon and Bagnell 2011, section 5.1): cloning, SMILe and DAgger, lap by lap of data.

One road for training and test, a lap of about 1000 labelled pictures a round, a linear policy on 25x19 LAB pixels. How
often does each method's policy fall off the road in a lap?
"""

from dataclasses import dataclass
from typing import ClassVar

from drive_sim.errors import InputError
from drive_sim.evaluate.intervals import Estimate, estimate_rate
from drive_sim.lessons import kit
from drive_sim.lessons.kart.falls import Method, method_of
from drive_sim.lessons.kart.learners import METHODS, KartConfig, Learned, PartResult, Trained, learn_and_drive
from drive_sim.lessons.kart.world import drive_laps, make_world
from drive_sim.policies.expert import PursuitExpert

NETWORK = "network "
"""What the stages of the small network begin with."""


@dataclass(frozen=True, slots=True)
class Config(KartConfig):
    """The small network is run on the first `num_network_seeds` of the seeds, with so many steps a fit."""

    lesson: ClassVar[str] = "tux-kart-2011"
    num_network_seeds: int = 3
    network_steps: int = 600

    def __post_init__(self) -> None:
        KartConfig.__post_init__(self)
        if self.num_network_seeds < 0 or self.network_steps < 1:
            raise InputError(f"{self.lesson}: num_network_seeds must not be negative, and network_steps at least 1")

    @property
    def network_seeds(self) -> tuple[int, ...]:
        """Those on which the small network is run too."""
        return self.seeds[: self.num_network_seeds]


QUICK = Config(0, 2, quick=True, num_rounds=6, evaluate_after=(1, 2, 3, 4, 5, 6), num_laps=10, num_network_seeds=0)


@dataclass(frozen=True, slots=True)
class Result:
    """The expert's falls a lap, and every method's: of the linear policy, and of the network where it was run.

    `dagger_settled_after`: the laps of data from which on DAgger fell not once, through to the last; None where it did.
    """

    expert: Estimate
    methods: dict[str, Method]
    networks: dict[str, Method]
    dagger_settled_after: int | None


def parts(config: Config) -> list[kit.Part]:
    """The expert and every method with every seed, and those with the small network."""
    network_stages = [NETWORK + method for method in METHODS]
    return [
        *kit.parts_by_seed(drive_expert, config, ["expert"], config.seeds),
        *kit.parts_by_seed(learn_and_drive, config, METHODS, config.seeds),
        *kit.parts_by_seed(learn_with_network, config, network_stages, config.network_seeds),
    ]


def drive_expert(config: Config, _stage: str, seed: int, _report: kit.Report) -> PartResult:
    """A part: the expert's own falls, under the same conditions; also for the road's hardness."""
    world = make_world(config.conditions)
    expert = PursuitExpert(world.tracks, config.conditions.lookahead_m)
    driven = drive_laps(world, [expert], config.num_laps, seed)
    return PartResult(driven, Trained([expert], 0, 0.0).effort(config, driven))


def learn_with_network(config: Config, stage: str, seed: int, report: kit.Report) -> Learned:
    """A part: a method with the small network instead of the linear policy."""
    return learn_and_drive(config, stage.removeprefix(NETWORK), seed, report, config.network_steps)


def result(config: Config, found: kit.PartResults) -> Result:
    """The falls of all methods."""
    expert = estimate_rate([part.driven.falls[0] for part in found.read("expert", PartResult)])
    methods = {name: method_of(found.read(name, Learned), config) for name in METHODS}
    with_network = METHODS if config.network_seeds else ()
    networks = {name: method_of(found.read(NETWORK + name, Learned), config) for name in with_network}
    return Result(expert, methods, networks, _settled_after(methods["dagger"]))


def _settled_after(method: Method) -> int | None:
    settled = None
    for laps, fallen in zip(method.laps_of_data[::-1], method.fallen[::-1], strict=True):
        if fallen.num:
            break
        settled = laps
    return settled
