"""Laws of changing looks: within the kind's ranges, no jump, the same for the same seed."""

from dataclasses import fields

import numpy as np
import pytest

from drive_sim.data.augment import Photometric, augment_batch
from drive_sim.sim.camera import Camera
from drive_sim.sim.endless import Milestone, Route, make_road_segment
from drive_sim.sim.render import render
from drive_sim.sim.scene import SCENE_KINDS, Scenes, make_scene
from drive_sim.sim.scene_schedule import BLEND_M, SCENE_M, blended, scene_at
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Tracks, point_on_lane

ROUTE = Route(1000)


def numbers(scene):
    return np.array(Scenes.stack([scene]).table[0], dtype=np.float64)


def test_a_look_lasts_and_the_next_one_takes_over_without_a_jump():
    first, second = scene_at(ROUTE, 0.0), scene_at(ROUTE, SCENE_M)
    assert first != second
    assert scene_at(ROUTE, SCENE_M - BLEND_M) == first
    assert scene_at(ROUTE, 2 * SCENE_M - BLEND_M) == second
    places_m = np.arange(SCENE_M - BLEND_M, SCENE_M + 1.0, 25.0)
    rows = np.array([numbers(scene_at(ROUTE, s_m)) for s_m in places_m])
    whole = np.abs(numbers(second) - numbers(first))
    whole[list_of_columns("sun_azimuth_rad")] = np.pi  # it takes the short way, which may lead beyond either
    assert (np.abs(np.diff(rows, axis=0)) <= 25.0 / BLEND_M * whole + 1e-5).all()


def list_of_columns(name):
    """The columns of a field in a packed scene."""
    scene, column = make_scene("day", np.random.default_rng(0)), 0
    for field in list(fields(scene))[1:]:
        value = getattr(scene, field.name)
        size = len(value) if isinstance(value, tuple) else 1
        if field.name == name:
            return list(range(column, column + size))
        column += size
    raise KeyError(name)


def test_looks_are_the_route_s_own_and_within_their_kind():
    ranges = SCENE_KINDS["day"]
    for s_m in np.arange(0.0, 60_000.0, 777.0):
        scene = scene_at(ROUTE, s_m)
        assert scene.kind == "day"
        assert scene == scene_at(Route(1000), s_m)
        for name in ("texture_amplitude", "sun_elevation_rad", "fog_per_m", "shoulder_m", "noise_grey"):
            low, high = getattr(ranges, name)
            assert low <= getattr(scene, name) <= high
    assert scene_at(ROUTE, 0.0) != scene_at(Route(1001), 0.0)


def test_the_sun_takes_the_short_way():
    east = make_scene("day", np.random.default_rng(0))
    for a, b, middle in ((3.0, -3.0, np.pi), (-0.2, 0.4, 0.1)):
        first, second = (type(east)(sun_azimuth_rad=angle) for angle in (a, b))
        assert np.cos(blended(first, second, 0.5).sun_azimuth_rad - middle) == pytest.approx(1.0)
    np.testing.assert_allclose(numbers(blended(east, east, 0.3)), numbers(east))


def test_light_and_texture_stay_inside_the_range_of_the_photometric_jitter():
    """Mean grey and its spread in the lower half of pictures, where the ground is, against a jittered demonstration."""
    segment = make_road_segment(ROUTE, Milestone(), 0.0, 400.0)
    ours = ground_greys(segment.track, [scene_at(ROUTE, SCENE_M * i) for i in range(60)])
    track, scene = make_demonstration_world(1000)
    shown = ground_greys(track, [scene] * 60)
    rng, none = np.random.default_rng(0), np.zeros(60)
    jittered, _ = augment_batch(
        images=shown,
        curvature_per_m=none,
        camera=Camera(),
        shift_rotate=None,
        photometric=Photometric(),
        shift_rng=rng,
        photometric_rng=rng,
        speed_mps=none + 12.0,
    )
    for figure in (np.mean, np.std):
        theirs = [figure(picture[33:]) for picture in jittered]
        inside = [min(theirs) <= figure(picture[33:]) <= max(theirs) for picture in ours]
        assert np.mean(inside) > 0.95


def ground_greys(track, scenes):
    """One picture under each scene, at places along the road."""
    tracks, track_idx = Tracks.stack([track]), np.zeros(len(scenes), dtype=np.int64)
    poses = point_on_lane(tracks, track_idx, np.linspace(0.0, 150.0, len(scenes)))
    return render(tracks, Scenes.stack(scenes), Camera(), poses, track_idx, np.arange(len(scenes)), noise_seed=0)
