"""What do hidden units look for, a whole road or one of its edges? Edges are moved, one at a time, and units answer.

A unit's net input is linear in the retina, so it answers to a moved edge with the sum of its weights over the pixels
that changed. Let a be its answer where the left edge is moved to the left, b where the right edge is moved to the
right. Then a - b answers to the whole road moved, a + b to the road widened.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Images, PerCar
from drive_sim.data.simulated_pictures import Views
from drive_sim.policies.alvinn import ALVINN_CAMERA, HiddenPictures, Retina, retina

EDGE_STEP_M = 0.25
"""An edge is moved so far to either side of its place."""
ONE_EDGE, WHOLE_ROAD = 0.5, 1.0
"""A detector of one edge and a filter for whole roads have these shares; see `place_share`."""
HALF_WAY = 0.5 * (ONE_EDGE + WHOLE_ROAD)

PerUnit = Annotated[npt.NDArray[np.float64], "k"]


@dataclass(frozen=True, slots=True, eq=False)
class EdgeProbe:
    """Roads of one width from n places: pictures, the right curvature, and what moving one edge does to a retina."""

    images: Images
    curvature_per_m: PerCar
    left_moved: Retina
    right_moved: Retina


def make_edge_probe(views: Views, width_m: float, lookahead_m: float) -> EdgeProbe:
    """The places of `views` with all roads so wide."""
    half_m, step_m = 0.5 * width_m, EDGE_STEP_M

    def seen(left_m: float, right_m: float) -> Images:
        return views.with_edges(left_m, right_m).images(ALVINN_CAMERA)

    return EdgeProbe(
        seen(half_m, half_m),
        views.curvature_per_m(lookahead_m),
        retina(seen(half_m + step_m, half_m)) - retina(seen(half_m - step_m, half_m)),
        retina(seen(half_m, half_m + step_m)) - retina(seen(half_m, half_m - step_m)),
    )


def place_share(hidden: HiddenPictures, probe: EdgeProbe) -> PerUnit:
    """How much of each hidden unit's answer (k,) to moved edges is for where the road is, not for how wide it is.

    sum (a - b)^2 / (sum (a - b)^2 + sum (a + b)^2), over the places. A filter for a whole road of this width has 1: it
    wants both edges moved together. A detector of one edge has 0.5: in any one place it sees one of them, or neither.
    """
    weights = hidden.reshape(len(hidden), -1).astype(np.float64)
    left, right = probe.left_moved @ weights.T, probe.right_moved @ weights.T
    moved, widened = np.square(left - right).sum(axis=0), np.square(left + right).sum(axis=0)
    return moved / (moved + widened)
