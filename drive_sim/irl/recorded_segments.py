"""What of a recording can say what its driver likes: unbroken ticks in the lane's frame, of one driver."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import PerCar, Poses
from drive_sim.data.recording import Episode, load_recording
from drive_sim.data.recording_schema import EpisodeInfo
from drive_sim.errors import InputError
from drive_sim.irl.lattice_drives import Trace, never_bends
from drive_sim.sim.track import Track

_COLUMNS = ("lane_s_m", "lane_offset_m", "lane_heading_rad", "lane_curvature_per_m", "lane_edge_m")
_SPACING_M = 0.5
_APART = 0.1
"""By this share of the way poses may disagree with arc lengths."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Ticks (t,) that nobody interrupted: the trace, the poses (t, 3), arc lengths along the centre line that don't
    start again with a lap, and what is true of the whole episode."""

    trace: Trace
    poses: Poses
    s_m: PerCar
    info: EpisodeInfo

    def __len__(self) -> int:
        return len(self.s_m)

    def road(self) -> Track:
        """The road that was driven, as far as the ticks know it, as one with two ends."""
        return _road(self)


def read_segments(paths: Sequence[Path], driver: str | None = None) -> tuple[list[Segment], str, list[str]]:
    """The unbroken runs in some recordings, who drove them, and what there is to be said about them.

    Raises InputError where several drove and none is named, and where no row knows its place on the road.
    """
    episodes: list[Episode] = []
    notes: list[str] = []
    for path in paths:
        recording = load_recording(path)
        episodes += recording.episodes
        notes += [f"{path}: {note}" for note in recording.notes]
    driver = _the_driver(episodes, driver)
    placed = [episode for episode in episodes if not _is_lost(episode)]
    if not placed:
        raise InputError(
            f"{paths[0]}: no row knows its place on the lane, so nothing tells what its driver likes there"
        )
    notes += [
        f"{episode.path}: its rows don't know their place on the lane; it is left out"
        for episode in episodes
        if _is_lost(episode)
    ]
    runs = [run for episode in placed for run in _runs(episode, driver)]
    if never_bends([run.trace for run in runs]):
        raise InputError(
            f"{paths[0]}: the road that was driven never bends, so nothing tells what its driver likes in bends; "
            "record a road that has some"
        )
    return runs, driver, notes


def _the_driver(episodes: Sequence[Episode], wanted: str | None) -> str:
    """Who drove: the only one, or the one that is wanted."""
    rows = Counter(name for episode in episodes for name in episode.column("driver").astype(str).tolist())
    if wanted is not None and wanted not in rows:
        raise InputError(f"no row was driven by {wanted!r}; there are {', '.join(sorted(rows))}")
    if wanted is None and len(rows) > 1:
        counts = " and ".join(f"{name} ({number} rows)" for name, number in rows.most_common())
        raise InputError(f"{episodes[0].path.parent}: two drivers, {counts}; name one of them with --driver")
    return wanted or next(iter(rows))


def _is_lost(episode: Episode) -> bool:
    return any(np.isnan(episode.column(name)).all() for name in _COLUMNS)


def _runs(episode: Episode, driver: str) -> list[Segment]:
    """The runs of an episode of ten ticks at least."""
    episode.check_numbers(episode.column("driver").astype(str) == driver)
    s_m, offset_m, heading_rad, curvature_per_m, edge_m = (episode.column(name) for name in _COLUMNS)
    wheels = episode.column("wheel_curvature_per_m")
    wheels = np.where(np.isnan(wheels), episode.column("curvature_per_m"), wheels)
    poses = np.stack([episode.column(name) for name in ("x_m", "y_m", "heading_rad")], axis=-1)
    known = np.isfinite(s_m + offset_m + heading_rad + curvature_per_m + edge_m + poses.sum(axis=1)) & (
        episode.column("driver").astype(str) == driver
    )
    run_of, runs = episode.unbroken(), []
    info, length_m = episode.info, float(episode.info.road.get("length_m") or np.inf)
    for number in np.unique(run_of[known]):
        rows = np.flatnonzero(known & (run_of == number))
        if len(rows) < 10:
            continue
        along_m = _unwrapped(s_m[rows], length_m)
        forward = along_m > np.concatenate([[-np.inf], np.maximum.accumulate(along_m)[:-1]]) + 1e-3
        rows, along_m = rows[forward], along_m[forward]
        trace = Trace.from_ticks(
            along_m,
            offset_m[rows],
            heading_rad[rows],
            curvature_per_m[rows],
            edge_m[rows],
            wheels[rows],
            lane_offset_m=float(info.road.get("lane_offset_m") or 0.0),
        )
        run = Segment(trace, poses[rows], along_m, info)
        _check_poses(run, episode.path)
        runs.append(run)
    return runs


def _check_poses(run: Segment, path: Path) -> None:
    """Whether the poses go as far along the road as its arc length says, or it would be painted where it isn't."""
    with np.errstate(over="ignore", invalid="ignore"):
        driven_m = float(np.sum(np.hypot(*np.diff(_centre(run), axis=0).T)))
    along_m = float(run.s_m[-1] - run.s_m[0])
    if not abs(driven_m - along_m) <= _APART * along_m:
        raise InputError(
            f"{path}: its poses (x_m, y_m, heading_rad) go {driven_m:.3g} m along the road, where lane_s_m says "
            f"{along_m:.3g} m; repair them or record again"
        )
    # Beside the centre line the nearer edge is as much nearer, at most; so both sum to half a width at least.
    if not (run.trace.edge_m + np.abs(run.trace.offset_m + run.trace.lane_offset_m) > 0.0).all():
        raise InputError(
            f"{path}: its lane_edge_m and lane_offset_m leave the road no width; repair them or record again"
        )


def _unwrapped(s_m: PerCar, length_m: float) -> PerCar:
    """Arc lengths that go on where a lap begins."""
    if not np.isfinite(length_m):
        return s_m
    return np.unwrap(s_m, period=length_m)


def _centre(run: Segment) -> Annotated[npt.NDArray[np.float64], "t 2"]:
    """Where the road's centre line is, beside each pose."""
    lane_rad = run.poses[:, 2] - run.trace.heading_rad
    to_left = np.stack([-np.sin(lane_rad), np.cos(lane_rad)], axis=-1)
    return run.poses[:, :2] - (run.trace.offset_m + run.trace.lane_offset_m)[:, None] * to_left


def _road(run: Segment) -> Track:
    trace, lane_offset_m, s_m = run.trace, run.trace.lane_offset_m, run.s_m
    lane_rad, centre = np.unwrap(run.poses[:, 2] - trace.heading_rad), _centre(run)
    num = max(2, 1 + int((s_m[-1] - s_m[0]) / _SPACING_M))
    at_m = s_m[0] + _SPACING_M * np.arange(num)

    def along(values: Annotated[npt.NDArray[np.float64], "t"]) -> Annotated[npt.NDArray[np.float64], "k"]:
        return np.interp(at_m, s_m, values)

    half_m = along(trace.edge_m + np.abs(trace.offset_m + lane_offset_m))
    lane_per_m = along(trace.curvature_per_m)
    return Track(
        name=str(run.info.road.get("name", "recorded road")),
        x_m=along(centre[:, 0]),
        y_m=along(centre[:, 1]),
        heading_rad=along(lane_rad),
        curvature_per_m=lane_per_m / (1.0 + lane_per_m * lane_offset_m),
        width_left_m=half_m,
        width_right_m=half_m,
        spacing_m=_SPACING_M,
        closed=False,
        lane_offset_m=lane_offset_m,
        lines=str(run.info.road.get("lines", "none")),
    )
