"""A small network from a row of numbers to another, as policies, values and discriminators of flat worlds are one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from drive_sim.errors import InputError
from drive_sim.policies.base import Observations
from drive_sim.policies.regressor import PerInput


@dataclass(frozen=True, slots=True, eq=False)
class FlatNetwork:
    """Layers behind standardised numbers: (row - input_mean) / input_spread goes in."""

    network: nn.Sequential
    input_mean: PerInput
    input_spread: PerInput

    def outputs(self, rows: Observations) -> Tensor:
        """Its answers (n, k), float32, for rows (n, f); gradients flow through it. InputError for another width."""
        if rows.ndim != 2 or rows.shape[1] != len(self.input_mean):
            raise InputError(f"a network of {len(self.input_mean)} inputs was given rows of shape {rows.shape}")
        return self.network(torch.from_numpy(self.standardised(rows)))

    def standardised(self, rows: Observations) -> Observations:
        """Rows (n, f) as the first layer gets them, float32."""
        return ((rows - self.input_mean) / self.input_spread).astype(np.float32)

    def parameters(self) -> Iterator[nn.Parameter]:
        """Its weights."""
        return self.network.parameters()


def make_flat_network(
    widths: tuple[int, ...],
    rng: np.random.Generator,
    *,
    last_gain: float = 1.0,
    input_mean: PerInput | None = None,
    input_spread: PerInput | None = None,
) -> FlatNetwork:
    """A tanh network of these widths, inputs first; torch's own generator is left alone.

    Weights are orthogonal matrices times sqrt(2), those of the last layer times `last_gain`, biases zero, as the
    released code of PPO draws them: with a small gain a policy begins undecided, with 0 a discriminator at 1/2.
    Raises InputError for widths below 1.
    """
    if len(widths) < 2 or min(widths) < 1:
        raise InputError(f"a network needs inputs, outputs, and at least one unit in each layer, got {widths}")
    gains = [2.0**0.5] * (len(widths) - 2) + [last_gain]
    layers = [_layer(a, b, gain, rng) for (a, b), gain in zip(pairwise(widths), gains, strict=True)]
    hidden = [module for layer in layers[:-1] for module in (layer, nn.Tanh())]
    mean = np.zeros(widths[0], np.float32) if input_mean is None else input_mean
    spread = np.ones(widths[0], np.float32) if input_spread is None else input_spread
    return FlatNetwork(nn.Sequential(*hidden, layers[-1]), mean, spread)


def _layer(num_inputs: int, num_outputs: int, gain: float, rng: np.random.Generator) -> nn.Linear:
    layer: nn.Linear = nn.utils.skip_init(nn.Linear, num_inputs, num_outputs)  # pyright: ignore[reportAssignmentType]
    with torch.no_grad():
        layer.weight.copy_(gain * _orthogonal(num_outputs, num_inputs, rng))
        layer.bias.zero_()
    return layer


def _orthogonal(num_rows: int, num_columns: int, rng: np.random.Generator) -> Tensor:
    """A random matrix whose rows or columns, whichever are fewer, are orthonormal (Saxe 2014)."""
    tall = rng.standard_normal((max(num_rows, num_columns), min(num_rows, num_columns)))
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diag(r))
    return torch.from_numpy((q if num_rows >= num_columns else q.T).astype(np.float32))
