"""What the parts of the lesson on GAIL found, arm by arm."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.evaluate.intervals import Estimate, estimate_mean
from drive_sim.gym.cart_pole import LIMIT
from drive_sim.lessons import kit
from drive_sim.lessons.gail.demonstrators import Demonstrator
from drive_sim.lessons.gail.gail_2016 import DEMONSTRATORS, Config, Learned

SOLVED = 195.0
"""Steps in the mean, as CartPole-v0 asked for."""
LAST_SHARE = 0.2
"""Of the looks, the last, over which what is reached shall be kept."""
PerSeed = Annotated[npt.NDArray[np.float64], "seeds"]
PerLook = Annotated[npt.NDArray[np.float64], "seeds looks"]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """An arm's scores: steps before the fall, at most 200, of the last policy, in the mean of 50 fresh episodes a seed.

    `means` at looks on the way, after `steps`; `solved_at`: steps at the first look of at least 195, None without one.
    `kept`: the lowest look of the last fifth. `other_per_seed`: of clones, in the other world; `is_same`: there each
    episode lasted as long.
    """

    score: Estimate
    per_seed: PerSeed
    steps: PerLook
    means: PerLook
    solved_at: list[int | None]
    kept: PerSeed
    other_per_seed: PerSeed
    is_same: bool
    effort: kit.Effort

    @property
    def num_solved(self) -> int:
        """In how many seeds 195 is reached at some look."""
        return sum(at is not None for at in self.solved_at)

    @property
    def latest_solved(self) -> int | None:
        """After how many steps the last seed reached it; None where one never did."""
        return max((at for at in self.solved_at if at is not None), default=None) if self.all_solved else None

    @property
    def all_solved(self) -> bool:
        """Whether every seed reached it."""
        return self.num_solved == len(self.solved_at)


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Every arm's scores, and what demonstrators needed and are worth."""

    arms: dict[str, Scored]
    demonstrator: Estimate
    demonstrator_steps: float
    demonstrator_cpu_s: float


def result(config: Config, found: kit.PartResults) -> Result:
    """What each arm came to."""
    demonstrators = found.read(DEMONSTRATORS, Demonstrator)
    return Result(
        {name: _scored(parts) for name, parts in by_arm(config, found).items()},
        estimate_mean([of.score for of in demonstrators], least=0.0, most=LIMIT),
        float(np.mean([of.num_steps for of in demonstrators])),
        float(np.mean([of.learning_cpu_s for of in demonstrators])),
    )


def by_arm(config: Config, found: kit.PartResults) -> dict[str, list[Learned]]:
    """What each arm's parts found, seed by seed, in the order in which they were handed in."""
    return {name: list(_of_stage(config, found, arm.stage)[name]) for name, arm in config.arms.items()}


def _of_stage(config: Config, found: kit.PartResults, stage: str) -> dict[str, tuple[Learned, ...]]:
    names = [name for name, arm in config.arms.items() if arm.stage == stage]
    parts = found.read(stage, Learned)
    return {name: parts[i * config.num_seeds : (i + 1) * config.num_seeds] for i, name in enumerate(names)}


def _scored(parts: list[Learned]) -> Scored:
    per_seed = np.array([part.scores.mean() for part in parts])
    means = np.array([part.means for part in parts])
    num_last = max(1, round(LAST_SHARE * means.shape[1]))
    return Scored(
        score=estimate_mean(per_seed, least=0.0, most=LIMIT),
        per_seed=per_seed,
        steps=np.array([part.steps for part in parts], dtype=np.float64),
        means=means,
        solved_at=[_solved_at(part) for part in parts],
        kept=means[:, -num_last:].min(axis=1),
        other_per_seed=np.array([part.other_scores.mean() for part in parts if len(part.other_scores)]),
        is_same=all(np.array_equal(part.scores, part.other_scores) for part in parts),
        effort=kit.mean_effort([_effort(part) for part in parts]),
    )


def _solved_at(part: Learned) -> int | None:
    reached = part.steps[part.means >= SOLVED]
    return int(reached[0]) if len(reached) else None


def _effort(part: Learned) -> kit.Effort:
    return kit.Effort(part.num_labels, float(part.steps[-1]), float(part.scores.sum()), part.learning_cpu_s)
