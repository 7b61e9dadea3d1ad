"""What the lesson on recovery found, as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from drive_sim.evaluate.intervals import FEW_EVENTS, Estimate, estimate_crossed, estimate_mean, estimate_share
from drive_sim.lessons.kit.provenance import Parts, provenance
from drive_sim.lessons.road_learners import METHODS

PUBLISHED = {
    "source": "Bansal, Krizhevsky and Ogale 2019 (ChauffeurNet, figure 7), recovery from a perturbed start",
    "clone": "0 %: imitation alone",
    "shift-rotate": "50 to 100 %: with perturbed starts in training",
    "dagger": "–",
}
NAMES = {"clone": "cloning", "shift-rotate": "with shift-and-rotate", "dagger": "DAgger"}


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    centre = (len(config.offsets_m) // 2, len(config.headings_rad) // 2)
    methods = {method: _method(found[method], centre) for method in METHODS}
    result = {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "published": PUBLISHED,
        "best": max(METHODS, key=lambda method: methods[method]["in_box"]["mean"]),
        "expert": _method(found["expert"], centre),
        "methods": methods,
        "config": asdict(config),
        **provenance(found),
    }
    return {**result, "headline": _headline(config, result), "bars": bars(config, result)}


def _method(parts: Sequence[Mapping[str, Any]], centre: tuple[int, int]) -> dict[str, Any]:
    """Shares recovered, as percent: within the box and over the whole grid, and the map (offsets, headings).

    `unperturbed`: of the starts on the lane and along it, the grid's `centre`; who is lost from there cannot drive
    that place at all. `places`: the share of places (a road and seed) at which some start of the box was lost.
    """
    maps = np.array([part["recovered"] for part in parts])
    num_starts = parts[0]["starts_in_box_by_road"]
    lost = np.array([part["lost_in_box_by_road"] for part in parts])  # (seeds, roads)
    num_places = int((lost > 0).sum())
    figures: dict[str, Any] = {
        "in_box": _percent_recovered(lost / num_starts, few=num_places < FEW_EVENTS),
        "in_box_per_seed": (100.0 * (1.0 - lost.mean(axis=1) / num_starts)).tolist(),
        "lost_in_box": int(lost.sum()),
        "starts_in_box": int(lost.size * num_starts),
        "places": asdict(estimate_share(num_places, lost.size)),
        "num_places_lost": num_places,
        "num_places": lost.size,
        "unperturbed": asdict(_percent(estimate_mean(maps[:, *centre]))),
        "whole_grid": asdict(_percent(estimate_mean(maps.mean(axis=(1, 2))))),
        "map": maps.mean(axis=0).tolist(),
    }
    names = ("num_labels", "steps", "evaluation_steps", "learning_cpu_s")
    return figures | {name: float(np.mean([part[name] for part in parts])) for name in names}


def _percent_recovered(lost_share: Any, *, few: bool) -> dict[str, Any]:
    """Percent recovered, from the shares (seeds, roads) that did not recover.

    The starts at one place are alike, and all seeds start at the same ones: so seeds and roads are resampled. Where few
    places have losses there is no interval; `places` has one.
    """
    rate = estimate_crossed(lost_share)
    if few:
        return asdict(Estimate(100.0 * (1.0 - rate.mean), None, None, "none: see places"))
    assert rate.low is not None
    assert rate.high is not None
    mean, low, high = (100.0 * (1.0 - share) for share in (rate.mean, rate.high, rate.low))
    return asdict(Estimate(mean, low, high, rate.interval))


def _percent(of: Estimate) -> Estimate:
    """Shares as percent, no bound beyond what is possible."""
    low, high = (None if bound is None else 100.0 * min(max(bound, 0.0), 1.0) for bound in (of.low, of.high))
    return Estimate(100.0 * of.mean, low, high, of.interval)


def bars(config: Any, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the lesson was asked to show, what it showed, and whether it is met."""
    best, name = result["methods"][result["best"]], NAMES[result["best"]]
    clone = result["methods"]["clone"]
    return [
        {
            "what": f"the best recovers always within ±{config.box[0]:g} m and ±{config.box[1]:g}°",
            "got": f"{name}: {best['starts_in_box'] - best['lost_in_box']} of {best['starts_in_box']} starts",
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
    share = {name: _in_words(result["methods"][name]["in_box"]["mean"]) for name in METHODS}
    return (
        f"Put up to {config.box[0]:g}\u00a0m and {config.box[1]:g}° beside its lane, the clone finds back from "
        f"{share['clone']} of the starts, DAgger's policy from {share['dagger']}, and the clone that learned from "
        f"shifted and rotated views from {share['shift-rotate']}."
    )


def _in_words(share: float) -> str:
    """A share in words that says 100 only of all."""
    return "all" if share == 100.0 else f"{min(share, 99.9):.1f}\u00a0%"
