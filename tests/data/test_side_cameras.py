"""Three cameras: what the outer ones see, the samples that they make, and views from the nearest of the three."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from drive_sim import geometry
from drive_sim.data.augment import ShiftRotate, augment_batch, corrected_curvature, draw_motion
from drive_sim.data.augment import shift_rotate as moved_views
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import load_recording
from drive_sim.data.rollout import collect, side_views
from drive_sim.data.side_cameras import as_samples
from drive_sim.data.side_cameras import side_views as views_of
from drive_sim.data.truncated_normal import truncated_normal
from drive_sim.errors import InputError
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Tracks

SIDE_M = 0.6
PURSUIT = ShiftRotate()
CLEAR = Scene(noise_grey=0.0)


def make_env(scene: Scene = CLEAR) -> DriveEnv:
    tracks = Tracks.stack([make_circle(60.0)])
    return DriveEnv(tracks, Scenes.stack([scene]), EnvConfig(Camera()), np.random.default_rng(5))


def driven(side_m: float | None = SIDE_M, scene: Scene = CLEAR, folder: Path | None = None) -> Demonstrations:
    env = make_env(scene)
    rng = np.random.default_rng(0)
    return collect(env, PursuitExpert(env.tracks), 12, rng, side_m=side_m, folder=folder)


@pytest.fixture(scope="module")
def demos() -> Demonstrations:
    return driven()


def seen_from(shift_m: float) -> np.ndarray:
    """What the first tick's car would see from elsewhere."""
    env = make_env()
    pose = geometry.shifted_pose(env.timestep.observation.state.poses, shift_m, 0.0)
    index = np.zeros(1, np.int64)
    return render(env.tracks, Scenes.stack([CLEAR]), Camera(), pose, index, index)[0].astype(int)


def test_a_camera_beside_sees_what_a_car_beside_sees():
    left, right = side_views(make_env(), SIDE_M, np.random.default_rng(0))
    for picture, shift_m in ((left, SIDE_M), (right, -SIDE_M)):
        assert np.abs(picture[0] - seen_from(shift_m)).max() <= 2
        assert np.abs(picture[0] - seen_from(0.0)).max() > 50


def test_side_cameras_change_nothing_else_to_the_bit():
    noisy = Scene(noise_grey=2.0)
    three, one = driven(scene=noisy), driven(None, noisy)
    np.testing.assert_array_equal(three.images, one.images)
    np.testing.assert_array_equal(three.curvature_per_m, one.curvature_per_m)
    assert (one.images_left, one.side_m, three.side_m) == (None, None, SIDE_M)
    assert three.images_left is not None
    assert three.images_right is not None
    np.testing.assert_array_equal(three.images_left, driven(scene=noisy).images_left)
    # Each camera's sensor has noise of its own.
    assert (three.images_left[:, :5] != three.images_right[:, :5]).mean() > 0.5


def test_three_cameras_are_recorded_and_read(demos: Demonstrations, tmp_path: Path):
    recorded = driven(folder=tmp_path / "drive")
    read = load_recording(tmp_path / "drive").demonstrations(["policy"])
    for name in ("images", "images_left", "images_right"):
        np.testing.assert_array_equal(getattr(read, name), getattr(demos, name))
        np.testing.assert_array_equal(getattr(recorded, name), getattr(demos, name))
    assert read.side_m == SIDE_M
    assert (read + demos).side_m == SIDE_M
    assert (read + replace(demos, side_m=0.9)).side_m is None


def test_a_recording_that_does_not_say_where_its_cameras_sit_is_read(tmp_path: Path):
    driven(folder=tmp_path)
    (file,) = tmp_path.glob("*.arrow")
    table = pa.ipc.open_stream(file.read_bytes()).read_all()
    metadata = {key: value for key, value in table.schema.metadata.items() if key != b"side_m"}
    old = table.replace_schema_metadata(metadata)
    with pa.OSFile(str(tmp_path / "old.arrow"), "wb") as sink, pa.ipc.new_stream(sink, old.schema) as writer:
        writer.write_table(old)
    read = load_recording(tmp_path / "old.arrow").demonstrations(["policy"])
    assert read.images_left is not None
    with pytest.raises(InputError, match="set side_m"):
        as_samples(read, PURSUIT)
    assert len(as_samples(replace(read, side_m=SIDE_M), PURSUIT)) == 36


def test_side_pictures_are_samples_that_lead_back(demos: Demonstrations):
    samples = as_samples(demos, ShiftRotate(law="two-second"))
    assert len(samples) == 36
    assert len(samples.episodes()) == 3
    middle, left, right = np.split(samples.curvature_per_m, 3)
    np.testing.assert_array_equal(middle, demos.curvature_per_m)
    np.testing.assert_allclose(left, corrected_curvature(middle, SIDE_M, 0.0, 2.0 * demos.speed_mps), rtol=1e-12)
    assert (left < middle).all()
    assert (right > middle).all()
    np.testing.assert_array_equal(samples.images[12:24], demos.images_left)
    nearer = as_samples(demos, PURSUIT)
    assert (nearer.curvature_per_m[12:24] < left).all()


def test_rows_without_side_pictures_are_one_sample(demos: Demonstrations):
    there = np.arange(12) < 5
    assert len(as_samples(replace(demos, has_sides=there), PURSUIT)) == 12 + 2 * 5
    sides = views_of(replace(demos, has_sides=there))
    _, left_m = sides.nearest(demos.images, np.full(12, SIDE_M))
    np.testing.assert_array_equal(left_m == 0.0, there)


def test_no_camera_is_nearer_than_the_one_that_is_taken(demos: Demonstrations):
    sides, shift_m = views_of(demos), np.linspace(-1.5, 1.5, 12)
    pictures, left_m = sides.nearest(demos.images, shift_m)
    cameras_m = np.array([0.0, SIDE_M, -SIDE_M])
    np.testing.assert_allclose(np.abs(left_m), np.abs(shift_m[:, None] - cameras_m).min(axis=1))
    for i, camera_m in enumerate(shift_m - left_m):
        taken = {0.0: demos.images, SIDE_M: sides.left, -SIDE_M: sides.right}[round(camera_m, 6)]
        np.testing.assert_array_equal(pictures[i], taken[i])


def test_a_view_from_the_nearest_camera_is_nearer_to_the_truth(demos: Demonstrations):
    sides, one, shift_m = views_of(demos).rows(slice(0, 1)), demos.images[:1], np.array([0.8])
    picture, left_m = sides.nearest(one, shift_m)
    near = moved_views(picture, Camera(), left_m, np.zeros(1))[0]
    far = moved_views(one, Camera(), shift_m, np.zeros(1))[0]
    truth = seen_from(0.8)
    assert np.abs(near - truth).mean() < 0.7 * np.abs(far - truth).mean()


def test_labels_of_a_batch_do_not_depend_on_the_cameras(demos: Demonstrations):
    def batch(sides):
        return augment_batch(
            demos.images,
            demos.curvature_per_m,
            demos.camera,
            shift_rotate=ShiftRotate(law="two-second", shift_sd_m=0.5, turn_sd_rad=0.05),
            photometric=None,
            shift_rng=np.random.default_rng(1),
            photometric_rng=np.random.default_rng(2),
            speed_mps=demos.speed_mps,
            sides=sides,
        )

    (one, labels), (three, same) = batch(None), batch(views_of(demos))
    np.testing.assert_array_equal(labels, same)
    assert (one != three).any()


def test_who_has_no_side_cameras_is_told(demos: Demonstrations):
    with pytest.raises(InputError, match="no side cameras"):
        as_samples(driven(None), PURSUIT)
    with pytest.raises(InputError, match="side_m must be positive"):
        as_samples(replace(demos, side_m=0.0), PURSUIT)
    with pytest.raises(InputError, match="positive side_m"):
        side_views(make_env(), -1.0, np.random.default_rng(0))


@pytest.mark.parametrize("sd", [0.1, 0.5, 3.0])
def test_a_cut_normal_is_a_normal_between_its_limits(sd: float):
    uniform = np.linspace(-1.0, 1.0, 1001)
    drawn = truncated_normal(uniform, sd, 1.5)
    truth = stats.truncnorm(-1.5 / sd, 1.5 / sd, scale=sd).ppf(0.5 + 0.5 * uniform)
    np.testing.assert_allclose(drawn, truth, atol=1e-6)
    assert drawn[500] == 0.0
    assert np.abs(drawn).max() <= 1.5


def test_the_widest_normal_is_uniform():
    uniform = np.linspace(-1.0, 1.0, 101)
    np.testing.assert_allclose(truncated_normal(uniform, 1e3, 1.5), 1.5 * uniform, atol=1e-5)


def test_normal_motions_move_the_same_samples_as_uniform_ones():
    uniform, normal = ShiftRotate(), ShiftRotate(shift_sd_m=0.4, turn_sd_rad=0.05)
    (shift_m, turn_rad), (shift_n_m, turn_n_rad) = (
        draw_motion(np.random.default_rng(3), 20_000, config) for config in (uniform, normal)
    )
    np.testing.assert_array_equal(shift_m == 0.0, shift_n_m == 0.0)
    np.testing.assert_array_equal(np.sign(turn_rad), np.sign(turn_n_rad))
    moved = shift_n_m != 0.0
    assert shift_n_m[moved].std() == pytest.approx(0.4, rel=0.02)
    assert turn_n_rad[moved].std() == pytest.approx(0.05, rel=0.02)
    with pytest.raises(InputError, match="must be positive"):
        ShiftRotate(shift_sd_m=0.0)
