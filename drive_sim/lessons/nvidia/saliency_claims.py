"""The claims that saliency maps come with, held against the figures of one kind of road."""

from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons.kit import Claim
from drive_sim.lessons.nvidia.saliency import SCORES
from drive_sim.lessons.nvidia.saliency_estimates import KindFigures, MapFigures
from drive_sim.lessons.nvidia.saliency_figures import MAP_LOOKS
from drive_sim.lessons.nvidia.saliency_maps import CONTROLS, MAPS

HALF = 0.5


def claims_on(where: str, found: KindFigures, within_px: int) -> list[Claim]:
    """All claims on a kind of road; "above" is asked of differences, view by view: the interval must not hold 0."""
    maps, chance = found.maps, found.chance
    vbp, truth = maps["vbp"], maps["truth"]
    learned, beyond_noise = maps["vbp-untrained"].vbp_ahead["iou"], maps["random"].vbp_ahead["these"]
    claims = [
        _above_controls("iou", "IoU with the true markings", found),
        _above_controls("points", f"strongest pixel within {within_px} px of a marking", found),
        Claim(
            "VisualBackProp above chance, in both scores",
            f"IoU {vbp.scores['iou'].mean:.1%} (chance {chance['iou']:.1%}), "
            f"pointing {vbp.scores['points'].mean:.0%} ({chance['points']:.0%})",
            all(_is_above(vbp.above_chance[score]) for score in SCORES),
        ),
        Claim(
            "learning has moved VisualBackProp’s marks towards the markings: IoU above the untrained network’s",
            f"difference {learned.mean:.3f} ({learned.bounds(3)})",
            _is_above(learned),
        ),
        _carries("vbp", vbp),
        _carries("gradient", maps["gradient"]),
        Claim(
            "the pixels that VisualBackProp marks carry more than as many in blobs of noise",
            f"{_percent(beyond_noise)} of the answer more",
            _is_above(beyond_noise),
        ),
        Claim(
            f"the true markings, {truth.share:.0%} of a picture, carry more than half, so a map ought to name them",
            f"{_percent(truth.these)} of the answer",
            _is_above(truth.these, HALF),
        ),
        _best_in_both(found),
    ]
    return [Claim(f"{where}: {claim.what}", claim.got, claim.met) for claim in claims]


def _above_controls(score: str, what: str, found: KindFigures) -> Claim:
    """Whether VisualBackProp is above every control: the one that it is least above is named."""
    maps = found.maps
    rival = min(CONTROLS, key=lambda name: maps[name].vbp_ahead[score].low or 0.0)
    ours, theirs, ahead = maps["vbp"].scores[score], maps[rival].scores[score], maps[rival].vbp_ahead[score]
    difference = f"difference {ahead.mean:.3f} ({ahead.bounds(3)})"
    got = f"{ours.mean:.3f}; {MAP_LOOKS[rival].label}: {theirs.mean:.3f}; {difference}"
    return Claim(f"VisualBackProp above every control, {what}", got, _is_above(ahead))


def _carries(name: str, of: MapFigures) -> Claim:
    """Whether the pixels that a map names carry most of the command's answer, and the others the smaller part."""
    what = f"the {of.share:.0%} that {MAP_LOOKS[name].label} marks carry more than half, the others less"
    got = f"{_percent(of.these)} and {_percent(of.others)} of the answer to the whole picture"
    return Claim(what, got, _is_above(of.these, HALF) and of.others.high is not None and of.others.high < HALF)


def _best_in_both(found: KindFigures) -> Claim:
    """Whether the map that agrees best is also the one whose pixels steer most."""
    agrees = max(MAPS, key=lambda name: found.maps[name].scores["iou"].mean)
    steers = max(MAPS, key=lambda name: found.maps[name].these.mean)
    best = {MAP_LOOKS[name].label: found.maps[name] for name in (agrees, steers)}
    got = (f"{label}: IoU {_percent(of.scores['iou'])}, carries {_percent(of.these)}" for label, of in best.items())
    return Claim(
        "the map with the highest IoU is the one whose pixels carry the most", "; ".join(got), agrees == steers
    )


def _is_above(of: Estimate, value: float = 0.0) -> bool:
    return of.low is not None and of.low > value


def _percent(of: Estimate) -> str:
    low, high = (float("nan") if bound is None else bound for bound in (of.low, of.high))
    return f"{of.mean:.0%} ({low:.0%} to {high:.0%})"
