"""A network that is told something: by sight it is as if nothing were, and what it is told changes what it does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from drive_sim.arrays import Images
from drive_sim.policies.measurements import measurements_of
from drive_sim.policies.model_folder import load_model, save_model
from drive_sim.policies.networks import make_conditional_pilotnet, make_pilotnet
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.onnx_export import export_onnx
from drive_sim.policies.onnx_policy import load_onnx
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.lateral_goal import with_lateral_goal
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Tracks


@pytest.fixture(scope="module")
def policy() -> NeuralPolicy:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = make_conditional_pilotnet()
    return NeuralPolicy(network, "conditional-pilotnet", Camera(), precision="fp32")


@pytest.fixture(scope="module")
def images() -> Images:
    return np.random.default_rng(0).integers(0, 256, (3, 66, 200, 3), dtype=np.uint8)


def observation(goal: float) -> Observation:
    road = with_lateral_goal(make_circle(60.0, half_width_m=4.0), goal)
    scenes = Scenes.stack([Scene()])
    return DriveEnv(Tracks.stack([road]), scenes, EnvConfig(), np.random.default_rng(0)).timestep.observation


def test_it_is_pilotnet_and_311_weights() -> None:
    sizes = [sum(p.numel() for p in network.parameters()) for network in (make_pilotnet(), make_conditional_pilotnet())]
    assert sizes == [252_219, 252_219 + 300 + 11]


def test_what_is_not_told_is_zero() -> None:
    nothing = measurements_of(np.array([12.0, np.nan]), None)
    assert not nothing.any()
    told = measurements_of(np.array([18.0]), np.array([0.5]))
    assert told.tolist() == [[0.5, 1.0, 1.0]]


def test_by_sight_at_cruising_speed_is_as_if_nothing_were_told(policy: NeuralPolicy, images: Images) -> None:
    curvature_per_m, _ = policy.predict_both(images, measurements_of(np.full(3, 12.0), None))
    np.testing.assert_allclose(curvature_per_m, policy.predict(images), rtol=1e-6)


def test_a_place_and_a_speed_change_what_it_does(policy: NeuralPolicy) -> None:
    by_sight, left = observation(np.nan), observation(0.4)
    rng = np.random.default_rng(0)
    seen = replace(by_sight, lateral_goal=left.lateral_goal)
    commands = [policy.act(of, rng) for of in (by_sight, seen, replace(by_sight, speed_mps=np.array([4.0])))]
    assert len({float(command.curvature_per_m[0]) for command in commands}) == 3
    assert len({float(command.acceleration_mps2[0]) for command in commands}) == 3


def test_it_is_saved_and_loaded(policy: NeuralPolicy, images: Images, tmp_path: Path) -> None:
    loaded = load_model(save_model(tmp_path / "model", policy, {}, {}))
    assert isinstance(loaded, NeuralPolicy) and loaded.is_conditional
    told = measurements_of(np.array([3.0, 12.0, 20.0]), np.array([0.4, np.nan, -0.6]))
    np.testing.assert_array_equal(
        replace(loaded, precision="fp32").predict_both(images, told), policy.predict_both(images, told)
    )


def test_nan_and_infinity_are_not_told_to_the_file_either(policy: NeuralPolicy, images: Images, tmp_path: Path) -> None:
    file, seen, rng = (
        load_onnx(export_onnx(policy, tmp_path / "driver.onnx")),
        observation(0.5),
        np.random.default_rng(0),
    )
    for speed_mps, goal in ((np.nan, 0.5), (np.inf, 0.5), (-np.inf, np.nan), (12.0, np.inf), (12.0, -np.inf)):
        told = replace(seen, speed_mps=np.full(3, speed_mps), lateral_goal=np.full(3, goal), images=images)
        as_if = replace(told, speed_mps=np.full(3, 12.0), lateral_goal=np.full(3, goal if goal == 0.5 else np.nan))
        expected = policy.act(as_if, rng)
        for driver in (policy, file):
            command = driver.act(told, rng)
            np.testing.assert_allclose(command.curvature_per_m, expected.curvature_per_m, atol=1e-6)
            np.testing.assert_allclose(command.acceleration_mps2, expected.acceleration_mps2, atol=1e-5)


@pytest.mark.parametrize("goal", [np.nan, 0.5])
def test_its_onnx_file_is_told_the_same_and_does_the_same(policy: NeuralPolicy, goal: float, tmp_path: Path) -> None:
    file = load_onnx(export_onnx(policy, tmp_path / "driver.onnx"))
    assert file.is_conditional
    seen, rng = observation(goal), np.random.default_rng(0)
    ours, theirs = policy.act(seen, rng), file.act(seen, rng)
    np.testing.assert_allclose(theirs.curvature_per_m, ours.curvature_per_m, atol=1e-6)
    np.testing.assert_allclose(theirs.acceleration_mps2, ours.acceleration_mps2, atol=1e-5)
    assert seen.images is not None
    np.testing.assert_allclose(file.predict(seen.images), policy.predict(seen.images), atol=1e-6)
