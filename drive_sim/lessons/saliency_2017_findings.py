"""What the saliency lesson found, as numbers, and which of the claims that such maps come with hold here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.evaluate.intervals import Estimate, estimate_crossed, estimate_crossed_per_km, estimate_ratio
from drive_sim.lessons.findings import Parts, provenance
from drive_sim.lessons.saliency_maps import CONTROLS, MAPS

PUBLISHED: dict[str, str] = {
    "source": "Bojarski et al. 2016 (arXiv 1611.05418) and 2017 (arXiv 1704.07911)",
    "maps": "maps as pictures beside pictures of the road; no intersection over union",
    "shift": "how the command answers when the salient pixels are moved, the others, or all",
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
SCORES = ("iou", "points")

Values = npt.NDArray[np.float64]
"""A number a seed and view (s, v): all seeds' networks are asked about the same views."""


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    kinds = {kind: kind_figures(parts) for kind, parts in found.items()}
    return {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "headline": _headline(kinds),
        "bars": [bar for kind in kinds for bar in bars(kind, kinds[kind], config.within_px)],
        "published": PUBLISHED,
        "methods": kinds,
        "config": asdict(config),
        **provenance(found),
    }


def kind_figures(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was found on one kind of road, over seeds and views."""
    count, km = (np.array([part[name] for part in parts], dtype=np.float64) for name in ("interventions", "driven_km"))
    names = ("num_labels", "steps", "cpu_s")
    return {
        "true_share": float(np.mean([part["true_share"] for part in parts])),
        "chance": {score: float(np.mean([part["chance"][score] for part in parts])) for score in SCORES},
        "all_per_m_px": _over_views(_each(parts, "all")),
        "all_answers": np.mean([part["all_answers"] for part in parts], axis=0).tolist(),
        "interventions": int(count.sum()),
        "driven_km": float(km.sum()),
        "interventions_per_km": asdict(estimate_crossed_per_km(count, km)),
        "maps": {name: map_figures(name, parts) for name in (*MAPS, "truth")},
    } | {name: float(np.mean([part[name] for part in parts])) for name in names}


def map_figures(name: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One map's agreement with the truth, and how much of the whole picture's pull its pixels and the others carry.

    `vbp_ahead`: by how much VisualBackProp is above it, view by view; `above_chance`: by how much it is above chance.
    """
    effects, whole = [part["effects"][name] for part in parts], _each(parts, "all")
    ours = _each([part["effects"]["vbp"] for part in parts], "these")
    figures: dict[str, Any] = {moved: _share_of(_each(effects, moved), whole) for moved in ("these", "others")}
    figures["share"] = float(np.mean([effect["share"] for effect in effects]))
    figures["vbp_ahead"] = {"these": _share_of(ours - _each(effects, "these"), whole)}
    for answers in ("these_answers", "others_answers"):
        figures[answers] = np.mean([effect[answers] for effect in effects], axis=0).tolist()
    if name == "truth":
        return figures
    figures["above_chance"] = {}
    for score in SCORES:
        scores = {of: _each([part[score] for part in parts], of) for of in (name, "vbp")}
        figures[score] = _over_views(scores[name])
        figures["above_chance"][score] = _over_views(scores[name] - _each([part["chance"] for part in parts], score))
        figures["vbp_ahead"][score] = _over_views(scores["vbp"] - scores[name])
    figures["iou_per_seed"] = [float(np.mean(part["iou"][name])) for part in parts]
    at_ends = np.mean([part["all_at_ends"] for part in parts])
    figures["carried"] = (np.mean([effect["carried"] for effect in effects], axis=0) / at_ends).tolist()
    return figures


def bars(kind: str, found: Mapping[str, Any], within_px: int) -> list[dict[str, Any]]:
    """The claims that a saliency map comes with, held against the figures of one kind of road."""
    maps, where = found["maps"], KIND_LABELS[kind]
    return [
        _best_at("iou", "IoU with the true markings", maps, where),
        _best_at("points", f"strongest pixel within {within_px} px of a marking", maps, where),
        *(_carries(name, maps[name], where) for name in ("vbp", "gradient")),
    ]


def said(stage: str, parts: list[dict[str, Any]]) -> str:  # noqa: ARG001 - the words are alike for all stages
    """A few words on a stage that is finished."""
    iou = {name: np.mean([np.mean(part["iou"][name]) for part in parts]) for name in ("vbp", "gradient")}
    return f"IoU {iou['vbp']:.3f} (VisualBackProp), {iou['gradient']:.3f} (gradient)"


def _each(records: Sequence[Mapping[str, Any]], name: str) -> Values:
    return np.array([record[name] for record in records], dtype=np.float64)


def _over_views(values: Values) -> dict[str, Any]:
    """A mean; of hits that never missed the lower bound is 1 - 3 / n, as 3 / n is the upper one of none."""
    if (values == 1.0).all():
        missed = estimate_crossed(1.0 - values)
        of = Estimate(1.0, 1.0 - (missed.high or 0.0), 1.0, missed.interval)
    else:
        of = estimate_crossed(values)
    return asdict(replace(of, interval=of.interval.replace("roads", "views").replace("drives", "views")))


def _share_of(values: Values, whole: Values) -> dict[str, Any]:
    """The mean as a share of the whole picture's, which is drawn together with it."""
    of = estimate_ratio(values, whole)
    return asdict(replace(of, interval=of.interval.replace("roads", "views")))


def _best_at(score: str, what: str, maps: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Whether VisualBackProp is above every control, the interval of each paired difference all above 0."""
    rival = min(CONTROLS, key=lambda name: maps[name]["vbp_ahead"][score]["low"])
    ours, theirs, ahead = maps["vbp"][score], maps[rival][score], maps[rival]["vbp_ahead"][score]
    return {
        "what": f"{where}: VisualBackProp above every control, {what}",
        "got": (
            f"{ours['mean']:.3f}; {LABELS[rival]}: {theirs['mean']:.3f}; "
            f"difference {ahead['mean']:.3f} ({ahead['low']:.3f} to {ahead['high']:.3f})"
        ),
        "met": ahead["low"] > 0.0,
    }


def _carries(name: str, figures: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Whether the pixels that a map names carry most of the command's answer, and the others the smaller part."""
    these, others = figures["these"], figures["others"]
    return {
        "what": f"{where}: the {figures['share']:.0%} that {LABELS[name]} marks carry more than half, the others less",
        "got": f"{_spanned(these)} and {_spanned(others)} of the answer to the whole picture",
        "met": these["low"] > HALF > others["high"],
    }


def _spanned(of: Mapping[str, Any]) -> str:
    return f"{of['mean']:.0%} ({of['low']:.0%} to {of['high']:.0%})"


def _headline(kinds: Mapping[str, Any]) -> str:
    """The finding in one sentence, whatever it is."""
    ious, carried = (
        {name: np.mean([kind["maps"][name][score]["mean"] for kind in kinds.values()]) for name in MAPS}
        for score in ("iou", "these")
    )
    share = next(iter(kinds.values()))["maps"]["vbp"]["share"]
    return (
        f"VisualBackProp’s marks and the true lines and edges share {ious['vbp']:.0%} of the area that both cover "
        f"together (IoU), an untrained network’s {ious['vbp-untrained']:.0%}. Moving the {share:.0%} of a picture that "
        f"it marks does {carried['vbp']:.0%} of what moving all does; the {share:.0%} of the gradient "
        f"{carried['gradient']:.0%}."
    )
