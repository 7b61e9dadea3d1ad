"""What the lesson on ALVINN on the fly found, as numbers, beside what was published and what we asked for."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.evaluate.intervals import estimate_crossed_per_km
from drive_sim.lessons.alvinn_methods import BEND_CASES, METHODS, ONE_BY_ONE, settings
from drive_sim.lessons.findings import Parts, provenance

PUBLISHED: dict[str, Any] = {
    "source": "Pomerleau 1991 (Rapidly adapting artificial neural networks for autonomous navigation, NIPS 3)",
    "frames": 50,
    "minutes": 5.0,
    "speed_mph": 4.0,
    "alvinn": "drives after about 50 cycles, 5 minutes at 4 mph",
}
MPH_IN_MPS = 0.44704
SHARE_OF_SEEDS = 0.9

Counts = npt.NDArray[np.float64]


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    methods = {method: method_figures(config, found[method]) for method in METHODS}
    expert = found["expert"]
    result = {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "published": PUBLISHED,
        "expert": rate_of(*(np.array([part[key] for part in expert]) for key in ("interventions", "km"))),
        "methods": methods,
        "one_by_one": variants(found["one by one"], tuple(ONE_BY_ONE)),
        "bend": variants(found["bend"], tuple(f"{views} {rule}" for views, rule in BEND_CASES)),
        "metres_a_frame": metres_a_frame(config),
        "published_metres_a_frame": 60.0 * PUBLISHED["minutes"] * PUBLISHED["speed_mph"] * MPH_IN_MPS / 50.0,
        "config": asdict(config),
        **provenance(found),
    }
    return {
        **result,
        "headline": _headline(config, result),
        "bars": bars(config, methods),
        "reading": reading(methods),
    }


def reading(methods: Mapping[str, Any]) -> dict[str, bool]:
    """What the page's words on the later settings follow: whether the two intervals lie apart, and how."""
    ours, later = (methods[name]["at_bar"] for name in ("alvinn", "alvinn-later"))
    return {"later_is_worse": later["low"] > ours["high"], "later_is_better": later["high"] < ours["low"]}


def metres_a_frame(config: Any) -> float:
    """How far the car drives from one frame to the next."""
    return settings("alvinn").ticks_per_frame * config.conditions.vehicle.cruise_mps / 10.0


def method_figures(config: Any, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A method's interventions a km after each number of frames, when it drives for good, and what it took, a seed."""
    counts, km = (_array(parts, key) for key in ("interventions", "km"))  # (seeds, points, roads)
    frames = [point["frames"] for point in parts[0]["points"]]
    points = [
        {
            "frames": frames[i],
            **rate_of(counts[:, i], km[:, i]),
            "per_seed": (counts[:, i].sum(axis=1) / km[:, i].sum(axis=1)).tolist(),
            "clean_seeds": int((counts[:, i].sum(axis=1) == 0).sum()),
            "clean_drives": int((counts[:, i] == 0).sum()),
            "num_drives": counts[:, i].size,
            "clean_on_own_road": int((on_own_road(counts[:, i]) == 0).sum()),
            "shown": float(np.mean([part["points"][i]["shown"] for part in parts])),
            "cpu_s": float(np.mean([part["points"][i]["cpu_s"] for part in parts])),
        }
        for i in range(len(frames))
    ]
    at = frames.index(config.num_frames)
    return {
        "points": points,
        "at_bar": points[at],
        "frames_until_clean": [frames_until_clean(frames, counts[seed].sum(axis=1)) for seed in range(len(parts))],
        "num_labels": config.num_frames,
        "views": float(np.mean([part["points"][at]["views"] for part in parts])),
        "steps": float(np.mean([part["steps"] for part in parts])) * config.num_frames / frames[-1],
        "evaluation_steps": float(np.mean([sum(point["steps"] for point in part["points"]) for part in parts])),
        "learning_cpu_s": points[at]["cpu_s"],
    }


def _array(parts: Sequence[Mapping[str, Any]], key: str) -> Counts:
    return np.array([[point[key] for point in part["points"]] for part in parts], dtype=np.float64)


def on_own_road(counts: Counts) -> Counts:
    """Of counts (seeds, roads) those (seeds,) of the road that is a seed's own: the first one's is the first road."""
    number = np.arange(len(counts))
    return counts[number, number % counts.shape[1]]


def frames_until_clean(frames: Sequence[int], counts: npt.ArrayLike) -> int | None:
    """From how many frames on nobody had to help, through to the last number asked for; None where at that one, too."""
    helped = np.flatnonzero(np.asarray(counts) > 0)
    first = 0 if len(helped) == 0 else int(helped[-1]) + 1
    return frames[first] if first < len(frames) else None


def variants(parts: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """Interventions a km of each variant, all its seeds and roads together."""
    figures = {}
    for name in names:
        some = [part["variants"][name] for part in parts]
        counts, km = (np.array([one[key] for one in some], dtype=np.float64) for key in ("interventions", "km"))
        figures[name] = rate_of(counts, km) | {"per_seed": (counts.sum(axis=1) / km.sum(axis=1)).tolist()}
    return figures


def rate_of(counts: Counts, km: Counts) -> dict[str, Any]:
    """Interventions a km with an interval, from counts and lengths (seeds, roads), and what they are made of."""
    return asdict(estimate_crossed_per_km(counts, km)) | {"interventions": int(counts.sum()), "km": float(km.sum())}


def bars(config: Any, methods: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the lesson was asked to show, what it showed, and whether it is met."""
    point, km = methods["alvinn"]["at_bar"], config.conditions.distance_m / 1000.0
    wanted = math.ceil(SHARE_OF_SEEDS * config.num_seeds - 1e-9)
    return [
        {
            "what": f"after at most {config.num_frames} frames, 0 interventions in {km:g} km of unseen road "
            f"in {wanted} of {config.num_seeds} seeds, each on a road of its own",
            "got": f"{point['clean_on_own_road']} of {config.num_seeds}",
            "met": point["clean_on_own_road"] >= wanted,
        },
        {
            "what": f"the same of all {point['num_drives']} pairs of a seed and a road: 90 %",
            "got": f"{point['clean_drives']} of {point['num_drives']}; {point['clean_seeds']} of {config.num_seeds} "
            f"seeds on all {config.num_roads} roads",
            "met": point["clean_drives"] >= SHARE_OF_SEEDS * point["num_drives"],
        },
    ]


def said(stage: str, parts: list[dict[str, Any]]) -> str:
    """A few words on a stage that is finished."""
    if stage in ("one by one", "bend"):
        seeds = "1 seed" if len(parts) == 1 else f"{len(parts)} seeds"
        return f"{len(parts[0]['variants'])} variants, {seeds}"
    last = parts if stage == "expert" else [part["points"][-1] for part in parts]
    counts, km = (sum(np.sum(part[key]) for part in last) for key in ("interventions", "km"))
    after = "" if stage == "expert" else f" after {last[0]['frames']} frames"
    return f"{counts:.0f} interventions in {km:.0f} km{after}"


def _headline(config: Any, result: Mapping[str, Any]) -> str:
    """The finding in one sentence, whatever it is."""
    ours, alone = (result["methods"][name]["at_bar"] for name in ("alvinn", "alvinn-alone"))
    km = config.conditions.distance_m / 1000.0
    return (
        f"After {config.num_frames} frames, {config.num_frames * result['metres_a_frame']:.0f} m of road, ALVINN "
        f"drives {km:g} km of unseen road without help with {ours['clean_on_own_road']} of {config.num_seeds} seeds; "
        f"from the same frames alone, without shifted and turned views but with no fewer steps of back-propagation, it "
        f"needs help {alone['mean']:.2g} times a km."
    )
