"""Array aliases: the letters are axes (n cars, t steps, k path points, h, w, f features), the dtype is fixed."""

from typing import Annotated

import numpy as np
import numpy.typing as npt

Images = Annotated[npt.NDArray[np.uint8], "n h w 3"]
"""RGB pictures, 0 to 255."""
Picture = Annotated[npt.NDArray[np.uint8], "h w 3"]
"""One RGB picture."""
Masks = Annotated[npt.NDArray[np.bool_], "n h w"]
PerCar = Annotated[npt.NDArray[np.float64], "n"]
"""One number a car."""
CarIndex = Annotated[npt.NDArray[np.int64], "n"]
"""One index a car, into a batch of tracks or scenes."""
CarMask = Annotated[npt.NDArray[np.bool_], "n"]
Poses = Annotated[npt.NDArray[np.float64], "n 3"]
"""x_m, y_m, heading_rad in the ground frame."""
PerPoint = Annotated[npt.NDArray[np.float64], "k"]
"""One number a point of a path."""
Homography = Annotated[npt.NDArray[np.float64], "3 3"]
Numbers = npt.NDArray[np.float64]
"""Of a shape that is said where they stand, as that of counts is."""
Counts = npt.NDArray[np.int64]
