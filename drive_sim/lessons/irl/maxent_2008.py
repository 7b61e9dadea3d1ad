"""Maximum entropy inverse reinforcement learning (Ziebart, Maas, Bagnell and Dey 2008): fork, road graphs, and faults.

On the fork of figure 2 routes of one length are alike to it, and not to a model of single actions. In ten cities it
learns where drivers go who are of no model's family. And its algorithm is run with the faults of its popular copies.
"""

import time
from dataclasses import dataclass, field

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.errors import InputError
from drive_sim.irl import maxent
from drive_sim.irl.action_based import ActionLikelihood
from drive_sim.irl.path_likelihood import PathLikelihood, mean_value_and_gradient
from drive_sim.irl.worlds.fork import fork, route_probabilities, routes
from drive_sim.lessons import kit
from drive_sim.lessons.irl.maxent_cities import City, Trips, find_city
from drive_sim.lessons.irl.maxent_small_world import SIZE, Faults, SmallWorld, exact_world, find_faults

_STEP = 1e-5


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """A city and a small world a seed; and how often a fit is timed."""

    num_seeds: int = 10
    trips: Trips = field(default_factory=Trips)
    small: SmallWorld = field(default_factory=SmallWorld)
    num_fits: int = 20

    def __post_init__(self) -> None:
        if min(self.num_seeds, self.num_fits) < 1:
            raise InputError("maxent-2008: it takes a seed, and a fit to be timed")


QUICK = Config(0, 3, quick=True, trips=Trips(num_ends=10), small=SmallWorld(num_steps=200))


@dataclass(frozen=True, slots=True, eq=False)
class Checks:
    """The routes' probabilities on the fork (3,) for both models; how far the gradient is from finite differences.

    `fit_cpu_s`: what each fit in the small world took, and `norm`: the largest gradient norm it was left with.
    """

    fork: dict[str, Numbers]
    gradient_error: float
    norm: float
    fit_cpu_s: Numbers


def parts(config: Config) -> list[kit.Part]:
    """The checks once, and with every seed a city and a small world."""
    return [
        *kit.parts_by_seed(find_checks, config, ["checks"], [config.seed]),
        *kit.parts_by_seed(find_in_city, config, ["cities"], config.seeds),
        *kit.parts_by_seed(find_in_small_world, config, ["faults"], config.seeds),
    ]


def find_in_city(config: Config, _stage: str, seed: int, report: kit.Report) -> City:
    """A part: a city."""
    return find_city(config.trips, seed, report)


def find_in_small_world(config: Config, _stage: str, seed: int, report: kit.Report) -> Faults:
    """A part: a small world."""
    return find_faults(config.small, seed, report)


def find_checks(config: Config, _stage: str, seed: int, _report: kit.Report) -> Checks:
    """A part: the fork, the gradient, and the time of a fit to exact expectations."""
    world = exact_world(config.small, seed)
    weights = np.random.default_rng(seed).normal(size=SIZE**2)
    gradient, seconds, norms = mean_value_and_gradient([world], weights)[1], [], []
    steps = _STEP * np.eye(len(weights))
    rises = [[mean_value_and_gradient([world], weights + sign * step)[0] for sign in (1.0, -1.0)] for step in steps]
    differences = np.array([(up - down) / (2.0 * _STEP) for up, down in rises])
    for _ in range(config.num_fits):
        start_s = time.thread_time()
        found = maxent.fit_shared([world], maxent.Config(tolerance=1e-6 / SIZE))
        seconds.append(time.thread_time() - start_s)
        norms.append(float(np.linalg.norm(mean_value_and_gradient([world], found.weights)[1])))
    return Checks(fork_probabilities(), float(np.abs(gradient - differences).max()), max(norms), np.array(seconds))


def fork_probabilities() -> dict[str, Numbers]:
    """How likely each route of the fork is to the two models of drivers, for a reward of -1 a road."""
    mdp, shown = fork(), routes(fork())
    paid = np.full(mdp.num_pairs, -1.0)
    models = {
        "action": ActionLikelihood(mdp, shown.counts(mdp)),
        "maxent": PathLikelihood.make(mdp, shown, horizon=False),
    }
    return {name: route_probabilities(mdp, model.plan(paid).policy) for name, model in models.items()}
