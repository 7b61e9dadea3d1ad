"""The kart's policy: a command that is a linear function of a small picture's colours.

Ross, Gordon and Bagnell (2011), section 5.1: the picture is scaled to 25x19 pixels and each pixel's LAB value is a
feature, 1425 in all. LAB here is CIE 1976 (D65), scaled to 0..255 as OpenCV does for bytes, then divided by 255.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Images, PerCar
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

KART_CAMERA = Camera(width_px=25, height_px=19, focal_px=14.0, horizon_px=5.0)
"""A view of 83 degrees, as games have it, at the size that the paper's policy reads."""

Features = Annotated[npt.NDArray[np.float64], "n f"]

_XYZ_FROM_RGB = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
"""Linear RGB (BT.709 primaries) to CIE XYZ; the sums of the rows are the white point, D65."""
WHITE_FROM_RGB = _XYZ_FROM_RGB / _XYZ_FROM_RGB.sum(axis=1, keepdims=True)
_BYTES = np.arange(256) / 255.0
LIGHT = np.where(_BYTES <= 0.04045, _BYTES / 12.92, ((_BYTES + 0.055) / 1.055) ** 2.4)
"""The light that each byte of sRGB stands for."""
BELOW_IS_STRAIGHT, STRAIGHT = (6.0 / 29.0) ** 3, (841.0 / 108.0, 4.0 / 29.0)
"""CIE's f is the cube root, and near black a straight line: below which share of white, its slope and offset."""
LAB_FROM_ROOTS = np.array([[0.0, 116.0 * 255.0 / 100.0, 0.0], [500.0, -500.0, 0.0], [0.0, 200.0, -200.0]])
LAB_OFFSET = np.array([-16.0 * 255.0 / 100.0, 128.0, 128.0])
"""LAB of f of the shares of white (x, y, z), scaled to 0..255."""


def lab_features(images: Images) -> Features:
    """LAB / 255 of every pixel: features (n, 3 h w), pixel by pixel from the top left, for pictures (n, h, w, 3)."""
    x, y, z = np.moveaxis(_compressed(LIGHT[images] @ WHITE_FROM_RGB.T), -1, 0)
    lightness = (116.0 * y - 16.0) * (255.0 / 100.0)
    lab = np.stack([lightness, 500.0 * (x - y) + 128.0, 200.0 * (y - z) + 128.0], axis=-1)
    return lab.reshape(len(images), -1) / 255.0


def _compressed(share_of_white: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """CIE's f: a cube root, made straight near black."""
    straight = share_of_white * STRAIGHT[0] + STRAIGHT[1]
    return np.where(share_of_white > BELOW_IS_STRAIGHT, np.cbrt(share_of_white), straight)


@dataclass(frozen=True, slots=True, eq=False)
class LinearPolicy:
    """Curvature (1/m, left positive) = weights (f,) . features + bias, on pictures of the policy's own camera."""

    weights: Annotated[npt.NDArray[np.float64], "f"]
    bias_per_m: float
    camera: Camera = KART_CAMERA

    def __post_init__(self) -> None:
        num_features = num_features_of(self.camera)
        if np.shape(self.weights) != (num_features,):
            raise InputError(
                f"linear policy: {self.camera.width_px}x{self.camera.height_px} pictures need {num_features} weights, "
                f"got {np.shape(self.weights)}"
            )

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:  # noqa: ARG002 - it draws nothing
        """Steer by the pictures (n, h, w, 3); speed and the privileged fields are not read."""
        if observation.images is None:
            raise InputError("a linear policy drives by pictures, and the environment has no camera; give it one")
        return Command.steer(self.predict(observation.images))

    def predict(self, images: Images) -> PerCar:
        """Curvatures (n,) in 1/m for pictures (n, h, w, 3) of the policy's own camera; InputError for another size."""
        size = (self.camera.height_px, self.camera.width_px, 3)
        if images.shape[1:] != size:
            raise InputError(
                f"the policy was trained on {size[1]}x{size[0]} pictures and got an array of {images.shape}; "
                "use the camera that is stored with the model"
            )
        return lab_features(images) @ self.weights + self.bias_per_m


def num_features_of(camera: Camera) -> int:
    """How many features a picture of this camera has."""
    return 3 * camera.width_px * camera.height_px
