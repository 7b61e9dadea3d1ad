"""The road of a recording made again: only where it is the one that was driven, whichever way round."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim.data import rollout
from drive_sim.data.recorded_world import recorded_world
from drive_sim.data.recording_reader import Episode, load_recording
from drive_sim.errors import InputError
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.circuit_file import named_track
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Track, Tracks

SCENE = make_scene("dusk", np.random.default_rng(3))
Record = Callable[[Track, dict[str, Any]], Episode]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    def drive(track: Track, facts: dict[str, Any]) -> Episode:
        tracks = Tracks.stack([track])
        env = DriveEnv(tracks, Scenes.stack([SCENE]), EnvConfig(), np.random.default_rng(0))
        ticks = rollout.drive(env, PursuitExpert(tracks), 4, np.random.default_rng(0))
        folder = tmp_path / "recording"
        list(rollout.record(ticks, folder, [rollout.episode_info(env, road=facts)], "expert"))
        return load_recording(folder).episodes[0]

    return drive


@pytest.mark.parametrize("change", ["", "reversed", "mirrored"])
def test_a_named_road_is_made_again_as_it_was_driven(record: Record, change: str) -> None:
    road = named_track("village-loop")
    driven = {"": road, "reversed": road.reversed(), "mirrored": road.mirrored()}[change]
    facts = {"name": f"village-loop, {change}" if change else "village-loop", **({change: True} if change else {})}
    world = recorded_world(record(driven, facts))
    assert np.array_equal(world.tracks.tracks[0].samples, driven.samples)
    assert world.scenes.scenes[0] == SCENE


def test_another_road_of_the_same_name_is_not_taken(record: Record) -> None:
    episode = record(named_track("village-loop"), {"name": "mountain-pass"})
    with pytest.raises(InputError, match="mountain-pass, cannot be made again"):
        recorded_world(episode)
    circle = replace(make_circle(40.0), name="mine")
    with pytest.raises(InputError, match="cannot be made again"):
        recorded_world(episode, circle)


def test_a_road_at_hand_is_taken_where_it_is_the_one(record: Record) -> None:
    circle = replace(make_circle(40.0), name="mine")
    assert recorded_world(record(circle, {"name": "mine"}), circle).tracks.tracks[0] is circle


def test_a_road_at_hand_may_be_turned_round_already_or_not(record: Record) -> None:
    road = replace(named_track("village-loop"), name="mine")
    episode = record(road.reversed(), {"name": "mine, reversed", "reversed": True})
    for at_hand in (road, road.reversed()):
        world = recorded_world(episode, at_hand)
        assert np.array_equal(world.tracks.tracks[0].samples, road.reversed().samples)
