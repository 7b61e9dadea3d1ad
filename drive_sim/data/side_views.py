"""What cameras to the left and to the right of the middle one saw: the view of a car beside its lane, for nothing."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarMask, Images, PerCar
from drive_sim.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class SideViews:
    """Pictures (n, h, w, 3) of cameras `side_m` to the left and to the right, where there are some (n,)."""

    left: Images
    right: Images
    there: CarMask
    side_m: float

    def __post_init__(self) -> None:
        if not self.side_m > 0.0:
            raise InputError(f"side cameras: side_m must be positive, got {self.side_m}")

    def rows(self, index: slice | npt.NDArray[Any]) -> Self:
        """The rows that a slice, a mask or an index array picks."""
        return replace(self, left=self.left[index], right=self.right[index], there=self.there[index])

    def nearest(self, images: Images, shift_m: PerCar) -> tuple[Images, PerCar]:
        """For shifts (n,) to the left the picture of the camera nearest to each, and the shift (n,) that is left.

        `images` (n, h, w, 3) are the middle camera's; they are not touched.
        """
        beyond = (np.abs(shift_m) > 0.5 * self.side_m) & self.there
        to_left, to_right = beyond & (shift_m > 0.0), beyond & (shift_m < 0.0)
        nearest = images.copy()
        nearest[to_left], nearest[to_right] = self.left[to_left], self.right[to_right]
        return nearest, shift_m - self.side_m * (to_left.astype(np.float64) - to_right)
