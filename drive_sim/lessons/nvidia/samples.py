"""Ways to make training samples of the same thirty seconds at the wheel, as NVIDIA's cars did and as ours do.

    plain           the middle camera's pictures as they are
    three-cameras   the left and right cameras' too, labelled to lead back
    shift-rotate    the middle camera's, seen from shifted and turned places, drawn uniformly
    nvidia          NVIDIA's mix: normal shifts and turns, each view made from the nearest of three cameras, and a label
                    that is back in place and direction after two seconds
    nvidia-arc      the same mix with a label that is an arc back in place after two seconds, whatever its direction

Frames, network, steps, jitter of colours and streams of draws are the same for all: only views and labels differ.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from drive_sim.arrays import PerCar
from drive_sim.data.augment import ShiftRotate, draw_motion
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.side_cameras import as_samples
from drive_sim.errors import InputError
from drive_sim.lessons.kit import training_config

if TYPE_CHECKING:
    from drive_sim.learn import bc

METHODS = ("plain", "three-cameras", "shift-rotate", "nvidia")
ARC = "nvidia-arc"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Where the side cameras sit, how shifts and turns spread, and how long which network learns.

    The paper prints neither the distance of its cameras nor the spreads, which are twice what it measured at drivers.
    """

    side_m: float = 0.6
    shift_sd_m: float = 0.5
    turn_sd_rad: float = float(np.radians(3.0))
    network: str = "pilotnet"
    num_steps: int = 600

    @property
    def nvidia(self) -> ShiftRotate:
        """NVIDIA's mix of views: normal, cut off where the uniform ones end, labelled to be back in two seconds."""
        return ShiftRotate(law="two-second-pose", shift_sd_m=self.shift_sd_m, turn_sd_rad=self.turn_sd_rad)


def training(recipe: Recipe, method: str, demos: Demonstrations) -> tuple["bc.Config", Demonstrations]:
    """How a method learns, and the samples that it makes of a demonstration by three cameras."""
    config = training_config("plain", recipe.num_steps, recipe.network)
    middle = replace(demos, images_left=None, images_right=None, has_sides=None, side_m=None)
    if method == "plain":
        return config, middle
    if method == "three-cameras":
        return config, as_samples(demos, ShiftRotate())
    if method == "shift-rotate":
        return replace(config, shift_rotate=ShiftRotate()), middle
    if method not in ("nvidia", ARC):
        raise InputError(f"no method {method!r}; there are {', '.join((*METHODS, ARC))}")
    views = recipe.nvidia if method == "nvidia" else replace(recipe.nvidia, law="two-second")
    return replace(config, shift_rotate=views, three_cameras=True), demos


def shown_offsets(recipe: Recipe, method: str, demos: Demonstrations, num: int = 60_000) -> PerCar:
    """Offsets from the lane (num,) of the places from which a method's samples show the road, drawn as it draws."""
    assert demos.lane is not None
    driven_m = np.resize(demos.lane.offset_m, num)
    if method == "plain":
        return driven_m
    if method == "three-cameras":
        return driven_m + recipe.side_m * np.resize([0.0, 1.0, -1.0], num)
    views = ShiftRotate() if method == "shift-rotate" else recipe.nvidia
    return driven_m + draw_motion(np.random.default_rng(0), num, views)[0]
