"""Interventions, what share was driven without help, and offsets: a drive's figures, from the logs of its parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from drive_sim.arrays import Counts, Numbers
from drive_sim.evaluate import autonomy_percent
from drive_sim.evaluate.intervals import FEW_EVENTS, Estimate, estimate_per_km, estimate_rate
from drive_sim.lessons.no_hands.drive_log import OFFSET_BIN_M, DriveLog
from drive_sim.lessons.no_hands.networks import Network

INTERVENTION_S = 6.0
"""What an intervention costs, NVIDIA's (2016); at 12 m/s it is 72 m."""


@dataclass(frozen=True, slots=True)
class DriveSummary:
    """What a policy did, and what that took; an expert learns nothing.

    `share_percent` is that of the distance driven without help, an intervention counted as six seconds of road.
    """

    seeds: tuple[int, ...]
    distance_km: float
    num_stages: int
    stage_km: float
    elapsed_h: float
    interventions: int
    left_road: int
    per_1000_km: Estimate
    share_percent: Estimate
    autonomy_percent: float
    offset_mean_cm: float
    offset_p95_cm: float
    offset_p999_cm: float
    offset_max_cm: float
    num_labels: int
    steps: int
    learning_cpu_s: float
    driving_cpu_s: float


def summarise(
    seeds: tuple[int, ...], logs: Sequence[DriveLog], networks: Sequence[Network], lost_km: float
) -> DriveSummary:
    """All parts of a drive together, or several drives by as many networks; an intervention costs so much road."""
    counts, num_ticks, km = (
        np.concatenate([getattr(log, name) for log in logs]) for name in ("interventions", "num_ticks", "driven_m")
    )
    km = km / 1000.0
    elapsed_s, per_km = float(num_ticks.sum()) * logs[0].tick_s, _per_km(counts, km, len(seeds))
    return DriveSummary(
        seeds,
        distance_km=float(km.sum()),
        num_stages=len(counts),
        stage_km=float(km.max()),
        elapsed_h=elapsed_s / 3600.0,
        interventions=int(counts.sum()),
        left_road=int(sum(log.left_road.sum() for log in logs)),
        per_1000_km=per_km.scaled(1000.0),
        share_percent=per_km.scaled(lost_km).complement.percent,
        autonomy_percent=autonomy_percent(float(counts.sum()), elapsed_s, INTERVENTION_S),
        **offset_figures(np.sum([log.offsets for log in logs], axis=0)),
        offset_max_cm=100.0 * max(abs(log.furthest.offset_at_m) for log in logs),
        num_labels=sum(network.num_labels for network in networks),
        steps=int(num_ticks.sum()),
        learning_cpu_s=float(sum(network.learning_cpu_s for network in networks)),
        driving_cpu_s=float(sum(log.driving_cpu_s for log in logs)),
    )


def _per_km(counts: Counts, km: Numbers, num_seeds: int) -> Estimate:
    """Interventions a km.

    Stages of one network are no independent samples of networks: where several drove, their seeds are resampled, too.
    """
    if num_seeds == 1 or counts.sum() < FEW_EVENTS:
        return estimate_per_km(counts, km)
    by_seed = (counts / km).reshape(num_seeds, -1)  # parts come seed by seed, and all stages are of one length
    return replace(estimate_rate(by_seed), interval="bootstrap over seeds and stages")


def offset_figures(offsets: Counts) -> dict[str, float]:
    """Mean and 95th and 99.9th percentile (cm) of absolute offsets counted in bins."""
    middles_cm = 100.0 * OFFSET_BIN_M * (np.arange(len(offsets)) + 0.5)
    upto = np.cumsum(offsets) / offsets.sum()
    return {
        "offset_mean_cm": float(middles_cm @ offsets / offsets.sum()),
        "offset_p95_cm": float(100.0 * OFFSET_BIN_M * (np.searchsorted(upto, 0.95) + 1)),
        "offset_p999_cm": float(100.0 * OFFSET_BIN_M * (np.searchsorted(upto, 0.999) + 1)),
    }
