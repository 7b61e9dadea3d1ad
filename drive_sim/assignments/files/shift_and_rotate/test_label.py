"""The label of a moved view: by arcs that can be followed."""

from pathlib import Path

import numpy as np
import shift_and_rotate

from drive_sim import geometry
from drive_sim.assignments.sentences import borrowed, expect

SHIFTS_M = np.array([1.0, -0.5, 0.0, 0.8, -1.2])
TURNS_RAD = np.array([0.0, 0.0, 0.1, 0.12, -0.08])


def test_the_label_leads_back() -> None:
    """Shifted to the left the car must steer to the right, turned to the left as well (1/m, left positive)."""
    straight = np.zeros(2)
    shifted, turned = (
        np.asarray(shift_and_rotate.corrected_curvature(straight, shift_m, turn_rad, 9.0))
        for shift_m, turn_rad in ((np.array([1.0, -1.0]), np.zeros(2)), (np.zeros(2), np.array([0.1, -0.1])))
    )
    expect(
        not (shifted[0] > 0.0 > shifted[1]),
        "Your label has the wrong sign: a car that stands too far left is told to steer further left, and a "
        "network learns the way off the road. The target lies to its *right* now: the curvature is negative.",
    )
    expect(
        not np.allclose(turned, 0.0),
        "Your label forgets the rotation: shift without turn. A car that points to the left by 0.1 rad sees its "
        "target on the right and must steer there, though it stands in the middle of its lane.",
    )
    expect(
        not (turned[0] > 0.0 > turned[1]),
        "The turn in your label has the wrong sign: the target is seen from a car that has turned to the left, so "
        "it lies to the right of where the car points.",
    )
    expect(
        shifted[0] < 0.0 < shifted[1],
        f"Straight on, 1 m to the left and to the right: yours steers {shifted.tolist()}.",
    )
    still = np.asarray(shift_and_rotate.corrected_curvature(np.array([0.03]), np.zeros(1), np.zeros(1), 9.0))
    expect(
        not np.allclose(still, 0.015),
        "Yours bends half as much as it must: the arc through (f, d) has the curvature 2 d / (f^2 + d^2).",
    )
    expect(
        np.allclose(still, 0.03),
        f"Where nothing moves the command stays what it was, 0.03 /m. Yours is {still.tolist()}: the target is the "
        "end of the commanded arc, a point that lies aside in a bend, and not a point straight ahead.",
    )


def test_the_label_reaches_the_old_target() -> None:
    """The new arc, begun from the moved car, passes exactly through the point where the old one would have ended."""
    curvature_per_m, length_m = np.array([0.05, -0.03, 0.02, 0.0, 0.04]), 9.0
    label = np.asarray(shift_and_rotate.corrected_curvature(curvature_per_m, SHIFTS_M, TURNS_RAD, length_m))
    forward_m, side_m = geometry.arc_end_point(curvature_per_m, length_m)
    cos, sin = np.cos(TURNS_RAD), np.sin(TURNS_RAD)
    wrong_centre = geometry.arc_through(cos * forward_m + sin * side_m, cos * side_m - sin * forward_m - SHIFTS_M)
    expect(
        not np.allclose(label, wrong_centre),
        "You turn the target before you take the shift off: the wrong centre. The car is shifted along its old "
        "left first, so the shift comes off in the old frame, and only then is the point turned into the new one.",
    )
    ahead_m, aside_m = cos * forward_m + sin * (side_m - SHIFTS_M), cos * (side_m - SHIFTS_M) - sin * forward_m
    right = 2.0 * aside_m / (ahead_m**2 + aside_m**2)
    expect(
        np.allclose(label, right),
        f"From the moved car the target lies at ({ahead_m[3]:.2f}, {aside_m[3]:.2f}) m for the fourth sample, and "
        f"the arc there has {right[3]:.4f} /m. Yours: {label[3]:.4f}; over all five off by up to "
        f"{np.abs(label - right).max():.4f}.",
    )


def test_it_steers_back_in_two_seconds() -> None:
    """NVIDIA 2016: the label "would steer the vehicle back to the desired location and orientation in two seconds"."""
    found = np.asarray(shift_and_rotate.arc_length_of_travel(np.array([12.0, 3.0, 0.0])))
    expect(
        np.isclose(found[0], 24.0),
        f"At 12 m/s two seconds are 24 m; yours says {found[0]:g}.",
    )
    expect(
        np.allclose(found, [24.0, 9.0, 9.0]),
        "A car that hardly moves has no target, and its label would have no bound: the way is never shorter than "
        f"`at_least_m`, 9 m. At 12, 3 and 0 m/s yours says {found.tolist()}.",
    )


def test_it_is_your_own() -> None:
    """The project has all of it as well: read it afterwards."""
    answers = ("drive_sim.data.shift_and_rotate", "drive_sim.data.warp", "drive_sim.data.augment")
    found = borrowed(Path(shift_and_rotate.__file__), answers)
    expect(
        not found,
        f"shift_and_rotate.py imports {', '.join(found)}, which is the answer. It will drive, and you will not have "
        "learned it: write the lines yourself, and read the project's own afterwards.",
    )
