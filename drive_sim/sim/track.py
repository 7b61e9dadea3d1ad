"""Roads, batches of roads, and where a car is on one.

A road is its centre line, sampled at even arc length, the widths to both edges, and the lane to be kept. Everything is
measured in the road's own frame: arc length `s_m` along the centre line and an offset to the left. `lane_pose` and
`point_on_lane` are inverse to each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, PerCar, PerPoint, Poses
from drive_sim.errors import InputError
from drive_sim.sim import lane_kernels
from drive_sim.sim.checks import checked_index
from drive_sim.sim.narrowest import narrowest_m

LINES = ("none", "two-lane")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Track:
    """One road: samples (k,) of its centre line at even spacing, widths to its edges, and the target lane.

    `lane_offset_m` is the target lane's offset from the centre line, left positive; `lines` says what is painted.
    `file_line_m` is how far left of the centre line that line lies which the road's file gives, where it is another.
    `notes` are sentences for whoever loads the road: what of its file was changed so that it can be driven.
    Raises InputError where the samples do not fit together.
    """

    name: str
    x_m: PerPoint
    y_m: PerPoint
    heading_rad: PerPoint
    curvature_per_m: PerPoint
    width_left_m: PerPoint
    width_right_m: PerPoint
    spacing_m: float
    closed: bool
    lane_offset_m: float = 0.0
    lines: str = "none"
    file_line_m: PerPoint | None = None
    notes: tuple[str, ...] = ()
    goal_is_told: bool = False
    """Whether drivers are told where the target lane lies (`lateral_goal`), or go by sight."""

    def __post_init__(self) -> None:
        samples = self.samples
        if samples.ndim != 2 or len(samples) < (3 if self.closed else 2):
            raise InputError(f"road {self.name!r}: needs at least three samples, all fields of one length")
        if not np.isfinite(samples).all():
            raise InputError(f"road {self.name!r}: holds NaN or infinity at sample {_first_bad(samples)}; repair it")
        if self.file_line_m is not None and not np.isfinite(self.file_line_or_zeros).all():
            raise InputError(f"road {self.name!r}: file_line_m must hold {len(samples)} finite numbers")
        if not self.spacing_m > 0.0:
            raise InputError(f"road {self.name!r}: spacing_m must be positive, got {self.spacing_m}")
        if self.lines not in LINES:
            raise InputError(f"road {self.name!r}: lines must be one of {', '.join(LINES)}, got {self.lines!r}")

    @property
    def samples(self) -> Annotated[npt.NDArray[np.float64], "k 6"]:
        """x, y, heading, curvature, width left and width right of each sample."""
        columns = (self.x_m, self.y_m, self.heading_rad, self.curvature_per_m, self.width_left_m, self.width_right_m)
        if len({np.shape(column) for column in columns}) != 1:
            return np.empty(0)
        return np.stack(columns, axis=-1).astype(np.float64, copy=False)

    @property
    def file_line_or_zeros(self) -> PerPoint:
        """`file_line_m`, or that the file's line is the centre line."""
        if self.file_line_m is None:
            return np.zeros(len(self.x_m))
        return self.file_line_m if len(self.file_line_m) == len(self.x_m) else np.full(len(self.x_m), np.nan)

    @property
    def length_m(self) -> float:
        """Length of the centre line, once round where the road is closed."""
        return self.spacing_m * (len(self.x_m) if self.closed else len(self.x_m) - 1)

    def reversed(self) -> Self:
        """The same road driven the other way; start and file's line stay in their places.

        The lane stays on the driver's same side of the middle between the edges where they are nearest.
        """

        def backwards(values: PerPoint) -> PerPoint:
            return np.roll(values[::-1], 1) if self.closed else values[::-1].copy()

        return replace(
            self,
            x_m=backwards(self.x_m),
            y_m=backwards(self.y_m),
            heading_rad=_from_first_turn(backwards(self.heading_rad) + np.pi),
            curvature_per_m=-backwards(self.curvature_per_m),
            width_left_m=backwards(self.width_right_m),
            width_right_m=backwards(self.width_left_m),
            lane_offset_m=self.lane_offset_m - 2.0 * narrowest_m(self.width_left_m, self.width_right_m)[0],
            file_line_m=None if self.file_line_m is None else -backwards(self.file_line_m),
        )

    def mirrored(self) -> Self:
        """The road's mirror image, left for right: y negated, and the lane on the other side."""
        return replace(
            self,
            y_m=-self.y_m,
            heading_rad=-self.heading_rad,
            curvature_per_m=-self.curvature_per_m,
            width_left_m=self.width_right_m,
            width_right_m=self.width_left_m,
            lane_offset_m=-self.lane_offset_m,
            file_line_m=None if self.file_line_m is None else -self.file_line_m,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """A batch of roads, packed for the kernels: road r owns the rows `start[r] : start[r] + count[r]`."""

    tracks: tuple[Track, ...]
    start: Annotated[npt.NDArray[np.int64], "r"]
    count: Annotated[npt.NDArray[np.int64], "r"]
    spacing_m: Annotated[npt.NDArray[np.float64], "r"]
    closed: Annotated[npt.NDArray[np.bool_], "r"]
    lane_offset_m: Annotated[npt.NDArray[np.float64], "r"]
    samples: Annotated[npt.NDArray[np.float64], "total 6"]
    segments: Annotated[npt.NDArray[np.float64], "total 16"]
    goal_is_told: Annotated[npt.NDArray[np.bool_], "r"]
    has_lines: Annotated[npt.NDArray[np.bool_], "r"]
    length_m: Annotated[npt.NDArray[np.float64], "r"]

    @classmethod
    def stack(cls, tracks: Sequence[Track]) -> Self:
        """Pack roads; cars then name theirs by its index here."""
        if not tracks:
            raise InputError("no roads to stack: give at least one")
        count = np.array([len(track.x_m) for track in tracks], dtype=np.int64)
        return cls(
            tracks=tuple(tracks),
            start=np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64),
            count=count,
            spacing_m=np.array([track.spacing_m for track in tracks], dtype=np.float64),
            closed=np.array([track.closed for track in tracks], dtype=np.bool_),
            lane_offset_m=np.array([track.lane_offset_m for track in tracks], dtype=np.float64),
            samples=np.concatenate([track.samples for track in tracks]),
            segments=np.concatenate(
                [lane_kernels.pack_segments(track.samples, track.spacing_m, track.closed) for track in tracks]
            ),
            goal_is_told=np.array([track.goal_is_told for track in tracks], dtype=np.bool_),
            has_lines=np.array([track.lines != "none" for track in tracks], dtype=np.bool_),
            length_m=np.array([track.length_m for track in tracks], dtype=np.float64),
        )

    def __len__(self) -> int:
        return len(self.tracks)


@dataclass(frozen=True, slots=True, eq=False)
class LanePose:
    """Where each car is on its road (privileged: experts and metrics read it, networks never do). All (n,).

    `s_m` is arc length along the centre line, in [0, length) on closed roads; `offset_m` is from the target lane, left
    positive; `heading_rad` is the car's less the lane's, in [-pi, pi); `curvature_per_m` is the target lane's there;
    `edge_m` is the distance to the nearer edge of the surface, negative off the road.
    """

    track_idx: CarIndex
    s_m: PerCar
    offset_m: PerCar
    heading_rad: PerCar
    curvature_per_m: PerCar
    edge_m: PerCar


def lane_pose(tracks: Tracks, track_idx: CarIndex, poses: Poses, s_before_m: PerCar) -> LanePose:
    """Where cars (n,) with poses (n, 3) are, followed along the road from where they were (`s_before_m`).

    The search goes downhill in distance, at most 25 m along the road, so a car stays on its own stretch where the road
    crosses itself or comes near; place a car anew with `nearest_s`.
    """
    track_idx = checked_index(track_idx, len(tracks), "track_idx")
    poses, s_before_m = _floats(poses), _floats(s_before_m)
    if poses.shape != (len(track_idx), 3) or s_before_m.shape != track_idx.shape:
        raise InputError(f"lane_pose: poses {poses.shape} and s {s_before_m.shape} must be (n, 3) and (n,)")
    out = np.empty((5, len(track_idx)))
    lane_kernels.lane_poses(*_packed(tracks), tracks.lane_offset_m, track_idx, poses, s_before_m, out)
    return LanePose(track_idx, *out)


def nearest_s(tracks: Tracks, track_idx: CarIndex, poses: Poses) -> PerCar:
    """Arc length (n,) nearest to each pose (n, 3), searched over the whole road; at a crossing the heading decides."""
    track_idx, poses = checked_index(track_idx, len(tracks), "track_idx"), _floats(poses)
    coarse_m = np.empty(len(track_idx))
    lane_kernels.nearest_places(
        tracks.segments, tracks.start, tracks.count, tracks.spacing_m, track_idx, poses, coarse_m
    )
    return lane_pose(tracks, track_idx, poses, coarse_m).s_m


def point_on_lane(
    tracks: Tracks,
    track_idx: CarIndex,
    s_m: PerCar,
    offset_m: PerCar | float = 0.0,
    heading_rad: PerCar | float = 0.0,
) -> Poses:
    """Poses (n, 3) at arc length `s_m`, `offset_m` left of the target lane and so turned against it; exact on arcs."""
    track_idx, s_m = checked_index(track_idx, len(tracks), "track_idx"), _floats(s_m)
    out = np.empty((len(track_idx), 3))
    offset_m = np.full(s_m.shape, offset_m, dtype=np.float64)
    lane_kernels.points_on_lanes(*_packed(tracks), tracks.lane_offset_m, track_idx, s_m, offset_m, out)
    out[:, 2] += heading_rad
    return out


def lane_advance(tracks: Tracks, track_idx: CarIndex, s_m: PerCar, ahead_m: PerCar | float) -> PerCar:
    """Centre-line arc length (n,) after `ahead_m` metres along the target lane, which is shorter inside a bend."""
    track_idx, s_m = checked_index(track_idx, len(tracks), "track_idx"), _floats(s_m)
    out = np.empty(len(track_idx))
    ahead_m = np.full(s_m.shape, ahead_m, dtype=np.float64)
    lane_kernels.advance_along_lanes(*_packed(tracks), tracks.lane_offset_m, track_idx, s_m, ahead_m, out)
    return out


def progress_m(tracks: Tracks, before: LanePose, after: LanePose) -> PerCar:
    """How far along its road each car came, the short way round."""
    track_idx, out = checked_index(after.track_idx, len(tracks), "track_idx"), np.empty(len(after.track_idx))
    lane_kernels.moves_along(tracks.length_m, tracks.closed, track_idx, _floats(before.s_m), _floats(after.s_m), out)
    return out


def _packed(tracks: Tracks) -> tuple[npt.NDArray[np.generic], ...]:
    return tracks.segments, tracks.start, tracks.count, tracks.spacing_m, tracks.closed


def _floats(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return np.ascontiguousarray(values, dtype=np.float64)  # one layout and dtype, so that each kernel is compiled once


def _first_bad(samples: npt.NDArray[np.float64]) -> int:
    return int(np.flatnonzero(~np.isfinite(samples).all(axis=1))[0])


def _from_first_turn(heading_rad: PerPoint) -> PerPoint:
    """Unwrapped headings that start in [-pi, pi)."""
    return heading_rad - 2.0 * np.pi * np.floor(heading_rad[0] / (2.0 * np.pi) + 0.5)
