"""ALVINN as it first learned: back-propagation over 1200 simulated pictures, 40 times (Pomerleau 1989, NIPS 1).

    for each of 40 epochs:
        for each mini-batch (x, k) of the 1200 pictures, in a new random order:
            h = f(W1 x + b1),  o = f(W2 h + b2),  f(a) = 1 / (1 + exp(-a))
            E = 1/2 |o - hill(k)|^2                              the mean over the mini-batch
            v <- 0.9 v + dE/dw + 0.001 w,  w <- w - eta v        for every weight w, dE/dw by back-propagation

x is the retina: the blue band of 32x30 pixels. The hill is .10 .32 .61 .89 1 .89 .61 .32 .10 over nine of the 45 units,
around the one nearest to the right curvature k; the most active unit steers.

The paper names neither eta nor how it changed. Ours falls from 0.05 to 0 along half a cosine; mini-batches are of
eight, the hidden weights start near 0, and all of them decay a little. No picture is shifted, turned or changed.
"""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn.base import ImitationTask, Need, Round
from drive_sim.learn.divergence import check_losses
from drive_sim.learn.optimisers import SGD
from drive_sim.learn.schedule import half_cosine
from drive_sim.policies.alvinn import AlvinnNetwork, AlvinnPolicy, curvature_units, hill, make_alvinn, retina

NEEDS: tuple[Need, ...] = ("demonstrations",)


@dataclass(frozen=True, slots=True)
class Config:
    """The network, its units from `max_curvature_per_m` on the left to its opposite, and how it learns."""

    max_curvature_per_m: float = 0.12
    num_hidden: int = 29
    num_units: int = 45
    num_epochs: int = 40
    batch_size: int = 8
    learning_rate: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 1e-3
    hidden_scale: float = 0.1
    hill: str = "published"
    rule: str = "argmax"
    num_threads: int = 1

    def __post_init__(self) -> None:
        for name in ("num_epochs", "batch_size", "learning_rate", "num_threads"):
            if not getattr(self, name) > 0:
                raise InputError(f"alvinn 1989: {name} must be positive, got {getattr(self, name)}")
        if not (0.0 <= self.momentum < 1.0 and self.weight_decay >= 0.0):
            raise InputError("alvinn 1989: momentum must be in [0, 1), weight_decay not negative")


def train(
    config: Config, task: ImitationTask[Demonstrations, Any], rng: np.random.Generator
) -> Iterator[Round[AlvinnPolicy]]:
    """Learn from labelled pictures: a Round an epoch, and before them one of index 0 with the network as it was drawn.

    Metrics: the epoch's mean error E, and the seconds of processor time that learning has taken so far. Weights and
    orders are drawn from two streams. Raises InputError where the pictures' camera is not known.
    """
    demos = task.require("alvinn-1989", NEEDS).demonstrations
    torch.set_num_threads(config.num_threads)
    if demos.camera is None:
        raise InputError(f"{demos.where}: its camera is not known; give it, or fit it with `calibrate`")
    weights_rng, order_rng = rng.spawn(2)
    units = curvature_units(config.num_units, config.max_curvature_per_m)
    size = demos.camera.height_px, demos.camera.width_px
    network = make_alvinn(weights_rng, config.num_hidden, config.num_units, *size, hidden_scale=config.hidden_scale)
    yield Round(0, _policy(config, network, units, demos), {"epoch": 0.0, "learning_cpu_s": 0.0})

    start_s, spent_s = time.process_time(), 0.0
    retinas = torch.from_numpy(retina(demos.images))
    targets = torch.from_numpy(hill(demos.curvature_per_m, units, config.hill)).float()
    optimiser = SGD(network.parameters(), config.learning_rate, config.momentum, weight_decay=config.weight_decay)
    for epoch in range(config.num_epochs):
        error = _epoch(config, network, optimiser, (retinas, targets), epoch, order_rng)
        check_losses([error], epoch + 1)
        spent_s += time.process_time() - start_s
        metrics = {"epoch": epoch + 1.0, "loss": error, "learning_cpu_s": spent_s}
        yield Round(epoch + 1, _policy(config, network, units, demos), metrics)
        start_s = time.process_time()  # what the listener does with a round is not learning


def fit(config: Config, demos: Demonstrations, rng: np.random.Generator) -> AlvinnPolicy:
    """The policy of the last epoch."""
    *_, last = train(config, ImitationTask(demos), rng)
    return last.policy


def learning_rate_at(step: int, num_steps: int, config: Config) -> float:
    """Half a cosine, from the full rate down to 0."""
    return config.learning_rate * half_cosine(step / num_steps)


def _epoch(
    config: Config,
    network: AlvinnNetwork,
    optimiser: torch.optim.Optimizer,
    pairs: tuple[Tensor, Tensor],
    epoch: int,
    rng: np.random.Generator,
) -> float:
    """Every picture once; returns the mean error, each picture's as it was before its step."""
    retinas, targets = pairs
    order: npt.NDArray[np.int64] = rng.permutation(len(retinas))
    batches = np.split(order, np.arange(config.batch_size, len(order), config.batch_size))
    errors = []
    for number, batch in enumerate(batches):
        done, all_of_them = epoch * len(batches) + number, config.num_epochs * len(batches)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate_at(done, all_of_them, config)
        rows = torch.from_numpy(batch)
        error = 0.5 * (network(retinas[rows]) - targets[rows]).square().sum(dim=1)
        optimiser.zero_grad()
        error.mean().backward()
        optimiser.step()
        errors.append(error.detach())
    return float(torch.cat(errors).mean())


def _policy(
    config: Config, network: AlvinnNetwork, units: npt.NDArray[np.float64], demos: Demonstrations
) -> AlvinnPolicy:
    """The network as it is now, not touched by later epochs."""
    assert demos.camera is not None
    return AlvinnPolicy(copy.deepcopy(network), units, config.rule, demos.camera)
