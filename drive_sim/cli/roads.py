"""The roads and suites that the arguments name. Heavy imports wait in the functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drive_sim.cli.options import SUITES, RoadOptions
from drive_sim.cli.terminal import tell
from drive_sim.errors import one_of

if TYPE_CHECKING:
    from drive_sim.sim.scene import Scene, Scenes
    from drive_sim.sim.suites import Suite
    from drive_sim.sim.track import Track, Tracks


def chosen_road(road: RoadOptions, place: float | None = None) -> tuple[Track, Scene]:
    """The road of --track, or the demonstration's road of the seed, with a sky; its lane is at --place.

    What had to be changed of a file so that it can be driven is said, a line each.
    """
    if road.track is None:
        from drive_sim.sim.suites import make_demonstration_world

        track, scene = make_demonstration_world(road.seed)
        return _told(track, place), scene
    import numpy as np

    from drive_sim.sim.circuit_file import resolve_track
    from drive_sim.sim.conditions import CONDITIONS
    from drive_sim.sim.scene import make_scene

    track = resolve_track(road.track, road.width)
    for note in track.notes:
        tell(note)
    return _told(track, place), make_scene(CONDITIONS.scene_kind, np.random.default_rng(road.seed))


def trial_roads(road: RoadOptions, num_roads: int) -> tuple[Tracks, Scenes]:
    """The road of --track, or so many roads that are drawn from the seed, for who tries on them, each with its sky."""
    from drive_sim.sim.scene import Scenes
    from drive_sim.sim.suites import make_trial_worlds
    from drive_sim.sim.track import Tracks

    worlds = make_trial_worlds(road.seed, num_roads) if road.track is None else [chosen_road(road)]
    tracks, scenes = zip(*worlds, strict=True)
    return Tracks.stack(tracks), Scenes.stack(scenes)


def _told(track: Track, place: float | None) -> Track:
    """The road with its lane at a place that drivers are told; None: as it is, by sight.

    The line of a road's file is then nobody's aim, and not counted by.
    """
    if place is None:
        return track
    from dataclasses import replace

    from drive_sim.sim.lateral_goal import with_lateral_goal

    return replace(with_lateral_goal(track, place), file_line_m=None)


def chosen_suite(name: str, road: RoadOptions, distance_km: float | None, place: float | None = None) -> Suite:
    """The roads of --suite or of --track with their lanes at --place, each driven as far as --distance says."""
    from dataclasses import replace

    from drive_sim.sim.conditions import CONDITIONS
    from drive_sim.sim.suites import make_suite, suite_from_track
    from drive_sim.sim.track import Tracks

    one_of("suite", name, SUITES)
    if road.track is None:
        suite = make_suite(name)
        if place is not None:
            suite = replace(suite, tracks=Tracks.stack([_told(track, place) for track in suite.tracks.tracks]))
    else:
        suite = suite_from_track(*chosen_road(road, place), disturbance=CONDITIONS.evaluation, seed=road.seed)
    if distance_km is None:
        return suite
    distance_m, track = 1000.0 * distance_km, suite.tracks.tracks[0]
    if not track.closed and distance_m > suite.distance_m:
        tell(f"road {track.name}: ends after {suite.distance_m / 1000.0:.2f} km, which are driven once")
        return suite
    return replace(suite, distance_m=distance_m)
