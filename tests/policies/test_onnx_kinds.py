"""Whatever steers by pictures leaves as ONNX, and does there what it does here, from the same draws too."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch

from drive_sim.errors import InputError
from drive_sim.policies.alvinn import ACTIVATIONS, DECODE_RULES, AlvinnPolicy, make_alvinn
from drive_sim.policies.base import Policy
from drive_sim.policies.ensemble import Ensemble
from drive_sim.policies.gaussian import GaussianPolicy
from drive_sim.policies.lattice_reward import FEATURES, RoadReward
from drive_sim.policies.linear import KART_CAMERA, LinearPolicy, num_features_of
from drive_sim.policies.mixture import Mixture
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.onnx_car import OnnxCar
from drive_sim.policies.onnx_export import export_onnx
from drive_sim.policies.onnx_policy import load_onnx
from drive_sim.policies.picture_network import make_picture_network
from drive_sim.policies.reward_policy import RewardPolicy
from drive_sim.policies.road_input import LANE_POSE, PIXELS, areas_from_horizon, thumbnails
from drive_sim.policies.soft_q import ActionValues
from drive_sim.policies.steering import SteeringPolicy
from drive_sim.policies.stochastic import Greedy, TrainableCategorical
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation

SMALL = Camera(width_px=43, height_px=37, focal_px=24.0, horizon_px=6.0)
UNITS = np.array([0.11, 0.03, 0.0, -0.05])


def network(name: str = "thumbnail", camera: Camera = SMALL, seed: int = 0) -> NeuralPolicy:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return NeuralPolicy(make_network(name, camera.height_px, camera.width_px), name, camera, precision="fp32")


def alvinn(rule: str, activation: str = "sigmoid") -> AlvinnPolicy:
    rng = np.random.default_rng(3)
    learned = make_alvinn(rng, 4, 12, SMALL.height_px, SMALL.width_px, activation, hidden_scale=40.0)
    return AlvinnPolicy(learned, np.sort(rng.uniform(-0.1, 0.1, 12))[::-1].copy(), rule, SMALL)


def linear() -> LinearPolicy:
    return LinearPolicy(np.random.default_rng(2).normal(0.0, 0.002, num_features_of(KART_CAMERA)), 0.01)


def categorical(**settings: Any) -> SteeringPolicy:
    logits = ActionValues(make_picture_network(30, 32, len(UNITS), np.random.default_rng(4), last_gain=2.0), 0.5)
    return SteeringPolicy(TrainableCategorical(logits), PIXELS, UNITS, SMALL, **settings)


POLICIES: dict[str, Policy] = {
    **{f"alvinn, {rule}": alvinn(rule) for rule in DECODE_RULES},
    **{f"alvinn, {name}": alvinn("argmax", name) for name in ACTIVATIONS},
    "linear": linear(),
    "mixture": Mixture((network(seed=1), network(seed=2), network(seed=3)), np.array([0.2, 0.5, 0.3])),
    "mixture of linear ones": Mixture((linear(), linear()), np.array([0.4, 0.6])),
    "ensemble": Ensemble((network(seed=1), network(seed=2))),
    "gaussian": GaussianPolicy(network(), 0.02),
    "gaussian around ALVINN": GaussianPolicy(alvinn("centre-of-mass"), 0.02),
    "categorical, its mean": categorical(),
    "categorical, drawn": categorical(draws=True),
    "categorical, likeliest": replace(categorical(), policy=Greedy(categorical().policy)),  # pyright: ignore[reportArgumentType]
    "conditional mixture": Mixture(
        (network("conditional-pilotnet", Camera(), 5), network("conditional-pilotnet", Camera(), 6)),
        np.array([0.5, 0.5]),
    ),
}


def seen_by(camera: Camera, num: int = 24) -> Observation:
    """Noise, a black picture, a white one, and ramps, on which averages are no whole numbers."""
    shape = (num, camera.height_px, camera.width_px, 3)
    images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    images[0], images[1] = 0, 255
    images[2:12] = (np.linspace(0.0, 250.0, camera.width_px)[:, None] + np.arange(3)).astype(np.uint8)
    return Observation(images, np.linspace(0.0, 20.0, num), None, None, np.full(num, np.nan))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("name", POLICIES)
def test_the_file_does_what_the_policy_does(name: str, tmp_path: Path) -> None:
    policy: Any = POLICIES[name]
    file = load_onnx(export_onnx(policy, tmp_path / "driver.onnx"))
    assert file.camera == policy.camera and file.car == OnnxCar.usual()
    seen = seen_by(policy.camera)
    here = policy.act(seen, np.random.default_rng(7)).curvature_per_m
    assert np.ptp(here) > 1e-3, "or the test says nothing"
    there = file.act(seen, np.random.default_rng(7)).curvature_per_m
    np.testing.assert_allclose(there, np.clip(here, -0.12, 0.12), atol=2e-6)


def test_thumbnails_are_means_of_areas() -> None:
    seen = seen_by(SMALL)
    assert seen.images is not None
    rows, columns, sizes = areas_from_horizon(SMALL)
    sums = np.moveaxis(rows @ np.moveaxis(seen.images, -1, 1).astype(np.float32) @ columns, 1, -1)
    np.testing.assert_array_equal(thumbnails(seen.images, SMALL), np.rint(sums / sizes[:, :, None]))


def test_who_draws_predicts_nothing(tmp_path: Path) -> None:
    file = load_onnx(export_onnx(POLICIES["gaussian"], tmp_path / "driver.onnx"))
    with pytest.raises(InputError, match="draws what it does"):
        file.predict(np.zeros((1, SMALL.height_px, SMALL.width_px, 3), np.uint8))


def test_what_sees_no_pictures_stays_and_says_why(tmp_path: Path) -> None:
    for policy, why in (
        (RewardPolicy(RoadReward((0.0,) * len(FEATURES), 1.0)), "plans on the road"),
        (SteeringPolicy(categorical().policy, LANE_POSE, UNITS), "steers by the lane-pose"),
        (Mixture((linear(), RewardPolicy(RoadReward((0.0,) * len(FEATURES), 1.0))), np.array([0.5, 0.5])), "plans"),
    ):
        with pytest.raises(InputError, match=why):
            export_onnx(policy, tmp_path / "driver.onnx")
    assert list(tmp_path.iterdir()) == []


def test_the_car_stands_in_the_file_and_is_checked(tmp_path: Path) -> None:
    car = replace(OnnxCar.usual(), control_hz=20.0, cruise_mps=5.0)
    path = export_onnx(network(), tmp_path / "driver.onnx", car=car)
    assert load_onnx(path).car == car
    for name, value, said in (
        ("control_hz", "0.0", "control_hz"),
        ("cruise_mps", "fast", "is damaged"),
        ("wheelbase_m", "1.0", "wheel_angle_at_1_rad is 0.3"),
    ):
        model = onnx.load(path)
        next(entry for entry in model.metadata_props if entry.key == name).value = value
        onnx.save(model, tmp_path / f"{name}.onnx")
        with pytest.raises(InputError, match=said):
            load_onnx(tmp_path / f"{name}.onnx")


def test_a_file_that_says_nothing_of_a_car_drives(tmp_path: Path) -> None:
    """As those did that were written before a car was told of."""
    model = onnx.load(export_onnx(network(), tmp_path / "driver.onnx"))
    kept = [entry for entry in model.metadata_props if entry.key not in OnnxCar.__dataclass_fields__]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    onnx.save(model, tmp_path / "older.onnx")
    assert load_onnx(tmp_path / "older.onnx").car is None
