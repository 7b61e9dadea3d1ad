"""What the saliency lesson found, over seeds and views: agreement with the truth and shares of the answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from drive_sim.evaluate.intervals import Estimate, estimate_crossed, estimate_crossed_per_km, estimate_ratio
from drive_sim.lessons import kit
from drive_sim.lessons.nvidia.saliency import KINDS, SCORES, Asked, Config

Values = npt.NDArray[np.float64]
"""A number a seed and view (s, v): all seeds' networks are asked about the same views."""


@dataclass(frozen=True, slots=True, eq=False)
class MapFigures:
    """One map's agreement with the truth, and how much of the whole picture's pull its pixels and the others carry.

    `above_chance`: by how much its scores are above chance; of the true markings there are none. `vbp_ahead`: by how
    much VisualBackProp is above it, in scores and in `these`, view by view.
    """

    share: float
    these: Estimate
    others: Estimate
    these_answers: list[float]
    others_answers: list[float]
    vbp_ahead: dict[str, Estimate]
    scores: dict[str, Estimate]
    above_chance: dict[str, Estimate]
    iou_per_seed: list[float]
    carried: list[float]


@dataclass(frozen=True, slots=True, eq=False)
class KindFigures:
    """What was found on one kind of road, over seeds and views."""

    true_share: float
    chance: dict[str, float]
    all_per_m_px: Estimate
    all_answers: list[float]
    interventions: int
    driven_km: float
    interventions_per_km: Estimate
    maps: dict[str, MapFigures]
    effort: kit.Effort


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The figures of each kind of road."""

    kinds: dict[str, KindFigures]


def result(_config: Config, found: kit.PartResults) -> Result:
    """The figures of each kind of road."""
    return Result({kind: kind_figures(found.read(kind, Asked)) for kind in KINDS})


def kind_figures(parts: Sequence[Asked]) -> KindFigures:
    """What was found on one kind of road."""
    count, km = np.array([part.interventions for part in parts]), np.array([part.driven_km for part in parts])
    return KindFigures(
        true_share=_mean(part.true_share for part in parts),
        chance={score: _mean(part.chance[score] for part in parts) for score in SCORES},
        all_per_m_px=_over_views(np.array([part.whole for part in parts])),
        all_answers=np.mean([part.whole_answers for part in parts], axis=0).tolist(),
        interventions=int(count.sum()),
        driven_km=float(km.sum()),
        interventions_per_km=estimate_crossed_per_km(count, km),
        maps={name: map_figures(name, parts) for name in parts[0].effects},
        effort=kit.mean_effort([part.effort for part in parts]),
    )


def map_figures(name: str, parts: Sequence[Asked]) -> MapFigures:
    """One map's figures; those of "truth" have no scores."""
    effects, whole = [part.effects[name] for part in parts], np.array([part.whole for part in parts])
    these, others = np.array([effect.these for effect in effects]), np.array([effect.others for effect in effects])
    ours = np.array([part.effects["vbp"].these for part in parts])
    scores = {score: _scores(name, score, parts) for score in SCORES if name in parts[0].scores}
    ahead = {score: _over_views(_scores("vbp", score, parts) - values) for score, values in scores.items()}
    chance = {score: np.array([part.chance[score] for part in parts]) for score in scores}
    at_ends = np.mean([part.whole_at_ends for part in parts])
    return MapFigures(
        share=_mean(effect.share for effect in effects),
        these=_share_of(these, whole),
        others=_share_of(others, whole),
        these_answers=np.mean([effect.these_answers for effect in effects], axis=0).tolist(),
        others_answers=np.mean([effect.others_answers for effect in effects], axis=0).tolist(),
        scores={score: _over_views(values) for score, values in scores.items()},
        above_chance={score: _over_views(values - chance[score]) for score, values in scores.items()},
        vbp_ahead={"these": _share_of(ours - these, whole), **ahead},
        iou_per_seed=[float(np.mean(values)) for values in scores.get("iou", ())],
        carried=(np.mean([effect.carried for effect in effects], axis=0) / at_ends).tolist(),
    )


def _scores(name: str, score: str, parts: Sequence[Asked]) -> Values:
    return np.array([part.scores[name][score] for part in parts])


def _mean(values: Iterable[float | Values]) -> float:
    return float(np.mean(np.array(list(values))))


def _over_views(values: Values) -> Estimate:
    """A mean; of hits that never missed the lower bound is 1 - 3 / n, as 3 / n is the upper one of none."""
    if (values == 1.0).all():
        missed = estimate_crossed(1.0 - values, most=1.0)
        of = Estimate(1.0, 1.0 - (missed.high or 0.0), 1.0, missed.interval)
    else:
        of = estimate_crossed(values, most=1.0)
    return replace(of, interval=of.interval.replace("roads", "views").replace("drives", "views"))


def _share_of(values: Values, whole: Values) -> Estimate:
    """The mean as a share of the whole picture's, which is drawn together with it."""
    of = estimate_ratio(values, whole)
    return replace(of, interval=of.interval.replace("roads", "views"))
