"""Photometric jitter: another light, another lens, another sensor; the same for every learner.

Colours change by tables: a tone curve a channel and a mix of the channels, drawn for each picture. Grain is added last.
"""

import math
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Images
from drive_sim.data.warp_kernels import I16, KERNEL, Tables, pack_lanes
from drive_sim.errors import InputError
from drive_sim.sim.compiled import njit

LUMA = np.array([0.299, 0.587, 0.114])
"""What red, green and blue add to the brightness that the eye sees (ITU-R BT.601)."""
LOG_LEVEL = np.log(np.maximum(np.arange(256.0), 1e-3) / 255.0)
"""Logarithm of each grey level; black is all but zero at any gamma."""
GRAIN_SD = 32.0
GRAIN_LENGTH = 1 << 15


@dataclass(frozen=True, slots=True)
class Photometric:
    """How far each picture's colours are jittered; each draw is uniform within the range, 0 switches it off.

    `brightness` is a share of white added, `contrast`, `gain` (of each channel) and `saturation` are relative,
    `gamma` is the exponent's logarithm, `noise` the largest standard deviation of the grain in grey levels.
    """

    brightness: float = 0.15
    contrast: float = 0.30
    gamma: float = 0.35
    gain: float = 0.15
    saturation: float = 0.50
    noise: float = 4.0

    def __post_init__(self) -> None:
        for name in ("brightness", "contrast", "gamma", "gain", "saturation", "noise"):
            if not 0.0 <= getattr(self, name) <= (16.0 if name == "noise" else 1.0):
                raise InputError(f"photometric: {name} is out of range, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True, eq=False)
class Jitter:
    """What was drawn for a batch: tables (n, 3, 256), and the grain's strength and seed (n,)."""

    tables: Tables
    noise_sd: npt.NDArray[np.float64]
    noise_seed: npt.NDArray[np.uint32]

    def a_tick_before(self) -> "Jitter":
        """The same colours and as much grain, which lies elsewhere: light and lens stay, a sensor's noise does not."""
        return replace(self, noise_seed=self.noise_seed ^ np.uint32(1 << 31))


def draw_jitter(rng: np.random.Generator, num_images: int, config: Photometric) -> Jitter:
    """Jitter for a batch; the number of draws depends on nothing but the number of pictures."""
    draw = rng.uniform(-1.0, 1.0, (num_images, 8))
    seed = rng.integers(0, 1 << 32, num_images, dtype=np.uint32)
    tone = np.empty((num_images, 7))
    tone[:, 0] = np.exp(config.gamma * draw[:, 0])
    tone[:, 1] = 1.0 + config.contrast * draw[:, 1]
    tone[:, 2] = config.brightness * draw[:, 2]
    tone[:, 3:6] = 1.0 + config.gain * draw[:, 3:6]
    tone[:, 6] = 1.0 + config.saturation * draw[:, 6]
    tables = np.empty((num_images, 3, 256), np.uint64)
    _fill_tables(tone, LOG_LEVEL, tables)
    return Jitter(tables, config.noise * np.abs(draw[:, 7]), seed)


def add_grain(images: Images, jitter: Jitter) -> None:
    """Adds the jitter's grain to the pictures (n, h, w, 3) in place."""
    strength = np.rint(jitter.noise_sd * (256.0 / GRAIN_SD)).astype(np.int16)
    _add_grain(images.reshape(len(images), images.shape[1], -1), _grain(), strength, jitter.noise_seed)


@cache
def _grain() -> npt.NDArray[np.int16]:
    """A fixed ring of normal numbers; a row of a picture takes a stretch that starts anywhere."""
    values = np.random.default_rng(0).normal(0.0, GRAIN_SD, GRAIN_LENGTH)
    return np.rint(values).clip(-127, 127).astype(np.int16)


@njit(**KERNEL)
def _fill_tables(tone: npt.NDArray[np.float64], log_level: npt.NDArray[np.float64], tables: Tables) -> None:
    """Tables (n, 3, 256) of `tone` (n, 7): gamma, contrast, brightness, three gains, saturation."""
    curve = np.empty(256)
    for i in range(len(tone)):
        saturation = tone[i, 6]
        for x in range(256):
            curve[x] = (math.exp(tone[i, 0] * log_level[x]) - 0.5) * tone[i, 1] + 0.5 + tone[i, 2]
        for channel in range(3):
            level = 255.0 * tone[i, 3 + channel]
            grey, own = level * (1.0 - saturation) * LUMA[channel], level * saturation
            for x in range(256):
                tables[i, channel, x] = pack_lanes(grey * curve[x], own * curve[x], channel)


@njit(**KERNEL)
def _add_grain(
    images: Images,
    grain: npt.NDArray[np.int16],
    strength: npt.NDArray[np.int16],
    seed: npt.NDArray[np.uint32],
) -> None:
    n, h, k = images.shape
    num_starts = np.uint32(len(grain) - k)
    for i in range(n):
        if strength[i] == 0:
            continue
        state = seed[i] | np.uint32(1)
        for v in range(h):
            state = np.uint32(state * np.uint32(747796405) + np.uint32(2891336453))
            start = np.int64((state >> np.uint32(8)) % num_starts)
            stretch, row = grain[start : start + k], images[i, v]
            for j in range(k):
                grey = I16(I16(I16(stretch[j] * strength[i]) + I16(128)) >> I16(8))
                row[j] = np.uint8(min(max(I16(I16(row[j]) + grey), I16(0)), I16(255)))
