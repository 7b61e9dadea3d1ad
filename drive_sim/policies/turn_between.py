"""How far the view has turned from one picture to the next, as a layer that has nothing to learn.

Convolutions of two pictures on end find no shift that is larger than the first kernels, and hardly learn to compare:
that takes products. FlowNet's correlation layer (Dosovitskiy et al. 2015, arXiv 1504.06852, section 3) has them; this
is its plainest case, of raw rows at the horizon, where what is far away moves by turning alone.
"""

from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

ROWS = (0.09, 0.34)
"""Those about the horizon, as shares of a picture's height."""
MOST_COLUMNS = 16
TEMPERATURE, UNIT_COLUMNS = 0.05, 0.25
"""Of the soft argmax over shifts; and the columns that read 1: few, so that weights that begin at 0 soon say a lot."""
_FLAT = 1.0
"""Added to a row's spread in grey levels: what has none correlates with nothing."""


class TurnBetween(nn.Module):
    """How far (n, 1) pictures have turned to the left since those before, in UNIT_COLUMNS: stacks (n, h, w, 6) in.

    The soft argmax, over shifts of up to MOST_COLUMNS, of the correlation of grey rows.
    """

    at_shifts: Tensor
    shifts: Tensor

    def __init__(self, height_px: int, width_px: int) -> None:
        super().__init__()
        self.rows = slice(*(round(share * height_px) for share in ROWS))
        self.width_px, self.most = width_px, min(MOST_COLUMNS, (width_px - 1) // 3)
        shifts = np.arange(-self.most, self.most + 1)
        self.register_buffer("at_shifts", torch.tensor((-shifts % width_px).tolist()), persistent=False)
        self.register_buffer("shifts", torch.tensor((shifts / UNIT_COLUMNS).tolist()), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """The turns, in float32."""
        before, now = (_normal(images[:, self.rows, :, first : first + 3].float().mean(-1)) for first in (0, 3))
        width_px = self.width_px
        now = nn.functional.pad(now[:, :, self.most : width_px - self.most], (self.most, self.most))
        # Where one of the two is 0 at either end, the products of a shift are those of the circular convolution.
        spectrum = (torch.fft.rfft(before) * torch.fft.rfft(now).conj()).mean(1)
        alike = torch.fft.irfft(spectrum, n=width_px)[:, self.at_shifts] / (width_px - 2 * self.most)
        return (torch.softmax(alike / TEMPERATURE, 1) * self.shifts).sum(1, keepdim=True)


class Nodes(Protocol):
    """A graph that nodes are added to (`onnx_nodes.Graph`)."""

    def node(self, operator: str, inputs: list[str], **attributes: Any) -> str:
        """Append an operator on named values; returns its output's name."""
        ...

    def apply(self, operator: str, value: str, *numbers: Any, **attributes: Any) -> str:
        """Append an operator on a value and constants."""
        ...


def add_turn(graph: Nodes, turn: TurnBetween, before: str, now: str) -> str:
    """The same turns (n, 1) as ONNX nodes, of pixels (n, 3, h, w) of 0 to 255."""
    shifts = np.arange(-turn.most, turn.most + 1)
    columns = np.arange(turn.most, turn.width_px - turn.most) - shifts[:, None]
    rows = np.arange(turn.rows.start, turn.rows.stop)
    bands = [graph.apply("Gather", of, rows, axis=2) for of in (before, now)]
    grey = [graph.node("ReduceMean", [band], axes=[1], keepdims=0) for band in bands]
    moved = graph.apply("Gather", _normal_node(graph, grey[0]), columns, axis=2)
    still = graph.apply("Gather", _normal_node(graph, grey[1]), columns[turn.most : turn.most + 1], axis=2)
    alike = graph.node("ReduceMean", [graph.node("Mul", [moved, still])], axes=[1, 3], keepdims=0)
    share = graph.node("Softmax", [graph.apply("Mul", alike, np.float32(1.0 / TEMPERATURE))], axis=1)
    return graph.apply("MatMul", share, turn.shifts.float().cpu().numpy()[:, None])


def _normal(rows: Tensor) -> Tensor:
    """Rows (n, r, w) with mean 0 and, where they are not flat, a spread of 1."""
    rows = rows - rows.mean(2, keepdim=True)
    return rows / (rows.square().mean(2, keepdim=True).sqrt() + _FLAT)


def _normal_node(graph: Nodes, rows: str) -> str:
    rows = graph.node("Sub", [rows, graph.node("ReduceMean", [rows], axes=[2], keepdims=1)])
    square = graph.node("ReduceMean", [graph.node("Mul", [rows, rows])], axes=[2], keepdims=1)
    spread = graph.apply("Add", graph.node("Sqrt", [square]), np.float32(_FLAT))
    return graph.node("Mul", [rows, graph.apply("Pow", spread, np.float32(-1.0))])
