"""An environment goes on from a state that was kept as it did the first time: clock, cars, wind and pictures."""

import pickle

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.generator_state import GeneratorState
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command, VehicleParams
from tests.same_value import assert_same

ROUGH = Disturbance(gust_mps=0.5, kick_rate_hz=1.0, kick_shift_m=0.4, kick_turn_rad=0.1, wheel_noise_per_m=0.01)
CAMERA = Camera(width_px=40, height_px=24, focal_px=22.0, horizon_px=6.0)
TRACKS = Tracks.stack([make_circle(60.0), make_circle(80.0).mirrored(), make_straight(500.0)])
KINDS = ("day", "dusk", "night")


def make_scenes(seed: int) -> Scenes:
    return Scenes.stack([make_scene(kind, np.random.default_rng([seed, i])) for i, kind in enumerate(KINDS)])


def make_env(seed: int, latency_ticks: int = 0, camera: Camera | None = CAMERA) -> DriveEnv:
    config = EnvConfig(camera, VehicleParams(latency_ticks=latency_ticks), ROUGH, time_limit_s=2.0)
    return DriveEnv(TRACKS, make_scenes(0), config, np.random.default_rng(seed))


def steer(tick: int) -> Command:
    return Command.steer(0.02 * np.sin(tick + np.arange(3)))


def drive(env: DriveEnv, first_tick: int, num_ticks: int) -> None:
    """On, with cars that are put back, placed elsewhere, and steered anew within a tick."""
    for tick in range(first_tick, first_tick + num_ticks):
        env.begin(steer(tick))
        env.substep()
        env.substep(steer(tick + 1))
        env.finish()
        env.put_back(np.abs(env.timestep.observation.lane.offset_m) > 0.7)
        if tick % 7 == 3:
            env.reset(np.array([False, True, False]), start_s_m=10.0, start_offset_m=0.4)


@pytest.mark.parametrize("latency_ticks", [0, 2])
def test_from_a_kept_state_all_goes_on_to_the_bit(latency_ticks: int) -> None:
    """In the same env, and in one that was made with another seed and got the state as another process would."""
    env, other = make_env(0, latency_ticks), make_env(5, latency_ticks)
    drive(env, 0, 12)
    state = env.snapshot()
    assert state.observation.images is None, "pictures are drawn, not kept"
    seen = env.timestep
    drive(env, 12, 12)
    end = env.timestep, env.snapshot(), env.elapsed_s
    assert_same(env.restore(state), seen)
    drive(env, 12, 12)
    assert_same((env.timestep, env.snapshot(), env.elapsed_s), end)
    other.restore(pickle.loads(pickle.dumps(state)))
    drive(other, 12, 12)
    assert_same((other.timestep, other.snapshot(), other.elapsed_s), end)


@pytest.mark.parametrize("num_substeps", [1, 3, 6])
def test_within_a_tick_too(num_substeps: int) -> None:
    env = make_env(1)
    drive(env, 0, 3)
    env.begin(steer(3))
    for substep in range(num_substeps):
        env.substep(steer(3 + substep // 2))
    state = env.snapshot()
    env.finish()
    drive(env, 4, 3)
    end = env.timestep
    env.restore(state)
    env.finish()
    drive(env, 4, 3)
    assert_same(env.timestep, end)


def test_keeping_a_state_changes_nothing() -> None:
    kept, plain = make_env(2), make_env(2)
    for tick in range(8):
        kept.snapshot()
        drive(kept, tick, 1), drive(plain, tick, 1)
    assert_same(kept.timestep, plain.timestep)


def test_a_picture_that_cannot_be_drawn_again_is_kept() -> None:
    """Other skies count from the next picture on, so the one that is seen is of the old ones."""
    env = make_env(3)
    drive(env, 0, 2)
    seen = env.timestep
    env.change_scenes(make_scenes(1))
    state = env.snapshot()
    drive(env, 2, 3)
    end = env.timestep
    assert env.snapshot().observation.images is None
    assert_same(env.restore(state), seen)
    drive(env, 2, 3)
    assert_same(env.timestep, end)


@pytest.mark.parametrize("car_idx", [None, np.array([4, 5, 6])])
def test_conditions_change_between_ticks_and_belong_to_the_state(car_idx: np.ndarray | None) -> None:
    """No car jumps, nor its wheels; what came before comes back with its conditions, and after it what came after."""
    config = EnvConfig(CAMERA, VehicleParams(), ROUGH)
    env = DriveEnv(TRACKS, make_scenes(0), config, np.random.default_rng(4), car_idx=car_idx)
    drive(env, 0, 3)
    before, seen = env.snapshot(), env.timestep
    vehicle, calm = VehicleParams(latency_ticks=3, lag_s=0.4, grip_mps2=2.0), Disturbance(wind_mps=0.5)
    env.change_conditions(vehicle, calm)
    for name in ("poses", "speed_mps", "curvature_per_m"):
        assert_same(getattr(env.timestep.observation.state, name), getattr(seen.observation.state, name))
    changed = env.snapshot()
    env.step(steer(3))
    assert not env.push.wheel_error_per_m.any()
    drive(env, 4, 3)
    end = env.timestep
    env.restore(before)
    assert (env.config.vehicle, env.config.disturbance) == (config.vehicle, ROUGH)
    env.restore(changed)
    assert (env.config.vehicle, env.config.disturbance) == (vehicle, calm)
    env.step(steer(3))
    drive(env, 4, 3)
    assert_same(env.timestep, end)
    env.begin(steer(7))
    with pytest.raises(InputError, match="under way"):
        env.change_conditions(vehicle, calm)


def test_only_in_an_env_of_the_same_cars() -> None:
    state, blind = make_env(0).snapshot(), make_env(0, camera=None)
    blind.restore(state)
    assert blind.timestep.observation.images is None
    two = DriveEnv(TRACKS, None, EnvConfig(None), np.random.default_rng(0), track_idx=np.array([0, 1]))
    with pytest.raises(InputError, match="other cars"):
        two.restore(state)
    with pytest.raises(InputError, match="no scenes"):
        three = DriveEnv(TRACKS, None, EnvConfig(None), np.random.default_rng(0))
        make_env(0).restore(three.snapshot())


def test_a_generator_draws_and_spawns_the_same_again() -> None:
    rng = np.random.default_rng(7)
    rng.spawn(2)
    rng.integers(5, dtype=np.uint32)  # half a word is left over
    state = GeneratorState.of(rng)
    for twin in (state.make(), state.make()):
        fresh = state.make()
        assert np.array_equal(fresh.integers(2**31, size=3), twin.integers(2**31, size=3))
        assert np.array_equal(fresh.spawn(1)[0].random(3), twin.spawn(1)[0].random(3))
    assert np.array_equal(state.make().random(4), rng.random(4))
