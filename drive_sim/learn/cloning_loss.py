"""What behavioural cloning minimises: the negative log likelihood of the demonstrated commands around the network's."""

import math

import numpy as np
import torch
from torch import Tensor, nn

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.learn.minibatches import Batch, unaugmented
from drive_sim.policies.networks import NUM_MEASUREMENTS
from drive_sim.policies.neural import ACCELERATION_UNIT_MPS2, NeuralPolicy

HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)
_FRAMES_AT_ONCE = 256


def negative_log_likelihood(outputs: Tensor, targets: Tensor, huber: float | None = None) -> Tensor:
    """Mean of -log N(target; output, 1), in nats a frame: outputs and targets (n,) are in units of sigma.

    Errors of more than `huber` sigma count in proportion, not squared (Huber 1964, eq. 4.1): a Gaussian with the tails
    of an exponential, with its constant left as it is.
    """
    if huber is not None:
        return nn.functional.huber_loss(outputs, targets, delta=huber) + HALF_LOG_TWO_PI
    return 0.5 * (targets - outputs).square().mean() + HALF_LOG_TWO_PI


def batch_losses(policy: NeuralPolicy, batch: Batch, huber: float | None = None) -> tuple[Tensor, ...]:
    """Mean negative log likelihood of a batch's curvatures, and of its accelerations where the network is conditional.

    Gradients flow through them.
    """
    targets = torch.from_numpy(batch.curvature_per_m / policy.curvature_unit_per_m).float().to(policy.device)
    if not policy.is_conditional:
        return (negative_log_likelihood(policy.outputs(batch.images), targets, huber),)
    num_rows = len(batch.images)
    told = np.zeros((num_rows, NUM_MEASUREMENTS)) if batch.measurements is None else batch.measurements
    kept = np.zeros(num_rows) if batch.acceleration_mps2 is None else batch.acceleration_mps2
    outputs = policy.both_outputs(batch.images, told.astype(np.float32))
    accelerations = torch.from_numpy(kept / ACCELERATION_UNIT_MPS2).float().to(policy.device)
    return tuple(negative_log_likelihood(outputs[:, i], of, huber) for i, of in enumerate((targets, accelerations)))


def batch_loss(policy: NeuralPolicy, batch: Batch) -> Tensor:
    """The sum of `batch_losses`: what is minimised by default."""
    return summed(batch_losses(policy, batch))


def summed(losses: tuple[Tensor, ...], acceleration_weight: float = 1.0) -> Tensor:
    """The loss of curvatures, and of accelerations where there are some."""
    return losses[0] + acceleration_weight * losses[1] if len(losses) == 2 else losses[0]


def mean_loss(policy: NeuralPolicy, demos: Demonstrations) -> float:
    """What `batch_loss` is for demonstrations as they are, without augmentation, and without gradients."""
    total = 0.0
    with torch.inference_mode():
        for start in range(0, len(demos), _FRAMES_AT_ONCE):
            batch = unaugmented(demos, slice(start, start + _FRAMES_AT_ONCE))
            total += len(batch.images) * float(batch_loss(policy, batch))
    return total / len(demos)


def root_mean_square_error(loss: float, curvature_unit_per_m: float) -> float:
    """The error in 1/m that a mean negative log likelihood of curvatures stands for, as `curvature_loss` is one."""
    return curvature_unit_per_m * math.sqrt(max(2.0 * (loss - HALF_LOG_TWO_PI), 0.0))
