"""The picture before each picture: of the same drive, a tick ago, or the picture itself."""

from dataclasses import replace

import numpy as np

from drive_sim.data.augment import Photometric, ShiftRotate
from drive_sim.data.demonstrations import Demonstrations, concatenated
from drive_sim.data.frame_stack import for_frames, stacked, with_previous_images
from drive_sim.data.mirror import mirrored
from drive_sim.data.rollout import demonstrations_from, drive
from drive_sim.learn.minibatches import augmented, unaugmented
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command

CAMERA = Camera(width_px=40, height_px=24, focal_px=22.0, horizon_px=6.0)


def driven(n: int = 12) -> Demonstrations:
    """Two drives; the first pixel of each picture is the row's number."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (n, 24, 40, 3), dtype=np.uint8)
    images[:, 0, 0, 0] = np.arange(n)
    episode = (np.arange(n) >= n // 2).astype(np.int64)
    time_s = 0.1 * (np.arange(n) - episode * (n // 2)).astype(np.float64)
    return Demonstrations(images, rng.normal(0.0, 0.02, n), np.full(n, 12.0), CAMERA, time_s=time_s, episode=episode)


def rows_before(demos: Demonstrations) -> list[int]:
    found = with_previous_images(demos).previous_images
    assert found is not None
    return found[:, 0, 0, 0].tolist()


def test_each_row_has_the_one_before_in_its_own_drive() -> None:
    assert rows_before(driven()) == [0, 0, 1, 2, 3, 4, 6, 6, 7, 8, 9, 10]
    assert rows_before(replace(driven(), episode=None, time_s=None)) == [0, *range(11)]


def test_where_rows_were_left_out_there_is_none() -> None:
    left = driven().rows(np.array([0, 1, 3, 4, 5, 6, 7, 8, 11]))
    assert rows_before(left) == [0, 0, 3, 3, 4, 6, 6, 7, 11]


def test_slow_clocks_and_single_rows_are_drives_too() -> None:
    demos = driven()
    assert demos.time_s is not None
    assert rows_before(replace(demos, time_s=5.0 * demos.time_s)) == rows_before(demos)
    assert rows_before(demos.rows(slice(5, 7))) == [5, 6]
    assert rows_before(demos.rows(slice(0, 0))) == []


def test_it_stays_with_its_row_however_rows_are_picked_or_put_together() -> None:
    demos = with_previous_images(driven())
    picked = demos.rows(np.array([9, 2, 6]))
    assert picked.previous_images is not None
    assert picked.previous_images[:, 0, 0, 0].tolist() == [8, 1, 6]
    both = concatenated([demos, demos]).previous_images
    assert both is not None and both[:, 0, 0, 0].tolist() == 2 * rows_before(driven())


def test_a_network_of_one_frame_is_given_none() -> None:
    demos = driven()
    two = for_frames(demos, 2)
    assert for_frames(demos, 1).previous_images is None and for_frames(two, 1).previous_images is None
    assert for_frames(two, 2) is two
    assert stacked(demos) is demos.images
    np.testing.assert_array_equal(stacked(two)[:, 0, 0, [0, 3]], np.stack([rows_before(demos), np.arange(12)], axis=1))


class Straight:
    """A driver that never steers, and so leaves every bend."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


def test_what_is_learned_from_is_what_drivers_were_shown() -> None:
    """Also where cars were put back, which happens here every second or so."""
    tracks = Tracks.stack([make_circle(40.0), make_circle(25.0)])
    scenes = Scenes.stack([make_scene("day", np.random.default_rng(i)) for i in range(2)])
    env = DriveEnv(tracks, scenes, EnvConfig(CAMERA), np.random.default_rng(1))
    ticks = list(drive(env, Straight(), 30, np.random.default_rng(2)))
    assert sum(tick.intervention.sum() for tick in ticks) > 4
    demos = with_previous_images(demonstrations_from(ticks, env))
    shown = [tick.observation.previous_images for tick in ticks]
    for car in range(2):
        of_car = np.stack([images[car] for images in shown if images is not None])
        assert demos.previous_images is not None
        np.testing.assert_array_equal(demos.previous_images[30 * car : 30 * (car + 1)], of_car)


def batch_of(demos: Demonstrations, numbers: list[int], *, moved: bool, coloured: bool) -> np.ndarray:
    """Rows as they are learned from, moved by the same draws whatever they show."""
    rngs = np.random.default_rng(7).spawn(2)
    (batch,) = augmented(
        demos,
        [np.array(numbers)],
        shift_rotate=ShiftRotate(share=1.0) if moved else None,
        photometric=Photometric(noise=0.0) if coloured else None,
        three_cameras=False,
        shift_rng=rngs[0],
        photometric_rng=rngs[1],
    )
    return batch.images


def test_both_pictures_are_moved_coloured_and_mirrored_alike() -> None:
    """So two pictures that were the same stay the same; that of now is what it is for one frame."""
    one = driven()
    still, moving = replace(one, previous_images=one.images), with_previous_images(one)
    numbers = [3, 4, 9, 3 + 12, 10 + 12]
    for moved in (True, False):
        for coloured in (True, False):
            alone, same, two = (batch_of(d, numbers, moved=moved, coloured=coloured) for d in (one, still, moving))
            np.testing.assert_array_equal(same, np.concatenate([alone, alone], axis=-1))
            np.testing.assert_array_equal(two[..., 3:], alone)
            assert (two[..., :3] != alone).any(axis=(1, 2, 3)).all()


def test_a_sensors_noise_is_another_in_each_picture() -> None:
    one = driven()
    rngs = np.random.default_rng(7).spawn(2)
    (batch,) = augmented(
        replace(one, previous_images=one.images),
        [np.arange(8)],
        shift_rotate=None,
        photometric=Photometric(),
        three_cameras=False,
        shift_rng=rngs[0],
        photometric_rng=rngs[1],
    )
    difference = batch.images[..., :3].astype(float) - batch.images[..., 3:]
    assert (np.abs(difference).max(axis=(1, 2, 3)) > 0).all() and np.abs(difference).mean() < 8.0


def test_unaugmented_rows_are_stacks_too() -> None:
    demos = with_previous_images(driven())
    np.testing.assert_array_equal(unaugmented(demos, slice(3, 6)).images, stacked(demos)[3:6])


def test_in_a_mirror_both_are_flipped() -> None:
    demos = with_previous_images(driven())
    np.testing.assert_array_equal(stacked(mirrored(demos)), stacked(demos)[:, :, ::-1])
