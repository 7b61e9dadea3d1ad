"""What the lesson on data efficiency found, as numbers: the curves, where they cross, and how many seconds it takes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.data.augment import ShiftRotate
from drive_sim.evaluate.curves import floored, settled_s
from drive_sim.evaluate.intervals import Draws, estimate_crossed_per_km
from drive_sim.lessons.data_efficiency_crossings import NAMES, SETTLED, Lines, first_up, known, make_pairs, make_worth
from drive_sim.lessons.findings import Parts, provenance
from drive_sim.lessons.road_learners import METHODS

PUBLISHED = {"source": "no number was published for this: the question is the lecture's"}
LIMITS_PER_KM = (0.1, 0.0)
"""Interventions a km that a policy shall come down to."""
ASKED_S = (5.0, 300.0)
"""From where to where curves are asked for."""
LEAST_SEEDS = 5

Array = npt.NDArray[np.float64]


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    counts, km = _counts(found)
    draws = Draws.make(*counts["clone"].shape[-2:])
    seconds, floor, seed_floor = np.array(config.seconds), _floor(km["clone"][0]), _floor(km["clone"][0, :1])
    lines = {
        name: Lines(
            floored(_together(counts[name], km[name]), floor),
            floored(draws.rates(counts[name], km[name]), floor),
            floored(_per_seed(counts[name], km[name]), seed_floor),
        )
        for name in METHODS
    }
    methods = {name: _method(name, found[name], config, counts[name], km[name], draws) for name in METHODS}
    result = {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "published": PUBLISHED,
        "seconds": list(config.seconds),
        "expert": _expert(found["expert"][0]),
        "methods": methods,
        "floor_per_km": floor,
        "seed_floor_per_km": seed_floor,
        "pairs": make_pairs(seconds, lines),
        "worth": make_worth(seconds, lines),
        "config": asdict(config),
        **provenance(found),
        "cpu_s": _cpu_s(found),
    }
    return {**result, "headline": _headline(config, methods), "bars": bars(config, result)}


def _counts(found: Parts) -> tuple[dict[str, Array], dict[str, Array]]:
    """Interventions and kilometres of each method (points, seeds, roads)."""
    counts, m = (
        {
            name: np.array([[point[kind] for point in part["points"]] for part in found[name]], float).swapaxes(0, 1)
            for name in METHODS
        }
        for kind in ("interventions", "distance_m")
    )
    return counts, {name: of / 1000.0 for name, of in m.items()}


def _floor(km: Array) -> float:
    """The rate that nothing in so many kilometres can't be told from: three in all of them."""
    return float(3.0 / km.sum())


def _together(counts: Array, km: Array) -> Array:
    """Interventions a km at each point (k,)."""
    return counts.sum(axis=(-2, -1)) / km.sum(axis=(-2, -1))


def _per_seed(counts: Array, km: Array) -> Array:
    """Interventions a km (seeds, k)."""
    return (counts.sum(axis=-1) / km.sum(axis=-1)).T


def _method(
    name: str, parts: Sequence[Mapping[str, Any]], config: Any, counts: Array, km: Array, draws: Draws
) -> dict[str, Any]:
    """A method's curve, when it is good enough, and what it took; means over the seeds."""
    own, seconds = _per_seed(counts, km), np.array(config.seconds)
    points = [
        {
            "seconds": float(seconds[i]),
            "num_labels": config.course.num_labels[i],
            **asdict(estimate_crossed_per_km(counts[i], km[i], draws)),
            "per_seed": own[:, i].tolist(),
            "num_interventions": int(counts[i].sum()),
            "km": float(km[i].sum()),
            "learning_cpu_s": float(np.mean([_learning_cpu_s(name, part["points"][: i + 1]) for part in parts])),
            **_spread(name, parts, i),
        }
        for i in range(len(seconds))
    ]
    return {
        "points": points,
        "until": [
            {"per_km": most, "per_seed": [known(s) for s in settled_s(seconds, own, most)]} for most in LIMITS_PER_KM
        ],
        "num_labels": points[-1]["num_labels"],
        "steps": points[-1]["num_labels"],
        "expert_steps": points[0 if name == "dagger" else -1]["num_labels"],
        "put_back_in_training": _mean_sum(parts, "put_back"),
        "evaluation_steps": _mean_sum(parts, "evaluation_steps"),
        "learning_cpu_s": points[-1]["learning_cpu_s"],
    }


def _mean_sum(parts: Sequence[Mapping[str, Any]], kind: str) -> float:
    """The sum over a seed's points, mean over the seeds."""
    return float(np.mean([sum(point[kind] for point in part["points"]) for part in parts]))


def _learning_cpu_s(name: str, points: Sequence[Mapping[str, Any]]) -> float:
    """What the last of these policies took: all drives, and DAgger's earlier fits, for they drove."""
    fits = points if name == "dagger" else points[-1:]
    return sum(point["drive_cpu_s"] for point in points) + sum(point["fit_cpu_s"] for point in fits)


def _spread(name: str, parts: Sequence[Mapping[str, Any]], i: int) -> dict[str, float]:
    """Standard deviations of offset and heading in what the network learns from, shifted and turned views included."""
    offset_m, heading_rad = (
        float(np.mean([part["points"][i][kind] for part in parts])) for kind in ("offset_sd_m", "heading_sd_rad")
    )
    if name == "shift-rotate":
        motion = ShiftRotate()
        offset_m = math.sqrt(offset_m**2 + motion.share * motion.max_shift_m**2 / 3.0)
        heading_rad = math.sqrt(heading_rad**2 + motion.share * motion.max_turn_rad**2 / 3.0)
    return {"offset_sd_m": offset_m, "heading_sd_rad": heading_rad}


def _expert(part: Mapping[str, Any]) -> dict[str, Any]:
    km = sum(part["distance_m"]) / 1000.0
    return {"num_interventions": sum(part["interventions"]), "km": km, "high": 3.0 / km}


def _cpu_s(found: Parts) -> float:
    """Seconds of processor time in all, also where the lesson was stopped and went on."""
    points = [point for name in METHODS for part in found[name] for point in part["points"]]
    kinds = ("fit_cpu_s", "drive_cpu_s", "cpu_s")
    return found["expert"][0]["cpu_s"] + sum(point[kind] for point in points for kind in kinds)


def bars(config: Any, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the lesson was asked to show, what it showed, and whether it is met."""
    seconds, num_roads = config.seconds, config.course.conditions.num_roads
    curves = {
        "what": f"curves of three methods from {ASKED_S[0]:.0f} s to 5 min of driving, {LEAST_SEEDS} seeds at least",
        "got": f"{seconds[0]:.0f} to {seconds[-1]:.0f} s, {config.num_seeds} seeds, {num_roads} unseen roads",
        "met": seconds[0] <= ASKED_S[0] and seconds[-1] >= ASKED_S[1] and config.num_seeds >= LEAST_SEEDS,
    }
    return [curves, *(_crossing_bar(pair) for pair in result["pairs"])]


def _crossing_bar(pair: Mapping[str, Any]) -> dict[str, Any]:
    a, b = (NAMES[name] for name in pair["methods"])
    where = "they do not cross" if pair["at_s"] is None else f"at {pair['at_s']:.0f} s"
    return {
        "what": f"{first_up(a)} and {b} cross, or do not, alike in {100 * SETTLED:.0f} % of the resamples",
        "got": f"{where}; crossings in {100 * pair['share_crossing']:.0f} % of them",
        "met": pair["settled"],
    }


def _headline(config: Any, methods: Mapping[str, Any]) -> str:
    """The finding in one sentence, whatever it is."""
    km = methods["clone"]["points"][0]["km"] / config.num_seeds
    clone, twin, learner = (_median_s(methods[name]["until"][-1]["per_seed"], config) for name in METHODS)
    seeds = "one seed" if config.num_seeds == 1 else f"the median of {config.num_seeds} seeds"
    return (
        f"To drive {km:.2g} km of unseen road without an intervention takes {clone} of labelled driving by cloning, "
        f"{learner} by DAgger, and {twin} with shift-and-rotate ({seeds})."
    )


def _median_s(per_seed: Sequence[float | None], config: Any) -> str:
    """The median, the higher of two, in words; it may lie beyond the last point."""
    middle = sorted(math.inf if s is None else s for s in per_seed)[len(per_seed) // 2]
    return f"{middle:.0f} s" if math.isfinite(middle) else f"more than {config.seconds[-1]:.0f} s"
