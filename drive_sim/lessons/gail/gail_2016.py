"""GAIL on CartPole (Ho and Ermon 2016, figure 1), its controls, and a world in which staying alive tells nothing.

A trajectory is 20 pairs of our own PPO at 200 steps, its actions drawn. Cloning, FEM and GAIL imitate it in the world
of the paper, where a fall ends the episode, with 1, 4, 7 and 10 trajectories; controls learn there without anything
to learn from. Where the episode goes on after a fall until step 200, all of them have to earn it.
"""

import time
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.gym.cart_pole import FlagUnread, scores
from drive_sim.learn.base import Round
from drive_sim.learn.gail import AdversarialRound
from drive_sim.lessons import kit
from drive_sim.lessons.gail.arms import TRAJECTORIES, Arm, Settings, arms, rounds
from drive_sim.lessons.gail.demonstrators import Demonstrator, demonstrate
from drive_sim.lessons.gail.discriminator_map import Map, map_of

DEMONSTRATORS = "demonstrators"
FILMED = "gail-1"
"""Whose discriminator is painted, with the first seed."""
_LEARNING, _SCORES = 411, 412
"""Second words of the seeds of learning and of fresh episodes, which are the same for all."""
Steps = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """From how many trajectories is learned, with which settings, and how often a learner is scored on the way."""

    num_seeds: int = 7
    trajectories: tuple[int, ...] = TRAJECTORIES
    settings: Settings = field(default_factory=Settings)
    num_looks: int = 25

    def __post_init__(self) -> None:
        if self.num_seeds < 1 or self.num_looks < 1:
            raise InputError("gail-2016: it takes seeds, and looks at who learns")
        rising = sorted({*self.trajectories})
        if not rising or rising[0] != 1 or list(self.trajectories) != rising:
            raise InputError(f"gail-2016: trajectories must rise from 1, got {self.trajectories}")
        if min(self.settings.lengths.values()) < 1:
            raise InputError("gail-2016: steps must be positive")

    @property
    def arms(self) -> dict[str, Arm]:
        """Who learns, by name."""
        return arms(self.trajectories)


QUICK = Config(
    0,
    2,
    quick=True,
    trajectories=(1,),
    settings=Settings(num_steps=60_000, fixed_num_steps=60_000, control_num_steps=48_000, short_num_steps=16_000),
    num_looks=15,
)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What came of an arm with one seed.

    `steps` had been tried at each look (k,), when the mean of 50 fresh episodes was `means` (k,); `scores` (50,) are
    the last policy's. `other_scores`: a clone's in the other world; empty of who learns by trying. `maps`: see `Map`.
    """

    num_labels: int
    steps: Steps
    means: npt.NDArray[np.float64]
    scores: Steps
    other_scores: Steps
    learning_cpu_s: float
    maps: list[Map]


def parts(config: Config) -> list[kit.Part]:
    """The demonstrators, one a seed."""
    return kit.parts_by_seed(_demonstrate, config, (DEMONSTRATORS,), config.seeds)


def _demonstrate(config: Config, _stage: str, seed: int, _report: kit.Report) -> Demonstrator:
    return demonstrate(seed, config.trajectories[-1], config.settings.demonstrator)


def learners(config: Config, found: kit.PartResults) -> list[kit.Part]:
    """Every arm with every seed, from what its demonstrator has shown."""
    demonstrators = found.read(DEMONSTRATORS, Demonstrator)
    return [
        kit.Part(arm.stage, f"{name} seed {seed}", partial(learn, config, name, demonstrator, seed))
        for name, arm in config.arms.items()
        for seed, demonstrator in zip(config.seeds, demonstrators, strict=True)
    ]


def learn(config: Config, name: str, demonstrator: Demonstrator, seed: int, report: kit.Report) -> Learned:
    """A part: one arm learns with one seed, and is looked at on the way."""
    arm, looks, maps, cpu_s, latest = config.arms[name], [], [], 0.0, None
    rng, filmed = np.random.default_rng([seed, _LEARNING]), name == FILMED and seed == config.seed
    start_s = time.process_time()
    for latest in rounds(config.settings, arm, demonstrator, rng):
        cpu_s += time.process_time() - start_s
        i, num = int(latest.metrics["round"]), int(latest.metrics["num_rounds"])
        if filmed and isinstance(latest, AdversarialRound):
            maps.append(map_of(latest))
        if i * config.num_looks // num > (i - 1) * config.num_looks // num:
            mean = _scores(latest, seed, fixed=arm.fixed).mean()
            looks.append((latest.metrics["num_steps"], mean))
            report(i / num, f"round {i} of {num}: {mean:.0f} steps")
        start_s = time.process_time()
    assert latest is not None
    steps, means = zip(*looks, strict=True)
    return Learned(
        num_labels=len(demonstrator.shown(arm.shown, arm.num_trajectories).done) * (arm.method != "constant"),
        steps=np.array(steps, dtype=np.int64),
        means=np.array(means),
        scores=_scores(latest, seed, fixed=arm.fixed),
        other_scores=_other_scores(latest, seed) if arm.method == "clone" else np.zeros(0, dtype=np.int64),
        learning_cpu_s=cpu_s,
        maps=maps,
    )


def _scores(latest: Round, seed: int, *, fixed: bool) -> Steps:
    return scores(latest.policy, np.random.default_rng([seed, _SCORES]), fixed=fixed)


def _other_scores(latest: Round, seed: int) -> Steps:
    """Of a clone from the world in which a fall ends the episode, in that of fixed horizon: same starts, same draws."""
    return scores(FlagUnread(latest.policy), np.random.default_rng([seed, _SCORES]), fixed=True)
