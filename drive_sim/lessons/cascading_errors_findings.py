"""What the lesson on cascading errors found, as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from drive_sim.evaluate.intervals import Estimate, estimate_crossed, estimate_mean, estimate_ratio
from drive_sim.evaluate.unaided import growth_exponent, nearest_distances_m, wasserstein_distance_m
from drive_sim.lessons.findings import Parts, provenance
from drive_sim.lessons.road_learners import METHODS

PUBLISHED = {
    "source": "Ross and Bagnell 2010 (theorem 2.1); Ross, Gordon and Bagnell 2011",
    "clone": "J(T) ≤ J*(T) + T² ε",
    "shift-rotate": "–",
    "dagger": "about J*(T) + u T ε",
}
LEAST_RATIO = 10.0
LOOKAHEAD_M = 9.0
"""A heading counts as what it leads aside over this way, the expert's look-ahead."""
DRIVERS = ("expert", *METHODS)


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    drivers = {driver: _figures(found[driver]) for driver in DRIVERS}
    for driver in DRIVERS:
        drivers[driver] |= _distances(found, driver, config.num_places)
    result = {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "published": PUBLISHED,
        "expert": drivers["expert"],
        "methods": {method: drivers[method] for method in METHODS},
        "ratios": _ratios(found),
        "constant_risk_exponent": constant_risk_exponent(drivers["clone"]["lost"]["mean"], config),
        "config": asdict(config),
        **provenance(found),
    }
    return {**result, "headline": _headline(config, result), "bars": bars(config, result)}


def _figures(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Every cost at the end, its excess over the expert's, and the exponents; who was lost; what it took."""
    names = ("num_labels", "steps", "evaluation_steps", "learning_cpu_s")
    return {
        "costs": {cost: _cost(parts, cost) for cost in parts[0]["costs"]},
        "lost": asdict(estimate_crossed([part["lost_by_road"] for part in parts])),
    } | {name: float(np.mean([part[name] for part in parts])) for name in names}


def _cost(parts: Sequence[Mapping[str, Any]], cost: str) -> dict[str, Any]:
    figures = [part["costs"][cost] for part in parts]
    total = np.array([of["by_road"] for of in figures])
    excess = total - np.array([of["expert_by_road"] for of in figures])
    exponents = [of["exponent"]["mean"] for of in figures]
    whole = None not in exponents
    return {
        "total": asdict(estimate_crossed(total)),
        "total_per_seed": total.mean(axis=1).tolist(),
        "excess": asdict(estimate_crossed(excess)),
        "exponent": asdict(estimate_mean(exponents)) if whole else None,
        "exponent_per_seed": [of["exponent"] for of in figures],
        "own_exponent": None
        if any(of["own_exponent"] is None for of in figures)
        else asdict(estimate_mean([of["own_exponent"] for of in figures])),
    }


def _distances(found: Parts, driver: str, num_places: int) -> dict[str, Any]:
    """How far what is visited lies from its own pictures and from the clone's, seed by seed; the expert has none."""
    own, of_clone, nearest = [], [], []
    for part, clone in zip(found[driver], found["clone"], strict=True):
        visited, clones = np.array(part["visited"]), np.array(clone["seen"])
        of_clone.append(_between(clones, visited, num_places))
        if part["seen"] is not None:
            seen = np.array(part["seen"])
            own.append(_between(seen, visited, num_places))
            nearest.append(float(nearest_distances_m(seen, visited, LOOKAHEAD_M).mean()))
    return {
        "distance_from_clone": asdict(estimate_mean(of_clone, least=0.0)),
        "distance": asdict(estimate_mean(own, least=0.0)) if own else None,
        "distance_per_seed": own,
        "nearest": asdict(estimate_mean(nearest, least=0.0)) if own else None,
    }


def _between(seen: Any, visited: Any, num_places: int) -> float:
    return wasserstein_distance_m(seen, visited, LOOKAHEAD_M, num_places, np.random.default_rng(0))


def _ratios(found: Parts) -> dict[str, Any]:
    """How many times DAgger's cost the clone's is, by each cost; and seed by seed by the lesson's own."""
    ratios = {cost: asdict(_ratio(found, cost)) for cost in found["clone"][0]["costs"]}
    pairs = zip(found["clone"], found["dagger"], strict=True)
    per_seed = [a["costs"]["squared"]["curve"][-1] / b["costs"]["squared"]["curve"][-1] for a, b in pairs]
    return {**ratios, "per_seed": per_seed}


def _ratio(found: Parts, cost: str) -> Estimate:
    above, below = ([part["costs"][cost]["by_road"] for part in found[method]] for method in ("clone", "dagger"))
    return estimate_ratio(above, below)


def constant_risk_exponent(lost: float, config: Any) -> float | None:
    """The exponent that a constant risk of being lost for good would give, where so many are lost at the end.

    It is the theorem's own picture: each tick may begin it, and all later ticks pay. Near 2 as long as few are lost.
    """
    if not 0.0 < lost < 1.0:
        return None
    risk = 1.0 - (1.0 - lost) ** (1.0 / config.num_ticks)
    cost = 1.0 - (1.0 - risk) ** np.arange(1, config.num_ticks + 1)
    return growth_exponent(cost[:, None], config.first_tick, config.last_tick)


def bars(config: Any, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the lesson was asked to show, what it showed, and whether it is met."""
    clone, learner, ratio = result["methods"]["clone"], result["methods"]["dagger"], result["ratios"]["squared"]
    exponents = clone["costs"]["squared"]["exponent_per_seed"]
    per_seed = ", ".join(_rounded(r) for r in result["ratios"]["per_seed"])
    return [
        {
            "what": f"the clone's excess over the expert grows faster than time over ticks {config.first_tick} to "
            f"{config.last_tick}, in every seed (interval above 1)",
            "got": ", ".join(_exponent(of) for of in exponents),
            "met": all(of["low"] is not None and of["low"] > 1.0 for of in exponents),
        },
        {
            "what": f"its cost is at least {LEAST_RATIO:.0f} times DAgger's at T = {config.num_ticks}",
            "got": f"{_rounded(ratio['mean'])} times ({_rounded(ratio['low'])} to {_rounded(ratio['high'])}); "
            f"seed by seed {per_seed}",
            "met": ratio["mean"] >= LEAST_RATIO,
        },
        {
            "what": "what it visits lies farther from what it has seen than DAgger's does, in every seed",
            "got": f"{clone['distance']['mean']:.2f} against {learner['distance']['mean']:.2f} m",
            "met": all(a > b for a, b in zip(clone["distance_per_seed"], learner["distance_per_seed"], strict=True)),
        },
    ]


def stays(result: Mapping[str, Any]) -> bool:
    """Whether DAgger's policy stays where the expert is: what it pays beyond is no more than what the expert pays."""
    excess = result["methods"]["dagger"]["costs"]["squared"]["excess"]["mean"]
    return excess <= result["expert"]["costs"]["squared"]["total"]["mean"]


def _exponent(of: Mapping[str, Any]) -> str:
    if of["mean"] is None:
        return "too little to fit"
    return f"{of['mean']:.2f}" + (f" ({of['low']:.2f} to {of['high']:.2f})" if of["low"] is not None else "")


def _headline(config: Any, result: Mapping[str, Any]) -> str:
    """The finding in one sentence, whatever it is."""
    grown, ratio = result["methods"]["clone"]["costs"]["squared"]["exponent"], result["ratios"]["squared"]["mean"]
    growth = "" if grown is None else f", and what it pays beyond the expert grows like T to the {grown['mean']:.1f}"
    return (
        f"{config.num_ticks} ticks without help cost the clone {_rounded(ratio)} times as much as DAgger, from as many "
        f"labels{growth}."
    )


def _rounded(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 10.0 else f"{ratio:.1f}"
