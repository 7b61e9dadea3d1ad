"""The inner edge of a bend that is wider than its radius: the fitted line folds it, though the road itself is sound.

An edge lies a width beside the line. Where that width reaches the line's radius, the edge comes to a point and
crosses itself. A survey of a real hairpin can ask for that by decimetres: the line is in the wrong place, not the road.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerPoint
from drive_sim.sim.track import Track

MOST_OF_RADIUS = 0.97
"""An inner width is at most this share of the radius: the edge keeps a radius of its own."""
MOST_CUT = 0.25
"""A road that loses more than this share of an inner width, or that folds over so much of its length, is none."""
_TAPER_M = 6.0


@dataclass(frozen=True, slots=True)
class EdgeCut:
    """Where an edge was moved in most: the sample, by how much, from what inner width and radius.

    `over_m` is over how far it was in all, and `num_bends` in how many places.
    """

    sample: int
    cut_m: float
    width_m: float
    radius_m: float
    over_m: float
    num_bends: int


def unfolded(track: Track) -> tuple[Track, EdgeCut | None]:
    """The road with inner widths of at most `MOST_OF_RADIUS` of the radius, tapered, and the deepest cut if any."""
    limit_m = MOST_OF_RADIUS / np.maximum(np.abs(track.curvature_per_m), 1e-9)
    inside = {"width_left_m": track.curvature_per_m > 0.0, "width_right_m": track.curvature_per_m < 0.0}
    excess_m = {
        name: np.where(where, np.maximum(getattr(track, name) - limit_m, 0.0), 0.0) for name, where in inside.items()
    }
    both_m = sum(excess_m.values(), np.zeros(len(limit_m)))
    if not both_m.any():
        return track, None
    widths_m = {
        name: getattr(track, name) - _taper(excess, getattr(track, name), track) for name, excess in excess_m.items()
    }
    sample = int(np.argmax(both_m))
    side = "width_left_m" if track.curvature_per_m[sample] > 0.0 else "width_right_m"
    before_m = float(getattr(track, side)[sample])
    cut = EdgeCut(
        sample=sample,
        cut_m=before_m - float(widths_m[side][sample]),
        width_m=before_m,
        radius_m=1.0 / float(np.abs(track.curvature_per_m[sample])),
        over_m=float(np.count_nonzero(both_m) * track.spacing_m),
        num_bends=_num_stretches(both_m > 0.0, track),
    )
    return replace(track, **widths_m), cut


def is_no_road(track: Track, cut: EdgeCut) -> bool:
    """Whether so much was cut that the file describes no road: a plate, or a bend that its width does not fit into."""
    return cut.cut_m > MOST_CUT * cut.width_m or cut.over_m > MOST_CUT * track.length_m


def _num_stretches(where: npt.NDArray[np.bool_], track: Track) -> int:
    """On how many stretches of a road samples (k,) are meant; those nearer than the taper are one."""
    samples = np.flatnonzero(where)
    far = np.diff(samples) * track.spacing_m > _TAPER_M
    around_m = (samples[0] + len(where) - samples[-1]) * track.spacing_m
    is_one_round_the_joint = track.closed and around_m <= _TAPER_M
    return max(1, int(np.count_nonzero(far)) + (not is_one_round_the_joint))


def _taper(excess_m: PerPoint, width_m: PerPoint, track: Track) -> PerPoint:
    """At least the excess (k,) everywhere, and smooth: its largest value nearby, averaged over as far.

    Where nothing has to go, no more than `MOST_CUT` of the width does.
    """
    from scipy.ndimage import maximum_filter1d, uniform_filter1d  # noqa: PLC0415 - for roads from files only

    size = 1 + 2 * round(_TAPER_M / track.spacing_m)
    mode = "wrap" if track.closed else "nearest"
    tapered_m = uniform_filter1d(maximum_filter1d(excess_m, size, mode=mode), size, mode=mode)
    return np.maximum(excess_m, np.minimum(tapered_m, MOST_CUT * width_m))
