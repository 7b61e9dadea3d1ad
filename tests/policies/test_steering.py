"""Policies that learned by trying, as models: they act as they did, and nothing damaged or foreign gets in."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch

from drive_sim.errors import InputError
from drive_sim.policies.alvinn import curvature_units
from drive_sim.policies.flat_network import make_flat_network
from drive_sim.policies.model_folder import load_model, load_policy, save_model
from drive_sim.policies.regressor import Regressor
from drive_sim.policies.road_input import (
    FAR_LANE_POSE,
    LANE_POSE,
    PIXELS,
    THUMBNAIL_PX,
    USUAL,
    ended_like,
    far_lane_pose_rows,
    lane_pose_rows,
    thumbnails,
)
from drive_sim.policies.soft_q import ActionValues, soft_policy
from drive_sim.policies.steering import SteeringPolicy
from drive_sim.policies.stochastic import TrainableCategorical, TrainableGaussian, trainable_gaussian
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import LanePose
from drive_sim.sim.vehicle import VehicleParams, VehicleState

UNITS = curvature_units(7, 0.06)
NUM_CARS = 5


def categorical() -> TrainableCategorical:
    rng = np.random.default_rng(1)
    mean, spread = (rng.uniform(0.5, 2.0, 4).astype(np.float32) for _ in range(2))
    return TrainableCategorical(make_flat_network((4, 6, 7), rng, input_mean=mean, input_spread=spread))


def gaussian(bound: float = 0.12) -> TrainableGaussian:
    flat = make_flat_network((4, 6, 1), np.random.default_rng(1))
    numbers = np.array([0.01]), np.array([0.03]), np.array([-bound]), np.array([bound])
    return trainable_gaussian(Regressor(flat.network, flat.input_mean, flat.input_spread, *numbers), np.array([0.02]))


def seen(images: np.ndarray | None = None) -> Observation:
    rng = np.random.default_rng(2)
    lane = LanePose(np.zeros(NUM_CARS, np.int64), *(rng.normal(0.0, 0.1, NUM_CARS) for _ in range(5)))
    poses = rng.normal(size=(NUM_CARS, 3))
    return Observation(
        images, np.full(NUM_CARS, 12.0), lane, VehicleState.at(poses, VehicleParams(), np.zeros(NUM_CARS))
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return save_model(tmp_path / "model", SteeringPolicy(categorical(), LANE_POSE, UNITS), {"seed": 1}, {})


def soft_q() -> TrainableCategorical:
    return soft_policy(ActionValues(make_flat_network((4, 6, 7), np.random.default_rng(1)), 0.3))


@pytest.mark.parametrize("draws", [True, False])
@pytest.mark.parametrize(
    ("inner", "units"),
    [(categorical(), UNITS), (soft_q(), UNITS), (gaussian(), None)],
    ids=["chosen", "valued", "drawn"],
)
def test_a_saved_steering_policy_commands_what_it_did(inner: Any, units: Any, draws: bool, tmp_path: Path) -> None:
    policy = SteeringPolicy(inner, LANE_POSE, units, draws=draws)
    loaded = load_model(save_model(tmp_path / "model", policy, {}, {}))
    assert isinstance(loaded, SteeringPolicy)
    commands = [one.act(seen(), np.random.default_rng(3)).curvature_per_m for one in (policy, loaded)]
    np.testing.assert_allclose(commands[0], commands[1], atol=1e-9)
    assert (loaded.draws, loaded.input, loaded.camera) == (draws, LANE_POSE, None)


@pytest.mark.parametrize(
    "policy", [categorical(), gaussian(), gaussian(np.inf)], ids=["chosen", "bounded", "unbounded"]
)
def test_what_acts_in_another_world_is_kept_whole_and_does_not_drive(policy: Any, tmp_path: Path) -> None:
    folder = save_model(tmp_path / "model", policy, {}, {})
    rows = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    loaded = load_policy(folder)
    assert isinstance(loaded, TrainableCategorical | TrainableGaussian)
    samples = [one.sample(rows, np.random.default_rng(4)) for one in (policy, loaded)]
    np.testing.assert_allclose(samples[0], samples[1], atol=1e-9)
    assert all(parameter.requires_grad for parameter in loaded.parameters())
    with pytest.raises(InputError, match="acts in another world than our road"):
        load_model(folder)


def test_a_row_counts_in_usual_units_and_says_that_nothing_has_ended() -> None:
    lane = LanePose(np.zeros(2, np.int64), *(np.array([v, -v]) for v in (5.0, *USUAL, 2.0)))
    np.testing.assert_allclose(lane_pose_rows(lane), [[1, 1, 1, 0], [-1, -1, -1, 0]])
    np.testing.assert_array_equal(ended_like(lane_pose_rows(lane)), [[0, 0, 0, 1]] * 2)


def test_a_small_picture_is_the_mean_of_what_is_below_the_horizon() -> None:
    camera = Camera(width_px=64, height_px=70, horizon_px=12.0)
    images = np.zeros((1, 70, 64, 3), np.uint8)
    images[:, :10] = 255  # sky
    images[:, 10:40, :32, 0] = 90
    small = thumbnails(images, camera)
    assert small.shape == (1, *THUMBNAIL_PX, 3) and small.dtype == np.uint8
    assert (small[0, :15, :16, 0] == 90).all() and small[0, 15:].max() == small[0, :, 16:].max() == 0
    assert not ended_like(small).any()


def test_who_steers_by_pixels_needs_pictures_by_its_camera() -> None:
    with pytest.raises(InputError, match="it reads pixels, so its camera cannot be None"):
        SteeringPolicy(categorical(), PIXELS, UNITS)
    with pytest.raises(InputError, match="input 'smell' is unknown; use one of lane-pose, far-lane-pose, pixels"):
        SteeringPolicy(categorical(), "smell", UNITS)
    with pytest.raises(InputError, match="no pictures by a known camera"):
        SteeringPolicy(categorical(), PIXELS, UNITS, Camera()).act(seen(), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(input="smell"), "unknown input 'smell': there are lane-pose, far-lane-pose, pixels"),
        (lambda c: c.update(input=["lane-pose"]), r"Expected `str`, got `array` - at `\$.input`"),
        (lambda c: c.update(draws="often"), r"Expected `bool`, got `str` - at `\$.draws`"),
        (lambda c: c.pop("policy"), "`policy`"),
        (lambda c: c.update(policy=[]), r"Expected `object`, got `array` - at `\$.policy`"),
        (lambda c: c.update(policy={"kind": "reward"}), "`features`"),
        (lambda c: c["policy"].update(kind="pickle"), "kind 'pickle' is unknown"),
        (lambda c: c["policy"].update(temperature=0), r"> 0.0 - at `\$.temperature`"),
        (lambda c: c["policy"].update(logits="pictures"), "`height_px`"),
        (lambda c: c["policy"].update(logits="pictures", height_px=5, width_px=5, num_outputs=7), "too small"),
        (
            lambda c: c["policy"].update(logits="pictures", height_px=10**9, width_px=5, num_outputs=7),
            r"<= 256 - at `\$.height_px`",
        ),
        (lambda c: c["policy"].update(logits="os.system"), "unknown logits 'os.system'"),
        (lambda c: c["policy"].update(widths=[4, 10**12, 7]), r"<= 4096 - at `\$.widths"),
        (lambda c: c["policy"].update(widths=[4]), r"length >= 2 - at `\$.widths`"),
        (lambda c: c["policy"].update(widths="4, 6, 7"), r"Expected `array`, got `str` - at `\$.widths`"),
        (lambda c: c["policy"].update(widths=[4096, 4096, 4096]), "does not fit"),
        (lambda c: c.update(units_per_m=[0.1, -0.1]), "a policy of 7 actions does not fit its units_per_m"),
        (lambda c: c.update(units_per_m=[float("inf")] * 7), "is damaged"),
        (lambda c: c["units_per_m"].__setitem__(2, -0.0), "from the leftmost curvature to the rightmost"),
        (lambda c: c.update(units_per_m=None), "does not fit its units_per_m"),
        (lambda c: c.update(input="pixels"), "pictures have a camera"),
    ],
)
def test_a_hostile_description_is_refused_in_one_line(
    saved: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    config = json.loads((saved / "config.json").read_text())
    change(config)
    (saved / "config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match=message) as raised:
        load_model(saved)
    assert "\n" not in str(raised.value)


def test_a_spread_that_divides_by_nothing_is_refused(saved: Path) -> None:
    path = saved / "weights.safetensors"
    arrays = safetensors.torch.load(path.read_bytes())
    arrays["0.input_spread"] *= 0.0
    path.write_bytes(safetensors.torch.save(arrays))
    with pytest.raises(InputError, match="input_spread must be positive"):
        load_model(saved)


def test_a_row_for_cars_anywhere_is_fine_near_the_lane_and_coarse_far_off() -> None:
    offset_m, heading_rad = np.array([0.03, 20.0, 0.0]), np.array([0.0, 0.0, 0.5 * np.pi])
    zeros = np.zeros(3)
    rows = far_lane_pose_rows(LanePose(np.zeros(3, np.int64), zeros, offset_m, heading_rad, zeros, zeros))
    np.testing.assert_allclose(rows[0, 0], 0.03 / USUAL[0], rtol=0.01)
    assert 4.0 < rows[1, 0] < 6.0
    np.testing.assert_allclose(rows[2, 2:4], [1.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(np.sinh(rows[:, 0]) * USUAL[0], offset_m, rtol=1e-5)


def test_a_driver_that_may_be_anywhere_is_a_model_too(tmp_path: Path) -> None:
    inner = TrainableCategorical(make_flat_network((6, 4, 7), np.random.default_rng(1)))
    loaded = load_model(save_model(tmp_path / "model", SteeringPolicy(inner, FAR_LANE_POSE, UNITS), {}, {}))
    assert isinstance(loaded, SteeringPolicy) and loaded.input == FAR_LANE_POSE
