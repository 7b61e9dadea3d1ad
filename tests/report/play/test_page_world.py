"""The page's world is Python's: roads, car, labels, pictures and networks."""

import base64
import json
from dataclasses import asdict

import numpy as np
import pytest

from bench.chromium_tab import Tab
from drive_sim.arrays import Images, Poses
from drive_sim.checkout import model_folder
from drive_sim.data.shift_and_rotate import corrected_curvature
from drive_sim.data.warp import shift_rotate
from drive_sim.policies.alvinn import ALVINN_CAMERA, AlvinnPolicy
from drive_sim.policies.expert import pursuit_curvature
from drive_sim.policies.measurements import measurements_of
from drive_sim.policies.model_folder import load_model
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.report.play.page import page_tracks
from drive_sim.report.play.page_roads import PageRoad, kept_speed_mps
from drive_sim.report.play.page_scenes import page_scenes
from drive_sim.sim import vehicle
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.disturbance import Push
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scenes
from drive_sim.sim.track import Tracks, lane_pose, nearest_s, point_on_lane
from drive_sim.sim.vehicle import Command, VehicleState
from tests.browser import needs_browser

pytestmark = [needs_browser, pytest.mark.slow]
NUM_TICKS, SUBSTEP_S = 600, 1.0 / 60.0
NAMES = list(page_tracks())


@pytest.fixture(scope="module")
def tracks() -> Tracks:
    """The roads as the page makes them."""
    return Tracks.stack([PageRoad.of(track).made for track in page_tracks().values()])


def test_roads_lie_where_ours_do(tracks: Tracks):
    for track, made in zip(page_tracks().values(), tracks.tracks, strict=True):
        assert np.hypot(made.x_m - track.x_m, made.y_m - track.y_m).max() < 0.03
        assert np.abs(made.width_left_m - track.width_left_m).max() <= 0.0005 + 1e-9


def test_a_minute_of_driving_and_the_place_on_the_lane_are_the_same(tab: Tab, tracks: Tracks):
    rng = np.random.default_rng(100)
    cars = np.arange(len(tracks))
    poses = point_on_lane(tracks, cars, 0.3 * tracks.length_m)
    lane = lane_pose(tracks, cars, poses, 0.3 * tracks.length_m)
    speed_mps = np.array([kept_speed_mps(track) for track in page_tracks().values()])
    state = VehicleState.at(poses, CONDITIONS.vehicle, lane.curvature_per_m, speed_mps)
    commands, expected = [], []
    for _ in range(NUM_TICKS):
        wanted_per_m = pursuit_curvature(tracks, cars, state.poses, lane.s_m) + rng.normal(0.0, 0.005, len(cars))
        drift, shift, turn = rng.normal(0.0, 0.2, (3, len(cars))) * (rng.random((3, len(cars))) < 0.1)
        push = Push(drift, shift, 0.1 * turn, np.zeros(len(cars)))
        commands.append(np.stack([wanted_per_m, drift, shift, 0.1 * turn], axis=-1).tolist())
        state = vehicle.step(
            state, Command.steer(wanted_per_m), CONDITIONS.vehicle, SUBSTEP_S, push=push, num_substeps=6
        )
        lane = lane_pose(tracks, cars, state.poses, lane.s_m + 0.1 * state.speed_mps)
        expected.append(np.column_stack([state.poses, lane.s_m, lane.offset_m, lane.heading_rad, lane.curvature_per_m]))
    found = tab.evaluate(
        f"""(() => {{
          const names = {json.dumps(NAMES)}, cars = names.map((name) => {{
            const {{ road }} = carried.roads[name]();
            return placedCar(road, 0.3 * road.lengthM);
          }});
          return {json.dumps(commands)}.map((tick) => tick.map(([curvature, driftMps, shiftM, turnRad], i) => {{
            const {{ road }} = carried.roads[names[i]](), push = {{ driftMps, shiftM, turnRad }};
            const {{ states, lane }} = tickStates(road, cars[i], curvature, carried.vehicle, push);
            const state = states.at(-1);
            cars[i] = {{ state, lane }};
            return [state.x, state.y, state.heading, lane.s, lane.offset, lane.heading, lane.curvature];
          }}));
        }})()"""
    )
    np.testing.assert_allclose(np.array(found), np.array(expected), rtol=0.0, atol=1e-6)


def test_labels_and_the_expert_are_the_same(tab: Tab, tracks: Tracks):
    rng = np.random.default_rng(101)
    told = rng.uniform(-1.0, 1.0, (200, 4)) * (0.12, 1.5, 0.2, 0.0) + (0.0, 0.0, 0.0, 9.0)
    found = tab.evaluate(f"{json.dumps(told.tolist())}.map((each) => correctedCurvature(...each))")
    np.testing.assert_allclose(found, corrected_curvature(*told.T), atol=1e-9)
    poses, idx = _poses(tracks, rng, 200)
    places = nearest_s(tracks, idx, poses)
    asked = [[NAMES[i], *pose, s] for i, pose, s in zip(idx, poses.tolist(), places.tolist(), strict=True)]
    found = tab.evaluate(
        f"{json.dumps(asked)}.map(([name, x, y, heading, s]) =>"
        " pursuitCurvature(carried.roads[name]().road, { x, y, heading }, s, 9))"
    )
    np.testing.assert_allclose(found, pursuit_curvature(tracks, idx, poses, places), atol=1e-6)


@pytest.mark.parametrize("camera", [Camera(), Camera(focal_px=55.0), ALVINN_CAMERA])
def test_pictures_are_the_same_within_a_grey_level(tab: Tab, tracks: Tracks, camera: Camera):
    scenes = Scenes.stack(list(page_scenes().values()))
    poses, idx = _poses(tracks, np.random.default_rng(102), 100)
    scene_idx = np.arange(100) % len(scenes)
    expected = render(tracks, scenes, camera, poses, idx, scene_idx)
    found = _pictures(tab, camera, poses, idx, scene_idx)
    apart_grey = np.abs(found.astype(float) - expected).mean(axis=(1, 2, 3))
    assert apart_grey.max() < 0.3


def test_moved_views_are_the_same_within_a_grey_level(tab: Tab, tracks: Tracks):
    rng = np.random.default_rng(103)
    poses, idx = _poses(tracks, rng, 14)
    pictures = _pictures(tab, ALVINN_CAMERA, poses, idx, np.arange(14) % 7)
    shift_m, turn_rad = rng.uniform(-1.0, 1.0, (2, 14)) * ((1.25,), (0.1,))
    expected = shift_rotate(pictures, ALVINN_CAMERA, shift_m, turn_rad)
    moves = np.column_stack([shift_m, turn_rad]).tolist()
    found = _bytes(
        tab,
        f"""const moves = {json.dumps(moves)}, camera = carried.learnersCamera;
        seen.forEach((picture, i) => out.push(shiftRotate(picture, camera, ...moves[i])));""",
        expected.shape,
    )
    assert np.abs(found.astype(float) - expected).mean(axis=(1, 2, 3)).max() < 1.0


@pytest.mark.parametrize("name", ["pilotnet", "alvinn", "alvinn-alone"])
def test_networks_steer_the_same(tab: Tab, tracks: Tracks, name: str):
    policy = load_model(model_folder(name), device="cpu")
    assert isinstance(policy, NeuralPolicy | AlvinnPolicy)
    poses, idx = _poses(tracks, np.random.default_rng(104), 100)
    pictures = _pictures(tab, policy.camera, poses, idx, np.arange(100) % 7)
    speeds = np.linspace(5.0, 20.0, 100)
    if isinstance(policy, NeuralPolicy):
        expected, _ = policy.predict_both(pictures, measurements_of(speeds, None))
        steered = f"steerBySight(carried.networks['{name}'], picture, {speeds.tolist()}[i])"
    else:
        expected, steered = policy.predict(pictures), f"steer(carried.networks['{name}'], picture)"
    found = tab.evaluate(f"seen.map((picture, i) => {steered})")
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_what_counts_is_the_gradient(tab: Tab, tracks: Tracks):
    poses, idx = _poses(tracks, np.random.default_rng(105), 1)
    picture = _pictures(tab, load_policy_camera(), poses, idx, np.zeros(1, np.int64))[0]
    found = tab.evaluate(
        """(() => {
          const network = carried.networks.pilotnet, map = saliency(network, seen[0], 12), at = map.indexOf(1);
          const nudged = (by) => {
            const values = Float32Array.from(seen[0]);
            for (let c = 0; c < 3; c++) values[3 * at + c] += by;
            return steerBySight(network, values, 12);
          };
          return [at, Math.abs(nudged(1) - nudged(-1)), Math.abs(steerBySight(network, seen[0], 12) - nudged(0))];
        })()"""
    )
    assert 0 <= found[0] < picture.shape[0] * picture.shape[1]
    assert found[1] > 0.0
    assert found[2] == 0.0


def load_policy_camera() -> Camera:
    """The camera of the driver of every road."""
    policy = load_model(model_folder("pilotnet"), device="cpu")
    assert isinstance(policy, NeuralPolicy)
    return policy.camera


def _poses(tracks: Tracks, rng: np.random.Generator, count: int) -> tuple[Poses, np.ndarray]:
    idx = rng.integers(len(tracks), size=count)
    s_m = rng.uniform(0.1, 0.9, count) * tracks.length_m[idx]
    return point_on_lane(tracks, idx, s_m, rng.normal(0.0, 0.6, count), rng.normal(0.0, 0.12, count)), idx


def _pictures(tab: Tab, camera: Camera, poses: Poses, idx: np.ndarray, scene_idx: np.ndarray) -> Images:
    """What the page draws, which it keeps as `seen`."""
    kinds = list(page_scenes())
    asked = [
        [NAMES[road], kinds[scene], *pose]
        for road, scene, pose in zip(idx.tolist(), scene_idx.tolist(), poses.tolist(), strict=True)
    ]
    drawn = f"""const lens = makeLens({json.dumps(asdict(camera))});
    for (const [name, kind, x, y, heading] of {json.dumps(asked)}) {{
      const world = {{ ...carried.roads[name](), scene: carried.scenes[kind], textures: carried.textures }};
      out.push(render(world, lens, {{ x, y, heading }}));
    }}
    window.seen = out;"""
    return _bytes(tab, drawn, (len(poses), camera.height_px, camera.width_px, 3))


def _bytes(tab: Tab, script: str, shape: tuple[int, ...]) -> Images:
    """The arrays that a script has put into `out`."""
    text = tab.evaluate(
        f"""(() => {{
          const out = [];
          {script}
          const blob = new Blob(out), reader = new FileReader();
          return new Promise((resolve) => {{
            reader.onload = () => resolve(reader.result.split(",")[1]);
            reader.readAsDataURL(blob);
          }});
        }})()"""
    )
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape)
