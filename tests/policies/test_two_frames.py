"""A network that sees what was there a tick before: what it is given, in itself, in others, and as a file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from drive_sim.arrays import Images
from drive_sim.data.crop import network_crop
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.evaluate.agreement import commands
from drive_sim.policies.confined import Limits, confined
from drive_sim.policies.confined_onnx import load_confined_onnx
from drive_sim.policies.ensemble import Ensemble
from drive_sim.policies.frames import num_frames, num_frames_of
from drive_sim.policies.gaussian import GaussianPolicy, likeliest_around
from drive_sim.policies.mixture import Mixture
from drive_sim.policies.model_folder import load_model, save_model
from drive_sim.policies.networks import NETWORKS, TurnNet, make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.onnx_export import export_onnx
from drive_sim.policies.onnx_policy import load_onnx
from drive_sim.policies.saliency import gradient_saliency, visual_back_prop
from drive_sim.policies.submission import taken_in
from drive_sim.policies.turn_between import UNIT_COLUMNS, TurnBetween
from drive_sim.report.play.packed_arrays import ArrayPool
from drive_sim.report.play.page_networks import exported_network
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation

CAMERA = Camera(width_px=60, height_px=50, focal_px=33.0, horizon_px=10.0)


def policy(seed: int = 0, name: str = "small-two-frames", camera: Camera = CAMERA) -> NeuralPolicy:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = make_network(name, camera.height_px, camera.width_px)
    return NeuralPolicy(network, name, camera, precision="fp32")


def pictures(num: int = 3, seed: int = 0, camera: Camera = CAMERA) -> Images:
    shape = (num, camera.height_px, camera.width_px, 3)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def seen(camera: Camera = CAMERA, *, before: bool = True, is_first: np.ndarray | None = None) -> Observation:
    now, then = pictures(camera=camera), pictures(seed=1, camera=camera) if before else None
    return Observation(now, np.full(3, 12.0), None, None, None, then, is_first)  # pyright: ignore[reportArgumentType]


def listening(driver: NeuralPolicy) -> NeuralPolicy:
    """A driver that has learned to hear what turns."""
    assert isinstance(driver.network, TurnNet)
    with torch.no_grad():
        driver.network.motion.weight += 0.1
    return driver


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_s_name_says_how_many_it_sees(name: str) -> None:
    assert num_frames_of(name) == make_network(name, 66, 200).num_frames == num_frames(policy(0, name, Camera()))


def test_it_steers_by_both_and_without_the_one_before_as_if_nothing_had_moved() -> None:
    driver = policy()
    both, one = driver.act(seen(), rng()).curvature_per_m, driver.act(seen(before=False), rng()).curvature_per_m
    assert (both != one).all()
    np.testing.assert_array_equal(both, driver.predict(pictures(), pictures(seed=1)))
    np.testing.assert_array_equal(one, driver.predict(pictures()))
    np.testing.assert_array_equal(one, driver.predict(pictures(), pictures()))
    first = driver.act(seen(is_first=np.array([True, False, True])), rng()).curvature_per_m
    np.testing.assert_allclose(first, [one[0], both[1], one[2]], atol=1e-7)


def test_the_last_channels_are_those_of_now() -> None:
    driver = policy()
    with torch.no_grad():
        driver.network.convolutions[0].yuv.weight[:, :3] = 0.0  # pyright: ignore[reportIndexIssue, reportAttributeAccessIssue]
    np.testing.assert_array_equal(driver.predict(pictures(), pictures(seed=1)), driver.predict(pictures()))


def test_a_turned_view_is_told_in_columns_left_positive_and_the_other_way_round_in_a_mirror() -> None:
    wide = np.random.default_rng(0).integers(0, 256, (1, 66, 300, 3), dtype=np.uint8)
    turn = TurnBetween(66, 200)

    def turned(columns: int, *, mirror: bool = False) -> float:
        seen = np.concatenate([wide[:, :, 50:250], wide[:, :, 50 - columns : 250 - columns]], axis=-1)
        return UNIT_COLUMNS * float(turn(torch.from_numpy(seen[:, :, ::-1].copy() if mirror else seen)))

    assert [turned(columns) for columns in (-16, -5, 0, 3)] == pytest.approx([-16.0, -5.0, 0.0, 3.0], abs=1e-3)
    assert turned(5, mirror=True) == pytest.approx(-5.0, abs=1e-3)
    assert float(turn(torch.full((1, 66, 200, 6), 90, dtype=torch.uint8))) == pytest.approx(0.0, abs=1e-6)


def test_who_is_told_the_turn_begins_as_if_it_saw_one_frame_and_learns_what_it_means() -> None:
    driver = policy(name="pilotnet-turn", camera=Camera())
    now, before = pictures(camera=Camera()), pictures(camera=Camera(), seed=1)
    np.testing.assert_array_equal(driver.predict(now, before), driver.predict(now))
    driver = listening(driver)
    assert (driver.predict(now, before) != driver.predict(now)).all()


def test_pictures_of_another_size_are_refused() -> None:
    for given in ((pictures()[:, :40], pictures()), (pictures(), pictures()[:, :40])):
        with pytest.raises(InputError, match="was trained on 60x50 pictures"):
            policy().predict(*given)


def test_it_is_saved_and_loaded(tmp_path: Path) -> None:
    loaded = load_model(save_model(tmp_path / "model", policy(), {}, {}))
    assert isinstance(loaded, NeuralPolicy) and loaded.num_frames == 2
    np.testing.assert_array_equal(replace(loaded, precision="fp32").predict(pictures()), policy().predict(pictures()))


def test_what_it_is_a_part_of_sees_two_frames_too() -> None:
    one, two = policy(0, "small"), policy()
    mean = Ensemble((one, two))
    assert [num_frames(of) for of in (one, two, mean, Mixture((one, two), np.array([0.5, 0.5])))] == [1, 2, 2, 2]
    assert num_frames(GaussianPolicy(two, 0.0)) == 2
    each = [of.act(seen(), rng()).curvature_per_m for of in (one, two)]
    np.testing.assert_allclose(mean.act(seen(), rng()).curvature_per_m, np.mean(each, axis=0))
    mixed = Mixture((one, two), np.array([0.0, 1.0])).act(seen(), rng()).curvature_per_m
    np.testing.assert_allclose(mixed, each[1], atol=1e-7)
    with pytest.raises(InputError, match="one frame"):
        GaussianPolicy(two, 0.01).trainable()


def test_the_width_around_it_is_that_of_both_pictures() -> None:
    driven_per_m = policy().predict(pictures(), pictures(seed=1)) + 0.01
    found = likeliest_around(policy(), pictures(), driven_per_m, pictures(seed=1))
    assert found.width_per_m == pytest.approx(0.01)


def test_it_is_held_against_a_recording_with_the_row_before() -> None:
    images, zeros = pictures(6), np.zeros(6)
    demos = Demonstrations(images, zeros, zeros, CAMERA, episode=np.array([0, 0, 0, 0, 1, 1]))
    expected = policy().predict(images, images[[0, 0, 1, 2, 4, 4]])
    np.testing.assert_allclose(commands(policy(), demos), expected, atol=1e-7)


def test_a_map_of_what_it_looks_at_has_the_size_of_a_picture() -> None:
    for find in (visual_back_prop, gradient_saliency):
        found = find(policy(), pictures())
        assert found.shape == (3, 50, 60) and found.min() >= 0.0 and found.max() == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["network", "turn", "ensemble", "mixture", "gaussian"])
def test_its_file_is_given_both_and_does_the_same(kind: str, tmp_path: Path) -> None:
    both = policy(0, "small"), policy()
    told = listening(policy(1, "pilotnet-turn", Camera()))
    drivers = {
        "network": policy(),
        "turn": told,
        "ensemble": Ensemble(both),
        "mixture": Mixture(both, np.array([0.5, 0.5])),
        "gaussian": GaussianPolicy(policy(), 0.01),
    }
    driver = drivers[kind]
    path = export_onnx(driver, tmp_path / "driver.onnx")
    session = onnxruntime.InferenceSession(path)
    assert [end.name for end in session.get_inputs()][:2] == ["image", "previous_image"]
    assert "tick before" in session.get_modelmeta().custom_metadata_map["previous_image"]
    for file in (load_onnx(path), load_confined_onnx(path)):
        assert num_frames(file) == 2
        camera = file.camera
        for observation in (
            seen(camera),
            seen(camera, before=False),
            seen(camera, is_first=np.array([True, False, True])),
        ):
            expected = driver.act(observation, rng()).curvature_per_m
            np.testing.assert_allclose(file.act(observation, rng()).curvature_per_m, expected, atol=2e-6)


def test_a_window_is_cut_from_both(tmp_path: Path) -> None:
    camera = Camera(width_px=320, height_px=160, focal_px=137.0, horizon_px=60.0)
    crop = network_crop(320, 140, horizon_px=camera.horizon_px)
    driver = policy(camera=crop.camera(camera))
    file = load_onnx(export_onnx(driver, tmp_path / "driver.onnx", window=crop, camera=camera))
    large = pictures(2, 0, camera), pictures(2, 1, camera)
    small = [np.stack([crop.picture(view) for view in views]) for views in large]
    np.testing.assert_allclose(file.predict(*large), driver.predict(*small), atol=1e-5)


def test_a_file_of_one_frame_is_asked_for_no_other(tmp_path: Path) -> None:
    path = export_onnx(policy(0, "small"), tmp_path / "driver.onnx")
    assert [end.name for end in onnxruntime.InferenceSession(path).get_inputs()] == ["image"]
    assert load_onnx(path).num_frames == 1
    model = onnx.load(export_onnx(policy(), tmp_path / "two.onnx"))
    model.graph.input[1].type.tensor_type.shape.dim[1].dim_value = 40
    (tmp_path / "odd.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(InputError, match=r"odd.onnx.*(as input and output|not an ONNX model)"):
        load_onnx(tmp_path / "odd.onnx")


def test_the_page_which_shows_one_picture_refuses_it_in_a_line() -> None:
    with pytest.raises(InputError, match="two: it sees the picture of the tick before, too"):
        exported_network("two", policy(), ArrayPool())


@pytest.mark.parametrize("is_onnx", [True, False])
def test_confined_it_is_shown_both(is_onnx: bool, tmp_path: Path) -> None:
    driver = policy()
    path = tmp_path / ("driver.onnx" if is_onnx else "model")
    export_onnx(driver, path) if is_onnx else save_model(path, driver, {}, {})
    with taken_in(path, 10) as taken, confined(taken, Limits()) as theirs:
        assert theirs.num_frames == 2
        for observation in (seen(), seen(is_first=np.array([True, False, True]))):
            found = theirs.act(observation, rng()).curvature_per_m
            np.testing.assert_allclose(found, driver.act(observation, rng()).curvature_per_m, atol=2e-6)
