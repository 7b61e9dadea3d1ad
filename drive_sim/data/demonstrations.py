"""Demonstrations: pictures and the commands that go with them, as learners read them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, CarMask, Images, PerCar
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.track import LanePose

DEFAULT_TICK_S = 0.1
"""The control tick that is assumed where a source gives no times."""
FASTEST_MPS = 150.0
"""No car in a recording is faster; what is, was not driven."""
_NOT_ROWS = ("source", "camera", "lane", "episode", "side_m")


@dataclass(frozen=True, slots=True, eq=False)
class Demonstrations:
    """n pictures with the command driven at each, in the order in which they were driven.

    `images` (n, h, w, 3) uint8 RGB; everything else is (n,) float64. `curvature_per_m` is what learners imitate.
    Fields that a source doesn't have are None; `speed_mps` is NaN where it is not known.
    """

    images: Images
    curvature_per_m: PerCar
    speed_mps: PerCar
    camera: Camera | None = None
    expert_curvature_per_m: PerCar | None = None
    lane: LanePose | None = None
    source: str = ""
    images_left: Images | None = None
    images_right: Images | None = None
    has_sides: CarMask | None = None
    """Rows whose side pictures exist; None: all rows where `images_left` is there. Other rows' are black."""
    side_m: float | None = None
    """How far to the left and right of the middle camera the side cameras sit; None: not known."""
    time_s: PerCar | None = None
    """Seconds since the start of the episode; None: ticks of 0.1 s."""
    episode: CarIndex | None = None
    """Which unbroken drive a row belongs to; None: all to one."""
    raw_steering: PerCar | None = None
    """Steering as the person gave it (right positive, -1 to 1), NaN where nobody did."""
    acceleration_mps2: PerCar | None = None
    """The accelerations to imitate beside; None: the speed was kept."""
    expert_acceleration_mps2: PerCar | None = None
    lateral_goal: PerCar | None = None
    """The place that was wanted, in half widths, left positive; NaN, or None for all: by sight."""
    previous_images: Images | None = None
    """What was seen a tick before, for who asks (`frame_stack`)."""

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.images.shape[-1] != 3 or self.images.dtype != np.uint8:
            raise InputError(f"{self.where}: images must be uint8 (n, h, w, 3), got {_kind(self.images)}")
        if self.previous_images is not None and self.previous_images.shape != self.images.shape:
            raise InputError(
                f"{self.where}: images are {_kind(self.images)}, those before {_kind(self.previous_images)}"
            )
        for name, rows in self._row_fields().items():
            if len(rows) != len(self.images):
                raise InputError(f"{self.where}: {len(self.images)} images, but {len(rows)} rows of {name}")
        if not (known := np.isfinite(self.curvature_per_m)).all():
            row = int(np.argmin(known))
            raise InputError(
                f"{self.where}: the command of row {row} is {self.curvature_per_m[row]}; leave that row out"
            )
        size = (self.images.shape[2], self.images.shape[1])
        if self.camera is not None and size != (self.camera.width_px, self.camera.height_px):
            raise InputError(
                f"{self.where}: pictures are {size[0]}x{size[1]}, but their camera takes "
                f"{self.camera.width_px}x{self.camera.height_px}; give the camera that took them"
            )

    def __len__(self) -> int:
        return len(self.images)

    def __add__(self, other: "Demonstrations") -> "Demonstrations":
        return concatenated([self, other])

    @property
    def where(self) -> str:
        """The source for messages."""
        return self.source or "demonstrations"

    @property
    def duration_s(self) -> float:
        """How long was driven, over all episodes."""
        if self.time_s is None:
            return len(self) * DEFAULT_TICK_S
        return float(sum(_duration_s(self.time_s[rows]) for rows in self.episodes()))

    def episodes(self) -> list[slice]:
        """The unbroken drives, as slices of rows."""
        if self.episode is None:
            return [slice(0, len(self))]
        cuts = np.flatnonzero(np.diff(self.episode)) + 1
        return [slice(int(a), int(b)) for a, b in zip([0, *cuts], [*cuts, len(self)], strict=True)]

    def rows(self, index: slice | npt.NDArray[Any]) -> Self:
        """The rows that a slice, a mask or an index array picks."""
        picked: dict[str, Any] = {name: values[index] for name, values in self._row_fields().items()}
        if self.lane is not None:
            picked["lane"] = LanePose(**{f.name: getattr(self.lane, f.name)[index] for f in fields(LanePose)})
        return replace(self, **picked)

    def with_expert_labels(self) -> Self:
        """The same pictures, labelled with what the expert would have done (DAgger)."""
        if self.expert_curvature_per_m is None:
            raise InputError(f"{self.where}: no expert's command was recorded beside; record with a labeller")
        acceleration_mps2 = self.expert_acceleration_mps2
        return replace(self, curvature_per_m=self.expert_curvature_per_m, acceleration_mps2=acceleration_mps2)

    def _row_fields(self) -> dict[str, npt.NDArray[Any]]:
        return {f.name: v for f in fields(self) if isinstance(v := getattr(self, f.name), np.ndarray)}


def concatenated(parts: Sequence[Demonstrations]) -> Demonstrations:
    """Several demonstrations as one; a field that one part lacks is dropped, cameras and sizes must agree.

    Where one part says a wanted place, those that say none were driven by sight.
    """
    if not parts:
        raise InputError("no demonstrations: give at least one recording")
    first = parts[0]
    for part in parts[1:]:
        _check_same_view(first, part)
    joined: dict[str, Any] = {"source": ", ".join(dict.fromkeys(part.source for part in parts if part.source))}
    for name in [f.name for f in fields(Demonstrations) if f.name not in _NOT_ROWS]:
        values = [getattr(part, name) for part in _places_marked(_sides_marked(parts))]
        joined[name] = None if any(v is None for v in values) else np.concatenate(values)
    joined["side_m"] = first.side_m if all(part.side_m == first.side_m for part in parts) else None
    joined["lane"] = _joined_lanes([part.lane for part in parts])
    joined["episode"] = _joined_episodes(parts)
    return replace(first, **joined)


def smoothed(demos: Demonstrations, width_s: float = 0.3) -> Demonstrations:
    """Demonstrations whose command is averaged over time with a Gaussian of standard deviation `width_s`.

    Keyboard steering comes in spikes; what turned the car is their average. Episodes don't mix.
    """
    from scipy.ndimage import gaussian_filter1d  # noqa: PLC0415 - 0.2 s to import

    curvature_per_m = demos.curvature_per_m.copy()
    for rows in demos.episodes():
        tick_s = DEFAULT_TICK_S if demos.time_s is None else _tick_s(demos.time_s[rows])
        curvature_per_m[rows] = gaussian_filter1d(curvature_per_m[rows], width_s / tick_s, mode="nearest")
    return replace(demos, curvature_per_m=curvature_per_m)


def check_smoothing(demos: Demonstrations, width_s: float) -> None:
    """Raises InputError where no drive is as long as what is to be averaged over."""
    longest_s = max((_duration_s(_times_s(demos, rows)) for rows in demos.episodes()), default=0.0)
    if longest_s < width_s:
        raise InputError(
            f"{demos.where}: its longest drive lasts {longest_s:.1f} s, too short to smooth over {width_s:g} s"
        )


def _times_s(demos: Demonstrations, rows: slice) -> PerCar:
    return DEFAULT_TICK_S * np.arange(rows.stop - rows.start) if demos.time_s is None else demos.time_s[rows]


def _tick_s(time_s: PerCar) -> float:
    tick_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else DEFAULT_TICK_S
    return tick_s if tick_s > 0.0 else DEFAULT_TICK_S


def _duration_s(time_s: PerCar) -> float:
    return float(time_s[-1] - time_s[0]) + _tick_s(time_s) if len(time_s) else 0.0


def _check_same_view(a: Demonstrations, b: Demonstrations) -> None:
    if a.images.shape[1:] != b.images.shape[1:]:
        raise InputError(
            f"{b.where}: pictures are {b.images.shape[2]}x{b.images.shape[1]}, but {a.where} has "
            f"{a.images.shape[2]}x{a.images.shape[1]}; train on recordings of one size"
        )
    if a.camera != b.camera:
        raise InputError(f"{b.where}: its camera differs from that of {a.where}; train on recordings of one camera")


def _sides_marked(parts: Sequence[Demonstrations]) -> list[Demonstrations]:
    if all(part.has_sides is None for part in parts):
        return list(parts)
    return [replace(p, has_sides=np.ones(len(p), bool)) if p.has_sides is None else p for p in parts]


def _places_marked(parts: Sequence[Demonstrations]) -> list[Demonstrations]:
    if all(part.lateral_goal is None for part in parts):
        return list(parts)
    return [replace(p, lateral_goal=np.full(len(p), np.nan)) if p.lateral_goal is None else p for p in parts]


def _joined_lanes(lanes: Sequence[LanePose | None]) -> LanePose | None:
    known = [lane for lane in lanes if lane is not None]
    if len(known) < len(lanes):
        return None
    return LanePose(**{f.name: np.concatenate([getattr(lane, f.name) for lane in known]) for f in fields(LanePose)})


def _joined_episodes(parts: Sequence[Demonstrations]) -> CarIndex:
    episodes = [(part, rows) for part in parts for rows in part.episodes()]
    lengths = [rows.stop - rows.start for _, rows in episodes]
    return np.repeat(np.arange(len(lengths)), lengths)


def _kind(images: npt.NDArray[Any]) -> str:
    return f"{images.dtype} {images.shape}"
