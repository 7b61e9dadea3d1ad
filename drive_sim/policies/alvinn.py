"""ALVINN: a picture of 32x30 pixels, one hidden layer, and a row of units, one for each of many curvatures.

Pomerleau, "ALVINN: an autonomous land vehicle in a neural network" (NIPS 1, 1989) and "Rapidly adapting artificial
neural networks for autonomous navigation" (NIPS 3, 1991). The network is asked for a hill of activity around the unit
of the right curvature, and steers by where the hill is that it puts out.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from drive_sim.arrays import Images, PerCar
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

ALVINN_CAMERA = Camera(width_px=32, height_px=30, focal_px=24.0, horizon_px=-2.0, height_m=2.7)
"""A wide view (67 degrees) from a van's roof: the ground from 2.4 to 47 m ahead of the rear axle, and no sky. Both
edges of a road 4.4 m wide are in the upper half of the picture, also from 1.5 m aside."""

PUBLISHED_HILL = (0.10, 0.32, 0.61, 0.89, 1.00, 0.89, 0.61, 0.32, 0.10)
"""The activity asked for of nine units around the right one (1989, section 3); all others are asked for 0."""
HILL_SHAPES = ("published", "gaussian")
DECODE_RULES = ("argmax", "centre-of-mass", "gaussian")
ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh}

REACH = len(PUBLISHED_HILL) // 2
"""How many units to either side of the right one are asked for something."""
_GAUSSIAN_WIDTH2 = 10.0
"""Later the hill was exp(-d^2 / 10), d in units."""
_FIT_STEPS = 20
"""The Gaussian is fitted to the outputs to a twentieth of a unit."""
LEAST_SPREAD = 1.0
"""Grey levels: a picture with less contrast than the sensor's noise is not blown up to full contrast."""

Retina = Annotated[npt.NDArray[np.float32], "n f"]
"""What the network reads: one number a pixel, row by row from the top left."""
Units = Annotated[npt.NDArray[np.float64], "u"]
"""The curvature (1/m, left positive) that each output unit stands for, from the left to the right."""
Outputs = Annotated[npt.NDArray[np.float64], "n u"]
"""One number a picture and unit, 0 to 1."""
HiddenPictures = Annotated[npt.NDArray[np.float32], "k h w"]
"""The weights of k hidden units as pictures."""


def retina(images: Images) -> Retina:
    """The blue band of pictures (n, h, w, 3), each shifted and scaled to mean 0 and spread 1: (n, h w).

    ALVINN read the blue band, since there a road stands out from what grows beside it. Per picture, since daylight
    and the sensor's gain multiply all pixels alike: what is left is which parts are lighter than the others.
    """
    blue = images[..., 2].reshape(len(images), -1).astype(np.float32)
    blue -= blue.mean(axis=1, keepdims=True)
    return blue / np.maximum(blue.std(axis=1, keepdims=True), LEAST_SPREAD)


def curvature_units(num_units: int, max_curvature_per_m: float) -> Units:
    """The curvatures (u,) of the units: evenly spaced, from `max_curvature_per_m` (left) to its opposite (right)."""
    if num_units < 2 or not 0.0 < max_curvature_per_m < np.inf:
        raise InputError(
            f"alvinn: it takes at least two units and a positive max_curvature_per_m, got {num_units} and "
            f"{max_curvature_per_m}"
        )
    return np.linspace(max_curvature_per_m, -max_curvature_per_m, num_units)


def nearest_unit(curvature_per_m: PerCar, units: Units) -> npt.NDArray[np.int64]:
    """The number (n,) of the unit nearest to each curvature; beyond the outermost units, these."""
    return np.rint(_place(curvature_per_m, units)).astype(np.int64)


def hill(curvature_per_m: PerCar, units: Units, shape: str = "published") -> Outputs:
    """The activity (n, u) that is asked for where these curvatures (n,) are right.

    "published" is `PUBLISHED_HILL` around the nearest unit, as in 1989. "gaussian" is the later exp(-d^2 / 10) around
    the curvature's own place among the units, so that it also says where between two units that lies. A curvature
    beyond the outermost units counts as theirs. Raises InputError for another shape.
    """
    number = np.arange(len(units))
    if shape == "gaussian":
        return _gaussian(_place(curvature_per_m, units)[:, None] - number)
    if shape != "published":
        raise InputError(f"alvinn: hill {shape!r} is unknown; use one of {', '.join(HILL_SHAPES)}")
    padded = np.pad(PUBLISHED_HILL, 1)
    away = np.clip(number - nearest_unit(curvature_per_m, units)[:, None], -REACH - 1, REACH + 1)
    return padded[away + REACH + 1]


def decode(outputs: Outputs, units: Units, rule: str = "argmax") -> PerCar:
    """The curvatures (n,) that outputs (n, u) stand for.

    "argmax" is the most active unit's (1989). "centre-of-mass" is the mean of the nine units around that one, each as
    heavy as it is active (1991). "gaussian" is the place of the hill exp(-d^2 / 10) that fits all outputs best, in
    least squares. Raises InputError for another rule.
    """
    highest = outputs.argmax(axis=1)
    number = np.arange(len(units))
    if rule == "argmax":
        return units[highest]
    if rule == "centre-of-mass":
        near = np.abs(number - highest[:, None]) <= REACH
        mass = np.where(near, np.maximum(outputs, 0.0), 0.0)
        total = mass.sum(axis=1)
        place = np.where(total > 0.0, (mass * number).sum(axis=1) / np.where(total > 0.0, total, 1.0), highest)
    elif rule == "gaussian":
        hills, places = fitted_hills(len(units))
        # |outputs - hill|^2 without |outputs|^2, which is the same for all places.
        place = places[(np.square(hills).sum(axis=1) - 2.0 * outputs @ hills.T).argmin(axis=1)]
    else:
        raise InputError(f"alvinn: decode rule {rule!r} is unknown; use one of {', '.join(DECODE_RULES)}")
    return np.interp(place, number, units)


def fitted_hills(num_units: int) -> tuple[Outputs, PerCar]:
    """The hills (p, u) that "gaussian" compares outputs with, and the places (p,) of each, in units from the first."""
    places = np.arange((num_units - 1) * _FIT_STEPS + 1) / _FIT_STEPS
    return _gaussian(places[:, None] - np.arange(num_units)), places


def _place(curvature_per_m: PerCar, units: Units) -> PerCar:
    """Where curvatures lie among the units, in units from the first, between them too."""
    place = (units[0] - np.asarray(curvature_per_m, dtype=np.float64)) / (units[0] - units[-1]) * (len(units) - 1)
    return np.clip(place, 0.0, len(units) - 1)


def _gaussian(distance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.exp(-np.square(distance) / _GAUSSIAN_WIDTH2)


class AlvinnNetwork(nn.Module):
    """Retina (n, h w) in, the units' activity (n, u) from 0 to 1 out; one hidden layer, all connected.

    960 pixels, 29 hidden and 45 units are the 1989 network's; 5 and 30 those of 1991. Weights are torch's own; use
    `make_alvinn` for drawn ones.
    """

    def __init__(
        self, num_hidden: int, num_units: int, height_px: int = 30, width_px: int = 32, activation: str = "sigmoid"
    ) -> None:
        super().__init__()
        if num_hidden < 1 or num_units < 2:
            raise InputError(f"alvinn: it takes hidden units and at least two others, got {num_hidden} and {num_units}")
        if activation not in ACTIVATIONS:
            raise InputError(f"alvinn: activation {activation!r} is unknown; use one of {', '.join(ACTIVATIONS)}")
        self.height_px, self.width_px, self.activation = height_px, width_px, activation
        self.hidden = nn.Linear(height_px * width_px, num_hidden)
        self.squash = ACTIVATIONS[activation]()
        self.units = nn.Linear(num_hidden, num_units)

    def forward(self, retinas: Tensor) -> Tensor:
        """The units' activity."""
        return torch.sigmoid(self.logits(retinas))

    def logits(self, retinas: Tensor) -> Tensor:
        """The same before the last sigmoid, for losses that want it so."""
        return self.units(self.squash(self.hidden(retinas)))

    @property
    def num_hidden(self) -> int:
        """How many hidden units there are."""
        return self.hidden.out_features

    @property
    def num_units(self) -> int:
        """How many output units there are."""
        return self.units.out_features

    @property
    def hidden_weights(self) -> HiddenPictures:
        """What each hidden unit multiplies each pixel with, as pictures (k, h, w)."""
        return self.hidden.weight.detach().cpu().numpy().reshape(-1, self.height_px, self.width_px).copy()


def make_alvinn(
    rng: np.random.Generator,
    num_hidden: int,
    num_units: int,
    height_px: int = 30,
    width_px: int = 32,
    activation: str = "sigmoid",
    *,
    hidden_scale: float = 1.0,
) -> AlvinnNetwork:
    """A network with small weights drawn from `rng`, uniform in ± 1 / sqrt(inputs); biases are 0.

    The hidden layer's are `hidden_scale` times as large: drawn small, their pictures show what was learned rather
    than what was drawn. Torch's own generator is left alone.
    """
    with torch.random.fork_rng(devices=[]):
        network = AlvinnNetwork(num_hidden, num_units, height_px, width_px, activation)
    with torch.no_grad():
        for layer in (network.hidden, network.units):
            most = layer.in_features**-0.5
            layer.weight.copy_(torch.from_numpy(rng.uniform(-most, most, tuple(layer.weight.shape))))
            layer.bias.zero_()
        network.hidden.weight.mul_(hidden_scale)
    return network


@dataclass(frozen=True, slots=True, eq=False)
class AlvinnPolicy:
    """A network with all that its numbers mean: its units' curvatures (u,), how they are decoded, and its camera.

    It always runs on the processor: so small a network would wait for a GPU longer than it computes.
    """

    network: AlvinnNetwork
    units: Units
    rule: str = "argmax"
    camera: Camera = ALVINN_CAMERA

    def __post_init__(self) -> None:
        if self.rule not in DECODE_RULES:
            raise InputError(f"alvinn: decode rule {self.rule!r} is unknown; use one of {', '.join(DECODE_RULES)}")
        if np.shape(self.units) != (self.network.num_units,) or not (np.diff(self.units) < 0.0).all():
            raise InputError(
                f"alvinn: the network's {self.network.num_units} units need as many curvatures, from the left to the "
                f"right, got an array of {np.shape(self.units)}"
            )
        if (self.network.height_px, self.network.width_px) != (self.camera.height_px, self.camera.width_px):
            raise InputError(
                f"alvinn: the network reads {self.network.width_px}x{self.network.height_px} pictures and the camera "
                f"makes {self.camera.width_px}x{self.camera.height_px}"
            )

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:  # noqa: ARG002 - it draws nothing
        """Steer by the pictures (n, h, w, 3); speed and the privileged fields are not read."""
        if observation.images is None:
            raise InputError("a network drives by pictures, and the environment has no camera; give EnvConfig one")
        return Command.steer(self.predict(observation.images))

    def predict(self, images: Images) -> PerCar:
        """Curvatures (n,) in 1/m for pictures (n, h, w, 3) of the policy's own camera; InputError for another size."""
        return decode(self.activity(images), self.units, self.rule)

    def activity(self, images: Images) -> Outputs:
        """How active each unit is (n, u) at pictures (n, h, w, 3) of the policy's own camera."""
        size = (self.camera.height_px, self.camera.width_px, 3)
        if images.shape[1:] != size:
            raise InputError(
                f"the network was trained on {size[1]}x{size[0]} pictures and got an array of {images.shape}; "
                "use the camera that is stored with the model"
            )
        with torch.inference_mode():
            return self.network(torch.from_numpy(retina(images))).double().numpy()
