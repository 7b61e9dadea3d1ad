"""Behavioural cloning: the weights under which the demonstrated commands are most likely, given the pictures.

The command is modelled as Gaussian around the network's output, of fixed width, so that maximum likelihood is least
squares (NVIDIA 2016, section 3, minimises the same mean squared error).
"""

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from drive_sim.arrays import Images, PerCar
from drive_sim.data.augment import Photometric, ShiftRotate, augment_batch
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.side_cameras import side_views
from drive_sim.errors import InputError
from drive_sim.learn.base import ImitationTask, Need, Round, better_round
from drive_sim.learn.divergence import check_losses
from drive_sim.policies.compute import PRECISIONS, autocast, prepare_device, uses_bf16
from drive_sim.policies.networks import centre_biases, make_network
from drive_sim.policies.neural import CURVATURE_UNIT_PER_M, NeuralPolicy

NEEDS: tuple[Need, ...] = ("demonstrations",)
HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)
MAX_GRADIENT_NORM = 1.0
NUM_TYPICAL = 64
"""Frames, evenly spaced, on which a fresh network's biases are centred."""


@dataclass(frozen=True, slots=True)
class Config:
    """How to clone. `validation_share` of the frames, the last ones, are kept out of training and only measured.

    It is 0 by default: of thirty seconds every frame is needed, and a low error on held-out frames does not predict
    driving. `three_cameras`: shifted and rotated views are made from the nearest of the demonstrations' three cameras
    (NVIDIA 2016); side pictures as samples of their own are `data.side_cameras.as_samples`. `num_threads` is given to
    torch explicitly: the same number, the same weights to the bit.
    """

    network: str = "pilotnet"
    num_steps: int = 600
    batch_size: int = 32
    learning_rate: float = 1e-3
    warmup_share: float = 0.1
    weight_decay: float = 1e-4
    shift_rotate: ShiftRotate | None = field(default_factory=ShiftRotate)
    photometric: Photometric | None = field(default_factory=Photometric)
    three_cameras: bool = False
    validation_share: float = 0.0
    steps_per_round: int = 100
    curvature_unit_per_m: float = CURVATURE_UNIT_PER_M
    precision: str = "auto"
    device: str = "auto"
    num_threads: int = 1

    def __post_init__(self) -> None:
        for name in ("num_steps", "batch_size", "learning_rate", "steps_per_round", "num_threads"):
            if not getattr(self, name) > 0:
                raise InputError(f"bc: {name} must be positive, got {getattr(self, name)}")
        if not 0.0 <= self.validation_share < 1.0:
            raise InputError(f"bc: validation_share must be in [0, 1), got {self.validation_share}")
        if self.precision not in PRECISIONS:
            raise InputError(f"bc: precision must be one of {', '.join(PRECISIONS)}, got {self.precision!r}")


def train(
    config: Config,
    task: ImitationTask[Demonstrations, Any],
    rng: np.random.Generator,
    *,
    start: NeuralPolicy | None = None,
) -> Iterator[Round[NeuralPolicy]]:
    """Clone demonstrations: a Round every `steps_per_round` steps and at the end, each with a policy of its own.

    Initial weights, order of frames, photometric jitter, and shifts and turns are drawn from four streams, one each,
    so that two runs which differ in one of them share the others to the bit. With `start` its weights are the initial
    ones, and it is not touched. Raises InputError where `start` sees through another camera, and DivergedError at the
    end of a round whose loss is no number.
    """
    demos = task.require("bc", NEEDS).demonstrations
    torch.set_num_threads(config.num_threads)
    weights_rng, *batch_rngs = rng.spawn(4)
    training, held_out = split(demos, config.validation_share)
    policy = make_policy(config, demos, weights_rng) if start is None else _copied(start, demos)
    optimiser = make_optimiser(config, policy)
    losses: list[Tensor] = []
    start_s = time.perf_counter()
    for step_idx, (images, curvature_per_m) in enumerate(minibatches(config, training, *batch_rngs)):
        set_learning_rate(optimiser, learning_rate_at(step_idx, config))
        losses.append(descend(policy, optimiser, images, curvature_per_m))
        num_done = step_idx + 1
        if num_done % config.steps_per_round == 0 or num_done == config.num_steps:
            # The batch once more: a last step that spoils the weights shows in the loss after it.
            with torch.no_grad():
                after = batch_loss(policy, images, curvature_per_m)
            check_losses(torch.stack([*losses, after]).tolist(), num_done - len(losses) + 1)
            metrics = {"step": num_done, "num_steps": config.num_steps, "loss": float(torch.stack(losses).mean())}
            if len(held_out) > 0:
                metrics["validation_loss"] = mean_loss(policy, held_out)
            metrics["frames_per_s"] = len(losses) * config.batch_size / (time.perf_counter() - start_s)
            yield Round(step_idx // config.steps_per_round, copy.deepcopy(policy), metrics)
            losses, start_s = [], time.perf_counter()


def fit(config: Config, demos: Demonstrations, rng: np.random.Generator) -> NeuralPolicy:
    """The best policy of all rounds."""
    best = None
    for latest in train(config, ImitationTask(demos), rng):
        best = better_round(best, latest)
    assert best is not None
    return best.policy


def split(demos: Demonstrations, validation_share: float) -> tuple[Demonstrations, Demonstrations]:
    """Training and held-out rows, cut in time: neighbouring frames are near copies, so a random cut would leak."""
    num_training = len(demos) - round(validation_share * len(demos))
    if num_training == 0:
        raise InputError(f"{demos.where}: no frames to learn from; record some driving first")
    return demos.rows(slice(0, num_training)), demos.rows(slice(num_training, None))


def make_policy(config: Config, demos: Demonstrations, rng: np.random.Generator) -> NeuralPolicy:
    """A policy for the demonstrations' camera, its weights drawn from `rng`, its biases centred on their pictures.

    Torch's own generator is left alone.
    """
    if demos.camera is None:
        raise InputError(f"{demos.where}: its camera is not known; give it, or fit it with `calibrate`")
    device = prepare_device(config.device)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**63)))
        network = make_network(config.network, demos.camera.height_px, demos.camera.width_px)
    typical = np.linspace(0, len(demos) - 1, min(NUM_TYPICAL, len(demos))).round().astype(np.int64)
    centre_biases(network, torch.from_numpy(demos.images[typical]))
    return NeuralPolicy(network.to(device), config.network, demos.camera, config.curvature_unit_per_m, config.precision)


def _copied(start: NeuralPolicy, demos: Demonstrations) -> NeuralPolicy:
    if start.camera != demos.camera:
        raise InputError(f"{demos.where}: its camera is not the network's; give recordings of the camera it learned by")
    return copy.deepcopy(start)


def make_optimiser(config: Config, policy: NeuralPolicy) -> torch.optim.Optimizer:
    """AdamW; `train` sets the learning rate before every step."""
    return torch.optim.AdamW(
        policy.network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
    )


def minibatches(
    config: Config,
    demos: Demonstrations,
    order_rng: np.random.Generator,
    photometric_rng: np.random.Generator,
    shift_rotate_rng: np.random.Generator,
) -> Iterator[tuple[Images, PerCar]]:
    """`num_steps` batches of pictures and commands, in random order, every frame once before any comes again."""
    order, sides = np.empty(0, dtype=np.int64), side_views(demos) if config.three_cameras else None
    for _ in range(config.num_steps):
        while len(order) < config.batch_size:
            order = np.concatenate([order, order_rng.permutation(len(demos))])
        index, order = order[: config.batch_size], order[config.batch_size :]
        yield augment_batch(
            images=demos.images[index],
            curvature_per_m=demos.curvature_per_m[index],
            camera=demos.camera,
            shift_rotate=config.shift_rotate,
            photometric=config.photometric,
            shift_rng=shift_rotate_rng,
            photometric_rng=photometric_rng,
            speed_mps=demos.speed_mps[index],
            sides=None if sides is None else sides.rows(index),
        )


def descend(policy: NeuralPolicy, optimiser: torch.optim.Optimizer, images: Images, curvature_per_m: PerCar) -> Tensor:
    """One step down the loss of a batch; returns that loss, still on the device."""
    loss = batch_loss(policy, images, curvature_per_m)
    optimiser.zero_grad()
    loss.backward()
    # An early jump can kill all ten units before the output for good.
    torch.nn.utils.clip_grad_norm_(policy.network.parameters(), MAX_GRADIENT_NORM)
    optimiser.step()
    return loss.detach()


def batch_loss(policy: NeuralPolicy, images: Images, curvature_per_m: PerCar) -> Tensor:
    """Mean negative log likelihood of a batch, in nats a frame."""
    targets = torch.from_numpy(curvature_per_m / policy.curvature_unit_per_m).float().to(policy.device)
    with autocast(policy.device, bf16=uses_bf16(policy.precision, policy.device)):
        outputs = policy.network(torch.from_numpy(images).to(policy.device))
    return negative_log_likelihood(outputs, targets)


def negative_log_likelihood(outputs: Tensor, targets: Tensor) -> Tensor:
    """Mean of -log N(target; output, 1): half the squared error and a constant, so the width is one curvature unit."""
    return 0.5 * (targets - outputs).square().mean() + HALF_LOG_TWO_PI


def root_mean_square_error(loss: float, curvature_unit_per_m: float) -> float:
    """The error in 1/m that a mean negative log likelihood stands for."""
    return curvature_unit_per_m * math.sqrt(max(2.0 * (loss - HALF_LOG_TWO_PI), 0.0))


def mean_loss(policy: NeuralPolicy, demos: Demonstrations) -> float:
    """Mean negative log likelihood of demonstrations as they are, without augmentation."""
    error = (policy.predict(demos.images) - demos.curvature_per_m) / policy.curvature_unit_per_m
    return float(0.5 * np.mean(error**2) + HALF_LOG_TWO_PI)


def learning_rate_at(step_idx: int, config: Config) -> float:
    """A linear warm-up, then half a cosine down to zero."""
    num_warmup = max(1, round(config.warmup_share * config.num_steps))
    if step_idx < num_warmup:
        return config.learning_rate * (step_idx + 1) / num_warmup
    progress = (step_idx - num_warmup) / max(1, config.num_steps - num_warmup)
    return config.learning_rate * 0.5 * (1.0 + math.cos(math.pi * progress))


def set_learning_rate(optimiser: torch.optim.Optimizer, learning_rate: float) -> None:
    """For the next step of all its parameters."""
    for group in optimiser.param_groups:
        group["lr"] = learning_rate
