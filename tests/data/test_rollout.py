"""Driving, recording and collecting agree with each other, and repeat to the bit."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from drive_sim.checkout import code_commit
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import load_recording
from drive_sim.data.rollout import collect, demonstrations_from, drive, episode_info, record
from drive_sim.errors import InputError
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_end import RUN_OUT_M
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.scene import Scene, Scenes, make_scene
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command

CAMERA = Camera(width_px=20, height_px=10, focal_px=11.0, horizon_px=2.0)
CALM = EnvConfig(CAMERA, disturbance=Disturbance.none())


def make_env(config: EnvConfig = CALM, radii_m: tuple[float, ...] = (40.0,)) -> DriveEnv:
    rng = np.random.default_rng(5)
    tracks = Tracks.stack([make_circle(radius_m) for radius_m in radii_m])
    scenes = Scenes.stack([make_scene("day", np.random.default_rng(int(radius_m))) for radius_m in radii_m])
    return DriveEnv(tracks, scenes, config, rng)


def assert_same(a: Demonstrations, b: Demonstrations) -> None:
    assert a.camera == b.camera
    assert a.lane is not None
    assert b.lane is not None
    for name in ("images", "curvature_per_m", "speed_mps", "time_s", "expert_curvature_per_m"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    for name in ("s_m", "offset_m", "heading_rad", "curvature_per_m", "edge_m"):
        np.testing.assert_array_equal(getattr(a.lane, name), getattr(b.lane, name))
    assert a.episodes() == b.episodes()


class Straight:
    """A driver that never steers, and so leaves every bend."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


def expert_demos(num_ticks: int = 20, seed: int = 0) -> Demonstrations:
    env = make_env()
    return collect(env, PursuitExpert(env.tracks), num_ticks, np.random.default_rng(seed))


def test_same_seed_same_drive() -> None:
    assert_same(expert_demos(), expert_demos())


def test_what_is_recorded_is_what_is_collected(tmp_path: Path) -> None:
    env = make_env()
    expert = PursuitExpert(env.tracks)
    ticks = drive(env, expert, 25, np.random.default_rng(0), labeller=expert)
    demos = demonstrations_from(record(ticks, tmp_path, [episode_info(env, seed=3)], "expert"), env)
    recording = load_recording(tmp_path)
    assert_same(recording.demonstrations(), demos)
    info = recording.episodes[0].info
    assert info.road["name"] == env.tracks.tracks[0].name
    assert info.scene["kind"] == "day"
    assert info.vehicle["wheelbase_m"] == 2.7
    assert (info.camera, info.seed, info.control_hz) == (CAMERA, 3, 10.0)
    assert info.commit == code_commit()


def test_an_episode_a_car(tmp_path: Path) -> None:
    env = make_env(radii_m=(40.0, 60.0, 80.0))
    infos = [episode_info(env, car) for car in range(3)]
    ticks = record(drive(env, PursuitExpert(env.tracks), 12, np.random.default_rng(0)), tmp_path, infos, "expert")
    demos = demonstrations_from(ticks, env)
    assert demos.episodes() == [slice(0, 12), slice(12, 24), slice(24, 36)]
    assert demos.duration_s == pytest.approx(3.6)
    assert_same(load_recording(tmp_path).demonstrations(), demos)


def test_the_labeller_says_what_it_would_do_and_does_not_drive() -> None:
    env = make_env()
    demos = collect(env, Straight(), 30, np.random.default_rng(0), labeller=PursuitExpert(env.tracks))
    assert not demos.curvature_per_m.any()
    assert demos.expert_curvature_per_m is not None
    labelled = demos.with_expert_labels()
    np.testing.assert_array_equal(labelled.curvature_per_m, demos.expert_curvature_per_m)
    # The road bends left: the further the car is carried out, the harder the expert steers back.
    assert (labelled.curvature_per_m > 0.0).all()
    with pytest.raises(InputError, match="record with a labeller"):
        expert_demos().with_expert_labels()


def test_who_leaves_the_lane_is_put_back_and_it_shows(tmp_path: Path) -> None:
    env = make_env()
    ticks = record(drive(env, Straight(), 40, np.random.default_rng(0)), tmp_path, [episode_info(env)])
    demos = demonstrations_from(ticks, env)
    assert demos.lane is not None
    starts = [rows.start for rows in demos.episodes()]
    assert len(starts) > 2
    assert np.abs(demos.lane.offset_m).max() <= 1.0
    np.testing.assert_allclose(demos.lane.offset_m[starts], 0.0, atol=1e-9)
    assert_same(load_recording(tmp_path).demonstrations(("policy",)), demos)


def test_what_was_driven_before_a_stop_is_kept(tmp_path: Path) -> None:
    env = make_env()
    ticks = record(drive(env, PursuitExpert(env.tracks), 100, np.random.default_rng(0)), tmp_path, [episode_info(env)])
    with pytest.raises(KeyboardInterrupt):
        for tick in ticks:
            if tick.tick == 16:
                raise KeyboardInterrupt
    ticks.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert len(load_recording(tmp_path).demonstrations(("policy",))) == 17


def test_a_drive_goes_on_where_it_stopped() -> None:
    env = make_env()
    expert = PursuitExpert(env.tracks)
    first = demonstrations_from(islice(drive(env, expert, 100, np.random.default_rng(0)), 10), env)
    second = collect(env, expert, 10, np.random.default_rng(0))
    whole = expert_demos(20)
    np.testing.assert_array_equal(first.images, whole.images[:10])
    assert (first + second).duration_s == pytest.approx(whole.duration_s)


def test_nothing_to_learn_from() -> None:
    env = make_env(EnvConfig(None))
    for num_ticks in (0, 3):
        with pytest.raises(InputError, match="with a camera"):
            collect(env, PursuitExpert(env.tracks), num_ticks, np.random.default_rng(0))
    with pytest.raises(InputError, match="with a camera"):
        episode_info(env)


def test_at_the_end_of_an_open_road_a_drive_begins_anew_in_another_episode() -> None:
    env = DriveEnv(
        Tracks.stack([make_straight(100.0), make_circle(60.0)]),
        Scenes.stack([Scene(), Scene()]),
        CALM,
        np.random.default_rng(0),
    )
    demos = collect(env, PursuitExpert(env.tracks), 70, np.random.default_rng(0))
    assert demos.lane is not None
    s_m = demos.lane.s_m[:70]
    assert s_m.max() < 100.0 - RUN_OUT_M
    assert (np.diff(s_m) < -50.0).sum() == 1
    assert len(demos.episodes()) == 3, "one more on the open road, none more on the circle"
