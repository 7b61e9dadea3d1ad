"""A first layer that leaves of a picture the road ahead."""

import numpy as np
import torch
from torch import Tensor, nn

AHEAD = (0.242, 0.652)
"""The road ahead, as shares of a picture's height, chosen on one lap whose horizon lay at 0.27 (`docs/lab_log.md`)."""
GREY = 128


class RoadAhead(nn.Module):
    """Pictures (n, h, w, 3) with all rows grey but those of `AHEAD`: the road ahead, neither sky nor the road at hand.

    From few pictures of one road a network learns clouds and the grain of the tarmac by heart.
    """

    is_ahead: Tensor

    def __init__(self, height_px: int) -> None:
        super().__init__()
        top, bottom = (round(share * height_px) for share in AHEAD)
        rows = np.arange(height_px)
        is_ahead = (rows >= top) & (rows < bottom)
        self.register_buffer("is_ahead", torch.tensor(is_ahead[:, None, None].tolist()), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """The pictures, of the same type."""
        return torch.where(self.is_ahead, images, torch.full((), GREY, dtype=images.dtype, device=images.device))
