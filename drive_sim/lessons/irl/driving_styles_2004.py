"""Driving styles (Abbeel and Ng 2004, section 5.2): watch two minutes of driving, then drive like that.

A demonstration is 1200 samples of a scripted style on the highway. Max-margin inverse reinforcement learning finds
policies whose mixture meets its shares of samples, in collisions and in each lane. Maximum entropy finds one reward,
whose weights say what the driver minds, and whose likelihood tells whose driving another two minutes are.
"""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.irl import max_margin, maxent
from drive_sim.irl.driving_styles import STYLES, policy_of_style
from drive_sim.irl.highway import FEATURES, PLACES, Highway, features
from drive_sim.irl.horizon import plan_horizon
from drive_sim.irl.mdp import Mdp, PairIndex, PerPair
from drive_sim.irl.occupancy import Demonstrations, sample
from drive_sim.irl.planning import modified_policy_iteration
from drive_sim.lessons import kit

Shares = npt.NDArray[np.float64]
"""Shares of samples: a number a feature, or of the six that are told."""
TOLD = (FEATURES.index("collision"), *range(len(PLACES)))
"""The features of table 1: collision, and the five places."""
_DEMONSTRATIONS, _DRIVES, _TWINS, _HELD_OUT = 61, 62, 63, 64
"""Second words of the seeds of what is drawn."""
TOLD_APART = "told-apart"
"""The stage in which held-out drives are told apart."""
_SHOWN = slice(100, 220)
"""The samples that the film shows."""


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """How long a demonstration is, how often it is tried to come near, and what is driven afterwards.

    `piece`: ticks of a piece of a demonstration, of which each is a demonstration for maximum entropy. `l2`: its prior.
    """

    num_seeds: int = 20
    highway: Highway = field(default_factory=Highway)
    num_samples: int = 1200
    num_iterations: int = 30
    num_drives: int = 20
    num_held_out: int = 5
    piece: int = 40
    l2: float = 0.1

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_iterations > 0 and self.num_drives > 1 and self.num_held_out > 0):
            raise InputError("driving-styles-2004: it takes seeds, iterations, two drives or more, and held-out ones")
        if not (0 < self.piece <= self.num_samples and self.l2 > 0.0):
            raise InputError("driving-styles-2004: pieces must be shorter than a demonstration, and l2 above 0")


QUICK = Config(0, 2, quick=True, num_iterations=10, num_drives=10, num_held_out=2)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learned from one demonstration.

    `demonstrated`, `learned`: shares of samples of the six features of `TOLD`; `gap`: how far apart they are, and
    `twin_gaps` how far apart two drives of the one driver are. `margins`: how far the nearest mixture was after each
    iteration. `collision_margin`: the weight of a collision in each iteration. `weights`: maximum entropy's (15,).
    `shown`: the states of a stretch of the demonstration and of a drive that was learned from it (2, t).
    """

    demonstrated: Shares
    learned: Shares
    gap: float
    twin_gaps: Shares
    margins: Shares
    collision_margin: Shares
    weights: Shares
    shown: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ToldApart:
    """How many held-out drives of each style (rows) were taken for each (columns)."""

    taken_for: npt.NDArray[np.int64]


def drives(config: Config, mdp: Mdp, policy: PerPair, num: int, rng: np.random.Generator) -> tuple[PairIndex, ...]:
    """Drives of a policy, of as many samples as a demonstration."""
    return sample(mdp, policy, num, rng, config.num_samples).paths


def shares(mdp: Mdp, drive: PairIndex) -> Shares:
    """The share of a drive's samples with each feature (15,)."""
    return features()[mdp.state[drive]].mean(axis=0)


def expected_shares(config: Config, mdp: Mdp, policy: PerPair) -> Shares:
    """The shares of samples that a policy's drive has in the mean (15,), exactly."""
    onwards, visits = mdp.matrix(policy).T.tocsr(), mdp.start
    total = np.zeros(mdp.num_states)
    for _ in range(config.num_samples):
        total += visits
        visits = onwards @ visits
    return total @ features() / config.num_samples


def pieces(config: Config, drive: PairIndex) -> Demonstrations:
    """A drive cut into demonstrations for maximum entropy."""
    return Demonstrations(tuple(np.split(drive, range(config.piece, len(drive), config.piece))))


def tell_apart(config: Config, mdp: Mdp, weights: npt.NDArray[np.float64], seed: int) -> ToldApart:
    """Whose driving held-out drives are: of the style under whose soft policy they are likeliest; weights (5, 15)."""
    policies = [plan_horizon(mdp, (features() @ of)[mdp.state], config.piece, 1.0).policy for of in weights]
    taken_for = np.zeros((len(STYLES), len(STYLES)), dtype=np.int64)
    for row, style in enumerate(STYLES):
        rng = np.random.default_rng([seed, _HELD_OUT, row])
        for drive in drives(config, mdp, policy_of_style(mdp, style), config.num_held_out, rng):
            likelihoods = [_log_likelihood(policy, pieces(config, drive)) for policy in policies]
            taken_for[row, int(np.argmax(likelihoods))] += 1
    return ToldApart(taken_for)


def _log_likelihood(policy: PerPair, demonstrations: Demonstrations) -> float:
    """Of all actions of all pieces, under a policy by steps to go."""
    return sum(float(np.log(policy[np.arange(len(path), 0, -1), path]).sum()) for path in demonstrations.paths)


def learn(config: Config, style: str, seed: int, report: kit.Report) -> Learned:
    """A part: one style is demonstrated, and learned by both methods."""
    mdp, number = config.highway.mdp(), list(STYLES).index(style)
    rngs = [np.random.default_rng([seed, word, number]) for word in (_DEMONSTRATIONS, _DRIVES, _TWINS)]
    driver = policy_of_style(mdp, style)
    (demonstration,) = drives(config, mdp, driver, 1, rngs[0])
    found, margins, collisions = _search(config, mdp, shares(mdp, demonstration), report)
    report(0.7, "maximum entropy")
    maximum = maxent.Config(l2=config.l2, tolerance=1e-3)
    weights = maxent.fit(mdp, features(), pieces(config, demonstration), maximum).weights
    learned = _mixture_drives(config, mdp, found, rngs[1])
    twins = [shares(mdp, drive)[list(TOLD)] for drive in drives(config, mdp, driver, 2 * config.num_drives, rngs[2])]
    told, mean = shares(mdp, demonstration)[list(TOLD)], np.mean([shares(mdp, one) for one in learned], axis=0)
    return Learned(
        demonstrated=told,
        learned=mean[list(TOLD)],
        gap=float(np.linalg.norm(mean[list(TOLD)] - told)),
        twin_gaps=np.linalg.norm(np.array(twins[::2]) - twins[1::2], axis=1),
        margins=margins,
        collision_margin=collisions,
        weights=weights,
        shown=mdp.state[np.stack([demonstration[_SHOWN], learned[0][_SHOWN]])],
    )


def _search(
    config: Config, mdp: Mdp, expert: Shares, report: kit.Report
) -> tuple[max_margin.Search[PerPair], Shares, Shares]:
    """The end of the search, and after each iteration the margin and the weight of a collision."""

    def plan(weights: max_margin.Expectations) -> max_margin.Planned[PerPair]:
        policy = modified_policy_iteration(mdp, (features() @ weights)[mdp.state], tolerance=1e-6).policy
        return max_margin.Planned(policy, expected_shares(config, mdp, policy))

    steps = []
    for found in max_margin.search(plan, expert, max_margin.Config(num_iterations=config.num_iterations)):
        steps.append(found)
        report(0.7 * len(steps) / (config.num_iterations + 1), f"iteration {len(steps) - 1}")
    margins = np.array([step.hull.margin for step in steps])
    return steps[-1], margins, np.array([step.weights[TOLD[0]] for step in steps])


def _mixture_drives(
    config: Config, mdp: Mdp, found: max_margin.Search[PerPair], rng: np.random.Generator
) -> list[PairIndex]:
    """Drives of the mixture, its policy drawn once a drive."""
    drawn = rng.choice(len(found.planned), config.num_drives, p=found.hull.shares)
    return [drives(config, mdp, found.planned[of].policy, 1, rng)[0] for of in drawn]


def parts(config: Config) -> list[kit.Part]:
    """Every style with every seed."""
    return kit.parts_by_seed(learn, config, STYLES, config.seeds)


def parts_told_apart(config: Config, found: kit.PartResults) -> list[kit.Part]:
    """Held-out drives of a seed, under what was learned of all styles with that seed."""
    learned = {style: found.read(style, Learned) for style in STYLES}
    by_seed = (np.array([of[row].weights for of in learned.values()]) for row in range(config.num_seeds))
    return [
        kit.Part(TOLD_APART, f"seed {seed}", partial(_tell_apart, config, weights, seed))
        for seed, weights in zip(config.seeds, by_seed, strict=True)
    ]


def _tell_apart(config: Config, weights: npt.NDArray[np.float64], seed: int, _report: kit.Report) -> ToldApart:
    return tell_apart(config, config.highway.mdp(), weights, seed)
