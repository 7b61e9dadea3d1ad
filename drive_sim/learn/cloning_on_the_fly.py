"""Cloning on the fly: a convolutional network learns a frame at a time, as ALVINN did, by the steps of `learn/bc.py`.

    for each frame, while a person drives:
        put it into a buffer of 200, in the place of the one whose steering is most like its own
        x, k <- a mini-batch of the buffer, shifted and turned, its colours changed
        theta <- AdamW(theta, gradient of the mean of -log N(k; pi_theta(x), sigma^2))

What ALVINN stores (views, made once) is drawn here anew each time a frame is shown. Without shift-and-rotate all else
stays: the weights that it begins with, the frames, their order and their colours.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import torch

from drive_sim.data.augment import Photometric, ShiftRotate, augment_batch, draw_motion, shift_rotate
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn import bc
from drive_sim.learn.alvinn_buffer import Patterns
from drive_sim.learn.cloning_loss import HALF_LOG_TWO_PI
from drive_sim.learn.divergence import check_losses
from drive_sim.learn.initial_policy import NUM_TYPICAL
from drive_sim.learn.minibatches import Batch
from drive_sim.policies.neural import NeuralPolicy


@dataclass(frozen=True, slots=True)
class Config:
    """How many mini-batches a frame, of what size, and how they are changed; the learning rate rises, then stays."""

    network: str = "small"
    buffer_size: int = 200
    steps_per_frame: int = 1
    batch_size: int = 32
    learning_rate: float = 1e-3
    warmup_frames: int = 50
    shift_rotate: ShiftRotate | None = field(default_factory=ShiftRotate)
    photometric: Photometric | None = field(default_factory=Photometric)

    def __post_init__(self) -> None:
        for name in ("buffer_size", "steps_per_frame", "batch_size", "learning_rate", "warmup_frames"):
            if not getattr(self, name) > 0:
                raise InputError(f"cloning on the fly: {name} must be positive, got {getattr(self, name)}")


class Learner:
    """One that learns on the fly, a frame at a time; `policy` and `buffer` are as the last cycle has left them.

    Weights, order, colours and motions are drawn from four streams, so that two learners which differ in one of them
    share the others.
    """

    def __init__(self, config: Config, first: Demonstrations, rng: np.random.Generator) -> None:
        """Before its first cycle; on views of the first frame (of one row) its biases are centred, and nothing more."""
        torch.set_num_threads(1)  # the same number, the same weights to the bit
        weights_rng, self._order_rng, self._photometric_rng, self._motion_rng = rng.spawn(4)
        cloning = bc.Config(network=config.network, learning_rate=config.learning_rate, device="cpu")
        self.config, self.num_frames = config, 0
        self.buffer = Patterns(first.images[:0], np.empty(0), np.empty(0, np.int64))
        self.policy: NeuralPolicy = bc.make_policy(cloning, _seen_from_around(first, weights_rng), weights_rng)
        """What drives by the network as it is now; later cycles change it."""
        self._optimiser = bc.make_optimiser(cloning, self.policy)

    def cycle(self, frame: Demonstrations) -> float:
        """Learn from the buffer with a frame (of one row) more; returns the mean squared error, in curvature units.

        Raises DivergedError where that is no number.
        """
        config = self.config
        new = Patterns(frame.images, frame.curvature_per_m, np.array([self.num_frames]))
        self.buffer = self.buffer.put(new, config.buffer_size, "alike")
        self.num_frames += 1
        rate = config.learning_rate * min(1.0, self.num_frames / config.warmup_frames)
        self._optimiser.param_groups[0]["lr"] = rate
        loss = float(np.mean([self._step() for _ in range(config.steps_per_frame)]))
        check_losses([loss], self.num_frames)
        return 2.0 * (loss - HALF_LOG_TWO_PI)

    def _step(self) -> float:
        rows = self._order_rng.integers(0, len(self.buffer), self.config.batch_size)
        images, curvature_per_m = augment_batch(
            images=self.buffer.inputs[rows],
            curvature_per_m=self.buffer.curvature_per_m[rows],
            camera=self.policy.camera,
            shift_rotate=self.config.shift_rotate,
            photometric=self.config.photometric,
            shift_rng=self._motion_rng,
            photometric_rng=self._photometric_rng,
        )
        return float(bc.descend(self.policy, self._optimiser, Batch(images, curvature_per_m)))


def _seen_from_around(frame: Demonstrations, rng: np.random.Generator) -> Demonstrations:
    """A frame (of one row) and views of it."""
    many = frame.rows(np.zeros(NUM_TYPICAL, dtype=np.int64))
    shift_m, turn_rad = draw_motion(rng, len(many), ShiftRotate())
    assert frame.camera is not None
    return replace(many, images=shift_rotate(many.images, frame.camera, shift_m, turn_rad))
