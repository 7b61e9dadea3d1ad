"""What the kart lesson found, as numbers, beside what was published and what we asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from drive_sim.evaluate.intervals import estimate_rate
from drive_sim.lessons.findings import Parts, provenance

PUBLISHED = {
    "source": "Ross, Gordon and Bagnell, AISTATS 2011, section 5.1 (Super Tux Kart)",
    "clone": "3 to 4 falls a lap, flat however much data",
    "smile": "about 2 falls a lap after 20 laps of data",
    "dagger": "near 0 after 5 laps of data, none from 15",
}
CLONE_BAR = (2.5, 4.5)
CLONE_AT = (1, 5, 10, 20)
DAGGER_FROM = 5


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    methods = {stage: method_figures(parts) for stage, parts in found.items() if stage != "expert"}
    expert = estimate_rate([part["falls"][0] for part in found["expert"]])
    return {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "headline": _headline(methods, config),
        "bars": bars(methods),
        "published": PUBLISHED,
        "expert": asdict(expert),
        "methods": methods,
        "reading": reading(methods),
        "config": asdict(config),
        **provenance(found),
    }


def method_figures(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Falls a lap after each number of laps of data, on roads not seen, and what it took, a seed."""
    falls = np.array([part["falls"] for part in parts])  # (seeds, points, laps)
    points = [
        {
            "laps_of_data": laps,
            **asdict(estimate_rate(falls[:, i])),
            "per_seed": falls[:, i].mean(axis=1).tolist(),
            "num_falls": int(falls[:, i].sum()),
            "num_laps": falls[:, i].size,
        }
        for i, laps in enumerate(parts[0]["laps_of_data"])
    ]
    names = ("num_labels", "steps", "evaluation_steps", "learning_cpu_s")
    figures: dict[str, Any] = {"points": points} | {
        name: float(np.mean([part[name] for part in parts])) for name in names
    }
    if "held_out_falls" in parts[0]:
        figures["held_out"] = asdict(estimate_rate([part["held_out_falls"] for part in parts]))
    return figures


def bars(methods: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the linear policies were asked to show, what they showed, and whether it is met."""
    clone = [point for point in methods["clone"]["points"] if point["laps_of_data"] in CLONE_AT]
    late = [point for point in methods["dagger"]["points"] if point["laps_of_data"] >= DAGGER_FROM]
    last = {name: methods[name]["points"][-1] for name in ("clone", "smile", "dagger")}
    low, high = CLONE_BAR
    num_laps = sum(point["num_laps"] for point in late)
    at = ", ".join(str(point["laps_of_data"]) for point in clone)
    return [
        {
            "what": f"the clone falls {low} to {high} times a lap after {at} laps of data",
            "got": ", ".join(f"{point['mean']:.2f}" for point in clone),
            "met": all(low <= point["mean"] <= high for point in clone),
        },
        {
            "what": f"after {last['smile']['laps_of_data']} laps SMILe is in between",
            "got": f"clone {last['clone']['mean']:.2f}, SMILe {last['smile']['mean']:.2f}, "
            f"DAgger {last['dagger']['mean']:.2f}",
            "met": last["dagger"]["mean"] < last["smile"]["mean"] < last["clone"]["mean"],
        },
        {
            "what": f"DAgger never falls from {DAGGER_FROM} laps of data on",
            "got": f"{sum(point['num_falls'] for point in late)} falls in {num_laps} laps",
            "met": bool(late) and all(point["num_falls"] == 0 for point in late),
        },
    ]


def reading(methods: Mapping[str, Any]) -> dict[str, Any]:
    """What the page's words follow: of two estimates one is said to be less or more where their intervals lie apart.

    `dagger_never_from`: the laps of data from which on DAgger fell not once, through to the last; None where it did.
    """
    clone, learner = methods["clone"]["points"], methods["dagger"]["points"]
    fell = [i for i, point in enumerate(learner) if point["num_falls"]]
    settled = learner[fell[-1] + 1 :] if fell else learner
    return {
        "clone_falls_more": beside(clone[-1], learner[-1]) == "more",
        "clone_last_beside_first": beside(clone[-1], clone[0]),
        "clone_unseen_beside_own": beside(methods["clone"]["held_out"], clone[-1]),
        "dagger_never_from": settled[0]["laps_of_data"] if settled else None,
    }


def beside(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Whether one is "less" or "more" than the other, or "open": the intervals overlap, or there is none."""
    if None in (one["low"], one["high"], other["low"], other["high"]):
        return "open"
    if one["high"] < other["low"]:
        return "less"
    return "more" if one["low"] > other["high"] else "open"


def _headline(methods: Mapping[str, Any], config: Any) -> str:
    """The finding in one sentence, whatever it is."""
    clone, mixture, learner = (methods[name]["points"][-1] for name in ("clone", "smile", "dagger"))
    return (
        f"With {config.num_rounds} laps of data, the clone falls off the road {clone['mean']:.1f} times a lap, "
        f"SMILe {mixture['mean']:.1f} times, and DAgger {_times(learner)}."
    )


def _times(point: Mapping[str, Any]) -> str:
    """How often, for a sentence."""
    if point["num_falls"] == 0:
        return f"not once in {point['num_laps']} laps"
    return f"{point['mean']:.2g} times"
