"""What GAIL's discriminator holds of places on the road, round by round, and where policy and demonstrator were."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.data.transitions import Transitions
from drive_sim.data.trials import Trials
from drive_sim.learn.discriminator import Discriminator
from drive_sim.learn.gail import AdversarialRound
from drive_sim.lessons.gail.road_drives import as_units
from drive_sim.policies.road_input import USUAL
from drive_sim.policies.stochastic import TrainableCategorical
from drive_sim.report.paint import OfPlace
from drive_sim.sim.track import Track

MOST_OFF_M, MOST_BENT_PER_M = 1.5, 0.03
"""How far aside, and in what bends, C is asked."""
_OFFSETS_M = np.linspace(-MOST_OFF_M, MOST_OFF_M, 61)
_CURVATURES_PER_M = np.linspace(-MOST_BENT_PER_M, MOST_BENT_PER_M, 13)
BINS_M = np.linspace(-MOST_OFF_M, MOST_OFF_M, 31)
"""The edges of the densities' bins, from the right to the left."""


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """C (rounds, curvatures, offsets) along the lane, of what the policy does there most likely, on an even grid.

    `policy` (rounds, bins) and `demonstrator` (bins,): where they were, as densities in 1/m; `steps` until then.
    """

    C: Numbers
    policy: Numbers
    demonstrator: Numbers
    steps: list[float]
    accuracy: list[float]


def painted(rounds: Sequence[AdversarialRound], shown: Transitions, trials: Trials) -> Painted:
    """All rounds of a learner of lane poses."""
    units = as_units(shown, trials)
    return Painted(
        C=np.array([_at_places(latest, units) for latest in rounds]).round(4),
        policy=np.array([_density(latest.rollout) for latest in rounds]).round(4),
        demonstrator=_density(shown).round(4),
        steps=[latest.metrics["num_steps"] for latest in rounds],
        accuracy=[latest.metrics["accuracy"] for latest in rounds],
    )


def of_place(C: Numbers, track: Track) -> OfPlace:
    """1 - C of a round (curvatures, offsets) as a function of the place: what is taken for the demonstrator's."""
    spacing_m, num = track.spacing_m, len(track.x_m)

    def taken(s_m: np.ndarray, offset_m: np.ndarray) -> np.ndarray:
        station = np.round(s_m / spacing_m).astype(np.int64)
        station = station % num if track.closed else np.clip(station, 0, num - 1)
        row = _nearest(track.curvature_per_m[station], _CURVATURES_PER_M)
        return 1.0 - C[row, _nearest(offset_m, _OFFSETS_M)]

    return taken


def _at_places(latest: AdversarialRound, like: Transitions) -> Numbers:
    discriminator, policy = latest.discriminator, latest.policy
    assert isinstance(discriminator, Discriminator)
    assert isinstance(policy, TrainableCategorical)
    curvature, offset = (grid.ravel() for grid in np.meshgrid(_CURVATURES_PER_M, _OFFSETS_M, indexing="ij"))
    zeros = np.zeros(len(offset))
    seen = np.stack([offset / USUAL[0], zeros, curvature / USUAL[2], zeros], axis=1).astype(np.float32)
    pairs = like.rows(np.zeros(len(seen), dtype=np.int64))
    pairs = type(pairs)(
        seen, policy.likeliest(seen), seen, pairs.terminated, pairs.truncated, pairs.low, pairs.high,
        num_actions=pairs.num_actions,
    )  # fmt: skip
    return discriminator.probabilities(pairs).reshape(len(_CURVATURES_PER_M), len(_OFFSETS_M))


def _density(steps: Transitions) -> Numbers:
    """Of offsets, where nothing has ended."""
    rows = steps.observation[steps.observation[:, -1] == 0.0]
    counts, _ = np.histogram(rows[:, 0] * USUAL[0], BINS_M)
    return counts / (max(len(rows), 1) * (BINS_M[1] - BINS_M[0]))


def _nearest(values: np.ndarray, even: np.ndarray) -> np.ndarray:
    """The index of the nearest number of an even grid."""
    return np.clip(np.rint((values - even[0]) / (even[1] - even[0])), 0, len(even) - 1).astype(np.int64)
