"""Learning behind whoever drives: tick by tick, a network is asked, judged, and learns, and its twin beside it.

    for each control tick, while a person drives:
        e <- what the network would steer in this picture, against what the person does: it has not learned from it yet
        a virtual car goes on by a tick as the network steers it (`evaluate/virtual_car.py`)
        one cycle of learning from this tick

Asking before learning is prequential evaluation (Dawid 1984): each error is one on new data. The two twins see the
same ticks and draw the same weights, orders and colours: shift-and-rotate is all in which they differ. A pure function
of the seed and of the ticks, in their order; no clock is asked, so where and how fast it runs changes no bit.
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from drive_sim.arrays import Images
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.evaluate.virtual_car import VirtualCar, VirtualTick
from drive_sim.learn import alvinn, cloning_on_the_fly
from drive_sim.learn.alvinn_buffer import Patterns
from drive_sim.policies.alvinn import ALVINN_CAMERA, AlvinnPolicy
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera
from drive_sim.sim.vehicle import VehicleParams, VehicleState

LivePolicy: TypeAlias = AlvinnPolicy | NeuralPolicy
LiveConfig: TypeAlias = alvinn.Config | cloning_on_the_fly.Config
TWINS = ("views", "alone")
"""With shifted and turned views, and from the frames alone."""
CONFIGS: dict[str, dict[str, LiveConfig]] = {
    "alvinn": {"views": alvinn.PUBLISHED, "alone": alvinn.ALONE},
    "small": {
        "views": cloning_on_the_fly.Config(),
        "alone": cloning_on_the_fly.Config(shift_rotate=None),
    },
}
"""By the network's name, how each of its twins learns."""
CAMERAS = {"alvinn": ALVINN_CAMERA, "small": Camera()}
LEARNING = 61
"""Second word of the learners' seed: one for both twins, so that they draw alike."""


@dataclass(frozen=True, slots=True, eq=False)
class DrivenTick:
    """A control tick that somebody has driven: its picture and command (a row), and where the car was (n = 1).

    `is_placed`: the car was put there, so that it did not drive there from the tick before.
    """

    number: int
    frame: Demonstrations
    state: VehicleState
    is_placed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a network said to a tick's picture before it learned from it, beside what was driven, both in 1/m; where
    its virtual car went; and its loss in learning, of its own kind."""

    predicted_per_m: float
    driven_per_m: float
    virtual: VirtualTick
    loss: float

    @property
    def error_per_m(self) -> float:
        """What it would have steered too far to the left."""
        return self.predicted_per_m - self.driven_per_m


class StepwiseLearner(Protocol):
    """What learns on the fly: `policy` and `buffer` are as the last cycle has left them."""

    buffer: Patterns

    @property
    def policy(self) -> LivePolicy:
        """What drives by the network as it is now."""
        ...

    def cycle(self, frame: Demonstrations) -> float:
        """Learn from a frame (of one row); returns the loss."""
        ...


class LiveLearner:
    """One network that learns behind whoever drives; `learner` is None until the first tick."""

    def __init__(self, config: LiveConfig, seed: int, vehicle: VehicleParams, tick_s: float) -> None:
        self.config, self.num_ticks = config, 0
        self.learner: StepwiseLearner | None = None
        self._seed, self._vehicle, self._tick_s = seed, vehicle, tick_s

    def observe(self, tick: DrivenTick) -> Asked:
        """A tick that was driven: the network is asked, its virtual car goes on, and then it learns."""
        if self.learner is None:
            self._begin(tick.frame)
        learner, images = self.learner, tick.frame.images
        assert learner is not None
        if tick.is_placed:
            self._virtual.leave()
        predicted_per_m = float(learner.policy.predict(images)[0])
        virtual = self._virtual.drive(tick.state, images, learner.policy.predict)
        loss = learner.cycle(tick.frame)
        self.num_ticks += 1
        return Asked(predicted_per_m, float(tick.frame.curvature_per_m[0]), virtual, loss)

    def _begin(self, first: Demonstrations) -> None:
        self.learner = make_learner(self.config, first, np.random.default_rng([self._seed, LEARNING]))
        self._virtual = VirtualCar(self.learner.policy.camera, self._vehicle, self._tick_s)


def make_learner(config: LiveConfig, first: Demonstrations, rng: np.random.Generator) -> StepwiseLearner:
    """The learner that a config is of, for the camera of its first frame."""
    if isinstance(config, cloning_on_the_fly.Config):
        return cloning_on_the_fly.Learner(config, first, rng)
    assert first.camera is not None
    return alvinn.Learner(config, first.camera, rng)


def make_twins(network: str, seed: int, vehicle: VehicleParams, tick_s: float) -> dict[str, LiveLearner]:
    """Both twins of a network (a key of CONFIGS), which draw alike."""
    return {name: LiveLearner(config, seed, vehicle, tick_s) for name, config in CONFIGS[network].items()}


def driven_tick(
    number: int, images: Images, camera: Camera, state: VehicleState, curvature_per_m: float, *, is_placed: bool
) -> DrivenTick:
    """A control tick as learners take it: what the camera saw (1, h, w, 3) where the car was, and what was steered."""
    frame = Demonstrations(images, np.array([curvature_per_m]), state.speed_mps, camera)
    return DrivenTick(number, frame, state, is_placed)
