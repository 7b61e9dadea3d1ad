"""Films of single moments of the long drive, driven again from what was kept of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.lessons import cells as part_store
from drive_sim.lessons.kit.progress import Progress
from drive_sim.lessons.no_hands_drive import VIEW_M
from drive_sim.report.shots import FILM_HZ, Shot, World
from drive_sim.report.stretch import poses_between
from drive_sim.sim.camera import Camera
from drive_sim.sim.endless import Milestone, Route, make_road_segment
from drive_sim.sim.scene_schedule import scene_at
from drive_sim.sim.track import Tracks, point_on_lane

_BEHIND_M = 40.0


@dataclass(frozen=True, slots=True)
class Drove:
    """On which road a moment was driven: the seed's, in control ticks of this length."""

    seed: int
    route: Route
    tick_s: float


def write_moment(path: Path, drove: Drove, moment: Mapping[str, Any], driver: str) -> part_store.Work:
    """Film one moment into a new file, or keep the film that is there, which is whole; see `DriveLog`."""
    from drive_sim.report.minute import write_minute  # noqa: PLC0415 - the codec loads where a film is made

    yield Progress("film", 0.0, path.name)
    if not path.exists():
        write_minute(path, [shot_of(drove.route, moment, driver, drove.tick_s)])
    at = moment["at"]
    where = {"seed": drove.seed, "s_m": moment["s_m"][at], "offset_at_m": moment["offset_at_m"]}
    return {"file": path.name, "driver": driver, **where}


def shot_of(route: Route, moment: Mapping[str, Any], driver: str, tick_s: float) -> Shot:
    """What a moment's film shows: smooth curves through the poses at the ticks, and jumps where it was put back."""
    s_m, offset_m, put_back = (np.array(moment[key]) for key in ("s_m", "offset_m", "put_back"))
    milestone = Milestone(**moment["milestone"])
    from_s_m = max(milestone.s_m, s_m[0] - _BEHIND_M)
    segment = make_road_segment(route, milestone, from_s_m, s_m[-1] - from_s_m + VIEW_M)
    roads, which = Tracks.stack([segment.track]), np.zeros(len(s_m), dtype=np.int64)
    reached = np.array(moment["poses"])
    leaves = np.where(put_back[:, None], point_on_lane(roads, which, s_m - segment.from_s_m), reached)
    times = np.arange(0.0, len(s_m) - 1, 1.0 / (tick_s * FILM_HZ))
    tick, share = times.astype(np.int64), times % 1.0
    offsets_m = (1.0 - share) * np.where(put_back, 0.0, offset_m)[tick] + share * offset_m[tick + 1]
    return Shot(
        World(segment.track, scene_at(route, float(s_m[moment["at"]])), Camera()),
        poses_between(leaves[tick], reached[tick + 1], share),
        speed_mps=tuple(np.array(moment["speed_mps"])[tick].tolist()),
        drivers=(driver,) * len(tick),
        offset_m=tuple(offsets_m.tolist()),
        interventions=tuple(np.cumsum(put_back)[tick].tolist()),
    )
