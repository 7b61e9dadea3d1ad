"""What the parts of the lesson on the gridworld of 2004 come to, beside what was published."""

from dataclasses import dataclass, fields

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.evaluate.intervals import Estimate, estimate_mean
from drive_sim.lessons import kit
from drive_sim.lessons.irl.gridworld_2004 import GOAL, SWAMP, Config, Distances, Entropy, Swamp, Values

PUBLISHED_AT = (5, 10, 15, 20, 30)
PUBLISHED = {
    "max-margin": (0.0235, 0.0097, 0.0056, 0.0038, 0.0021),
    "projection": (0.020, 0.0077, 0.0044, 0.0029, 0.0017),
}
"""Figure 3, read off the plot. Projection has one curve there: the hull's nearest point meets it."""
PUBLISHED_PATHS = (1, 2, 5, 10, 20)
PUBLISHED_VALUES = {
    "all-features": (0.54, 0.74, 0.89, 0.92, 0.97),
    "paying-features": (0.77, 0.85, 0.92, 0.93, 0.98),
    "mimicking": (0.11, 0.14, 0.16, 0.20, 0.26),
}
"""Figure 4, read off the plot."""
BELOW = 0.005
_NUM_TIMED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Approach:
    """A curve of figure 3: distances (i,) before iteration 1, 2 ..., and estimates at the published iterations.

    `published_in`: at how many of these another set of as many runs might give what was published (95 %), if any.
    `below_after`: after how many planned policies the mean is below .005; None where it never is.
    """

    mean: Numbers
    at: list[Estimate]
    published_in: int
    below_after: int | None
    before_and_after: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Both figures; maximum entropy's policies beside projection's mixture, seed by seed; and time in the swamp.

    `values` (a list over numbers of paths each) are shares of the expert's. `gain` is what the soft policy has more
    than the mixture of all features, from the most paths. `in_swamp` and `at_goal`: shares of time.
    """

    approaches: dict[str, Approach]
    values: dict[str, list[Estimate]]
    gain: Estimate
    entropy_slope: float
    in_swamp: dict[str, float]
    at_goal: dict[str, float]
    search_cpu_s: float


def result(_config: Config, found: kit.PartResults) -> Result:
    """The figures of the lesson."""
    near, (swamp,) = found.read("distances", Distances), found.read("swamp", Swamp)
    entropy = found.read("entropy", Entropy)
    soft, hard = np.array([of.soft for of in entropy]), np.array([of.hard for of in entropy])
    by_name = values_by_name(found)
    mixture = by_name["all-features"][: len(entropy)]
    shares = {field.name: np.array(getattr(swamp, field.name)) for field in fields(swamp)}
    return Result(
        approaches={name: _approach(name, curves) for name, curves in distances_by_name(found).items()},
        values={
            name: [estimate_mean(column, least=0.0) for column in of.T]
            for name, of in (*by_name.items(), ("maxent", soft), ("maxent-hard", hard), ("same-seeds", mixture))
        },
        gain=estimate_mean(soft[:, -1] - mixture[:, -1]),
        entropy_slope=float(max(of.slope.max() for of in entropy)),
        in_swamp={name: float(of[list(SWAMP)].sum()) for name, of in shares.items()},
        at_goal={name: float(of[GOAL]) for name, of in shares.items()},
        search_cpu_s=float(np.median([of.search_cpu_s for of in near[:_NUM_TIMED]])),
    )


def distances_by_name(found: kit.PartResults) -> dict[str, Numbers]:
    """The curves of figure 3, all seeds' (s, i)."""
    near = found.read("distances", Distances)
    return {
        "max-margin": np.array([of.max_margin for of in near]),
        "projection": np.array([of.projection for of in near]),
        "own-point": np.array([of.own_point for of in near]),
    }


def values_by_name(found: kit.PartResults) -> dict[str, Numbers]:
    """The curves of figure 4, all seeds' (s, p)."""
    parts = found.read("values", Values)
    return {
        field.name.replace("_", "-"): np.array([getattr(of, field.name) for of in parts]) for field in fields(Values)
    }


def _approach(name: str, curves: Numbers) -> Approach:
    mean = curves.mean(axis=0)
    at = [estimate_mean(curves[:, min(place, curves.shape[1]) - 1], least=0.0) for place in PUBLISHED_AT]
    inside = sum(_may_be(of, published) for of, published in zip(at, PUBLISHED.get(name, ()), strict=False))
    below = np.flatnonzero(mean < BELOW)
    first = int(below[0]) if len(below) else None
    last = len(mean) - 1 if first is None else first
    return Approach(mean, at, inside, first, (float(mean[last - 1]), float(mean[last])))


def _may_be(of: Estimate, published: float) -> bool:
    """Whether the mean of as many other runs may lie there: both means have chance in them."""
    low, high = of.ends
    return bool(abs(published - of.mean) <= np.sqrt(2.0) * 0.5 * (high - low))
