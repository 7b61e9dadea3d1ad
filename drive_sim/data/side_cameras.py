"""Demonstrations by three cameras: the outer pictures as samples that lead back (NVIDIA 2016, section 3)."""

from dataclasses import replace

import numpy as np

from drive_sim.data.augment import ShiftRotate, label
from drive_sim.data.demonstrations import Demonstrations, concatenated
from drive_sim.data.side_views import SideViews
from drive_sim.errors import InputError


def side_views(demos: Demonstrations) -> SideViews:
    """The outer cameras' pictures. Raises InputError where there are none, or where they sit is not known."""
    if demos.images_left is None or demos.images_right is None:
        raise InputError(f"{demos.where}: has no side cameras; record with some, or leave them out")
    if demos.side_m is None:
        raise InputError(f"{demos.where}: how far beside its side cameras sit is not known; set side_m")
    there = np.ones(len(demos), dtype=bool) if demos.has_sides is None else demos.has_sides
    return SideViews(demos.images_left, demos.images_right, there, demos.side_m)


def as_samples(demos: Demonstrations, law: ShiftRotate) -> Demonstrations:
    """The middle pictures, then the left and the right ones as samples of their own, labelled by a law to lead back.

    A row without side pictures gives one sample, another three. Where the car was on its lane, and what an expert
    would have done there, is not true of the cameras beside it and is left out.
    """
    sides = side_views(demos)
    middle = replace(
        demos, images_left=None, images_right=None, has_sides=None, side_m=None, lane=None, expert_curvature_per_m=None
    )
    parts, zero = [middle], np.zeros(len(demos))
    for pictures, shift_m in ((sides.left, sides.side_m), (sides.right, -sides.side_m)):
        back_per_m = label(law, demos.curvature_per_m, zero + shift_m, zero, demos.speed_mps)
        parts.append(replace(middle, images=pictures, curvature_per_m=back_per_m).rows(sides.there))
    return concatenated(parts)
