"""The lecture's exercise: two walks on a grid of 3 x 3 cells. What is the reward function?

A reward explains the walks if every action taken is among the optimal ones at its cell, to 1e-9. Many rewards do: how
many, what they have in common, which ones maximum margin and maximum entropy pick, and what would tell more.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from drive_sim.errors import InputError
from drive_sim.evaluate.intervals import Count, Estimate, estimate_share
from drive_sim.irl.mdp import PerState
from drive_sim.lessons import kit
from drive_sim.lessons.irl import exercise_answers as answers
from drive_sim.lessons.irl import exercise_draws as draws
from drive_sim.lessons.irl import exercise_world as world
from drive_sim.lessons.irl.exercise_answers import LECTURE, MaxEntPick, Pick, Wall
from drive_sim.lessons.irl.exercise_world import World

_RANDOM, _TABLE = 61, 67
"""Second words of the seeds of the rewards that are counted, and of the page's table."""


@dataclass(frozen=True, slots=True)
class Config(kit.SeedConfig):
    """How many rewards each seed draws, and how many stand in the page's table; maximum entropy's penalties, the first
    one shown; and how many points to a side the cuts through the set of explaining rewards have.
    """

    num_draws: int = 200_000
    num_in_table: int = 10_000
    l2: tuple[float, ...] = (1.0, 0.1, 0.01, 0.001)
    points: int = 121

    def __post_init__(self) -> None:
        if not (self.num_seeds > 0 and self.num_draws > 0 and self.num_in_table > 0 and self.points > 1):
            raise InputError("reward-exercise: it takes seeds, draws, a table, and cuts of two points or more")
        if not self.l2 or min(self.l2) <= 0.0:
            raise InputError("reward-exercise: every l2 must be positive, for without it no reward is best")


QUICK = Config(0, 2, quick=True, num_draws=100_000, l2=(1.0, 0.1), points=61)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What a seed's draws found: how many explain as they are; of those with r(3) = r(5) those that explain (n, 9), and
    how many do for a driver of less patience; and how many explain a third walk too, with what that forces.
    """

    as_drawn: int
    explaining: PerState
    less_patient: int
    third: int


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """What is not drawn, but for the page's table; see `exercise_answers`."""

    four: dict[str, Pick]
    distances: answers.Distances
    margin: Pick
    maxent: list[MaxEntPick]
    demonstrated: PerState
    on_ice: Pick
    left_by_walks: dict[str, int]
    left_by_soft_driver: dict[str, int]
    ranks: dict[str, int]
    seen_without_wall: int
    table: draws.DrawTable


@dataclass(frozen=True, slots=True)
class Walls:
    """What a wall at each place leaves."""

    walls: list[Wall]


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """The shares of random rewards that explain, over all seeds' draws, and their number seed by seed."""

    tied: Estimate
    tied_per_seed: list[Count]
    as_drawn: Estimate
    less_patient: Estimate
    third: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What was drawn, computed, and found of walls."""

    shares: Shares
    computed: Computed
    walls: list[Wall]


def parts(config: Config) -> list[kit.Part]:
    """The draws of each seed, and all that is not drawn."""
    return kit.parts_by_seed(draw, config, ["draws"], config.seeds) + kit.parts_by_seed(
        compute, config, ["answers"], [config.seed]
    )


def wall_parts(_config: Config, found: kit.PartResults) -> list[kit.Part]:
    """Then the walls, which need rewards that explain."""
    return [kit.Part("walls", "all", partial(wall_in, all_explaining(found)))]


def all_explaining(found: kit.PartResults) -> PerState:
    """The rewards (n, 9) of all seeds that explain, given r(3) = r(5)."""
    return np.concatenate([part.explaining.reshape(-1, 9) for part in found.read("draws", Drawn)])


def draw(config: Config, _stage: str, seed: int, _report: kit.Report) -> Drawn:
    """A part: which of a seed's rewards explain the walks."""
    rewards = draws.uniform(config.num_draws, np.random.default_rng([seed, _RANDOM]))
    mdp, hasty, pairs = LECTURE.mdp(), World(discount=world.PATIENCE).mdp(), LECTURE.pairs()
    with_third = LECTURE.pairs((*world.WALKS, world.THIRD))
    tied, tied_twice = (draws.imposed(rewards, draws.forced_of(mdp, of)) for of in (pairs, with_third))
    return Drawn(
        as_drawn=int(draws.explaining(mdp, rewards, pairs).sum()),
        explaining=tied[draws.explaining(mdp, tied, pairs)],
        less_patient=int(draws.explaining(hasty, tied, pairs).sum()),
        third=int(draws.explaining(mdp, tied_twice, with_third).sum()),
    )


def compute(config: Config, _stage: str, seed: int, _report: kit.Report) -> Computed:
    """A part: what is not drawn, and the page's table, drawn from the first seed."""
    margin, ice = answers.margin_reward(), World(slip=world.SLIP)
    four = {name: np.array(reward) for name, reward in world.REWARDS.items()}
    on_ice = world.reward_for_ice(world.REWARDS["Keep off 4, 7 and 8"])
    return Computed(
        four={name: answers.pick_of(reward, margin) for name, reward in four.items()},
        distances=answers.distances(list(four.values())),
        margin=answers.pick_of(margin, margin),
        maxent=[answers.maxent_pick(l2, margin) for l2 in config.l2],
        demonstrated=answers.visits_of(answers.walked().counts(LECTURE.mdp())),
        on_ice=answers.pick_of(on_ice, margin, ice),
        left_by_walks=answers.left_by_walks(),
        left_by_soft_driver=answers.left_by_soft_driver(),
        ranks=answers.ranks(),
        seen_without_wall=answers.left_on_the_walks(),
        table=draws.DrawTable.draw(config.num_in_table, np.random.default_rng([seed, _TABLE])),
    )


def wall_in(explaining: PerState, report: kit.Report) -> Walls:
    """A part: what a wall leaves, at each place."""
    found = []
    for number, between in enumerate(world.WALLS):
        report(number / len(world.WALLS), f"a wall between {between[0] + 1} and {between[1] + 1}")
        found.append(answers.left_by_wall(between, explaining))
    return Walls(found)


def result(config: Config, found: kit.PartResults) -> Result:
    """The shares over all seeds, and what else was found."""
    drawn = found.read("draws", Drawn)
    num = config.num_draws * len(drawn)
    tied = [len(part.explaining) for part in drawn]
    shares = Shares(
        tied=estimate_share(sum(tied), num),
        tied_per_seed=[Count(one, config.num_draws) for one in tied],
        as_drawn=estimate_share(sum(part.as_drawn for part in drawn), num),
        less_patient=estimate_share(sum(part.less_patient for part in drawn), num),
        third=estimate_share(sum(part.third for part in drawn), num),
    )
    (computed,), (walls,) = found.read("answers", Computed), found.read("walls", Walls)
    return Result(shares, computed, walls.walls)
