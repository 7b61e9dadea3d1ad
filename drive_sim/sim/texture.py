"""World-fixed surface noise: small periodic tiles that the camera's kernel looks up and blends.

A tile is band-limited noise on a torus of 128 x 128 texels. Each texel is stored as one 32-bit word that holds the four
corners of its square, so one look-up serves a bilinear blend. Positions on a tile are unsigned 32-bit integers whose
whole range is one period: they wrap by themselves, exactly, and step along a picture row without rounding.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, NamedTuple

import numpy as np
import numpy.typing as npt

TILE_BITS = 7
TILE = 1 << TILE_BITS
TILE_WORDS = TILE * TILE
NOISE_TILE, BLOB_TILE, SOFT_TILE, CLOUD_TILE = (np.uint32(i * TILE_WORDS) for i in range(4))
"""Where each tile begins in `Textures.tiles`."""
NUM_HILLS = 1024


@dataclass(frozen=True, slots=True)
class Octave:
    """One band of the ground's noise: the size of a texel, its strength, and how its tile is turned."""

    texel_m: float
    strength: float
    turn_rad: float


COARSE_OCTAVES = (
    Octave(texel_m=12.0, strength=0.7, turn_rad=0.8),
    Octave(texel_m=3.0, strength=0.7, turn_rad=2.7),
)
FINE_OCTAVES = (
    Octave(texel_m=0.4, strength=0.45, turn_rad=2.0),
    Octave(texel_m=0.07, strength=0.7, turn_rad=1.1),
    Octave(texel_m=0.013, strength=0.9, turn_rad=0.3),
    Octave(texel_m=0.004, strength=0.9, turn_rad=1.8),
)
"""Octaves are turned against each other, so that no tile's repetition shows."""


class Textures(NamedTuple):
    """What the kernel looks up: packed tiles, the octaves of the ground's noise, hills all round the horizon."""

    tiles: npt.NDArray[np.uint32]
    octaves: Annotated[npt.NDArray[np.float64], "octaves 5"]
    hills: npt.NDArray[np.float32]


@cache
def make_textures() -> Textures:
    """The textures; always the same."""
    return Textures(_tile_words(), _octave_table(), _hill_profile())


def _octave_table() -> Annotated[npt.NDArray[np.float64], "octaves 5"]:
    """A row an octave: its turn's cosine and sine in periods a metre, strength, texel in metres, 1 if it is coarse."""
    rows = []
    for octave in COARSE_OCTAVES + FINE_OCTAVES:
        per_m = 1.0 / (TILE * octave.texel_m)
        cos, sin = np.cos(octave.turn_rad) * per_m, np.sin(octave.turn_rad) * per_m
        rows.append([cos, sin, octave.strength, octave.texel_m, octave in COARSE_OCTAVES])
    return np.array(rows, dtype=np.float64)


def _tile_words() -> npt.NDArray[np.uint32]:
    """All tiles, packed one after the other: surface noise, blobs of shade sharp and soft, clouds."""
    rng = np.random.default_rng(20)
    noise = _band_noise(rng, shortest=4.0, longest=24.0, slope=0.7)
    blobs = np.tanh(2.5 * (_band_noise(rng, shortest=8.0, longest=40.0, slope=2.0) - 0.3))
    clouds = _band_noise(rng, shortest=5.0, longest=64.0, slope=2.6)
    tiles = (42.0 * noise, 127.5 * blobs, 127.5 * _blurred(blobs, shortest=20.0), 60.0 * clouds)
    return np.concatenate([_pack_corners(127.5 + tile) for tile in tiles])


def _frequency() -> npt.NDArray[np.float64]:
    """Waves a texel of each Fourier coefficient of a tile."""
    return np.hypot(np.fft.fftfreq(TILE)[:, None], np.fft.fftfreq(TILE)[None, :])


def _blurred(values: npt.NDArray[np.float64], *, shortest: float) -> npt.NDArray[np.float64]:
    """A periodic tile without its waves shorter than `shortest` texels."""
    return np.fft.ifft2(np.fft.fft2(values) * np.exp(-((_frequency() * shortest) ** 4))).real


def _band_noise(rng: np.random.Generator, *, shortest: float, longest: float, slope: float) -> npt.NDArray[np.float64]:
    """Periodic noise of unit spread: waves of `shortest` to `longest` texels, their strength as length^slope."""
    frequency = _frequency()
    gain = np.where(frequency >= 1.0 / longest, np.maximum(frequency, 1e-9) ** -slope, 0.0)
    noise = _blurred(np.fft.ifft2(np.fft.fft2(rng.standard_normal((TILE, TILE))) * gain).real, shortest=shortest)
    return noise / noise.std()


def _pack_corners(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint32]:
    """Each texel with its right, lower and lower right neighbour as the bytes of one word, lowest byte first."""
    corner = np.clip(np.round(values), 0, 255).astype(np.uint32)
    right, below = np.roll(corner, -1, axis=1), np.roll(corner, -1, axis=0)
    return (corner | right << 8 | below << 16 | np.roll(right, -1, axis=0) << 24).ravel().astype(np.uint32, copy=False)


def _hill_profile() -> npt.NDArray[np.float32]:
    """Heights (0 to 1) of the hills all round the horizon, at even azimuths."""
    rng = np.random.default_rng(7)
    azimuth_rad = np.arange(NUM_HILLS) * (2.0 * np.pi / NUM_HILLS)
    waves = np.arange(2, 40)
    strength = rng.standard_normal(len(waves)) / waves**1.2
    heights = np.cos(azimuth_rad[:, None] * waves + rng.uniform(0.0, 2.0 * np.pi, len(waves))) @ strength
    return np.clip((heights - heights.min()) / np.ptp(heights), 0.0, 1.0).astype(np.float32)
