from dataclasses import replace

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.sim.conditions import CONDITIONS, Conditions
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.suites import SUITE_SEEDS, Suite, make_demonstration_world, make_suite, suite_from_track
from drive_sim.sim.track import Tracks


def fingerprints(tracks):
    return {track.curvature_per_m.tobytes() for track in tracks}


def test_a_suite_is_always_the_same():
    first, second = make_suite("held-out", num_roads=3), make_suite("held-out", num_roads=3)
    assert fingerprints(first.tracks.tracks) == fingerprints(second.tracks.tracks)
    assert first.scenes.scenes == second.scenes.scenes
    assert (first.disturbance, first.seed) == (second.disturbance, second.seed)


def test_fewer_roads_are_the_first_ones():
    few, more = make_suite("train", num_roads=2), make_suite("train", num_roads=4)
    assert fingerprints(few.tracks.tracks) == fingerprints(more.tracks.tracks[:2])
    assert few.scenes.scenes == more.scenes.scenes[:2]


def test_no_road_is_in_two_suites_or_in_a_demonstration():
    roads = [make_suite(name).tracks.tracks for name in SUITE_SEEDS]
    demonstrations = [make_demonstration_world(seed)[0] for seed in (0, 1, *SUITE_SEEDS.values())]
    every = [*(track for tracks in roads for track in tracks), *demonstrations]
    assert [len(tracks) for tracks in roads] == [20, 20, 20]
    assert len(fingerprints(every)) == len(every)


def test_each_suite_has_its_kinds_of_scene():
    assert {scene.kind for scene in make_suite("held-out", num_roads=6).scenes.scenes} == {CONDITIONS.scene_kind}
    assert {scene.kind for scene in make_suite("train", num_roads=6).scenes.scenes} == {CONDITIONS.scene_kind}
    assert {scene.kind for scene in make_suite("shifted", num_roads=6).scenes.scenes} == set(
        CONDITIONS.shifted_scene_kinds
    )
    assert CONDITIONS.scene_kind not in CONDITIONS.shifted_scene_kinds


def test_a_demonstration_depends_on_its_seed_alone():
    (road, scene), (again, same_scene), (other, _) = map(make_demonstration_world, (7, 7, 8))
    assert np.array_equal(road.x_m, again.x_m)
    assert scene == same_scene
    assert not np.array_equal(road.x_m, other.x_m)
    assert scene.kind == CONDITIONS.scene_kind


def test_the_conditions_decide_the_road():
    two_lane = replace(CONDITIONS, road_kind="two-lane", road_length_m=1500.0)
    suite = make_suite("train", num_roads=1, conditions=two_lane)
    assert suite.tracks.tracks[0].lane_offset_m == -1.75
    assert suite.tracks.tracks[0].length_m == pytest.approx(1500.0)


def test_one_road_makes_a_suite_of_one_lap():
    suite = suite_from_track(make_circle(50.0), Scene())
    assert suite.distance_m == pytest.approx(100.0 * np.pi)
    assert len(suite.tracks) == len(suite.scenes) == 1


def test_bad_input_is_refused():
    with pytest.raises(InputError, match="no suite 'test'; there are train, held-out, shifted"):
        make_suite("test")
    with pytest.raises(InputError, match="num_roads"):
        make_suite("train", num_roads=0)
    with pytest.raises(InputError, match="seed must not be negative"):
        make_demonstration_world(-1)
    with pytest.raises(InputError, match="no road kind"):
        Conditions(road_kind="motorway")
    with pytest.raises(InputError, match="scenes"):
        Suite("empty", Tracks.stack([make_circle(50.0)]), Scenes.stack([Scene(), Scene()]))
    with pytest.raises(InputError, match="distance_m"):
        suite_from_track(make_circle(50.0), Scene(), distance_m=0.0)
