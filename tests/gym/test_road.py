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
from gymnasium.vector import AutoresetMode

import drive_sim.gym  # registers the environment
from drive_sim.errors import InputError
from drive_sim.gym.road import RoadEnv, RoadVectorEnv, pursuit_expert
from drive_sim.gym.world import make_task
from drive_sim.policies.regressor import ExpertReader
from drive_sim.policies.road_input import ROW_WIDTHS, USUAL
from drive_sim.sim.camera import Camera
from drive_sim.sim.circuit_file import named_track
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.road_end import route_m

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
    """In whichever order; what stands in the registry can be made, as all tests here do."""
    code = f"import {imports}; assert gymnasium.spec('drive_sim/Road-v0').vector_entry_point"
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


ROWS: dict[str, Any] = {"observation": "lane-pose", "steering_units": 7}


@pytest.mark.parametrize("settings", [{"observation": "far-lane-pose"}, {"steering_units": 7}, ROWS])
def test_the_checker_finds_nothing_in_rows_of_features_and_in_chosen_steering(settings: dict[str, Any]) -> None:
    check_env(make_road(render_mode="rgb_array", **settings))


def test_rows_say_where_the_car_is_against_its_lane() -> None:
    env = make_road(**ROWS, track="village-loop")
    row, info = env.reset(seed=0, options={"start_s_m": 30.0, "start_offset_m": 1.5, "start_heading_rad": 0.5 * np.pi})
    lane = env.batch.drive.timestep.observation.lane
    np.testing.assert_allclose(row[:3] * USUAL, [1.5, 0.5 * np.pi, lane.curvature_per_m[0]], rtol=1e-5)
    assert info["cte"] == pytest.approx(-1.5)


def test_units_go_from_full_left_to_full_right() -> None:
    turned = []
    for unit in (0, 3, 6):
        env = make_road(**ROWS)
        env.reset(seed=0)
        heading_rad = env.batch.drive.timestep.observation.state.poses[0, 2]
        env.step(unit)
        turned.append(env.batch.drive.timestep.observation.state.poses[0, 2] - heading_rad)
    assert turned[0] > turned[1] > turned[2]
    with pytest.raises(InputError, match="units from 0 to 6"):
        env.step(7)


def test_pictures_or_rows_the_same_car_drives_the_same() -> None:
    pictures, rows = make_road(steering_units=7), make_road(**ROWS)
    for env in (pictures, rows):
        env.reset(seed=4)
    told = [[env.step(pursuit_expert(env))[1:] for _ in range(10)] for env in (pictures, rows)]
    assert told[0] == told[1]


def test_where_leaving_the_road_ends_nothing_only_distance_and_time_do() -> None:
    env = make_road(**ROWS, end_offset_m=25.0, time_limit_s=30.0, track="village-loop")
    env.reset(seed=0, options={"start_heading_rad": 0.5 * np.pi})
    told = []
    while not told or not told[-1][0]:
        *_, terminated, truncated, info = env.step(3)
        told.append((terminated, truncated, abs(info["cte"]), info["hit"]))
    off = [cte for terminated, _, cte, _ in told if not terminated]
    assert max(off) < 25.0 <= told[-1][2] and told[-1][3] == "verge"
    assert sum(hit == "verge" for *_, hit in told) > 5, "It drove on beside the road."
    assert not any(truncated for _, truncated, *_ in told)


def test_starts_are_drawn_evenly_between_their_bounds() -> None:
    env = make_roads(200, **ROWS, start_offset_m=(-3.0, 1.0), start_heading_rad=(0.0, 1.9))
    env.reset(seed=0)
    lane = env.batch.drive.timestep.observation.lane
    for drawn, least, most in ((lane.offset_m, -3.0, 1.0), (lane.heading_rad, 0.0, 1.9)):
        assert least <= drawn.min() < least + 0.1 * (most - least)
        assert most >= drawn.max() > most - 0.1 * (most - least)
        assert np.mean(drawn) == pytest.approx((least + most) / 2.0, abs=0.1 * (most - least))
    _, info = env.reset(options={"start_offset_m": 0.5})
    np.testing.assert_allclose(info["cte"], -0.5, atol=1e-6)


def test_a_batch_of_rows_and_units_equals_its_singles() -> None:
    settings = {**ROWS, "track": "village-loop", "end_offset_m": 25.0}
    fleet, alone = make_roads(3, **settings), make_road(**settings)
    start = {"start_s_m": np.array([0.0, 40.0, 90.0]), "start_heading_rad": np.array([1.0, 0.0, -2.0])}
    fleet.reset(seed=0, options=start)
    rows = np.array([fleet.step(np.array([2, 3, 5]))[0] for _ in range(5)])
    for car, unit in enumerate((2, 3, 5)):
        alone.reset(seed=0, options={name: value[car] for name, value in start.items()})
        np.testing.assert_allclose([alone.step(unit)[0] for _ in range(5)], rows[:, car], atol=1e-5)


def test_the_expert_of_a_batch_answers_for_all_and_comes_back_from_a_turn() -> None:
    env = make_roads(2, **ROWS, end_offset_m=25.0, start_heading_rad=(1.57, 1.57))
    task = make_task(env, pursuit_expert)
    driven = task.collect(env, ExpertReader(), 60, np.random.default_rng(0), labeller=ExpertReader())
    assert len(driven) == 120 and not driven.terminated.any() and driven.num_actions == 7
    np.testing.assert_array_equal(driven.with_expert_labels().action, driven.action)
    assert (np.abs(driven.observation[[59, 119], 0]) * USUAL[0] < 1.0).all()


def test_pictures_stay_pictures_where_they_are_kept() -> None:
    env = make_roads(2, steering_units=7)
    task = make_task(env, pursuit_expert, keep_pictures=True)
    driven = task.collect(env, ExpertReader(), 3, np.random.default_rng(0))
    assert driven.observation.shape == (6, 20, 60, 3) and driven.observation.dtype == np.uint8


SPEED: dict[str, Any] = {"actions": "steering+acceleration", "sees_speed": True}


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"actions": "steering+acceleration"}, marks=pytest.mark.slow),
        pytest.param({"sees_speed": True}, marks=pytest.mark.slow),
        pytest.param(SPEED, marks=pytest.mark.slow),
        {**SPEED, "observation": "lane-pose"},
        pytest.param({"sees_speed": True, "steering_units": 7}, marks=pytest.mark.slow),
    ],
)
def test_the_checker_finds_nothing_where_speed_is_driven_or_seen(settings: dict[str, Any]) -> None:
    check_env(make_road(render_mode="rgb_array", **settings))


def test_spaces_of_speed_and_what_the_metadata_says_of_them() -> None:
    env, usual, fleet = make_road(**SPEED), make_road(), make_roads(2, **SPEED)
    assert isinstance(env.observation_space, gymnasium.spaces.Dict)
    assert env.action_space == gymnasium.spaces.Box(-1.0, 1.0, (2,), np.float32)
    assert env.observation_space["speed"] == gymnasium.spaces.Box(0.0, 30.0, (1,), np.float32)
    assert env.observation_space["image"] == usual.observation_space
    assert fleet.action_space.shape == (2, 2)
    assert [len(of.metadata["actions"]) for of in (env, fleet, usual)] == [2, 2, 1]
    assert "right positive" in env.metadata["actions"][0] and "max_braking_mps2" in env.metadata["actions"][1]


def test_the_second_number_is_a_share_of_the_cars_pedals() -> None:
    for pedal, gained_mps in ((1.0, 0.3), (0.5, 0.15), (0.0, 0.0), (-0.25, -0.2), (-9.0, -0.8)):
        env = make_road(**SPEED, track="speedway")
        before: Any = env.reset(seed=0, options={"start_s_m": 0.0})[0]
        after: Any
        after, *_, info = env.step(np.array([0.0, pedal]))
        assert after["speed"][0] - before["speed"][0] == pytest.approx(gained_mps, abs=1e-5)
        assert info["speed"] == pytest.approx(after["speed"][0])


def test_the_expert_drives_at_its_own_speed_from_the_start_on() -> None:
    env = make_roads(2, **SPEED, track="mountain-pass", time_limit_s=20.0)
    seen: Any
    seen, _ = env.reset(seed=0, options={"start_s_m": np.array([0.0, 300.0])})
    lateral = []
    for _ in range(150):
        seen, _, terminated, _, info = env.step(pursuit_expert(env))
        assert not terminated.any() and np.abs(info["cte"]).max() < 0.5
        state = env.batch.drive.timestep.observation.state
        lateral.append(state.speed_mps**2 * np.abs(state.curvature_per_m))
    assert np.max(lateral) < 3.0
    assert len(np.unique(seen["speed"])) == 2 and seen["image"].shape == (2, 20, 60, 3)


def test_a_batch_that_accelerates_equals_its_singles() -> None:
    settings = {**SPEED, "track": "village-loop"}
    fleet, alone = make_roads(3, **settings), make_road(**settings)
    start = {"start_s_m": np.array([0.0, 40.0, 90.0])}
    actions = np.array([[0.1, 0.5], [0.0, -0.5], [-0.1, 1.0]])
    fleet.reset(seed=0, options=start)
    told: list[Any] = [fleet.step(actions)[:2] for _ in range(5)]
    one: Any
    for car in range(3):
        alone.reset(seed=0, options={"start_s_m": start["start_s_m"][car]})
        for seen, reward in told:
            one, of_one, *_ = alone.step(actions[car])
            np.testing.assert_allclose(of_one, reward[car])
            np.testing.assert_allclose(one["speed"], seen["speed"][car])


def test_same_step_autoreset_keeps_a_dict_of_what_was_seen_last() -> None:
    env = make_roads(2, **SPEED, track="village-loop", autoreset_mode="SameStep")
    env.reset(seed=0, options={"start_s_m": 0.0})
    terminated, info = np.zeros(2, np.bool_), {}
    while not terminated.any():
        _, _, terminated, _, info = env.step(np.array([[1.0, 0.0], [0.0, -1.0]]))
    assert terminated.tolist() == [True, False]
    assert set(info["final_obs"][0]) == {"image", "speed"} and info["final_obs"][1] is None


def test_speed_and_pictures_become_rows_for_our_learners() -> None:
    env = make_roads(2, **{**SPEED, "observation": "lane-pose"})
    driven = make_task(env, pursuit_expert).collect(env, ExpertReader(), 5, np.random.default_rng(0))
    assert driven.action.shape == (10, 2) and driven.observation.shape[1] == ROW_WIDTHS["lane-pose"] + 1


def test_settings_of_starts_ends_and_steering_that_make_no_sense_are_refused() -> None:
    nonsense: tuple[tuple[dict[str, Any], str], ...] = (
        ({"observation": "sound"}, "unknown observation of the road 'sound'"),
        ({"steering_units": 1}, "steering_units must be at least 2"),
        ({"end_offset_m": 0.0}, "end_offset_m must be positive"),
        ({"start_heading_rad": (1.0, 0.0)}, "start_heading_rad must be the least and the most"),
        ({"start_offset_m": 0.5}, "start_offset_m must be the least and the most"),
        ({"actions": "steering+brake"}, "unknown kind of actions"),
        ({"actions": "steering+acceleration", "steering_units": 5}, "steering_units are chosen at a kept speed"),
    )
    for settings, said in nonsense:
        with pytest.raises(InputError, match=said):
            RoadEnv(**settings)


def test_an_open_road_is_cut_off_at_its_end():
    road = make_road(track="hairpin-pass")
    road.reset(seed=0, options={"start_s_m": route_m(named_track("hairpin-pass")) - 3.0})
    ends = [road.step(np.zeros(1, dtype=np.float32))[2:4] for _ in range(3)]
    assert ends == [(False, False), (False, False), (False, True)]


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_what_was_handed_out_never_changes(mode: AutoresetMode) -> None:
    """Episodes of three ticks, begun at different times: cars start anew while others drive on."""
    env = make_roads(4, autoreset_mode=mode, time_limit_s=0.3)
    kept, copies = [], []
    env.reset(seed=0)
    for tick in range(8):
        seen, reward, terminated, truncated, told = env.step(steer(0.1 * tick, 4))
        ended = [told[name] for name in ("final_obs",) if name in told]
        kept.append([seen, reward, terminated, truncated, told["cte"], *(one for of in ended for one in of)])
        copies.append(copy.deepcopy(kept[-1]))
        if tick == 0:
            env.reset(options={"reset_mask": np.array([True, False, False, True])})
    for given, as_given in zip(kept, copies, strict=True):
        for values, as_before in zip(given, as_given, strict=True):
            np.testing.assert_array_equal(values, as_before)
