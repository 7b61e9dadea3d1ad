"""Where the curves of the lesson on data efficiency cross, and what one method's seconds are worth in another's."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from drive_sim.evaluate.curves import Values, crossing_s, reached_s

NAMES = {"clone": "cloning", "shift-rotate": "shift-and-rotate", "dagger": "DAgger"}
SETTLED = 0.95
"""The share of the resamples in which two curves must cross, or must not, for it to be settled."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Logarithms of one method's interventions a km at k points: all seeds together (k,), in n resamples, seed by seed.

    They are floored: what can't be told from none counts as the floor.
    """

    together: Values
    resampled: Values
    per_seed: Values


def make_pairs(seconds: Values, lines: Mapping[str, Lines]) -> list[dict[str, Any]]:
    """For every two methods where their curves cross, with its interval, and what is to be said of it."""
    return [_pair(a, b, seconds, lines) for a, b in combinations(lines, 2)]


def make_worth(seconds: Values, lines: Mapping[str, Lines]) -> dict[str, Any]:
    """Seconds of plain demonstration after which cloning is as good as shift-and-rotate is from the first point.

    None: not within this lesson.
    """
    clone, twin = lines["clone"], lines["shift-rotate"]
    low, high = np.percentile(reached_s(seconds, clone.resampled, twin.resampled[:, 0]), [2.5, 97.5], method="nearest")
    return {
        "from_s": float(seconds[0]),
        "at_s": known(float(reached_s(seconds, clone.together, twin.together[0]))),
        "low_s": known(low),
        "high_s": known(high),
        "per_seed_s": [known(s) for s in reached_s(seconds, clone.per_seed, twin.per_seed[:, 0])],
    }


def known(value: float) -> float | None:
    """The number, or None where it is not finite."""
    return float(value) if math.isfinite(value) else None


def _pair(a: str, b: str, seconds: Values, lines: Mapping[str, Lines]) -> dict[str, Any]:
    one, other = lines[a], lines[b]
    at = float(crossing_s(seconds, one.together, other.together))
    resampled = crossing_s(seconds, one.resampled, other.resampled)
    crossed = resampled[np.isfinite(resampled)]
    low, high = np.percentile(crossed, [2.5, 97.5]) if math.isfinite(at) and len(crossed) else (math.nan, math.nan)
    share, gap = len(crossed) / len(resampled), one.together - other.together
    pair = {
        "methods": [a, b],
        "at_s": known(at),
        "low_s": known(low),
        "high_s": known(high),
        "share_crossing": share,
        "settled": (share if math.isfinite(at) else 1.0 - share) >= SETTLED,
        "per_seed_s": [known(s) for s in crossing_s(seconds, one.per_seed, other.per_seed)],
        "better": [a if g < 0.0 else b if g > 0.0 else None for g in gap],
    }
    return {**pair, "said": _said(pair, seconds)}


def _said(pair: Mapping[str, Any], seconds: Values) -> str:
    """What is to be said of two curves, in a sentence."""
    a, b = (NAMES[name] for name in pair["methods"])
    order = [(NAMES[name], s) for name, s in zip(pair["better"], seconds, strict=True) if name is not None]
    span = f"between {seconds[0]:.0f} and {seconds[-1]:.0f} s"
    if not order:
        return f"{first_up(a)} and {b} can't be told apart {span}."
    if pair["at_s"] is not None:
        before, after = (b, a) if order[-1][0] == a else (a, b)
        return (
            f"{first_up(before)} and {after} cross at {pair['at_s']:.0f} s{_interval(pair)}: "
            f"from there on {after} is better."
        )
    return (
        f"{first_up(a)} and {b} do not cross {span}: {order[-1][0]} is better {_where([s for _, s in order], seconds)}."
    )


def _where(better_s: list[float], seconds: Values) -> str:
    """At which of the points one curve is the better one, when the two are told apart at no other."""
    if len(better_s) == len(seconds):
        return "throughout"
    apart = "; elsewhere the two can't be told apart"
    first, last = np.searchsorted(seconds, (better_s[0], better_s[-1]))
    if last - first + 1 > len(better_s):
        return f"at {', '.join(f'{s:.0f}' for s in better_s)} s{apart}"
    if first == 0:
        return f"up to {better_s[-1]:.0f} s{apart}"
    if last == len(seconds) - 1:
        return f"from {better_s[0]:.0f} s on{apart}"
    return f"from {better_s[0]:.0f} to {better_s[-1]:.0f} s{apart}"


def _interval(pair: Mapping[str, Any]) -> str:
    if pair["low_s"] is None:
        return ""
    often = (
        "" if pair["share_crossing"] == 1.0 else f", where they do: {100 * pair['share_crossing']:.0f} % of resamples"
    )
    return f" (95 %: {pair['low_s']:.0f} to {pair['high_s']:.0f} s{often})"


def first_up(text: str) -> str:
    """The text with its first letter as a capital."""
    return text[:1].upper() + text[1:]
