"""What the saliency lesson found, as numbers, and which of the claims that such maps come with hold here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.lessons.findings import Parts, provenance
from drive_sim.lessons.intervals import estimate_rate
from drive_sim.lessons.saliency_maps import CONTROLS, MAPS

PUBLISHED: dict[str, str] = {
    "source": "Bojarski et al. 2016 (arXiv 1611.05418) and 2017 (arXiv 1704.07911)",
    "maps": "pictures of the road with marks along lines, edges and cars; no score is printed",
    "shift": "a figure: the command follows the salient pixels nearly as it follows the whole picture",
}
LABELS = {
    "vbp": "VisualBackProp",
    "gradient": "Gradient",
    "vbp-untrained": "VisualBackProp, untrained",
    "gradient-untrained": "Gradient, untrained",
    "contrast": "Contrast of the picture",
    "usual": "Where markings usually lie",
    "centre": "Middle of the picture",
    "random": "Blobs of noise",
    "truth": "The true markings",
}
KIND_LABELS = {"country": "one lane without lines", "two-lane": "two lanes with lines"}
HALF = 0.5


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    kinds = {kind: kind_figures(parts) for kind, parts in found.items()}
    return {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "headline": _headline(kinds),
        "bars": [bar for kind in kinds for bar in bars(kind, kinds[kind])],
        "published": PUBLISHED,
        "methods": kinds,
        "config": asdict(config),
        **provenance(found),
    }


def kind_figures(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was found on one kind of road, over seeds and views."""
    whole = np.array([np.mean(part["all"]) for part in parts])  # (seeds,)
    km = np.array([part["driven_km"] for part in parts])
    names = ("num_labels", "steps", "cpu_s")
    return {
        "true_share": float(np.mean([part["true_share"] for part in parts])),
        "all_per_m_px": asdict(estimate_rate([part["all"] for part in parts])),
        "all_answers": np.mean([part["all_answers"] for part in parts], axis=0).tolist(),
        "interventions": int(np.sum([part["interventions"] for part in parts])),
        "driven_km": float(km.sum()),
        "maps": {name: map_figures(name, parts, whole) for name in (*MAPS, "truth")},
    } | {name: float(np.mean([part[name] for part in parts])) for name in names}


def map_figures(name: str, parts: Sequence[Mapping[str, Any]], whole: npt.NDArray[np.float64]) -> dict[str, Any]:
    """One map's agreement with the truth, and how much of the whole picture's pull its pixels and the others carry."""
    effects = [part["effects"][name] for part in parts]
    figures: dict[str, Any] = {
        moved: asdict(estimate_rate(np.array([effect[moved] for effect in effects]) / whole[:, None]))
        for moved in ("these", "others")
    }
    figures["share"] = float(np.mean([effect["share"] for effect in effects]))
    for answers in ("these_answers", "others_answers"):
        figures[answers] = np.mean([effect[answers] for effect in effects], axis=0).tolist()
    if name != "truth":
        figures["iou"] = asdict(estimate_rate([part["iou"][name] for part in parts]))
        figures["iou_per_seed"] = [float(np.mean(part["iou"][name])) for part in parts]
        figures["points"] = asdict(estimate_rate([part["points"][name] for part in parts]))
        figures["carried"] = (
            (np.array([effect["carried"] for effect in effects]) / whole[:, None]).mean(axis=0).tolist()
        )
    return figures


def bars(kind: str, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The claims that a saliency map comes with, held against the figures of one kind of road."""
    maps, where = found["maps"], KIND_LABELS[kind]
    return [
        _best_at("iou", "IoU with the true markings", maps, where),
        _best_at("points", "strongest pixel on a marking", maps, where),
        *(_carries(name, maps[name], where) for name in ("vbp", "gradient")),
    ]


def said(stage: str, parts: list[dict[str, Any]]) -> str:  # noqa: ARG001 - the words are alike for all stages
    """A few words on a stage that is finished."""
    iou = {name: np.mean([np.mean(part["iou"][name]) for part in parts]) for name in ("vbp", "gradient")}
    return f"IoU {iou['vbp']:.3f} (VisualBackProp), {iou['gradient']:.3f} (gradient)"


def _best_at(score: str, what: str, maps: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Whether VisualBackProp agrees with the truth better than every control."""
    rival = max(CONTROLS, key=lambda name: maps[name][score]["mean"])
    ours, theirs = maps["vbp"][score]["mean"], maps[rival][score]["mean"]
    return {
        "what": f"{where}: VisualBackProp above every control, {what}",
        "got": f"{ours:.3f}; {LABELS[rival]}: {theirs:.3f}",
        "met": ours > theirs,
    }


def _carries(name: str, figures: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Whether the pixels that a map names carry most of the command's answer, and the others the smaller part."""
    these, others = figures["these"]["mean"], figures["others"]["mean"]
    return {
        "what": f"{where}: the {figures['share']:.0%} that {LABELS[name]} marks carry more than half, the others less",
        "got": f"{these:.0%} and {others:.0%} of the answer to the whole picture",
        "met": these > HALF > others,
    }


def _headline(kinds: Mapping[str, Any]) -> str:
    """The finding in one sentence, whatever it is."""
    ious, carried = (
        {name: np.mean([kind["maps"][name][score]["mean"] for kind in kinds.values()]) for name in MAPS}
        for score in ("iou", "these")
    )
    share = next(iter(kinds.values()))["maps"]["vbp"]["share"]
    return (
        f"VisualBackProp’s marks share {ious['vbp']:.0%} of their area with the true lines and edges, an untrained "
        f"network’s {ious['vbp-untrained']:.0%}. Moving the {share:.0%} of a picture that it marks does "
        f"{carried['vbp']:.0%} of what moving all does; the {share:.0%} of the gradient {carried['gradient']:.0%}."
    )
