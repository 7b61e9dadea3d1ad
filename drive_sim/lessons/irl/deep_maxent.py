"""Deep maximum entropy (Wulfmeier, Ondruska and Posner 2015) on objectworlds: what is a network's reward worth?

An optimal driver of an objectworld is watched, a few steps at a time. A linear reward and a network's are learned from
the same demonstrations, the same features and by the same likelihood; an optimal driver of the learned reward is then
valued by the true one, in the world of the demonstrations and in worlds that nobody was watched in.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.evaluate.intervals import Estimate, estimate_mean
from drive_sim.irl import deep_maxent, maxent
from drive_sim.irl.mdp import Mdp, PerPair
from drive_sim.irl.occupancy import Demonstrations, sample
from drive_sim.irl.path_likelihood import PathLikelihood, World
from drive_sim.irl.planning import policy_iteration
from drive_sim.irl.value_difference import expected_value_difference
from drive_sim.irl.worlds import objectworld
from drive_sim.irl.worlds.objectworld import Objectworld
from drive_sim.lessons import kit

METHODS = ("linear-distances", "linear-thresholds", "network-distances", "network-thresholds")
ASKED = (16, 64)
"""Of how many demonstrations the lesson is asked; of the second, learned rewards are shown as well."""
_WORLDS, _DRIVES, _FIRST_PARAMETERS = 211, 212, 213
"""Second words of the seed of worlds, demonstrations, and a network's first parameters."""
_CELLS = 5.0
"""Distances are told in units of so many cells, so that they lie about 1."""

Numbers: TypeAlias = npt.NDArray[np.float64]
Reward: TypeAlias = Callable[[Numbers], Numbers]
"""From features (s, f) to a reward (s,)."""


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """The worlds, how many demonstrations of how many steps are given, and how a reward is kept small.

    `priors`: strengths of which one is chosen by held-out demonstrations; the penalty on the mean log-likelihood of n
    demonstrations is strength / 2n times the squared length of the parameters. `prior_of_one`: for a single one.
    """

    world: objectworld.Config = field(default_factory=objectworld.Config)
    nums: tuple[int, ...] = (1, 4, 16, 64, 256)
    num_steps: int = 8
    num_unseen: int = 4
    priors: tuple[float, ...] = (0.3, 3.0, 30.0)
    prior_of_one: float = 3.0
    most_iterations: int = 100

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_unseen > 0 and self.num_steps > 0 and self.most_iterations > 0):
            raise InputError("deep-maxent: it takes seeds, unseen worlds, steps and iterations")
        if not {*ASKED} <= {*self.nums} or list(self.nums) != sorted({*self.nums}) or self.nums[0] < 1:
            raise InputError(f"deep-maxent: demonstrations must rise from 1 or more, with {ASKED} among them")
        if not self.priors or min(*self.priors, self.prior_of_one) <= 0.0:
            raise InputError("deep-maxent: strengths of priors must be positive")


SMALL_WORLD = objectworld.Config(size=16, num_objects=16)
QUICK = Config(
    0, 2, quick=True, world=SMALL_WORLD, nums=(4, *ASKED), num_unseen=2, priors=(3.0, 30.0), most_iterations=60
)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A world in which somebody drives: its dynamics, its features (s, f), and its true reward (k,)."""

    mdp: Mdp
    features: Numbers
    true: PerPair

    def lost(self, reward: Reward) -> float:
        """The expected value difference of a learned reward."""
        return expected_value_difference(self.mdp, self.true, reward(self.features)[self.mdp.state])

    def shown(self, demonstrations: Demonstrations) -> World:
        """What was demonstrated here."""
        likelihood = PathLikelihood.of_actions(self.mdp, demonstrations)
        return World(likelihood, self.mdp.features_of_pairs(self.features), len(demonstrations.paths))


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What a part found, by number of demonstrations (n,): values lost where it learned, and in unseen worlds (n, u).

    `blank`: what is lost with a reward of 0 everywhere. `rewards` (2, s): learned from the second of `ASKED`, in its
    world and in the first unseen one.
    """

    priors: list[float]
    seen: list[float]
    unseen: Numbers
    blank: float
    rewards: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method's values lost by number of demonstrations, their means and each seed's (seeds, n), and its priors."""

    seen: list[Estimate]
    unseen: list[Estimate]
    seen_per_seed: Numbers
    unseen_per_seed: Numbers
    priors_per_seed: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Every method's figures, and what a reward of 0 everywhere loses."""

    methods: dict[str, Method]
    blank: Estimate


def parts(config: Config) -> list[kit.Part]:
    """Every method with every seed."""
    return kit.parts_by_seed(learn, config, METHODS, config.seeds)


def learn(config: Config, method: str, seed: int, report: kit.Report) -> Learned:
    """A part: one method learns with one seed from ever more demonstrations, and its rewards are valued."""
    seen, *unseen = (_place(world, method) for world in draw_worlds(config, seed))
    driver = policy_iteration(seen.mdp, seen.true).policy
    rng = np.random.default_rng([seed, _DRIVES])
    drives = sample(seen.mdp, driver, config.nums[-1], rng, config.num_steps).paths
    priors, rewards = [], []
    for done, num in enumerate(config.nums):
        report(done / len(config.nums), f"{num} demonstrations")
        given = Demonstrations(drives[:num])
        priors.append(choose_prior(config, method, seen, given, seed))
        rewards.append(fit(config, method, seen.shown(given), priors[-1], seed))
    lost = np.array([[place.lost(reward) for place in (seen, *unseen)] for reward in rewards])
    pictured = rewards[config.nums.index(ASKED[1])]
    return Learned(
        priors=priors,
        seen=lost[:, 0].tolist(),
        unseen=lost[:, 1:],
        blank=seen.lost(lambda features: np.zeros(len(features))),
        rewards=np.stack([pictured(place.features) for place in (seen, unseen[0])]).round(4),
    )


def draw_worlds(config: Config, seed: int) -> list[Objectworld]:
    """A seed's worlds, the same for all methods: the one where drivers are watched, then the unseen ones."""
    return [
        Objectworld.draw(config.world, np.random.default_rng([seed, _WORLDS, number]))
        for number in range(1 + config.num_unseen)
    ]


def _place(world: Objectworld, method: str) -> Place:
    mdp = world.mdp()
    features = world.within() if method.endswith("thresholds") else world.distances() / _CELLS
    return Place(mdp, features, world.reward()[mdp.state])


def fit(config: Config, method: str, world: World, prior: float, seed: int) -> Reward:
    """The reward that a method learns from a world's demonstrations with a prior of some strength."""
    penalty = prior / world.num
    if method.startswith("network"):
        settings = deep_maxent.Config(weight_decay=penalty, most_iterations=config.most_iterations)
        return deep_maxent.fit([world], np.random.default_rng([seed, _FIRST_PARAMETERS]), settings).network.reward
    weights = maxent.fit_shared([world], maxent.Config(l2=penalty, tolerance=1e-3)).weights
    return lambda features: features @ weights


def choose_prior(config: Config, method: str, place: Place, given: Demonstrations, seed: int) -> float:
    """The strength with which each half of the demonstrations makes the other half likeliest."""
    if len(given.paths) < 2:
        return config.prior_of_one
    halves = [place.shown(Demonstrations(given.paths[first::2])) for first in (0, 1)]

    def held_out(prior: float) -> float:
        total = 0.0
        for learned, other in (halves, halves[::-1]):
            reward = fit(config, method, learned, prior, seed)(place.features)[place.mdp.state]
            total += other.likelihood.value(reward, other.likelihood.plan(reward))
        return total

    return max(config.priors, key=held_out)


def result(_config: Config, found: kit.PartResults) -> Result:
    """What each method's rewards cost."""
    by_method = {name: found.read(name, Learned) for name in METHODS}
    return Result(
        {name: _method(parts) for name, parts in by_method.items()},
        estimate_mean([part.blank for part in by_method[METHODS[0]]], least=0.0),
    )


def _method(parts: tuple[Learned, ...]) -> Method:
    seen = np.array([part.seen for part in parts])
    unseen = np.array([np.mean(part.unseen, axis=1) for part in parts])
    return Method(
        seen=[estimate_mean(of, least=0.0) for of in seen.T],
        unseen=[estimate_mean(of, least=0.0) for of in unseen.T],
        seen_per_seed=seen,
        unseen_per_seed=unseen,
        priors_per_seed=np.array([part.priors for part in parts]),
    )
