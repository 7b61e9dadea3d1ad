"""Films of single moments of the long drive, made from what was kept of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drive_sim.lessons import kit
from drive_sim.lessons.no_hands.drive_log import DriveLog, Moment
from drive_sim.lessons.no_hands.no_hands import Config, route_of
from drive_sim.lessons.no_hands.stages import VIEW_M
from drive_sim.report.frames import frames_between_ticks
from drive_sim.report.minute import write_minute
from drive_sim.report.shots import FILM_HZ, Shot, World
from drive_sim.sim.camera import Camera
from drive_sim.sim.endless import Route, make_road_segment
from drive_sim.sim.scene_schedule import scene_at

_BEHIND_M = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """The file of a film, whose drive it shows, and which moment of it."""

    path: Path
    driver: str
    log: DriveLog
    moment: Moment


def make_films(config: Config, found: kit.PartResults, folder: Path) -> list[Film]:
    """A film of each failure of trip and further seeds, up to `most_films`; where there is none, of the nearest to one.

    In a whole run the clone's first failure is filmed beside. A film that is there already is whole, and stays.
    """
    trip, clone, further = (found.read(stage, DriveLog) for stage in ("trip", "clone", "further"))
    failures = [(log, moment) for log in (*trip, *further) for moment in log.failures][: config.most_films]
    films = [Film(folder / f"film-{i + 1}.mp4", "shift-rotate", *failure) for i, failure in enumerate(failures)]
    if not failures:
        nearest = max(trip, key=lambda log: abs(log.furthest.offset_at_m))
        films = [Film(folder / "film-closest.mp4", "shift-rotate", nearest, nearest.furthest)]
    if not config.quick:
        films += [Film(folder / "film-clone.mp4", "plain", clone[0], moment) for moment in clone[0].failures[:1]]
    for film in films:
        if not film.path.exists():
            route = route_of(config, film.log.seed)
            write_minute(film.path, [shot_of(route, film.moment, film.driver, film.log.tick_s)])
    return films


def shot_of(route: Route, moment: Moment, driver: str, tick_s: float) -> Shot:
    """What a moment's film shows."""
    from_s_m = max(moment.milestone.s_m, moment.s_m[0] - _BEHIND_M)
    segment = make_road_segment(route, moment.milestone, from_s_m, moment.s_m[-1] - from_s_m + VIEW_M)
    track, s_m = segment.track, moment.s_m - segment.from_s_m
    frames = frames_between_ticks(track, moment.poses, s_m, moment.offset_m, moment.put_back, 1.0 / (tick_s * FILM_HZ))
    return Shot(
        World(track, scene_at(route, float(moment.s_m[moment.at])), Camera()),
        frames.poses,
        speed_mps=tuple(moment.speed_mps[frames.tick].tolist()),
        drivers=(driver,) * len(frames.tick),
        offset_m=tuple(frames.offset_m.tolist()),
        interventions=tuple(np.cumsum(moment.put_back)[frames.tick].tolist()),
    )
