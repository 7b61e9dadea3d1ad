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
from typing import Annotated, Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import torch

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.evaluate.virtual_car import VirtualCar, VirtualTick
from drive_sim.learn import alvinn, cloning_on_the_fly
from drive_sim.learn.alvinn_buffer import Patterns
from drive_sim.policies.alvinn import ALVINN_CAMERA, AlvinnNetwork, AlvinnPolicy, curvature_units
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv
from drive_sim.sim.vehicle import VehicleParams, VehicleState

Activity = Annotated[npt.NDArray[np.float64], "u"]
"""How active each unit of a row is."""
Weights: TypeAlias = dict[str, npt.NDArray[Any]]
"""A network's arrays, by their names."""
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


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a network said to a tick's picture before it learned from it, beside what was driven, both in 1/m; where
    its virtual car went; its loss in learning, of its own kind; and how active its units were (None: it has none)."""

    predicted_per_m: float
    driven_per_m: float
    virtual: VirtualTick
    loss: float
    activity: Activity | None = None

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
        policy = learner.policy
        if tick.is_placed:
            self._virtual.leave()
        predicted_per_m = float(policy.predict(images)[0])
        activity = policy.activity(images)[0] if isinstance(policy, AlvinnPolicy) else None
        virtual = self._virtual.drive(tick.state, images, policy.predict)
        loss = learner.cycle(tick.frame)
        self.num_ticks += 1
        return Asked(predicted_per_m, float(tick.frame.curvature_per_m[0]), virtual, loss, activity)

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


def tick_of(number: int, env: DriveEnv, network: str, curvature_per_m: float, *, is_placed: bool) -> DrivenTick:
    """The control tick that begins in an env of one car, as a network takes it (a key of CAMERAS), and what is steered.

    Raises InputError in an env without a camera of its own.
    """
    camera, seen = CAMERAS[network], env.timestep.observation
    images = env.view(camera)
    frame = Demonstrations(images, np.array([curvature_per_m]), seen.state.speed_mps, camera)
    return DrivenTick(number, frame, seen.state, is_placed)


def weights_of(policy: LivePolicy) -> Weights:
    """A network's arrays as they are now, not touched by later cycles."""
    return {name: array.detach().numpy().copy() for name, array in policy.network.state_dict().items()}


def policy_of(network: str, config: LiveConfig, weights: Weights) -> LivePolicy:
    """What drives by arrays that `weights_of` a learner of this network and config gave."""
    camera = CAMERAS[network]
    size_px = camera.height_px, camera.width_px
    with torch.random.fork_rng(devices=[]):  # what is drawn here is replaced
        if isinstance(config, alvinn.Config):
            alvinn_network = AlvinnNetwork(config.num_hidden, config.num_units, *size_px)
            units = curvature_units(config.num_units, alvinn.MAX_CURVATURE_PER_M)
            policy: LivePolicy = AlvinnPolicy(alvinn_network, units, config.rule, camera)
        else:
            policy = NeuralPolicy(make_network(config.network, *size_px), config.network, camera)
    policy.network.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    return policy
