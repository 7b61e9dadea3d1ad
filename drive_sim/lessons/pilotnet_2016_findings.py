"""What the PilotNet lesson found, as numbers, beside what was published and what we asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from drive_sim.evaluate import autonomy_percent
from drive_sim.evaluate.intervals import (
    Estimate,
    estimate_crossed_per_km,
    estimate_difference_per_km,
    estimate_mean,
)
from drive_sim.lessons.findings import Parts, provenance
from drive_sim.lessons.pilotnet_methods import ARC, METHODS

PUBLISHED: dict[str, Any] = {
    "source": "Bojarski et al. 2016, arXiv 1604.07316, sections 6 and 7",
    "autonomy_percent": 98.0,
    "autonomy": "about 98 % on the road",
    "interventions_per_hour": 12.0,
    "simulator": "a test set of about 3 hours, 100 miles; no figure printed",
    "data": "72 hours at 10 frames a second",
    "parameters": 252_219,
    "multiply_adds": 26.9e6,
}
HUNDRED_MILES_KM = 160.934


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    methods = {stage: method_figures(found[stage]) for stage in (*METHODS, ARC)}
    best = best_of(methods)
    return {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "headline": _headline(methods, best),
        "bars": bars(methods, best),
        "drive_facts": drive_facts(methods),
        "published": PUBLISHED,
        "best": best,
        "expert": method_figures(found["expert"]),
        "methods": methods,
        "differences": differences(found, methods),
        "network": network_facts("pilotnet"),
        "config": asdict(config),
        **provenance(found),
    }


def method_figures(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A method's interventions a km with an interval, the autonomy that each of them stands for, offsets, and cost."""
    counts, km = (np.array([part[name] for part in parts], dtype=np.float64) for name in ("interventions", "km"))
    elapsed_s = np.array([part["elapsed_s"] for part in parts])
    s_per_km = float(elapsed_s.sum() / km.sum())
    per_km = estimate_crossed_per_km(counts, km)
    figures: dict[str, Any] = {
        "interventions": int(counts.sum()),
        "interventions_per_seed": counts.sum(axis=1).astype(int).tolist(),
        "km": float(km.sum()),
        "km_per_seed": km.sum(axis=1).tolist(),
        "elapsed_h": float(elapsed_s.sum() / 3600.0),
        "left_road": sum(part["left_road"] for part in parts),
        "per_km": asdict(per_km),
        "per_km_per_seed": (counts.sum(axis=1) / km.sum(axis=1)).tolist(),
        "per_hour": per_km.mean * 3600.0 / s_per_km,
        "autonomy": autonomy_of(per_km, s_per_km),
        "autonomy_per_seed": [
            autonomy_percent(c, s) for c, s in zip(counts.sum(axis=1), elapsed_s.sum(axis=1), strict=True)
        ],
        "offset_p95_cm": asdict(estimate_mean([part["offset_p95_cm"] for part in parts], least=0.0)),
        "offset_max_cm": float(np.max([part["offset_max_cm"] for part in parts])),
        "offset_max_cm_per_seed": [part["offset_max_cm"] for part in parts],
    }
    if "seed" in parts[0]:
        figures |= learning_figures(parts)
    return figures


def learning_figures(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a method learned from, what it took, and its width as a Gaussian: means over seeds."""
    drawn, km = (
        np.array([part[name] for part in parts], dtype=np.float64) for name in ("drawn_interventions", "drawn_km")
    )
    names = ("num_labels", "num_pictures", "num_samples", "steps", "evaluation_steps", "learning_cpu_s", "error_per_m")
    return {
        "width_per_m": asdict(estimate_mean([part["width_per_m"] for part in parts], least=0.0)),
        "width_per_m_per_seed": [part["width_per_m"] for part in parts],
        "drawn_per_km": asdict(estimate_crossed_per_km(drawn, km)),
        "drawn_interventions": int(drawn.sum()),
        "drawn_km": float(km.sum()),
    } | {name: float(np.mean([part[name] for part in parts])) for name in names}


def autonomy_of(per_km: Estimate, s_per_km: float) -> dict[str, float | None]:
    """NVIDIA's autonomy in percent for a rate and its two bounds: the more interventions, the less of it."""
    mean, low, high = (
        None if rate is None else autonomy_percent(rate, s_per_km) for rate in (per_km.mean, per_km.high, per_km.low)
    )
    return {"mean": mean, "low": low, "high": high}


def best_of(methods: Mapping[str, Any]) -> str:
    """The method of METHODS that needed least help; among equals, the one that kept nearest to its lane."""
    return min(METHODS, key=lambda name: (methods[name]["interventions"], methods[name]["offset_p95_cm"]["mean"]))


def bars(methods: Mapping[str, Any], best: str) -> list[dict[str, Any]]:
    """What the lesson was asked to show, what it showed, and whether it is met; fewer than 100 miles do not do."""
    champion = methods[best]
    per_km, autonomy, least_km = champion["per_km"], champion["autonomy"], min(champion["km_per_seed"])
    return [
        {
            "what": "100 miles (160.9 km) of held-out road: the best method needs 0 interventions, autonomy 100.0 %, "
            "the bound given",
            "got": f"{best}: {counted(champion['interventions'])} in {champion['km']:.0f} km, {least_km:.1f} km with "
            f"each seed; autonomy {autonomy['mean']:.1f} %, at least {autonomy['low']:.2f} %, which is "
            f"{per_km['high']:.4f} interventions a km at most",
            "met": champion["interventions"] == 0 and least_km >= HUNDRED_MILES_KM,
        }
    ]


def drive_facts(methods: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was set beforehand and is the same for every method of METHODS: no bars, since nothing can miss them."""
    names = {
        "km_per_seed": "km of held-out road",
        "num_labels": "ticks labelled by the expert",
        "num_samples": "samples in training",
    }
    found = {what: np.unique(np.hstack([methods[name][key] for name in METHODS])) for key, what in names.items()}
    return [{"what": what, "least": float(values[0]), "most": float(values[-1])} for what, values in found.items()]


def differences(found: Parts, methods: Mapping[str, Any]) -> dict[str, Any]:
    """Interventions a km that one method needs beyond another on the same roads, with an interval (95 %).

    "plain" is the plain clone's against the neediest of the other three (`equals`: all that need as much help as that
    one); "arc" the mix's with the other label, on its few roads, against the mix's.
    """
    rates = {name: methods[name]["per_km"]["mean"] for name in METHODS[1:]}
    neediest = max(rates, key=lambda name: rates[name])
    more = asdict(estimate_more_per_km(found["plain"], found[neediest]))
    return {
        "plain": {"than": neediest, "equals": [name for name in rates if rates[name] == rates[neediest]], **more},
        "arc": {"than": "nvidia", **asdict(estimate_more_per_km(found[ARC], found["nvidia"]))},
    }


def estimate_more_per_km(parts: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> Estimate:
    """How many interventions a km more `parts` needed than `others`, on the roads that both drove first.

    Seeds and roads are drawn together, for both alike; of few interventions nothing is told.
    """
    num_roads = min(len(parts[0]["km"]), len(others[0]["km"]))
    counts, km, other_counts, other_km = (
        np.array([part[name][:num_roads] for part in whose], dtype=np.float64)
        for whose in (parts, others)
        for name in ("interventions", "km")
    )
    return estimate_difference_per_km(counts, km, other_counts, other_km)


def said(stage: str, parts: list[dict[str, Any]]) -> str:  # noqa: ARG001 - the words are alike for all stages
    """A few words on a stage that is finished."""
    counts = sum(sum(part["interventions"]) for part in parts)
    return f"{counted(counts)} in {sum(sum(part['km']) for part in parts):.0f} km"


def network_facts(name: str) -> dict[str, Any]:
    """The network's layers with parameters and multiply-adds, and what a layer of 1164 units would make of it."""
    from drive_sim.policies.network_size import layer_sizes, num_multiply_adds, num_parameters  # noqa: PLC0415
    from drive_sim.policies.networks import ConvNet, make_network  # noqa: PLC0415 - torch loads when it is needed

    network = make_network(name, 66, 200)
    layers = layer_sizes(network, 66, 200)
    copied = ConvNet(network.convolutions, (1164, 100, 50, 10), 66, 200)
    return {
        "name": name,
        "layers": [asdict(layer) for layer in layers],
        "parameters": num_parameters(layers),
        "multiply_adds": num_multiply_adds(layers),
        "parameters_with_1164": num_parameters(layer_sizes(copied, 66, 200)),
    }


def _headline(methods: Mapping[str, Any], best: str) -> str:
    """The finding in one sentence, whatever it is."""
    champion, plain = methods[best], methods["plain"]
    names = {"plain": "plain cloning", "three-cameras": "with three cameras", "shift-rotate": "with shift-and-rotate"}
    return (
        f"Thirty seconds at the wheel, {champion['km']:.0f}\u00a0km of unseen road: "
        f"{names.get(best, 'with NVIDIA’s mix')} {_needs(champion)}, "
        f"autonomy {champion['autonomy']['mean']:.1f}\u00a0%; "
        f"plain cloning {_needs(plain)}, {plain['autonomy']['mean']:.1f}\u00a0%."
    )


def _needs(figures: Mapping[str, Any]) -> str:
    if figures["interventions"] == 0:
        return "no intervention"
    return f"{counted(figures['interventions'])} ({figures['per_km']['mean']:.2g} a km)"


def counted(interventions: int) -> str:
    """How many interventions, in words for one as well."""
    return "1 intervention" if interventions == 1 else f"{interventions} interventions"
