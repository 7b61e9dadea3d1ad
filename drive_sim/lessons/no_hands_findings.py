"""What the long drive found, as numbers, beside RALPH's trip and what we asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.evaluate import autonomy_percent
from drive_sim.evaluate.intervals import FEW_EVENTS, Estimate, estimate_per_km, estimate_rate
from drive_sim.lessons.findings import Parts, provenance
from drive_sim.lessons.no_hands_log import OFFSET_BIN_M, offset_figures

Floats = npt.NDArray[np.float64]

RALPH_MILES, TRIP_MILES = 2797.0, 2849.0
KM_IN_MILE = 1.609344
PUBLISHED = {
    "source": "No Hands Across America, Pomerleau and Jochem 1995: RALPH, which is not a neural network",
    "steered": "2797 of 2849 miles",
    "share_percent": 100.0 * RALPH_MILES / TRIP_MILES,
}
INTERVENTION_S = 6.0
"""What an intervention costs, NVIDIA's (2016); at 12 m/s it is 72 m."""
MOST_MINUTES, AIM_MINUTES = 20.0, 15.0
METHODS = {"shift-rotate": "trip", "plain": "clone", "expert": "expert"}
"""Who drives, and the stage in which."""


def make_result(config: Any, found: Parts, *, name: str) -> dict[str, Any]:
    """Everything for `result.json`: the same seed gives the same on one machine, but for CPU seconds and commit."""
    learned = {(part["method"], part["seed"]): part for part in found["train"]}
    methods = {
        method: drive_figures(found[stage], config) | _cost(found[stage], learned.get((method, config.trip_seed)))
        for method, stage in METHODS.items()
    }
    further = [_further(config, found, learned, seed) for seed in config.seeds]
    pooled = drive_figures(found["further"], config)
    demonstrated = seconds_said(methods["shift-rotate"]["num_labels"] * found["trip"][0]["tick_s"])
    return {
        "lesson": name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "trip_seed": config.trip_seed,
        "headline": headline(methods["shift-rotate"], demonstrated, config),
        "bars": bars(methods, further, config),
        "published": PUBLISHED,
        "demonstrated": demonstrated,
        "methods": methods,
        "further": further,
        "further_pooled": pooled,
        "config": asdict(config),
        **provenance(found),
    }


def drive_figures(parts: Sequence[Mapping[str, Any]], config: Any) -> dict[str, Any]:
    """Interventions, what share was driven without help, and offsets, of all stages of some parts together.

    Stages of one network are no independent samples of networks: where several drove, their seeds are resampled, too.
    """
    counts, num_ticks, driven_m = (
        np.concatenate([part[key] for part in parts]) for key in ("interventions", "num_ticks", "driven_m")
    )
    km, elapsed_s = driven_m / 1000.0, float(num_ticks.sum()) * parts[0]["tick_s"]
    num_seeds = len({part["seed"] for part in parts})
    per_km = estimate_per_km(counts, km)
    if num_seeds > 1 and counts.sum() >= FEW_EVENTS:
        by_seed = (counts / km).reshape(num_seeds, -1)  # parts come seed by seed, and all stages are of one length
        per_km = replace(estimate_rate(by_seed), interval="bootstrap over seeds and stages")
    furthest = max(parts, key=lambda part: abs(part["furthest"].get("offset_at_m", 0.0)))["furthest"]
    return {
        "distance_km": float(km.sum()),
        "num_stages": len(counts),
        "stage_km": float(km.max()),
        "elapsed_h": elapsed_s / 3600.0,
        "interventions": int(counts.sum()),
        "left_road": int(sum(np.sum(part["left_road"]) for part in parts)),
        "per_1000_km": asdict(_times(per_km, 1000.0)),
        "share_percent": asdict(_share(per_km, config)),
        "autonomy_percent": autonomy_percent(float(counts.sum()), elapsed_s, INTERVENTION_S),
        **offset_figures(np.sum([part["offsets"] for part in parts], axis=0)),
        "offset_max_cm": 100.0 * abs(furthest.get("offset_at_m", 0.0)),
    }


def bars(methods: Mapping[str, Any], further: Sequence[Mapping[str, Any]], config: Any) -> list[dict[str, Any]]:
    """What was asked, what was found, and whether it is met."""
    trip = methods["shift-rotate"]
    helped = [one["interventions"] for one in further]
    is_whole = trip["distance_km"] >= config.trip_miles * KM_IN_MILE
    are_whole = all(one["distance_km"] >= config.further_km for one in further)
    return [
        {
            "what": "the whole trip without an intervention",
            "got": f"{_interventions(trip['interventions'])} in {trip['distance_km']:.0f} km",
            "met": is_whole and trip["interventions"] == 0,
        },
        {
            "what": f"a larger share of the distance than RALPH's {PUBLISHED['share_percent']:.1f} %",
            "got": f"{trip['share_percent']['mean']:.3f} % (at least {trip['share_percent']['low']:.3f} %)",
            "met": trip["share_percent"]["low"] > PUBLISHED["share_percent"],
        },
        {
            "what": f"none either for {len(further)} further seeds, {further[0]['distance_km']:.0f} km each",
            "got": ", ".join(str(count) for count in helped) + " interventions",
            "met": are_whole and not any(helped),
        },
    ]


def time_bar(trip: Mapping[str, Any], wall_s: float | None, num_cores: int) -> dict[str, Any]:
    """How long it took until the trip was driven; apart from the other bars, since no two runs take as long.

    By a clock, from the lesson's start, all networks learned and roads surveyed. A run that was resumed has no such
    time (None): its seconds of processor time, for the trip's own network and drive, count as if two cores shared them.
    """
    cpu_s = trip["learning_cpu_s"] + trip["driving_cpu_s"]
    minutes = cpu_s / 120.0 if wall_s is None else wall_s / 60.0
    counted = "of processor time on each of two cores" if wall_s is None else f"by the clock on {num_cores} cores"
    return {
        "what": f"from the first second of demonstration to the trip's last mile in {MOST_MINUTES:.0f} minutes on two "
        f"cores (aim: {AIM_MINUTES:.0f})",
        "got": f"{minutes:.1f} minutes {counted}",
        "met": minutes <= MOST_MINUTES and (wall_s is None or num_cores <= 2),
    }


def seconds_said(seconds: float) -> str:
    """So many seconds, in words where they are the usual ones."""
    return "thirty seconds" if round(seconds) == 30 else f"{seconds:.0f} seconds"


def headline(trip: Mapping[str, Any], demonstrated: str, config: Any) -> str:
    """The finding in one sentence, whatever it is."""
    return (
        f"{demonstrated.capitalize()} of demonstration, then {config.trip_miles:,.0f} miles of unseen road: the "
        f"network steers {_share_said(trip)} of them and needs {_interventions(trip['interventions'])}; RALPH, which "
        f"is no neural network, steered {PUBLISHED['share_percent']:.1f} % in 1995."
    )


def said(stage: str, parts: list[dict[str, Any]]) -> str:
    """A few words on a stage that is finished."""
    if stage == "train":
        return f"{len(parts)} networks"
    if stage in ("route", "film"):
        return f"{len(parts)} done"
    count, km = sum(sum(part["interventions"]) for part in parts), sum(sum(part["driven_m"]) for part in parts) / 1000.0
    return f"{_interventions(count)} in {km:,.0f} km"


def part_extremes_m(parts: Sequence[Mapping[str, Any]]) -> list[float]:
    """How far off its lane the car that was farthest came, in each part."""
    return [abs(part["furthest"].get("offset_at_m", 0.0)) for part in parts]


def offset_shares(parts: Sequence[Mapping[str, Any]]) -> tuple[Floats, Floats]:
    """Edges (k + 1,) in m of bins of absolute offsets, and the share of all ticks (k,) in each."""
    offsets = np.sum([part["offsets"] for part in parts], axis=0)
    return OFFSET_BIN_M * np.arange(len(offsets) + 1, dtype=np.float64), offsets / offsets.sum()


def _further(config: Any, found: Parts, learned: Mapping[Any, Any], seed: int) -> dict[str, Any]:
    own = [part for part in found["further"] if part["seed"] == seed]
    return {"seed": seed, **drive_figures(own, config), **_cost(own, learned[("shift-rotate", seed)])}


def _cost(parts: Sequence[Mapping[str, Any]], learned: Mapping[str, Any] | None) -> dict[str, float]:
    """Labels, steps and seconds of the processor that it took; an expert learns nothing."""
    return {
        "num_labels": 0 if learned is None else learned["num_labels"],
        "steps": int(sum(np.sum(part["num_ticks"]) for part in parts)),
        "learning_cpu_s": 0.0 if learned is None else learned["learning_cpu_s"],
        "driving_cpu_s": float(sum(part["driving_cpu_s"] for part in parts)),
    }


def _times(estimate: Estimate, factor: float) -> Estimate:
    low, high = (None if bound is None else factor * bound for bound in (estimate.low, estimate.high))
    return Estimate(factor * estimate.mean, low, high, estimate.interval)


def _share(per_km: Estimate, config: Any) -> Estimate:
    """The share (%) of the distance that was driven without help, an intervention counted as six seconds of road."""
    lost_km = INTERVENTION_S * config.conditions.vehicle.cruise_mps / 1000.0
    low, high = (None if bound is None else 100.0 * (1.0 - lost_km * bound) for bound in (per_km.high, per_km.low))
    return Estimate(100.0 * (1.0 - lost_km * per_km.mean), low, high, per_km.interval)


def _share_said(trip: Mapping[str, Any]) -> str:
    return "all" if trip["interventions"] == 0 else f"{trip['share_percent']['mean']:.2f} %"


def _interventions(count: int) -> str:
    return {0: "no intervention", 1: "1 intervention"}.get(count, f"{count} interventions")
