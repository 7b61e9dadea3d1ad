import numpy as np
import pytest

from drive_sim.arrays import CarMask
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.endless import Milestone, Route, make_road_segment
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command, VehicleParams

ROUGH = Disturbance(gust_mps=0.3, kick_rate_hz=0.5, kick_shift_m=0.4, kick_turn_rad=0.1, wheel_noise_per_m=0.01)
TRACKS = Tracks.stack([make_circle(60.0), make_circle(80.0).mirrored(), make_straight(500.0)])
CAMERA = Camera(width_px=40, height_px=24, focal_px=22.0, horizon_px=6.0)


def make_env(seed=0, camera=None, disturbance=ROUGH, **kwargs):
    scenes = Scenes.stack([make_scene("day", np.random.default_rng(i)) for i in range(3)]) if camera else None
    config = EnvConfig(camera=camera, disturbance=disturbance, **kwargs)
    return DriveEnv(TRACKS, scenes, config, np.random.default_rng(seed))


def steer(env, curvature_per_m=0.0):
    return Command.steer(np.full(env.num_cars, curvature_per_m))


def drive(env, num_ticks, command=None):
    for _ in range(num_ticks):
        env.step(steer(env) if command is None else command)
    return env.timestep


def pictures(timestep):
    assert timestep.observation.images is not None
    return timestep.observation.images


def mask(*cars):
    return np.isin(np.arange(3), cars)


def test_two_drivers_meet_the_same_weather():
    straight_on, weaving = make_env(), make_env()
    for tick in range(50):
        straight_on.step(steer(straight_on))
        timestep = weaving.step(steer(weaving, 0.1 * np.sin(tick)))
        weaving.put_back(np.abs(timestep.observation.lane.offset_m) > 1.0)
        if tick == 20:
            weaving.reset(mask(1))
        for name in ("drift_mps", "shift_m", "turn_rad", "wheel_error_per_m"):
            assert np.array_equal(getattr(straight_on.push, name), getattr(weaving.push, name))


def test_cars_are_put_at_the_speed_of_their_place_where_there_is_one():
    env = make_env()
    assert np.all(env.timestep.observation.speed_mps == VehicleParams().cruise_mps)
    env.start_speed = lambda track_idx, s_m: 5.0 + track_idx + 0.01 * s_m
    drive(env, 3)
    placed = env.reset(mask(0, 1), start_s_m=100.0)
    np.testing.assert_array_equal(placed.observation.speed_mps, [6.0, 7.0, 12.0])
    back = env.put_back(mask(2))
    np.testing.assert_allclose(back.observation.speed_mps[2], 7.0 + 0.01 * back.observation.lane.s_m[2], rtol=1e-4)


def test_same_seed_same_drive():
    first, second, other = make_env(), make_env(), make_env(seed=1)
    poses = [drive(env, 20).observation.state.poses for env in (first, second, other)]
    assert np.array_equal(poses[0], poses[1])
    assert not np.array_equal(poses[0], poses[2])


def test_reset_places_the_cars_that_it_is_told_to():
    env = make_env()
    before = drive(env, 10).observation
    after = env.reset(
        mask(0, 2), start_s_m=100.0, start_offset_m=np.array([0.5, 9.0, -0.5]), start_heading_rad=0.2
    ).observation
    np.testing.assert_allclose(after.lane.s_m[[0, 2]], 100.0, atol=1e-6)
    np.testing.assert_allclose(after.lane.offset_m[[0, 2]], [0.5, -0.5], atol=1e-6)
    np.testing.assert_allclose(after.lane.heading_rad[[0, 2]], 0.2, atol=1e-6)
    assert np.array_equal(after.state.poses[1], before.state.poses[1])
    assert np.array_equal(env.elapsed_s > 0, mask(1))


def test_put_back_sets_car_and_wheels_along_the_lane():
    env = make_env()
    before = drive(env, 10, steer(env, 0.03))
    after = env.put_back(mask(0, 1)).observation
    np.testing.assert_allclose(after.lane.s_m, before.observation.lane.s_m, atol=1e-6)
    np.testing.assert_allclose(after.lane.offset_m[:2], 0.0, atol=1e-6)
    np.testing.assert_allclose(after.lane.heading_rad[:2], 0.0, atol=1e-6)
    np.testing.assert_allclose(after.state.curvature_per_m[:2], [1 / 60, -1 / 80], atol=1e-6)
    assert np.array_equal(after.state.poses[2], before.observation.state.poses[2])
    np.testing.assert_allclose(env.elapsed_s, 1.0)


def test_leaving_the_road_and_running_out_of_time_stay_apart():
    env = make_env(disturbance=Disturbance.none(), time_limit_s=3.0)
    ends: list[tuple[CarMask, CarMask]] = []
    for _ in range(30):
        env.step(Command.steer([0.0, -1 / 80, 0.0]))
        ends.append((env.timestep.terminated, env.timestep.truncated))
    terminated, truncated = np.moveaxis(np.array(ends), 1, 0)
    assert np.array_equal(terminated[-1], mask(0))
    assert not truncated[:-1].any()
    assert truncated[-1].all()
    assert env.timestep.done.all()


def test_substeps_with_one_command_are_a_step_to_the_bit():
    whole, parts = make_env(), make_env()
    start = whole.timestep.observation.state
    command = steer(whole, 0.05)
    end = whole.step(command).observation.state
    parts.begin(command)
    states = [parts.substep(command) for _ in range(6)]
    assert np.array_equal(states[-1].poses, end.poses)
    assert np.array_equal(parts.finish().observation.state.poses, end.poses)
    assert np.hypot(*(states[0].poses - start.poses)[2, :2]) == pytest.approx(0.2, abs=0.05)


def test_a_command_within_a_tick_counts_from_the_next_substep():
    env, other = make_env(), make_env()
    for one in (env, other):
        one.begin(steer(one, 0.0))
    straight = [env.substep() for _ in range(3)][-1]
    kept = [other.substep() for _ in range(3)][-1]
    assert np.array_equal(straight.curvature_per_m, kept.curvature_per_m)
    turned, on = env.substep(steer(env, 0.1)), other.substep()
    assert np.all(turned.curvature_per_m > on.curvature_per_m)
    assert np.all(env.finish().observation.state.curvature_per_m > other.finish().observation.state.curvature_per_m)


def test_a_kick_comes_once_a_tick_however_often_the_command_changes():
    kicks = Disturbance(kick_rate_hz=10_000.0, kick_shift_m=0.5, kick_turn_rad=0.1)
    steady, nervous = make_env(disturbance=kicks), make_env(disturbance=kicks)
    end = steady.step(steer(steady, 0.0)).observation.state
    nervous.begin(steer(nervous, 0.0))
    for i in range(6):
        nervous.substep(steer(nervous, 1e-9 * i))
    np.testing.assert_allclose(nervous.finish().observation.state.poses, end.poses, atol=1e-6)


def test_no_substep_without_a_tick():
    env = make_env()
    with pytest.raises(InputError, match="begin"):
        env.substep()
    env.begin(steer(env))
    for _ in range(6):
        env.substep()
    with pytest.raises(InputError, match="begin"):
        env.substep()


def test_calm_car_on_its_circle_stays_there():
    env = make_env(disturbance=Disturbance.none())
    timestep = drive(env, 600, Command.steer([1 / 60, -1 / 80, 0.0]))
    np.testing.assert_allclose(timestep.observation.lane.offset_m[:2], 0.0, atol=1e-6)


def test_only_cars_that_were_moved_are_drawn_anew():
    env = make_env(camera=CAMERA)
    before = pictures(drive(env, 5, steer(env, 0.02)))
    assert before.shape == (3, 24, 40, 3)
    after = pictures(env.put_back(mask(2)))
    assert np.array_equal(after[:2], before[:2])
    assert not np.array_equal(after[2], before[2])
    assert env.put_back(mask()).observation.images is after


def test_same_seed_same_pictures():
    first, second = (pictures(drive(make_env(camera=CAMERA), 3)) for _ in range(2))
    assert np.array_equal(first, second)


def test_control_rate_must_divide_the_substeps():
    assert EnvConfig(control_hz=5.0).num_substeps == 12
    assert EnvConfig(control_hz=60.0).tick_s == pytest.approx(1 / 60)
    for control_hz in (7.0, 100.0, 0.0, -10.0):
        with pytest.raises(InputError, match="control_hz"):
            EnvConfig(control_hz=control_hz)


def test_bad_input_is_refused():
    env = make_env()
    with pytest.raises(InputError, match=r"curvature_per_m of car 1 is nan"):
        env.step(Command.steer([0.0, np.nan, 0.0]))
    with pytest.raises(InputError, match=r"must be \(3,\)"):
        env.step(Command.steer([0.0]))
    with pytest.raises(InputError, match="needs scenes"):
        DriveEnv(TRACKS, None, EnvConfig(), np.random.default_rng(0))
    with pytest.raises(InputError, match="track_idx"):
        DriveEnv(TRACKS, None, EnvConfig(camera=None), np.random.default_rng(0), track_idx=np.array([3]))


def test_latency_delays_by_whole_ticks():
    env = make_env(disturbance=Disturbance.none(), vehicle=VehicleParams(latency_ticks=2))
    wheels = [env.step(steer(env, 0.1)).observation.state.curvature_per_m[2] for _ in range(3)]
    assert wheels[:2] == [0.0, 0.0]
    assert wheels[2] > 0.02


def cut(route, from_s_m, length_m):
    return Tracks.stack([make_road_segment(route, Milestone(), from_s_m, length_m).track])


def test_cars_are_handed_over_as_they_are_and_see_the_same():
    """The same commands on a whole road, and on two overlapping segments of it."""
    route, scenes = Route(3), Scenes.stack([make_scene("day", np.random.default_rng(0))])
    config = EnvConfig(Camera(), VehicleParams(latency_ticks=2), ROUGH)
    whole, parted = (
        DriveEnv(tracks, scenes, config, np.random.default_rng(0))
        for tracks in (cut(route, 0.0, 900.0), cut(route, 0.0, 500.0))
    )
    for tick in range(60):
        if tick == 20:
            before, clock_s, push = parted.timestep.observation, parted.elapsed_s, parted.push
            after = parted.change_tracks(cut(route, 10.0, 890.0), before.lane.s_m - 10.0).observation
            for name in ("poses", "speed_mps", "curvature_per_m", "pending_per_m"):
                assert np.array_equal(getattr(after.state, name), getattr(before.state, name))
            assert np.array_equal(parted.elapsed_s, clock_s)
            assert parted.push is push
            assert before.images is not None
            assert after.images is not None
            off = np.abs(after.images.astype(int) - before.images)
            assert off.mean() < 0.02  # the road's samples fall into other cells of its map
            assert off.max() < 8
        command = steer(whole, 0.01 * np.sin(tick))
        here, there = whole.step(command).observation, parted.step(command).observation
        assert np.array_equal(here.state.poses, there.state.poses)
        for name in ("offset_m", "heading_rad", "curvature_per_m", "edge_m"):
            np.testing.assert_allclose(getattr(there.lane, name), getattr(here.lane, name), atol=1e-6)
        np.testing.assert_allclose(there.lane.s_m + (10.0 if tick >= 20 else 0.0), here.lane.s_m, atol=1e-6)


def test_other_skies_count_from_the_next_picture_on():
    env, same = make_env(camera=CAMERA), make_env(camera=CAMERA)
    before = pictures(env.timestep).copy()
    night = Scenes.stack([make_scene("night", np.random.default_rng(i)) for i in range(3)])
    env.change_scenes(night)
    assert np.array_equal(pictures(env.timestep), before)
    dark, bright = pictures(env.step(steer(env))), pictures(same.step(steer(same)))
    assert dark.mean() < 0.5 * bright.mean()
    assert np.array_equal(env.timestep.observation.state.poses, same.timestep.observation.state.poses)


def test_as_many_roads_and_skies_as_before():
    env = make_env(camera=CAMERA)
    with pytest.raises(InputError, match="one for each old one"):
        env.change_tracks(cut(Route(0), 0.0, 100.0), np.zeros(3))
    with pytest.raises(InputError, match="one new scene for each"):
        env.change_scenes(Scenes.stack([make_scene("day", np.random.default_rng(0))]))
    with pytest.raises(InputError, match="one new scene for each"):
        make_env().change_scenes(Scenes.stack([make_scene("day", np.random.default_rng(0))]))


def test_another_camera_sees_what_an_env_that_has_it_shows_and_changes_nothing():
    other = Camera(width_px=32, height_px=30, focal_px=24.0, horizon_px=-2.0, height_m=2.7)
    mine, theirs = make_env(camera=CAMERA), make_env(camera=other)
    for env in (mine, theirs):
        drive(env, 5)
    before = pictures(mine.timestep)
    np.testing.assert_array_equal(mine.view(other), pictures(theirs.timestep))
    np.testing.assert_array_equal(mine.view(CAMERA), before)
    assert pictures(mine.timestep) is before
    drive(mine, 1), drive(theirs, 1)
    np.testing.assert_array_equal(mine.view(other), pictures(theirs.timestep))


def test_without_a_camera_there_is_nothing_to_see():
    with pytest.raises(InputError, match="scenes"):
        make_env().view(CAMERA)
