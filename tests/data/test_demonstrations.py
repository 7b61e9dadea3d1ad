"""What learners read: fields stay together, cameras don't mix, episodes stay apart."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.data.demonstrations import Demonstrations, concatenated, smoothed
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.track import LanePose

CAMERA = Camera(width_px=4, height_px=3, focal_px=3.0, horizon_px=1.0)


def make_demos(num_rows: int = 10, first: int = 0, camera: Camera = CAMERA) -> Demonstrations:
    number = np.arange(first, first + num_rows, dtype=np.float64)
    shape = (num_rows, camera.height_px, camera.width_px, 3)
    return Demonstrations(
        images=np.broadcast_to(number.astype(np.uint8)[:, None, None, None], shape).copy(),
        curvature_per_m=0.001 * number,
        speed_mps=number,
        camera=camera,
        lane=LanePose(np.zeros(num_rows, np.int64), number, number, number, number, number),
        source=f"drive {first}",
        time_s=0.2 * number,
    )


def test_a_command_that_is_no_number_is_never_learned() -> None:
    demos = make_demos()
    unknown = np.where(np.arange(10) == 7, np.nan, demos.curvature_per_m)
    with pytest.raises(InputError, match="drive 0: the command of row 7 is nan"):
        replace(demos, curvature_per_m=unknown)
    with pytest.raises(InputError, match="row 7"):
        replace(demos, expert_curvature_per_m=unknown).with_expert_labels()


def test_parts_make_a_whole() -> None:
    whole = make_demos(10) + make_demos(7, first=50)
    assert whole.lane is not None
    for rows in (whole.images[:, 0, 0, 0], whole.speed_mps, whole.lane.s_m):
        np.testing.assert_array_equal(rows, [*range(10), *range(50, 57)])
    assert whole.episodes() == [slice(0, 10), slice(10, 17)]
    assert whole.duration_s == pytest.approx(17 * 0.2)
    assert whole.source == "drive 0, drive 50"
    again = concatenated([whole, make_demos(3)])
    assert again.episodes() == [slice(0, 10), slice(10, 17), slice(17, 20)]


def test_a_field_that_one_part_lacks_is_dropped() -> None:
    whole = make_demos() + replace(make_demos(), lane=None, time_s=None)
    assert whole.lane is None
    assert whole.time_s is None


def test_missing_side_pictures_stay_marked() -> None:
    three = replace(make_demos(4), images_left=make_demos(4).images, images_right=make_demos(4).images)
    some = replace(three, has_sides=np.array([True, False, True, True]))
    np.testing.assert_array_equal((three + some).has_sides, [True] * 4 + [True, False, True, True])
    assert (three + make_demos(4)).images_left is None


def test_picked_rows_stay_together() -> None:
    demos = make_demos()
    for index in (slice(3, 6), np.array([3, 4, 5]), (demos.speed_mps > 2) & (demos.speed_mps < 6)):
        picked = demos.rows(index)
        assert picked.lane is not None
        np.testing.assert_array_equal(picked.images[:, 0, 0, 0], [3, 4, 5])
        np.testing.assert_array_equal(picked.lane.offset_m, [3, 4, 5])


def test_views_do_not_mix() -> None:
    wide = replace(CAMERA, width_px=6)
    with pytest.raises(InputError, match="drive 5: pictures are 6x3, but drive 0 has 4x3"):
        concatenated([make_demos(), make_demos(3, first=5, camera=wide)])
    with pytest.raises(InputError, match="its camera differs"):
        concatenated([make_demos(), make_demos(3, camera=replace(CAMERA, height_m=2.0))])
    with pytest.raises(InputError, match="pictures are 4x3, but their camera takes 6x3"):
        replace(make_demos(), camera=wide)
    with pytest.raises(InputError, match="at least one recording"):
        concatenated([])


def test_rows_must_match() -> None:
    with pytest.raises(InputError, match="10 images, but 9 rows of speed_mps"):
        replace(make_demos(), speed_mps=np.zeros(9))
    with pytest.raises(InputError, match="must be uint8"):
        replace(make_demos(), images=np.zeros((10, 3, 4, 3)))


def test_smoothing_keeps_the_mean_and_episodes_apart() -> None:
    rng = np.random.default_rng(0)
    steps = replace(make_demos(200), curvature_per_m=rng.choice([-0.05, 0.0, 0.05], 200))
    calm = smoothed(steps, width_s=1.0)
    assert calm.curvature_per_m.std() < 0.5 * steps.curvature_per_m.std()
    assert calm.curvature_per_m.mean() == pytest.approx(steps.curvature_per_m.mean(), abs=2e-3)
    np.testing.assert_array_equal(
        smoothed(steps + make_demos(9)).curvature_per_m[:200], smoothed(steps).curvature_per_m
    )
