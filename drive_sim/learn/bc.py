"""Behavioural cloning: the weights under which the demonstrated commands are most likely, given the pictures.

    theta = argmax  sum_i log N(k_i; pi_theta(x_i), sigma^2)
    -log N(k; pi, sigma^2) = (k - pi)^2 / (2 sigma^2) + log(sigma) + log(2 pi) / 2
    for each step:
        x, k <- a mini-batch of pictures and of the commands driven there, shifted and turned, and its colours changed
        theta <- AdamW(theta, gradient of the mean of -log N(k; pi_theta(x), sigma^2))

sigma is fixed, the curvature for which a network puts out 1, so maximum likelihood is least squares (NVIDIA 2016,
section 3, minimises the same mean squared error). The expert's states are all that is learned from: what the policy
does where only it goes, nobody has shown.
"""

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from drive_sim.data.augment import Photometric, ShiftRotate
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.frame_stack import for_frames
from drive_sim.errors import InputError
from drive_sim.learn.base import ImitationTask, Need, Round, better_round
from drive_sim.learn.cloning_loss import batch_loss, batch_losses, mean_loss, summed
from drive_sim.learn.divergence import check_losses
from drive_sim.learn.early_stopping import until_no_better
from drive_sim.learn.initial_policy import InitialWeights, choose_what_learns, copied, drawn, fitting_layers, taken_over
from drive_sim.learn.minibatches import Batch, augmented, shuffled
from drive_sim.learn.optimisers import AdamW
from drive_sim.learn.preparation import Preparation, prepared
from drive_sim.learn.schedule import warm_up_and_cosine
from drive_sim.learn.weight_average import follow
from drive_sim.policies.compute import PRECISIONS
from drive_sim.policies.frames import num_frames_of
from drive_sim.policies.neural import CURVATURE_UNIT_PER_M, NeuralPolicy

NEEDS: tuple[Need, ...] = ("demonstrations",)
MAX_GRADIENT_NORM = 1.0


@dataclass(frozen=True, slots=True)
class Config:
    """How to clone. `validation_share` of the frames, the last ones, are kept out of training and only measured.

    It is 0 by default: of thirty seconds every frame is needed, and a low error on held-out frames does not predict
    driving. `preparation`: what people's recordings ask for, held-out blocks of time too. `three_cameras`: shifted and
    rotated views are made from the nearest of the demonstrations' three cameras (NVIDIA 2016); side pictures as samples
    of their own are `preparation.side_cameras`. `num_threads` is given to torch explicitly: the same number, the same
    weights to the bit. `huber`: errors of more than so many units count in proportion.
    `acceleration_weight`: of the accelerations' loss, beside that of the curvatures. `weight_average`: a running
    mean of the weights is kept, which each step moves by that share towards the latest (`weight_average.follow`).
    `freeze_convolutions`: only fully connected layers learn, and of a network of two frames the first layer, too.
    `init` tells whose weights `train` was given as `init`.
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
    preparation: Preparation = field(default_factory=Preparation)
    steps_per_round: int = 100
    curvature_unit_per_m: float = CURVATURE_UNIT_PER_M
    precision: str = "auto"
    device: str = "auto"
    num_threads: int = 1
    huber: float | None = None
    acceleration_weight: float = 1.0
    weight_average: float | None = None
    freeze_convolutions: bool = False
    init: InitialWeights | None = None

    def __post_init__(self) -> None:
        for name in ("num_steps", "batch_size", "learning_rate", "steps_per_round", "num_threads"):
            if not getattr(self, name) > 0:
                raise InputError(f"bc: {name} must be positive, got {getattr(self, name)}")
        if not 0.0 <= self.validation_share < 1.0:
            raise InputError(f"bc: validation_share must be in [0, 1), got {self.validation_share}")
        if not (self.huber is None or self.huber > 0.0) or not self.acceleration_weight >= 0.0:
            raise InputError("bc: huber must be positive or None, and acceleration_weight not negative")
        if self.weight_average is not None and not 0.0 < self.weight_average <= 1.0:
            raise InputError(f"bc: weight_average must be above 0, at most 1, got {self.weight_average}")
        if not 0.0 <= self.weight_decay < math.inf:
            raise InputError(f"bc: weight_decay must not be negative, got {self.weight_decay}")
        if num_frames_of(self.network) > 1 and (self.three_cameras or self.preparation.side_cameras != "none"):
            raise InputError(
                f"bc: a {self.network} sees the picture of the tick before, too, and side cameras' are samples without "
                "one; leave side cameras out, or take a network of one frame"
            )
        if self.precision not in PRECISIONS:
            raise InputError(f"bc: precision must be one of {', '.join(PRECISIONS)}, got {self.precision!r}")

    def learning_rate_at(self, step_idx: int) -> float:
        """A linear warm-up, then half a cosine down to zero."""
        return warm_up_and_cosine(step_idx, self.num_steps, self.learning_rate, self.warmup_share)


def train(
    config: Config,
    task: ImitationTask[Demonstrations, Any],
    rng: np.random.Generator,
    *,
    start: NeuralPolicy | None = None,
    init: NeuralPolicy | None = None,
) -> Iterator[Round[NeuralPolicy]]:
    """Clone demonstrations: a Round every `steps_per_round` steps and at the end, each with a policy of its own.

    It ends early where the held-out blocks' `patience` says so.
    Of a conditional network `loss` is that of curvatures and accelerations, `curvature_loss` that of the first alone.
    Initial weights, order of frames, photometric jitter, and shifts and turns are drawn from four streams, one each,
    so that two runs which differ in one of them share the others to the bit. With `start` its weights are the initial
    ones, and it is not touched. With `init` those of its weights are that fit (Yosinski et al. 2014, arXiv 1411.1792):
    it may have looked through another camera, and may end in other layers. Raises InputError where `start` sees through
    another camera or `init` has other convolutions, and DivergedError at the end of a round whose loss is no number.
    """
    rounds, blocks = _rounds(config, task, rng, start, init), config.preparation.held_out
    yield from rounds if blocks is None or blocks.patience is None else until_no_better(rounds, blocks.patience)


def _rounds(
    config: Config,
    task: ImitationTask[Demonstrations, Any],
    rng: np.random.Generator,
    start: NeuralPolicy | None,
    init: NeuralPolicy | None,
) -> Iterator[Round[NeuralPolicy]]:
    demos = task.require("bc", NEEDS).demonstrations
    torch.set_num_threads(config.num_threads)
    weights_rng, *batch_rngs = rng.spawn(4)
    num_frames = num_frames_of(config.network) if start is None else start.num_frames
    demos = for_frames(demos, num_frames)  # of rows as they were driven, before any is held out
    training, held_out = prepared(config.preparation, demos, config.validation_share)
    policy = make_policy(config, demos, weights_rng) if start is None else copied(start, demos)
    if init is not None:
        policy = taken_over(policy, init, fitting_layers(init, policy.network_name, demos))
    choose_what_learns(policy.network, freeze_convolutions=config.freeze_convolutions)
    optimiser = make_optimiser(config, policy)
    kept = policy if config.weight_average is None else copy.deepcopy(policy)
    losses: list[Tensor] = []
    curvature_losses: list[Tensor] = []
    start_s = time.perf_counter()
    for step_idx, batch in enumerate(minibatches(config, training, *batch_rngs)):
        optimiser.param_groups[0]["lr"] = config.learning_rate_at(step_idx)
        loss, curvature_loss = _descend(policy, optimiser, batch, config)
        losses.append(loss)
        curvature_losses.append(curvature_loss)
        num_done = step_idx + 1
        if config.weight_average is not None:
            follow(kept, policy, max(config.weight_average, 1.0 / num_done))
        if num_done % config.steps_per_round == 0 or num_done == config.num_steps:
            _check(losses, policy, batch, num_done)
            metrics = {"step": num_done, "num_steps": config.num_steps, "loss": float(torch.stack(losses).mean())}
            if policy.is_conditional:
                metrics["curvature_loss"] = float(torch.stack(curvature_losses).mean())
            if len(held_out) > 0:
                metrics["validation_loss"] = mean_loss(kept, held_out)
            metrics["frames_per_s"] = len(losses) * config.batch_size / (time.perf_counter() - start_s)
            yield Round(step_idx // config.steps_per_round, copy.deepcopy(kept), metrics)
            losses, curvature_losses, start_s = [], [], time.perf_counter()


def fit(config: Config, demos: Demonstrations, rng: np.random.Generator) -> NeuralPolicy:
    """The best policy of all rounds."""
    best = None
    for latest in train(config, ImitationTask(demos), rng):
        best = better_round(best, latest)
    assert best is not None
    return best.policy


def make_policy(config: Config, demos: Demonstrations, rng: np.random.Generator) -> NeuralPolicy:
    """A policy that has not learned yet, for the demonstrations' camera, as `for_frames` makes them."""
    policy = drawn(config.network, demos, rng, config.device)
    return replace(policy, curvature_unit_per_m=config.curvature_unit_per_m, precision=config.precision)


def make_optimiser(config: Config, policy: NeuralPolicy) -> torch.optim.Optimizer:
    """AdamW; `train` sets the learning rate before every step."""
    return AdamW(policy.network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True)


def minibatches(
    config: Config,
    demos: Demonstrations,
    order_rng: np.random.Generator,
    photometric_rng: np.random.Generator,
    shift_rotate_rng: np.random.Generator,
) -> Iterator[Batch]:
    """`num_steps` batches of pictures and commands, in random order, every frame once before any comes again."""
    num_samples = 2 * len(demos) if config.preparation.mirror else len(demos)
    order = shuffled(num_samples, config.batch_size, config.num_steps, order_rng)
    return augmented(
        demos,
        order,
        shift_rotate=config.shift_rotate,
        photometric=config.photometric,
        three_cameras=config.three_cameras,
        shift_rng=shift_rotate_rng,
        photometric_rng=photometric_rng,
    )


def descend(policy: NeuralPolicy, optimiser: torch.optim.Optimizer, batch: Batch) -> Tensor:
    """One step down the loss of a batch; returns that loss, still on the device."""
    return _descend(policy, optimiser, batch, Config())[0]


def _descend(
    policy: NeuralPolicy, optimiser: torch.optim.Optimizer, batch: Batch, config: Config
) -> tuple[Tensor, Tensor]:
    """One step down; returns the loss of the batch, and that of its curvatures alone."""
    losses = batch_losses(policy, batch, config.huber)
    loss = summed(losses, config.acceleration_weight)
    optimiser.zero_grad()
    loss.backward()
    # An early jump can kill all ten units before the output for good.
    torch.nn.utils.clip_grad_norm_(policy.network.parameters(), MAX_GRADIENT_NORM)
    optimiser.step()
    return loss.detach(), losses[0].detach()


def _check(losses: list[Tensor], policy: NeuralPolicy, batch: Batch, last_step: int) -> None:
    """Raise DivergedError where a loss of a round is no number, or that of its last batch, read once more.

    A last step that spoils the weights shows only in the loss after it.
    """
    with torch.no_grad():
        after = batch_loss(policy, batch)
    check_losses(torch.stack([*losses, after]).tolist(), last_step - len(losses) + 1)
