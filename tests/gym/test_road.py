"""The road as a Gymnasium environment: their checker's rules, seeds, signs, laps, and the batch against its rows."""

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import drive_sim.gym  # registers the environment
from drive_sim.errors import InputError
from drive_sim.gym.road import RoadEnv, RoadVectorEnv, pursuit_expert
from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance

ROOT = Path(__file__).resolve().parents[2]
CAMERA = Camera().resized(60, 20)
SMALL: dict[str, Any] = {"camera": CAMERA, "num_roads": 2, "screen_px": (80, 45)}


def make_road(**settings: Any) -> RoadEnv:
    env = gymnasium.make(drive_sim.gym.ROAD_ID, **{**SMALL, **settings}).unwrapped
    assert isinstance(env, RoadEnv)
    return env


def make_roads(num_envs: int, **settings: Any) -> RoadVectorEnv:
    env = gymnasium.make_vec(drive_sim.gym.ROAD_ID, num_envs=num_envs, **{**SMALL, **settings})
    assert isinstance(env, RoadVectorEnv)
    return env


def steer(value: float, num_envs: int = 1) -> np.ndarray:
    return np.full((num_envs, 1), value, dtype=np.float32)


def test_gymnasiums_own_checker_finds_nothing() -> None:
    # Warnings are errors here, so whatever it would only warn of fails too.
    check_env(make_road(render_mode="rgb_array"))


def test_it_is_made_by_name_alone_with_pilotnets_picture() -> None:
    env = gymnasium.make("drive_sim:drive_sim/Road-v0")
    assert env.observation_space == gymnasium.spaces.Box(0, 255, (66, 200, 3), np.uint8)
    assert env.action_space == gymnasium.spaces.Box(-1.0, 1.0, (1,), np.float32)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
@pytest.mark.parametrize("num_envs", [1, 3])
def test_a_copy_in_mid_episode_goes_on_as_the_original(copied: Callable[[Any], Any], num_envs: int) -> None:
    rough = Disturbance(gust_mps=0.3, kick_rate_hz=2.0, kick_shift_m=0.3, kick_turn_rad=0.05, wheel_noise_per_m=0.01)
    env = make_road(disturbance=rough) if num_envs == 1 else make_roads(num_envs, disturbance=rough)
    action = steer(0.1, num_envs)[0] if num_envs == 1 else steer(0.1, num_envs)

    def told(env: Any) -> list[Any]:
        """A few steps, a new start, and new roads: all that an environment draws."""
        outcome = [env.step(action) for _ in range(4)]
        return [*outcome, env.reset(), env.step(action), env.reset(seed=5), env.step(action)]

    env.reset(seed=2)
    for _ in range(3):
        env.step(action)
    twin = copied(env)
    np.testing.assert_equal(told(twin), told(env))


@pytest.mark.parametrize("imports", ["drive_sim, gymnasium", "gymnasium, drive_sim", "drive_sim, gymnasium.spaces"])
def test_importing_the_package_registers_it(imports: str) -> None:
    code = f"import {imports}; gymnasium.make('drive_sim/Road-v0'); gymnasium.make_vec('drive_sim/Road-v0', num_envs=2)"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, cwd=ROOT)


def test_the_package_alone_stays_light() -> None:
    code = (
        "import sys, drive_sim; assert not {'gymnasium', 'numpy'} & set(sys.modules); "
        "import gymnasium; assert 'drive_sim/Road-v0' in gymnasium.registry; "
        "assert not {'torch', 'numba', 'drive_sim.gym.road'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_same_seed_same_episode_to_the_bit() -> None:
    def episode(seed: int) -> tuple[np.ndarray, list[Any]]:
        env = make_road()
        env.reset(seed=seed)
        env.reset()
        picture, told = np.empty(0), []
        for _ in range(5):
            picture, *rest = env.step(steer(0.1)[0])
            told.append(rest)
        return picture, told

    (picture, told), (again, told_again), (other, _) = episode(3), episode(3), episode(4)
    np.testing.assert_array_equal(picture, again)
    assert told == told_again
    assert (picture != other).any()


def test_positive_steering_turns_right_and_cte_grows_to_the_right() -> None:
    env = make_road()
    env.reset(seed=0)
    heading_rad = env.batch.drive.timestep.observation.state.poses[0, 2]
    info: dict[str, Any] = {}
    for _ in range(4):
        *_, info = env.step(np.array([1.0], dtype=np.float32))
    assert env.batch.drive.timestep.observation.state.poses[0, 2] < heading_rad
    assert info["cte"] > 0.1


def test_leaving_the_road_terminates_and_time_truncates() -> None:
    env = make_road(time_limit_s=3.0)
    env.reset(seed=0)
    ends = []
    while not ends or not ends[-1][0]:
        _, _, *end, info = env.step(np.array([1.0]))
        ends.append((*end, info["hit"]))
    assert len(ends) < 20 and ends[-1] == (True, False, "verge") and set(ends[:-1]) == {(False, False, "none")}
    env.reset()
    drive = [env.step(pursuit_expert(env))[2:4] for _ in range(30)]
    assert drive == [(False, False)] * 29 + [(False, True)]


def test_the_expert_earns_nearly_all_there_is_and_laps_are_timed() -> None:
    env = make_road(road_length_m=400.0, time_limit_s=40.0)
    env.reset(seed=1)
    rewards, info = [], {}
    for _ in range(350):
        _, reward, terminated, _, info = env.step(pursuit_expert(env))
        rewards.append(reward)
        assert not terminated
    length_m = env.batch.drive.tracks.length_m[env.batch.drive.track_idx[0]]
    assert info["lap_count"] == 1
    assert info["last_lap_time"] == pytest.approx(length_m / 12.0, rel=0.1)
    assert info["speed"] == 12.0 and info["hit"] == "none"
    assert 0.9 < np.mean(rewards) < 1.1


def test_start_options_place_the_car_and_others_are_refused() -> None:
    env = make_road()
    _, info = env.reset(seed=0, options={"start_s_m": 50.0, "start_offset_m": 0.5, "start_heading_rad": 0.1})
    assert info["cte"] == pytest.approx(-0.5, abs=1e-6)
    with pytest.raises(InputError, match="no option 'place'"):
        env.reset(options={"place": 3})


def test_rendering_gives_the_screens_size_or_nothing() -> None:
    env = make_road(render_mode="rgb_array")
    env.reset(seed=0)
    picture = env.render()
    assert picture is not None and picture.shape == (45, 80, 3) and picture.dtype == np.uint8
    silent = make_road()
    silent.reset(seed=0)
    assert silent.render() is None


def test_settings_that_make_no_sense_are_refused() -> None:
    nonsense: tuple[tuple[dict[str, Any], str], ...] = (
        ({"road_kind": "moon"}, "road_kind 'moon'"),
        ({"scene_kind": "moon"}, "scene_kind 'moon'"),
        ({"num_roads": 0}, "num_roads"),
        ({"render_mode": "ansi"}, "render_mode 'ansi'"),
    )
    for settings, said in nonsense:
        with pytest.raises(InputError, match=said):
            RoadEnv(**settings)
    env = make_road()
    with pytest.raises(InputError, match="reset the environment"):
        env.batch.step(steer(0.0))
    env.reset(seed=0)
    with pytest.raises(InputError, match="finite"):
        env.step(np.array([np.nan]))
    with pytest.raises(InputError, match="at least one car"):
        make_roads(0)


def test_a_batch_equals_its_singles() -> None:
    """Calm air and no sensor noise to share: each car of a batch then drives as it would alone."""
    fleet, alone = make_roads(3, track="village-loop"), make_road(track="village-loop")
    start = {"start_s_m": np.array([0.0, 40.0, 90.0])}
    fleet.reset(seed=0, options=start)
    rewards = np.array([fleet.step(np.array([[0.1], [0.0], [-0.1]]))[1] for _ in range(5)])
    for car, steering in enumerate((0.1, 0.0, -0.1)):
        alone.reset(seed=0, options={"start_s_m": start["start_s_m"][car]})
        np.testing.assert_allclose([alone.step(np.array([steering]))[1] for _ in range(5)], rewards[:, car])


def test_the_vector_env_is_seeded_and_shaped() -> None:
    env = make_roads(3)
    first, info = env.reset(seed=5)
    assert first.shape == env.observation_space.shape == (3, 20, 60, 3)
    assert set(info) == {f"{mask}{key}" for mask in ("", "_") for key in drive_sim_keys()}
    picture, reward, terminated, truncated, _ = env.step(steer(0.0, 3))
    assert [x.shape for x in (reward, terminated, truncated)] == [(3,)] * 3 and picture.dtype == np.uint8
    np.testing.assert_array_equal(env.reset(seed=5)[0], first)


def drive_sim_keys() -> tuple[str, ...]:
    return "cte", "speed", "lap_count", "last_lap_time", "hit"


def drive_until_done(env: RoadVectorEnv) -> tuple[Any, ...]:
    for _ in range(60):
        stepped = env.step(np.array([[1.0], [0.0]]))
        if (stepped[2] | stepped[3]).any():
            return stepped
    raise AssertionError("a car at full lock stays on the road")


def test_next_step_autoreset_starts_done_cars_one_step_later() -> None:
    env = make_roads(2, track="village-loop")
    env.reset(seed=0, options={"start_s_m": 0.0})
    _, _, terminated, _, info = drive_until_done(env)
    assert terminated[0] and abs(info["cte"][0]) > 1.0 and info["hit"][0] == "verge"
    picture, reward, terminated, truncated, info = env.step(steer(0.0, 2))
    assert reward[0] == 0.0 and not terminated[0] and not truncated[0]
    assert info["cte"][0] == pytest.approx(0.0, abs=1e-6) and picture.shape[0] == 2


def test_same_step_autoreset_keeps_what_was_seen_last() -> None:
    env = make_roads(2, track="village-loop", autoreset_mode="SameStep")
    env.reset(seed=0, options={"start_s_m": 0.0})
    picture, _, terminated, _, info = drive_until_done(env)
    assert terminated[0] and abs(info["cte"][0]) < 1e-6
    assert info["final_info"]["hit"][0] == "verge" and info["_final_obs"].tolist() == terminated.tolist()
    assert (info["final_obs"][0] != picture[0]).any()


def test_without_autoreset_the_caller_names_who_starts_anew() -> None:
    env = make_roads(2, track="village-loop", autoreset_mode="Disabled")
    env.reset(seed=0, options={"start_s_m": 0.0})
    done = np.logical_or(*drive_until_done(env)[2:4])
    with pytest.raises(InputError, match="reset_mask"):
        env.step(steer(0.0, 2))
    _, info = env.reset(options={"reset_mask": done})
    assert info["_cte"].tolist() == done.tolist()
    env.step(steer(0.0, 2))
    with pytest.raises(InputError, match="reset_mask must be"):
        env.reset(options={"reset_mask": np.array([1, 0])})
