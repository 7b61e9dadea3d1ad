"""What a road looks like: surface and verge, lines, light, sky, weather and the sensor, drawn from a seed.

Colours are (red, green, blue) from 0 to 1. Light multiplies them, haze covers them with distance.
"""

from collections import namedtuple
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError

Colour = tuple[float, float, float]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scene:
    """One road's look. Azimuths turn with the world: 0 is the ground frame's x axis."""

    kind: str = "day"
    texture_amplitude: float = 0.12
    """Relative contrast of the surface's noise (the verge has more, in proportion); 0 turns all texture off."""
    surface: Colour = (0.38, 0.38, 0.39)
    wheel_track: float = -0.10
    """How much lighter (or, negative, darker) the wheels' tracks are."""
    verge: Colour = (0.30, 0.40, 0.16)
    verge_patch: Colour = (0.44, 0.44, 0.22)
    shoulder: Colour = (0.52, 0.47, 0.38)
    shoulder_m: float = 0.5
    line: Colour = (0.88, 0.88, 0.84)
    line_strength: float = 1.0
    """Cover of the paint on two-lane roads; 0 for none."""
    line_m: float = 0.12
    line_inset_m: float = 0.15
    dash_m: float = 3.0
    dash_period_m: float = 9.0
    sun_azimuth_rad: float = 0.7
    sun_elevation_rad: float = 0.8
    sun_light: Colour = (0.62, 0.58, 0.50)
    sky_light: Colour = (0.46, 0.50, 0.56)
    headlight: float = 0.0
    shadow: float = 0.0
    """Share of the sun's light that trees beside the road keep from the ground, at most."""
    shadow_size_m: float = 22.0
    zenith: Colour = (0.28, 0.48, 0.78)
    horizon: Colour = (0.78, 0.84, 0.90)
    glow: Colour = (0.25, 0.20, 0.10)
    glow_rad: float = 0.4
    cloud: float = 0.35
    hill: Colour = (0.42, 0.52, 0.56)
    hill_rad: float = 0.05
    haze: Colour = (0.62, 0.70, 0.76)
    fog_per_m: float = 0.0015
    """Of what lies behind it, haze lets exp(-fog_per_m x distance) through."""
    wet: float = 0.0
    """How much of the sky a far surface mirrors."""
    noise_grey: float = 0.0
    """Spread of the sensor's noise in grey levels of 255."""
    vignette: float = 0.06

    def __post_init__(self) -> None:
        if self.dash_period_m <= 0.0 or not 0.0 <= self.dash_m <= self.dash_period_m:
            raise InputError(f"scene: dash_m must lie in 0..dash_period_m, got {self.dash_m} of {self.dash_period_m}")
        if self.shadow_size_m <= 0.0 or self.glow_rad <= 0.0:
            raise InputError("scene: shadow_size_m and glow_rad must be positive")


@dataclass(frozen=True, slots=True)
class SceneKind:
    """The ranges a kind of scene is drawn from; what is fixed stands in `base`."""

    base: Scene
    brightness: Range = (0.85, 1.1)
    surface_gain: Range = (0.78, 1.2)
    colour_jitter: float = 0.03
    sun_elevation_rad: Range = (0.5, 1.2)
    texture_amplitude: Range = (0.08, 0.14)
    shoulder_m: Range = (0.25, 0.7)
    fog_per_m: Range = (0.001, 0.003)
    noise_grey: Range = (1.0, 2.0)
    line_m: Range = (0.10, 0.16)
    dash_m: Range = (2.0, 4.5)
    dash_period_m: Range = (7.0, 12.0)
    cloud_share: Range = (0.5, 1.4)
    shadow_size_m: Range = (15.0, 28.0)


_NIGHT = Scene(
    kind="night",
    sun_light=(0.0, 0.0, 0.0),
    sky_light=(0.10, 0.11, 0.16),
    headlight=1.0,
    zenith=(0.02, 0.03, 0.07),
    horizon=(0.07, 0.08, 0.13),
    glow=(0.0, 0.0, 0.0),
    hill=(0.03, 0.035, 0.05),
    haze=(0.05, 0.055, 0.08),
    cloud=0.1,
)
_DUSK = Scene(
    kind="dusk",
    sun_light=(0.50, 0.32, 0.18),
    sky_light=(0.26, 0.27, 0.36),
    zenith=(0.20, 0.26, 0.46),
    horizon=(0.86, 0.58, 0.42),
    glow=(0.50, 0.26, 0.05),
    glow_rad=0.7,
    hill=(0.25, 0.24, 0.30),
    haze=(0.50, 0.38, 0.36),
)
_FOG = Scene(
    kind="fog",
    sun_light=(0.18, 0.18, 0.18),
    sky_light=(0.66, 0.67, 0.68),
    zenith=(0.70, 0.72, 0.74),
    horizon=(0.76, 0.77, 0.78),
    glow=(0.05, 0.05, 0.04),
    cloud=0.0,
    hill=(0.74, 0.75, 0.76),
    haze=(0.76, 0.77, 0.78),
)
_RAIN = Scene(
    kind="rain",
    sun_light=(0.05, 0.05, 0.05),
    sky_light=(0.50, 0.52, 0.55),
    zenith=(0.42, 0.45, 0.50),
    horizon=(0.60, 0.63, 0.66),
    glow=(0.0, 0.0, 0.0),
    cloud=0.5,
    hill=(0.45, 0.49, 0.53),
    haze=(0.56, 0.59, 0.62),
    wet=0.7,
)
_DIRT = Scene(
    surface=(0.52, 0.42, 0.30),
    kind="dirt",
    wheel_track=0.14,
    shoulder=(0.44, 0.40, 0.24),
    line_strength=0.0,
)

SCENE_KINDS: dict[str, SceneKind] = {
    "day": SceneKind(Scene()),
    "dusk": SceneKind(_DUSK, sun_elevation_rad=(0.08, 0.25), fog_per_m=(0.002, 0.005)),
    "night": SceneKind(_NIGHT, noise_grey=(3.0, 6.0)),
    "fog": SceneKind(_FOG, fog_per_m=(0.02, 0.05)),
    "rain": SceneKind(_RAIN, fog_per_m=(0.006, 0.014), noise_grey=(2.0, 4.0)),
    "shadows": SceneKind(Scene(kind="shadows", shadow=0.85), sun_elevation_rad=(0.35, 0.7)),
    "dirt": SceneKind(_DIRT, texture_amplitude=(0.12, 0.20)),
}
"""`day` is what is trained on; the others are the unseen kinds."""


def make_scene(kind: str, rng: np.random.Generator) -> Scene:
    """Draw a scene of a kind; the same generator state gives the same scene.

    Raises InputError for a kind that is not in `SCENE_KINDS`.
    """
    if kind not in SCENE_KINDS:
        raise InputError(f"no scene kind {kind!r}: choose from {', '.join(SCENE_KINDS)}")
    ranges = SCENE_KINDS[kind]
    base = ranges.base
    brightness = rng.uniform(*ranges.brightness)
    surface_gain = rng.uniform(*ranges.surface_gain)

    def jittered(colour: Colour, gain: float = 1.0) -> Colour:
        noise = rng.normal(0.0, ranges.colour_jitter, 3)
        r, g, b = np.clip(np.multiply(colour, gain) * (1.0 + noise), 0.0, 1.0)
        return float(r), float(g), float(b)

    return replace(
        base,
        surface=jittered(base.surface, surface_gain),
        verge=jittered(base.verge),
        verge_patch=jittered(base.verge_patch),
        shoulder=jittered(base.shoulder),
        shoulder_m=rng.uniform(*ranges.shoulder_m),
        texture_amplitude=rng.uniform(*ranges.texture_amplitude),
        sun_azimuth_rad=rng.uniform(-np.pi, np.pi),
        sun_elevation_rad=rng.uniform(*ranges.sun_elevation_rad),
        sun_light=jittered(base.sun_light, brightness),
        sky_light=jittered(base.sky_light, brightness),
        fog_per_m=rng.uniform(*ranges.fog_per_m),
        noise_grey=rng.uniform(*ranges.noise_grey),
        line_m=rng.uniform(*ranges.line_m),
        dash_m=rng.uniform(*ranges.dash_m),
        dash_period_m=rng.uniform(*ranges.dash_period_m),
        cloud=base.cloud * rng.uniform(*ranges.cloud_share),
        shadow_size_m=rng.uniform(*ranges.shadow_size_m),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Scenes:
    """A batch of scenes, packed for the kernel: one row of `table` a scene, columns as the fields of `Scene`."""

    scenes: tuple[Scene, ...]
    table: Annotated[npt.NDArray[np.float32], "m p"] = field(repr=False)

    @classmethod
    def stack(cls, scenes: Sequence[Scene]) -> Self:
        """Pack scenes; cars then name theirs by its index here."""
        if not scenes:
            raise InputError("no scenes to stack: give at least one")
        return cls(tuple(scenes), np.array([_row(scene) for scene in scenes], dtype=np.float32))

    def __len__(self) -> int:
        return len(self.scenes)


def _row(scene: Scene) -> list[float]:
    """A scene's numbers in the order of its fields, colours as three."""
    return [number for value in astuple(scene)[1:] for number in (value if isinstance(value, tuple) else (value,))]


def _columns() -> dict[str, np.uint64]:
    """The first column of each field in the table, unsigned as the kernels want their indices."""
    columns, column = {}, 0
    for name in list(Scene.__dataclass_fields__)[1:]:
        columns[name] = np.uint64(column)
        column += 3 if isinstance(getattr(_DEFAULT, name), tuple) else 1
    return columns


_DEFAULT = Scene()
C = namedtuple("SceneColumns", _columns())(**_columns())
"""The column of each field in `Scenes.table` (a colour's first of three), for the kernels: `scene[C.wet]`."""
R, G, B = np.uint64(0), np.uint64(1), np.uint64(2)
"""A colour's columns: `scene[C.verge + G]`."""
