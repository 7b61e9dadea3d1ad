"""Demonstrations by three cameras: the outer pictures as samples that lead back (NVIDIA 2016, section 3).

Where it is known where the cameras sit, the label is the arc back (`as_samples`). Where it is not, tutorials on
Udacity's simulator add a fixed steering to the command (`corrected_samples`).
"""

from dataclasses import replace

import numpy as np

from drive_sim.arrays import PerCar
from drive_sim.data.augment import ShiftRotate, label
from drive_sim.data.demonstrations import Demonstrations, concatenated
from drive_sim.data.side_views import SideViews
from drive_sim.data.udacity import curvature_from_udacity
from drive_sim.errors import InputError


def side_views(demos: Demonstrations) -> SideViews:
    """The outer cameras' pictures. Raises InputError where there are none, or where they sit is not known."""
    check_sides(demos)
    if demos.side_m is None or demos.images_left is None or demos.images_right is None:
        raise InputError(f"{demos.where}: how far beside its side cameras sit is not known; set side_m")
    there = np.ones(len(demos), dtype=bool) if demos.has_sides is None else demos.has_sides
    return SideViews(demos.images_left, demos.images_right, there, demos.side_m)


def as_samples(demos: Demonstrations, law: ShiftRotate) -> Demonstrations:
    """The middle pictures, then the left and the right ones as samples of their own, labelled by a law to lead back.

    A row without side pictures gives one sample, another three. Where the car was on its lane, and what an expert
    would have done there, is not true of the cameras beside it and is left out.
    """
    sides, zero = side_views(demos), np.zeros(len(demos))
    left_per_m, right_per_m = (
        label(law, demos.curvature_per_m, zero + shift_m, zero, demos.speed_mps)
        for shift_m in (sides.side_m, -sides.side_m)
    )
    return _three(demos, left_per_m, right_per_m)


def corrected_samples(demos: Demonstrations, correction: float) -> Demonstrations:
    """The same samples, the outer ones labelled by a fixed steering back to the middle, wherever the cameras sit.

    `correction` is in Udacity's normalised steering, of which 1 is 25 degrees of wheel (0.17 /m); the tutorials take
    0.2 (0.032 /m). Raises InputError where there are no side pictures.
    """
    back_per_m = float(curvature_from_udacity(np.array(correction)))
    return _three(demos, demos.curvature_per_m + back_per_m, demos.curvature_per_m - back_per_m)


def check_sides(demos: Demonstrations) -> None:
    """Raises InputError where there are no side pictures."""
    if demos.images_left is None or demos.images_right is None:
        raise InputError(f"{demos.where}: has no side cameras; record with some, or leave them out")


def _three(demos: Demonstrations, left_per_m: PerCar, right_per_m: PerCar) -> Demonstrations:
    """The middle pictures, then the left and the right ones, with those commands (n,); rows without sides give one."""
    check_sides(demos)
    middle = replace(
        demos, images_left=None, images_right=None, has_sides=None, side_m=None, lane=None, expert_curvature_per_m=None
    )
    there = np.ones(len(demos), dtype=bool) if demos.has_sides is None else demos.has_sides
    parts = [middle]
    for pictures, back_per_m in ((demos.images_left, left_per_m), (demos.images_right, right_per_m)):
        assert pictures is not None, "checked"
        parts.append(replace(middle, images=pictures, curvature_per_m=back_per_m).rows(there))
    return concatenated(parts)
