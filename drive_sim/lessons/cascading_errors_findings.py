"""What the lesson on cascading errors found, as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from drive_sim.lessons.findings import Parts, provenance
from drive_sim.lessons.intervals import estimate_rate
from drive_sim.lessons.road_learners import METHODS

PUBLISHED = {
    "source": "Ross and Bagnell 2010 (theorem 2.1); Ross, Gordon and Bagnell 2011",
    "clone": "J(T) ≤ J*(T) + T² ε",
    "shift-rotate": "–",
    "dagger": "about J*(T) + T ε",
}
LEAST_RATIO = 10.0


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    methods = {method: _method(found[method]) for method in METHODS}
    result = {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "published": PUBLISHED,
        "expert": {"cost": asdict(estimate_rate([part["cost_by_road"] for part in found["expert"]]))},
        "methods": methods,
        "ratio": _ratios(methods),
        "config": asdict(config),
        **provenance(found),
    }
    return {**result, "headline": _headline(config, result), "bars": bars(config, result)}


def _method(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Cost at the end, its exponent, and the distance between what was seen and visited; each with its seeds."""
    figures: dict[str, Any] = {
        "cost": asdict(estimate_rate([part["cost_by_road"] for part in parts])),
        "cost_per_seed": [part["cost"][-1] for part in parts],
        "exponent": _over_seeds(parts, "exponent"),
        "exponent_per_seed": [
            {"mean": part["exponent"], "low": part["exponent_low"], "high": part["exponent_high"]} for part in parts
        ],
        "distance": _over_seeds(parts, "distance_m"),
        "nearest": _over_seeds(parts, "nearest_m"),
        "distance_per_seed": [part["distance_m"] for part in parts],
        "lost": float(np.mean([part["lost"] for part in parts])),
        "other_costs": {
            cost: float(np.mean([part["other_costs"][cost] for part in parts])) for cost in parts[0]["other_costs"]
        },
    }
    names = ("num_labels", "steps", "evaluation_steps", "learning_cpu_s")
    return figures | {name: float(np.mean([part[name] for part in parts])) for name in names}


def _over_seeds(parts: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    return asdict(estimate_rate([[part[name]] for part in parts]))


def _ratios(methods: Mapping[str, Any]) -> dict[str, Any]:
    """How many times DAgger's cost the clone's is: of the means, seed by seed, and with the two other costs."""
    clone, learner = methods["clone"], methods["dagger"]
    return {
        "of_means": clone["cost"]["mean"] / learner["cost"]["mean"],
        "per_seed": [a / b for a, b in zip(clone["cost_per_seed"], learner["cost_per_seed"], strict=True)],
        "other_costs": {
            cost: _quotient(clone["other_costs"][cost], learner["other_costs"][cost]) for cost in clone["other_costs"]
        },
    }


def _quotient(a: float, b: float) -> float | None:
    return a / b if b > 0.0 else None


def bars(config: Any, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the lesson was asked to show, what it showed, and whether it is met."""
    clone, learner, ratio = result["methods"]["clone"], result["methods"]["dagger"], result["ratio"]
    window = f"ticks {config.first_tick} to {config.last_tick}"
    return [
        {
            "what": f"the clone's cost grows faster than time over {window}, in every seed (interval above 1)",
            "got": ", ".join(
                f"{of['mean']:.2f} ({of['low']:.2f} to {of['high']:.2f})" for of in clone["exponent_per_seed"]
            ),
            "met": all(of["low"] > 1.0 for of in clone["exponent_per_seed"]),
        },
        {
            "what": f"its cost is at least {LEAST_RATIO:.0f} times DAgger's at T = {config.num_ticks}",
            "got": f"{ratio['of_means']:.1f} times; seed by seed {', '.join(f'{r:.0f}' for r in ratio['per_seed'])}",
            "met": ratio["of_means"] >= LEAST_RATIO,
        },
        {
            "what": "what it visits lies farther from what it has seen than DAgger's does, in every seed",
            "got": f"{clone['distance']['mean']:.2f} against {learner['distance']['mean']:.2f} m",
            "met": all(a > b for a, b in zip(clone["distance_per_seed"], learner["distance_per_seed"], strict=True)),
        },
    ]


def _headline(config: Any, result: Mapping[str, Any]) -> str:
    """The finding in one sentence, whatever it is."""
    methods, ratio = result["methods"], result["ratio"]["of_means"]
    grown = {name: methods[name]["exponent"]["mean"] for name in METHODS}
    return (
        f"Without help the clone's cost grows like T to the {grown['clone']:.1f}, DAgger's like T to the "
        f"{grown['dagger']:.1f}: after {config.num_ticks} ticks it is {_rounded(ratio)} times as high, from as many "
        f"labels."
    )


def _rounded(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 10.0 else f"{ratio:.1f}"
