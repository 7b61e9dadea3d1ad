"""What the ALVINN lesson found, as numbers, beside what was published in 1989 and what we asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from drive_sim.evaluate.intervals import estimate_crossed, estimate_crossed_per_km, estimate_rate
from drive_sim.lessons.findings import Parts, provenance

PUBLISHED: dict[str, Any] = {
    "source": "Pomerleau, NIPS 1, 1989; the hidden units as pictures: Touretzky and Pomerleau, BYTE, August 1989",
    "well_percent": 90.0,
    "well": "about 90 % of novel simulated pictures within two units",
    "num_pictures": 1200,
    "num_epochs": 40,
    "learning_s": 1800.0,
    "learning": "half an hour of back-propagation on the Warp, a machine of 100 MFLOPS",
    "one-width": "overlapping filters, each for one to three positions of the whole road",
    "varying": "detectors of single edges",
}
WELL_BAR_PERCENT, CENTRE_BAR_PERCENT = 97.0, 40.0
ONE_EDGE, WHOLE_ROAD = 0.5, 1.0
"""A detector of one edge and a filter for whole roads have these shares; see `alvinn_1989_filters.place_share`."""
HALF_WAY = 0.5 * (ONE_EDGE + WHOLE_ROAD)
"""On which side of it a share's interval lies says which of the two its units are nearer to."""


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    trained = config.probe_widths_m.index(config.trained_width_m)
    methods = {method: method_figures(found[method], trained) for method in ("one-width", "varying")}
    return {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "headline": _headline(config, methods),
        "bars": [*bars(methods), time_bar(methods)],
        "published": PUBLISHED,
        "methods": methods,
        "difference": difference(found, trained),
        "units": {method: reading(of) for method, of in methods.items()},
        "config": asdict(config),
        **provenance(found),
    }


def method_figures(parts: Sequence[Mapping[str, Any]], trained: int) -> dict[str, Any]:
    """What was found with one kind of road, over seeds; `trained` is the place of the one width among those probed."""
    shares = np.array([part["widths"]["place_share"] for part in parts])  # (seeds, widths, units)
    untrained = np.array([part["untrained"] for part in parts])[:, trained]
    counts, km = (np.array([part[name] for part in parts]) for name in ("interventions", "driven_km"))
    names = ("num_labels", "steps", "learning_cpu_s")
    return {
        "well": asdict(estimate_crossed([part["well_by_road"] for part in parts])),
        "well_per_seed": [part["well_by_epoch"][-1] for part in parts],
        "well_by_epoch": [part["well_by_epoch"] for part in parts],
        "well_by_scene": {
            kind: float(np.mean([part["well_by_scene"][kind] for part in parts])) for kind in parts[0]["well_by_scene"]
        },
        "centre_percent": parts[0]["centre_percent"],
        "best_constant_percent": parts[0]["best_constant_percent"],
        "place_share": asdict(estimate_rate(shares[:, trained])),
        "place_share_per_seed": [asdict(estimate_rate(seed[None])) for seed in shares[:, trained]],
        "place_share_untrained": asdict(estimate_rate(untrained)),
        "place_share_by_width": [asdict(estimate_rate(shares[:, i])) for i in range(shares.shape[1])],
        "well_by_width": [part["widths"]["well_percent"] for part in parts],
        "per_km": asdict(estimate_crossed_per_km(counts, km)),
        "interventions": int(counts.sum()),
        "driven_km": float(km.sum()),
    } | {name: float(np.mean([part[name] for part in parts])) for name in names}


def difference(found: Parts, trained: int) -> dict[str, Any]:
    """The mean share with roads of one width less that with many, a seed, and a 95 % interval over seeds and units."""
    one, many = (
        np.array([part["widths"]["place_share"][trained] for part in found[method]])
        for method in ("one-width", "varying")
    )
    # With one seed both networks begin with the same weights, so unit i of one is compared with unit i of the other.
    return {**asdict(estimate_rate(one - many)), "per_seed": (one - many).mean(axis=1).tolist()}


def bars(methods: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was asked, what came out, and whether it is met."""
    one, many = methods["one-width"], methods["varying"]
    whole, edge, units = one["place_share"], many["place_share"], reading(one)
    narrow, wide = (one["place_share_by_width"][end]["mean"] for end in (0, -1))
    return [
        {
            "what": f"at least {WELL_BAR_PERCENT:.0f} % of novel pictures within two units (roads of one width)",
            "got": f"{one['well']['mean']:.1f} %{_range(one['well'], 1)}",
            "met": one["well"]["mean"] >= WELL_BAR_PERCENT,
        },
        {
            "what": f"the centre unit alone answers less than {CENTRE_BAR_PERCENT:.0f} % of them well",
            "got": f"{one['centre_percent']:.1f} %; the best single unit {one['best_constant_percent']:.1f} %",
            "met": one["centre_percent"] < CENTRE_BAR_PERCENT,
        },
        {
            "what": "roads of one width: hidden units are filters for a whole road, both edges tied at that width "
            f"only: a share whose interval lies over {HALF_WAY}, less on the narrowest and widest",
            "got": f"{whole['mean']:.3f}{_range(whole, 3)} at that width (one edge: {ONE_EDGE}, whole road: "
            f"{WHOLE_ROAD:.0f}), {narrow:.2f} and {wide:.2f} on the narrowest and widest",
            "met": units["whole_roads"] and units["less_on_others"],
        },
        {
            "what": f"roads of many widths: they are detectors of single edges, a share whose interval lies "
            f"under {HALF_WAY}",
            "got": f"{edge['mean']:.3f}{_range(edge, 3)} (one edge: {ONE_EDGE}, whole road: {WHOLE_ROAD:.0f})",
            "met": reading(many)["single_edges"],
        },
    ]


def reading(method: Mapping[str, Any]) -> dict[str, bool]:
    """What the shares of one kind of road's hidden units say, each with its interval: what the page's words follow."""
    share, fresh = method["place_share"], method["place_share_untrained"]
    others = [method["place_share_by_width"][end] for end in (0, -1)]
    return {
        "whole_roads": _low(share) > HALF_WAY,
        "single_edges": _high(share) < HALF_WAY,
        "more_than_untrained": _low(share) > _high(fresh),
        "less_on_others": max(_high(other) for other in others) < _low(share),
    }


def time_bar(methods: Mapping[str, Any]) -> dict[str, Any]:
    """The seconds of learning against the Warp's; they stand apart from the words, since they are never the same."""
    slowest = max(method["learning_cpu_s"] for method in methods.values())
    met = slowest < PUBLISHED["learning_s"]
    return {
        "what": "learning takes less than half an hour of one core",
        "got": "less" if met else "not less",
        "met": met,
        "learning_cpu_s": slowest,
    }


def said(stage: str, parts: list[dict[str, Any]]) -> str:
    """A few words on a stage that is finished."""
    if stage == "film":
        return parts[0]["file"]
    return f"{np.mean([part['well_by_epoch'][-1] for part in parts]):.1f} % within two units"


def _low(of: Mapping[str, Any]) -> float:
    return of["mean"] if of["low"] is None else of["low"]


def _high(of: Mapping[str, Any]) -> float:
    return of["mean"] if of["high"] is None else of["high"]


def _range(of: Mapping[str, Any], digits: int = 2) -> str:
    return "" if of["low"] is None else f" ({of['low']:.{digits}f} to {of['high']:.{digits}f})"


def _headline(config: Any, methods: Mapping[str, Any]) -> str:
    """The finding in one sentence, whatever it is."""
    one, many = (methods[name]["well"]["mean"] for name in ("one-width", "varying"))
    return (
        f"After {config.num_pictures} simulated pictures, {config.num_epochs} times each, ALVINN’s network answers "
        f"{one:.1f}\N{NO-BREAK SPACE}% of novel ones within two of 45 units on roads of one width, "
        f"{many:.1f}\N{NO-BREAK SPACE}% on roads of many; "
        f"always the centre unit, {methods['one-width']['centre_percent']:.0f}\N{NO-BREAK SPACE}%."
    )
