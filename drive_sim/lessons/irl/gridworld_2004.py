"""Apprenticeship learning in a gridworld (Abbeel and Ng 2004, figures 3 and 4), with maximum entropy beside it.

Figure 3: how near the hull of planned policies comes to an expert whose expected features are known exactly. Figure 4:
what is learned from few paths of that expert is worth, as a share of what the expert gets.
"""

import time
from dataclasses import dataclass, field, replace

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.errors import InputError
from drive_sim.irl import max_margin, maxent
from drive_sim.irl.mdp import Mdp, PerPair
from drive_sim.irl.occupancy import Demonstrations, occupancy, sample
from drive_sim.irl.path_likelihood import Weights, World
from drive_sim.irl.worlds.gridworld import Grid
from drive_sim.irl.worlds.macrocells import Macrocells, ShiftLikelihood, Shifts
from drive_sim.lessons import kit

_REWARDS, _PATHS = 53, 59
"""Second words of the seeds of rewards and of the expert's paths."""
_SHARE_OF_ZEROS = 0.9
GAME = Grid(5, 9, slip=0.1, discount=0.95, start=18)
"""Where the expert goes round a swamp: it starts left in the middle row, and is paid at its right end."""
GOAL, SWAMP = 26, (12, 13, 14, 21, 22, 23, 30, 31, 32)


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """The world, how many policies are planned, and how many paths of how many steps the expert shows.

    `gap`: the search of figure 4 ends where no mixture would be nearer by this, in (1 - g) mu. `num_maxent`: so many of
    the seeds have maximum entropy's reward sought as well, with `l2` on its weights.
    """

    num_seeds: int = 40
    world: Macrocells = field(default_factory=Macrocells)
    num_iterations: int = 30
    num_paths: tuple[int, ...] = (1, 2, 5, 10, 20)
    path_steps: int = 400
    gap: float = 3e-3
    num_maxent: int = 10
    l2: float = 0.1

    def __post_init__(self) -> None:
        if self.num_seeds < 1 or self.num_iterations < 1 or not 0 < self.num_maxent <= self.num_seeds:
            raise InputError("gridworld-2004: it takes seeds, iterations, and maximum entropy for some of the seeds")
        if not self.num_paths or min(self.num_paths) < 1 or self.path_steps < 1:
            raise InputError("gridworld-2004: the expert must show paths of at least one step")
        if not (self.gap > 0.0 and self.l2 > 0.0):
            raise InputError("gridworld-2004: the gap and l2 must be positive")


QUICK = Config(0, 3, quick=True, world=Macrocells(64), num_paths=(1, 5, 20), num_maxent=2)


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """(1 - g) |mu_E - mu| before iteration 1, 2 ... (i,): of either hull, and of projection's own point."""

    max_margin: Numbers
    projection: Numbers
    own_point: Numbers
    search_cpu_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """What is learned from so many paths (p,), as a share of the expert's value.

    `all_features` and `paying_features`: the final mixtures. `best_policy`: of the first mixture's policies the best.
    `estimate`: what the paths themselves are worth.
    """

    all_features: Numbers
    paying_features: Numbers
    best_policy: Numbers
    mimicking: Numbers
    estimate: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Entropy:
    """The same of maximum entropy's soft policy, and of the best policy by its reward; largest slopes left."""

    soft: Numbers
    hard: Numbers
    slope: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Swamp:
    """Shares of time in each cell (s,) of the expert and of who learns with weights of any sign, or none below 0."""

    expert: Numbers
    signed: Numbers
    forced: Numbers


def parts(config: Config) -> list[kit.Part]:
    """Both figures seed by seed, maximum entropy for some, and one swamp."""
    return [
        *kit.parts_by_seed(distances, config, ["distances"], config.seeds),
        *kit.parts_by_seed(values, config, ["values"], config.seeds),
        *kit.parts_by_seed(entropy, config, ["entropy"], config.seeds[: config.num_maxent]),
        *kit.parts_by_seed(swamp, config, ["swamp"], [config.seed]),
    ]


def draw_reward(config: Config, seed: int) -> Weights:
    """The true weights of the macrocells (f,): most of them 0, the others positive, summing to 1."""
    rng, num = np.random.default_rng([seed, _REWARDS]), config.world.num**2
    while True:
        weights = np.where(rng.random(num) < _SHARE_OF_ZEROS, 0.0, rng.random(num))
        if weights.any():
            return weights / weights.sum()


def distances(config: Config, stage: str, seed: int, report: kit.Report) -> Distances:
    """A part of figure 3: both searches for one expert."""
    del stage
    planner = Shifts(config.world).planner(config.world.indicators())
    expert = planner(draw_reward(config, seed)).expectations
    begin_s = time.process_time()
    of_margin = list(max_margin.search(planner, expert, max_margin.Config("max-margin", config.num_iterations)))
    cpu_s = time.process_time() - begin_s
    report(0.5, "projection")
    of_point = list(max_margin.search(planner, expert, max_margin.Config("projection", config.num_iterations)))
    unit = 1.0 - config.world.discount
    margin, hull = (unit * np.array([now.hull.margin for now in story]) for story in (of_margin, of_point))
    own = unit * np.array([float(np.linalg.norm(now.point - expert)) for now in of_point])
    return Distances(margin, hull, own, cpu_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """An expert with reward and value, and paths of it; from how many the rest is learned is said later."""

    mdp: Mdp
    weights: Weights
    value: float
    paths: Demonstrations

    def counts(self, num: int) -> PerPair:
        """How often the first paths take each pair, scaled as if they went on for ever."""
        counts = Demonstrations(self.paths.paths[:num]).counts(self.mdp)
        return counts / (counts.sum() * (1.0 - self.mdp.discount))


def _show(config: Config, seed: int) -> _Shown:
    mdp, weights = config.world.mdp(), draw_reward(config, seed)
    expert = Shifts(config.world).planner(config.world.indicators())(weights)
    rng = np.random.default_rng([seed, _PATHS])
    paths = sample(mdp, expert.policy, max(config.num_paths), rng, config.path_steps)
    return _Shown(mdp, weights, float(weights @ expert.expectations), paths)


def values(config: Config, stage: str, seed: int, report: kit.Report) -> Values:
    """A part of figure 4: what is learned from 1, 2, 5 ... paths of one expert."""
    del stage
    shown, shifts, cells = _show(config, seed), Shifts(config.world, tolerance=1e-4), config.world.indicators()
    paying, rows = np.flatnonzero(shown.weights), []
    for row, num in enumerate(config.num_paths):
        report(row / len(config.num_paths), f"{num} paths")
        counts = shown.counts(num)
        target = counts @ cells[shown.mdp.state]
        of_all = _learn(config, shifts, cells, target)
        of_paying = _learn(config, shifts, cells[:, paying], target[paying])
        each = np.array([of.expectations for of in of_all.planned]) @ shown.weights
        worth = [
            each @ of_all.hull.shares,
            of_paying.hull.expectations @ shown.weights[paying],
            each[of_all.hull.shares > 0.0].max(),
            shifts.visits(mimic(shown.mdp, counts)) @ cells @ shown.weights,
            target @ shown.weights,
        ]
        rows.append(np.array(worth) / shown.value)
    return Values(*np.array(rows).T)


def _learn(config: Config, shifts: Shifts, features: Numbers, target: Numbers) -> max_margin.Search[PerPair]:
    gap = config.gap / (1.0 - config.world.discount)
    settings = max_margin.Config("projection", config.num_iterations, tolerance=gap)
    return max_margin.fit(shifts.planner(features), target, settings)


def mimic(mdp: Mdp, counts: PerPair) -> PerPair:
    """Where the expert was seen, what it did there; anything elsewhere."""
    seen = np.add.reduceat(counts, mdp.first)[mdp.state]
    return np.where(seen > 0.0, counts / np.where(seen > 0.0, seen, 1.0), mdp.uniform_policy())


def entropy(config: Config, stage: str, seed: int, report: kit.Report) -> Entropy:
    """A part: maximum entropy from the same paths as figure 4."""
    del stage
    shown, shifts, cells = _show(config, seed), Shifts(config.world, tolerance=1e-4), config.world.indicators()
    by_pair, rows = cells[shown.mdp.state], []
    for row, num in enumerate(config.num_paths):
        report(row / len(config.num_paths), f"{num} paths")
        likelihood = ShiftLikelihood(shown.mdp, shown.counts(num), shown.mdp.start, None, shifts)
        settings = maxent.Config(l2=config.l2, tolerance=0.05, horizon=False, most_iterations=300)
        found = maxent.fit_shared([World(likelihood, by_pair, num)], settings)
        soft = likelihood.occupancy(found.plans[0].policy) @ by_pair
        hard = shifts.planner(cells)(found.weights).expectations
        worth = np.array([soft @ shown.weights, hard @ shown.weights]) / shown.value
        rows.append([*worth, found.slope * (1.0 - config.world.discount)])
    return Entropy(*np.array(rows).T)


def swamp(config: Config, stage: str, seed: int, report: kit.Report) -> Swamp:
    """A part: an expert who avoids, learned with weights of any sign and with none below 0; nothing is drawn."""
    del stage, seed, report
    mdp, cells = GAME.mdp(), np.arange(GAME.size)
    features = np.stack((cells == GOAL, np.isin(cells, SWAMP)), axis=1).astype(np.float64)
    planner = max_margin.mdp_planner(mdp, features)
    expert = planner(np.array([1.0, -1.0]))
    settings = max_margin.Config(num_iterations=config.num_iterations)
    signed, forced = (
        max_margin.fit(planner, expert.expectations, replace(settings, non_negative=forced)) for forced in (False, True)
    )
    return Swamp(_time_shares(mdp, expert.policy), _mixed_time_shares(mdp, signed), _mixed_time_shares(mdp, forced))


def _mixed_time_shares(mdp: Mdp, found: max_margin.Search[PerPair]) -> Numbers:
    each = [_time_shares(mdp, of.policy) for of in found.planned]
    return found.hull.shares @ np.array(each)


def _time_shares(mdp: Mdp, policy: PerPair) -> Numbers:
    return (1.0 - mdp.discount) * np.add.reduceat(occupancy(mdp, policy), mdp.first)
