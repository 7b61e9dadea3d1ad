"""The saliency lesson's figures in words: each sentence is chosen by a number and its interval."""

from collections.abc import Mapping
from typing import Any

from drive_sim.lessons.saliency_2017_findings import HALF, LABELS
from drive_sim.lessons.saliency_maps import CONTROLS, MAPS


def reading(found: Mapping[str, Any]) -> list[str]:
    """What the figures of one kind of road say, in a few paragraphs."""
    return [_agreement(found), _effect(found), _both(found)]


def against(of: Mapping[str, Any], value: float = 0.0) -> str:
    """Whether an interval lies above a value, below it, or holds it."""
    if of["low"] > value:
        return "above"
    return "below" if of["high"] < value else "not told apart from"


def _agreement(found: Mapping[str, Any]) -> str:
    """Whether VisualBackProp finds the markings, better than chance, than controls, and than before it learned."""
    maps = found["maps"]
    sides = {name: against(maps[name]["vbp_ahead"]["iou"]) for name in CONTROLS}
    untrained = {
        "above": "It agrees better than before the network learned: learning has moved its marks towards the markings.",
        "below": "It agrees less than before the network learned: learning has moved its marks away from the markings.",
        "not told apart from": "Whether learning has moved its marks towards the markings, these views do not tell.",
    }[sides["vbp-untrained"]]
    counts = "; ".join(
        f"{word} {_listed([LABELS[name] for name in CONTROLS if sides[name] == side])}"
        for side, word in (("above", "above"), ("below", "below"), ("not told apart from", "not told apart from"))
        if side in sides.values()
    )
    vbp = maps["vbp"]
    return (
        f"Agreement. VisualBackProp’s IoU of {vbp['iou']['mean']:.1%} is {against(vbp['above_chance']['iou'])} chance "
        f"({found['chance']['iou']:.1%}), and its pointing, {vbp['points']['mean']:.0%}, is "
        f"{against(vbp['above_chance']['points'])} chance ({found['chance']['points']:.0%}). In IoU it is {counts}. "
        f"{untrained}"
    )


def _effect(found: Mapping[str, Any]) -> str:
    """Whether the pixels that VisualBackProp names steer, against the gradient's, noise, and the true markings."""
    maps = found["maps"]
    verdict = {
        "above": "so most of what steers lies where it points.",
        "below": "so most of what steers lies elsewhere.",
        "not told apart from": "and whether that is most of what steers, these views do not tell.",
    }[against(maps["vbp"]["these"], HALF)]
    noise = {
        "above": "more than",
        "below": "less than",
        "not told apart from": "not told apart from",
    }[against(maps["random"]["vbp_ahead"]["these"])]
    truth = {
        "above": "The markings carry most of the answer, so a map of what steers ought to name them.",
        "below": "The markings carry less than half of the answer: these networks steer by other pixels too, and a map "
        "that names others need not be wrong about the network.",
        "not told apart from": "Whether the markings carry most of the answer, these views do not tell.",
    }[against(maps["truth"]["these"], HALF)]
    carry = {name: f"{of['these']['mean']:.0%}" for name, of in maps.items()}
    return (
        f"Effect. The {maps['vbp']['share']:.0%} of a picture that VisualBackProp names carry {carry['vbp']} of the "
        f"answer, {verdict} That is {noise} what as many pixels in blobs of noise carry ({carry['random']}); the "
        f"gradient’s carry {carry['gradient']}, and the true markings, {maps['truth']['share']:.0%} of a picture, "
        f"{carry['truth']}. {truth}"
    )


def _both(found: Mapping[str, Any]) -> str:
    """Whether the map that agrees best is also the one whose pixels steer most."""
    maps = found["maps"]
    agrees, steers = (max(MAPS, key=lambda name: maps[name][score]["mean"]) for score in ("iou", "these"))
    if agrees == steers:
        return f"Together. {LABELS[agrees]} has the highest IoU here, and its pixels carry the most."
    apart = all(
        maps[first][score]["low"] > maps[second][score]["high"]
        for first, second, score in ((agrees, steers, "iou"), (steers, agrees, "these"))
    )
    verdict = (
        "To agree with what a person would look at is one thing, to say what the network uses is another."
        if apart
        else "Their intervals overlap in one of the two or in both, so that these are different maps is not shown."
    )
    return (
        f"Together. The highest IoU here is that of “{LABELS[agrees]}” ({maps[agrees]['iou']['mean']:.0%}), but the "
        f"pixels that carry the most are those of “{LABELS[steers]}” ({maps[steers]['these']['mean']:.0%}, with an "
        f"IoU of {maps[steers]['iou']['mean']:.0%}). {verdict}"
    )


def _listed(names: list[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]
