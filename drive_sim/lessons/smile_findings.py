"""What the lesson on SMILe's mixture found, as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from drive_sim.evaluate.intervals import estimate_rate
from drive_sim.learn import smile
from drive_sim.lessons.findings import Parts, provenance
from drive_sim.lessons.tux_kart_findings import PUBLISHED, beside, method_figures

FIRST_WEIGHT, LAST_WEIGHT = 0.114, 0.015
"""Of the paper's rule at alpha = 0.1 after 20 rounds, as computed by hand."""


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    mixture, learner = (method_figures(found[method]) for method in ("smile", "dagger"))
    members = _members(config, found["smile"])
    remixed = {
        weights: asdict(estimate_rate([part["remixed"][weights] for part in found["smile"]]))
        for weights in found["smile"][0]["remixed"]
    }
    result = {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "published": {"smile": PUBLISHED["smile"], "source": PUBLISHED["source"]},
        "methods": {"smile": mixture, "dagger": learner},
        "members": members,
        "remixed": remixed,
        "weights": _weights(config),
        "reading": reading(mixture["points"][-1], learner["points"][-1], remixed),
        "config": asdict(config),
        **provenance(found),
    }
    return {**result, "headline": _headline(config, result), "bars": bars(config, result)}


def reading(
    mixture: Mapping[str, Any], learner: Mapping[str, Any], remixed: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """What the page's words follow: estimates of falls a lap count as different where their intervals lie apart.

    `least` is that one of the other weights with the fewest falls; of equals the last named.
    """
    as_it_is, first_out, turned = (remixed[name] for name in ("as it is", "without the first", "reversed"))
    least = min([name for name in remixed if name != "as it is"][::-1], key=lambda name: remixed[name]["mean"])
    return {
        "trails": beside(mixture, learner) == "more",
        "reversed": beside(turned, as_it_is),
        "without_first": beside(first_out, as_it_is),
        "without_first_beside_reversed": beside(first_out, turned),
        "least": least,
        "least_beside_as_it_is": beside(remixed[least], as_it_is),
        "least_beside_dagger": beside(remixed[least], learner),
    }


def bars(config: Any, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the lesson was asked to show, what it showed, and whether it is met."""
    mixture, learner = (result["methods"][name]["points"][-1] for name in ("smile", "dagger"))
    best, weights = result["members"]["best"], result["weights"]["without_expert"]
    asked = [
        {
            "what": "SMILe's mixture falls more often than the best of its own policies alone",
            "got": f"{mixture['mean']:.2f} against {best['mean']:.2f} a lap",
            "met": mixture["mean"] > best["mean"],
        },
        {
            "what": "it trails DAgger from the same number of labels",
            "got": f"{mixture['mean']:.2f} against {learner['mean']:.2f} a lap",
            "met": mixture["mean"] > learner["mean"],
        },
    ]
    if (config.alpha, config.num_rounds) == (0.1, 20):
        asked.append(
            {
                "what": f"the first policy's share is {FIRST_WEIGHT} and the last's {LAST_WEIGHT}",
                "got": f"{weights[0]:.3f} and {weights[-1]:.3f}",
                "met": abs(weights[0] - FIRST_WEIGHT) < 5e-4 and abs(weights[-1] - LAST_WEIGHT) < 5e-4,
            }
        )
    return asked


def _members(config: Any, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Each policy alone; and the best one, chosen seed by seed on other laps than it is counted on."""
    alone = np.array([part["alone"] for part in parts])  # (seeds, policies, laps)
    tried = np.array([part["tried"] for part in parts]).mean(axis=2)
    # Of equals the latest, which is fitted where this mixture goes.
    chosen = config.num_rounds - 1 - np.argmin(tried[:, ::-1], axis=1)
    best = asdict(estimate_rate(alone[np.arange(len(alone)), chosen]))
    return {
        "mean": alone.mean(axis=(0, 2)).tolist(),
        "alone": [asdict(estimate_rate(alone[:, j])) for j in range(alone.shape[1])],
        "per_seed": alone.mean(axis=2).tolist(),
        "chosen": (chosen + 1).tolist(),
        "best": best,
    }


def _weights(config: Any) -> dict[str, Any]:
    """Who drives the mixture, round by round, and the last round's weights without the expert.

    `order`: whether these "fall" from the first policy to the last, "rise", or do "neither".
    """
    rounds = range(1, config.num_rounds + 1)
    steps = np.diff(smile.without_expert(config.alpha, config.num_rounds))
    order = "fall" if (steps < 0.0).all() else "rise" if (steps > 0.0).all() else "neither"
    return {
        "order": order,
        "expert": [smile.expert_share(config.alpha, n) for n in rounds],
        "expert_textbook": [smile.expert_share(config.alpha, n - 1) for n in rounds],
        "first": [smile.without_expert(config.alpha, n)[0] for n in rounds],
        "latest": [smile.without_expert(config.alpha, n)[-1] for n in rounds],
        "without_expert": smile.without_expert(config.alpha, config.num_rounds).tolist(),
    }


def _headline(config: Any, result: Mapping[str, Any]) -> str:
    """The finding in two sentences, whatever it is; the second compares what was driven with the same draws."""
    mixture, learner = (result["methods"][name]["points"][-1] for name in ("smile", "dagger"))
    best, remixed = result["members"]["best"]["mean"], result["remixed"]
    return (
        f"After {config.num_rounds} rounds SMILe’s mixture falls {mixture['mean']:.1f} times a lap, the best of its "
        f"policies, alone, {best:.1f} times, and DAgger, from as many labels, {learner['mean']:.1f} times. Driven "
        f"again, the mixture falls {remixed['as it is']['mean']:.1f} times with its weights as they are and "
        f"{remixed['reversed']['mean']:.1f} times with them reversed."
    )
