"""What the lesson on recovery found, as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from drive_sim.lessons.findings import Parts, provenance
from drive_sim.lessons.intervals import estimate_rate
from drive_sim.lessons.road_learners import METHODS

PUBLISHED = {
    "source": "Bansal, Krizhevsky and Ogale 2019 (ChauffeurNet, figure 7), recovery from a perturbed start",
    "clone": "0 %: imitation alone",
    "shift-rotate": "50 to 100 %: with perturbed starts in training",
    "dagger": "–",
}


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    methods = {method: _method(found[method]) for method in METHODS}
    result = {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "published": PUBLISHED,
        "best": max(METHODS, key=lambda method: methods[method]["in_box"]["mean"]),
        "expert": _method(found["expert"]),
        "methods": methods,
        "config": asdict(config),
        **provenance(found),
    }
    return {**result, "headline": _headline(config, result), "bars": bars(config, result)}


def _method(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Shares recovered, as percent: within the box and over the whole grid, and the map (offsets, headings)."""
    maps = np.array([part["recovered"] for part in parts])
    num_starts = parts[0]["starts_in_box_by_road"]
    lost = np.array([part["lost_in_box_by_road"] for part in parts])  # (seeds, roads)
    figures: dict[str, Any] = {
        "in_box": _percent_recovered(lost / num_starts),
        "in_box_per_seed": (100.0 * (1.0 - lost.mean(axis=1) / num_starts)).tolist(),
        "lost_in_box": int(lost.sum()),
        "starts_in_box": int(lost.size * num_starts),
        "whole_grid": 100.0 * float(maps.mean()),
        "map": maps.mean(axis=0).tolist(),
    }
    names = ("num_labels", "steps", "evaluation_steps", "learning_cpu_s")
    return figures | {name: float(np.mean([part[name] for part in parts])) for name in names}


def _percent_recovered(lost_share: Any) -> dict[str, Any]:
    """Percent recovered, from the shares (seeds, roads) that did not recover.

    The interval is a bootstrap over seeds and roads, since the starts at one place are alike; so is the rule of three.
    """
    rate = estimate_rate(lost_share)
    low, high = (None if bound is None else 100.0 * (1.0 - min(bound, 1.0)) for bound in (rate.high, rate.low))
    return {"mean": 100.0 * (1.0 - rate.mean), "low": low, "high": high, "interval": rate.interval}


def bars(config: Any, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the lesson was asked to show, what it showed, and whether it is met."""
    best = result["methods"][result["best"]]
    clone = result["methods"]["clone"]
    return [
        {
            "what": f"the best recovers always within ±{config.box[0]:g} m and ±{config.box[1]:g}°",
            "got": f"{result['best']}: {best['starts_in_box'] - best['lost_in_box']} of {best['starts_in_box']} starts",
            "met": best["lost_in_box"] == 0,
        },
        {
            "what": "cloning alone does not",
            "got": f"{clone['in_box']['mean']:.1f} % of {clone['starts_in_box']} starts",
            "met": clone["lost_in_box"] > 0,
        },
    ]


def _headline(config: Any, result: Mapping[str, Any]) -> str:
    """The finding in one sentence, whatever it is."""
    share = {name: _percent(result["methods"][name]["in_box"]["mean"]) for name in METHODS}
    return (
        f"Put up to {config.box[0]:g} m and {config.box[1]:g}° beside its lane, the clone finds back from "
        f"{share['clone']} of the starts, DAgger's policy from {share['dagger']}, and the clone that learned from "
        f"shifted and rotated views from {share['shift-rotate']}."
    )


def _percent(share: float) -> str:
    """A share in words that says 100 only of all."""
    return "all" if share == 100.0 else f"{min(share, 99.9):.1f} %"
