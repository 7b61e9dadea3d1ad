"""The page of the lesson on saliency: maps beside the true markings, their scores, and how the command answers."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.data.augment import ShiftRotate
from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons import kit
from drive_sim.lessons.nvidia import saliency_figures as drawn
from drive_sim.lessons.nvidia.saliency import KINDS, QUICK, Asked, Config, parts
from drive_sim.lessons.nvidia.saliency_claims import claims_on
from drive_sim.lessons.nvidia.saliency_estimates import KindFigures, Result, result
from drive_sim.lessons.nvidia.saliency_maps import MAPS
from drive_sim.report.style import LOOKS
from drive_sim.sim.camera import Camera
from drive_sim.sim.markings import EDGE_M

STAGES = {
    "country": "One lane without lines: networks learn, and are asked what they look at",
    "two-lane": "Two lanes with lines: the same",
}


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    parts = found.read(stage, Asked)
    iou = {name: np.mean([np.mean(part.scores[name]["iou"]) for part in parts]) for name in ("vbp", "gradient")}
    return f"IoU {iou['vbp']:.3f} (VisualBackProp), {iou['gradient']:.3f} (gradient)"


def _headline(_config: Config, result: Result) -> str:
    kinds = result.kinds.values()
    iou = {name: np.mean([kind.maps[name].scores["iou"].mean for kind in kinds]) for name in MAPS}
    carried = {name: np.mean([kind.maps[name].these.mean for kind in kinds]) for name in MAPS}
    share = result.kinds[KINDS[0]].maps["vbp"].share
    return (
        f"VisualBackProp’s marks and the true lines and edges share {iou['vbp']:.0%} of the area that both cover "
        f"together (IoU), an untrained network’s {iou['vbp-untrained']:.0%}. Moving the {share:.0%} of a picture that "
        f"it marks does {carried['vbp']:.0%} of what moving all does; the {share:.0%} of the gradient "
        f"{carried['gradient']:.0%}."
    )


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    kinds = result.kinds.items()
    return [claim for kind, found in kinds for claim in claims_on(LOOKS[kind].label, found, config.within_px)]


def _rows(config: Config, result: Result) -> list[kit.Row]:
    kinds = list(result.kinds.values())
    vbp, chance = [found.maps["vbp"] for found in kinds], [found.chance for found in kinds]
    near = f"Its strongest pixel within {config.within_px} px of one, %"
    driven = f"in {kinds[0].driven_km:.1f} km; with 95 % interval"
    return [
        kit.Row("Published", kit.words(["no IoU"] * len(kinds)), "maps as pictures beside pictures of the road"),
        kit.Row("VisualBackProp’s IoU with the true markings, %", _percent(of.scores["iou"] for of in vbp)),
        kit.Row("By chance, %", kit.numbers(100 * of["iou"] for of in chance), "as many pixels, drawn anywhere"),
        kit.Row(near, _percent(of.scores["points"] for of in vbp), "the pointing game"),
        kit.Row("By chance, %", kit.numbers((100 * of["points"] for of in chance), 0), "a pixel drawn anywhere"),
        kit.Row("Its strongest pixels carry, % of the answer", _percent(of.these for of in vbp)),
        kit.Row("The true markings, % of a picture", kit.numbers(100 * found.true_share for found in kinds)),
        kit.Row("Interventions a km", kit.estimates(found.interventions_per_km for found in kinds), driven),
        *kit.effort_rows([found.effort for found in kinds], "Steps driven to count"),
    ]


def _percent(of: Iterable[Estimate | None]) -> list[kit.Cell]:
    return kit.estimates(of, 0, scale=100.0)


def _map_rows(found: KindFigures) -> list[kit.Row]:
    """A row a map: both scores, how far VisualBackProp's IoU is above its, and the shares of the answer."""
    rows = []
    for name, of in found.maps.items():
        ahead = None if name == "vbp" else of.vbp_ahead.get("iou")
        told = of.scores.get("iou"), ahead, of.scores.get("points"), of.these, of.others
        rows.append(kit.Row(drawn.MAP_LOOKS[name].label, _percent(told)))
    return rows


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    views = {f"views-{kind}": drawn.plot_views(found.read(kind, Asked)[0].shown) for kind in KINDS}
    return views | {
        "scores": drawn.plot_scores(result.kinds, config.within_px),
        "answers": drawn.plot_answers(result.kinds, config.shifts_px, label_slope_per_m_px()),
        "carried": drawn.plot_carried(result.kinds, config.shares),
    }


def label_slope_per_m_px() -> float:
    """What shift-and-rotate's label asks of a picture moved by a pixel, which is nearly the view after a small turn."""
    return 2.0 / ShiftRotate().arc_length_m / Camera().focal_px


def _facts(config: Config, result: Result) -> dict[str, kit.Fact]:
    kinds = result.kinds.values()
    return {
        "map_heads": [
            "",
            "IoU, %",
            "VisualBackProp ahead",
            f"within {config.within_px} px, %",
            "moved, %",
            "others, %",
        ],
        "country_rows": _map_rows(result.kinds["country"]),
        "two_lane_rows": _map_rows(result.kinds["two-lane"]),
        "true_percent": [f"{100 * found.true_share:.1f}" for found in kinds],
        "answer_per_km_px": [f"{1000 * found.all_per_m_px.mean:.2f}" for found in kinds],
        "label_per_m_px": label_slope_per_m_px(),
        "edge_m": EDGE_M,
    }


PAGE = kit.Page(Path(__file__), KINDS, _headline, _claims, _rows, _figures, _facts)
LESSON = kit.Lesson("saliency", QUICK, STAGES, parts, _summary, result, PAGE)
