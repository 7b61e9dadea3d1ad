"""What ALVINN reads, and what its hidden units look for, as grey pictures to be shown."""

import numpy as np

from drive_sim.arrays import Images
from drive_sim.policies.alvinn import HiddenPictures, Retina, retina

_RETINA_SPREADS = 2.5
"""So many spreads below and above a picture's mean are black and white."""


def shown_retinas(images: Images) -> Images:
    """What the network reads of pictures (n, h, w, 3), as grey pictures of the same size."""
    return as_pictures(retina(images), *images.shape[1:3])


def as_pictures(retinas: Retina, height_px: int, width_px: int) -> Images:
    """What the network reads of n views, as grey pictures (n, h, w, 3)."""
    grey = np.clip(0.5 + 0.5 * retinas / _RETINA_SPREADS, 0.0, 1.0).reshape(-1, height_px, width_px)
    return np.repeat(np.rint(255.0 * grey)[..., None], 3, axis=-1).astype(np.uint8)


def as_grey(weights: HiddenPictures, scale: HiddenPictures | None = None) -> Images:
    """Hidden units' weights (k, h, w) as pictures (k, h, w, 3): grey is 0, white excites, black inhibits.

    Each unit is as bright as its strongest weight makes it, or its strongest one in `scale` (k, h, w).
    """
    most = np.abs(weights if scale is None else scale).max(axis=(1, 2), keepdims=True)
    grey = np.clip(127.5 + 127.5 * weights / np.maximum(most, 1e-9), 0.0, 255.0).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=-1)
