"""Which road comes next, and that it is made before it is asked for."""

import threading
import time

import numpy as np
import pytest

from drive_sim.app.roads import NUM_SEEDED, Roads, RoadVariant
from drive_sim.sim.circuit_file import TRACK_NAMES
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import SCENE_KINDS, Scene
from drive_sim.sim.suites import make_demonstration_world, make_suite


@pytest.fixture(scope="module")
def roads() -> Roads:
    return Roads(3)


def wait(roads: Roads) -> Roads:
    for _ in range(1000):
        if roads.is_ready:
            return roads
        time.sleep(0.01)
    raise AssertionError("the roads were not made within ten seconds")


def test_the_first_road_is_the_demonstrations_of_the_seed(roads: Roads) -> None:
    track, scene = make_demonstration_world(3)
    np.testing.assert_array_equal(roads.track.x_m, track.x_m)
    assert roads.scene == scene


def test_a_road_is_driven_four_ways_before_it_lies_as_it_did(roads: Roads) -> None:
    before, ways, roads_seen = roads.track, [], []
    for _ in range(4):
        ways.append((roads.is_reversed, roads.is_mirrored))
        roads_seen.append(roads.track.y_m.tobytes())
        roads.vary()
    assert ways == [(False, False), (True, False), (True, True), (False, True)]
    assert len(set(roads_seen)) == 4
    assert np.array_equal(roads.track.y_m, before.y_m)


def test_a_mirrored_road_says_so() -> None:
    roads = Roads(5, make_circle(80.0), Scene())
    roads.vary()
    roads.vary()
    assert roads.name.endswith("reversed, mirrored")
    assert roads.scene == Scene()


@pytest.mark.slow
def test_after_a_few_seeds_come_the_named_roads_and_then_more_seeds() -> None:
    roads = Roads(3)
    names = [roads.name]
    for _ in range(NUM_SEEDED + len(TRACK_NAMES)):
        roads.next_road()
        names.append(roads.name)
    assert len(set(names)) == len(names)
    assert tuple(names[NUM_SEEDED : NUM_SEEDED + len(TRACK_NAMES)]) == TRACK_NAMES
    assert names[-1] == f"demonstration {3 + NUM_SEEDED}"


def test_a_given_road_comes_first_and_the_seeded_ones_after_it() -> None:
    roads = Roads(3, make_circle(80.0))
    roads.next_road()
    assert roads.name == "demonstration 3"


def test_scenes_go_round(roads: Roads) -> None:
    kinds, own = [], roads.scene
    for _ in range(1 + len(SCENE_KINDS)):
        kinds.append(roads.scene.kind)
        own = roads.scene
        roads.next_scene()
    assert kinds == ["day", *SCENE_KINDS]
    assert own != roads.scene == make_demonstration_world(3)[1]


def test_what_comes_next_is_made_before_it_is_asked_for(roads: Roads) -> None:
    wait(roads)
    until = threading.Event()
    other_work = roads._thread.submit(until.wait, 20.0)
    roads.vary()
    assert not other_work.done(), "it has waited for the thread"
    until.set()


def test_unseen_roads_are_the_held_out_suites(roads: Roads) -> None:
    suite = make_suite("held-out", num_roads=2)
    for index in (0, 1):
        track, scene = roads.unseen(index)
        np.testing.assert_array_equal(track.x_m, suite.tracks.tracks[index].x_m)
        assert (track.name, scene) == (suite.tracks.tracks[index].name, suite.scenes.scenes[index])
    assert roads.unseen(CONDITIONS.num_roads)[0] is roads.unseen(0)[0]


def test_a_given_road_is_watched_first() -> None:
    track = make_circle(60.0)
    roads = Roads(3, track)
    assert roads.unseen(3)[0] is track
    assert roads.unseen(4)[0] is not track
    roads.close()


def test_roads_that_were_left_are_forgotten() -> None:
    roads = Roads(0)
    for number in range(6):
        roads.unseen(number)
        roads.next_road()
    assert {which for which in roads._made if isinstance(which, int)} == {0, 5, 6}
    assert sum(isinstance(which, RoadVariant) for which in roads._made) == 3
    roads.close()
