"""Simulated pictures: the label leads to the middle, no label is sharper than the rule says, nothing gives it away."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from drive_sim.data.simulated_pictures import PictureGenerator, make_pictures, without_wheel_tracks
from drive_sim.errors import InputError
from drive_sim.policies.alvinn import ALVINN_CAMERA
from drive_sim.sim.road_generator import ROAD_KINDS
from drive_sim.sim.scene import Scene

SMALL = PictureGenerator(num_roads=4, scene_kinds=("day", "night"))


def make(generator: PictureGenerator = SMALL, num: int = 40, seed: int = 0) -> Any:
    return make_pictures(generator, num, ALVINN_CAMERA, np.random.default_rng(seed))


def test_the_same_seed_draws_the_same_and_another_draws_others() -> None:
    first, again, other = make(), make(), make(seed=1)
    np.testing.assert_array_equal(first.images, again.images)
    np.testing.assert_array_equal(first.curvature_per_m, again.curvature_per_m)
    assert (first.images != other.images).mean() > 0.5


@pytest.mark.parametrize("road_kind", ROAD_KINDS)
def test_no_label_is_sharper_than_the_sharpest(road_kind: str) -> None:
    generator = PictureGenerator(road_kind, num_roads=6, scene_kinds=("day",))
    sharpest_per_m = np.abs(make(generator, 500).curvature_per_m).max()
    assert 0.6 * generator.sharpest_per_m < sharpest_per_m <= generator.sharpest_per_m


def test_the_sharpest_label_by_hand() -> None:
    """In a left bend of 1/0.03 m, 1.5 m to the right of it and turned 8 degrees to the right, 7 m along its middle.

    The middle is then 7 m ahead along an arc of 0.21 rad: (sin 0.21, 1 - cos 0.21) / 0.03 = (6.949, 0.732) m. From
    1.5 m to the right that is (6.949, 2.232) m, turned by 8 degrees (6.570, 3.178) m: 2 * 3.178 / (6.570^2 + 3.178^2).
    """
    generator = PictureGenerator(max_offset_m=1.5, max_heading_rad=math.radians(8.0), lookahead_m=7.0)
    assert generator.sharpest_per_m == pytest.approx(0.1193, abs=1e-4)
    assert replace(generator, max_heading_rad=0.0).sharpest_per_m == pytest.approx(2 * 2.232 / 53.27, abs=1e-4)
    assert replace(generator, max_heading_rad=0.0, max_offset_m=0.0).sharpest_per_m == pytest.approx(0.03)


def test_poses_fill_their_range_and_steer_back() -> None:
    demos = make(replace(SMALL, scene_kinds=("day",)), 600)
    offset_m, heading_rad = demos.lane.offset_m, demos.lane.heading_rad
    for values, most in ((offset_m, 1.5), (heading_rad, math.radians(8.0))):
        assert np.abs(values).max() <= most + 1e-6
        np.testing.assert_allclose(np.quantile(values, [0.25, 0.75]), [-0.5 * most, 0.5 * most], atol=0.1 * most)
    # To the right of the middle (negative), the way back is to the left (positive).
    assert np.corrcoef(offset_m, demos.curvature_per_m)[0, 1] < -0.7
    assert np.corrcoef(heading_rad, demos.curvature_per_m)[0, 1] < -0.3


def test_roads_of_one_width_and_of_many() -> None:
    def half_widths(generator: PictureGenerator) -> Any:
        lane = make(replace(generator, num_roads=12), 24).lane
        return (lane.edge_m + np.abs(lane.offset_m)).round(4)

    assert set(half_widths(SMALL)) == {2.2}
    varying = half_widths(replace(SMALL, half_width_m=(1.1, 3.3)))
    assert len(set(varying)) == 12
    assert 1.1 <= varying.min() < 1.8
    assert 2.6 < varying.max() <= 3.3


def test_only_the_width_differs() -> None:
    one, varying = make(), make(replace(SMALL, half_width_m=(1.1, 3.3)))
    np.testing.assert_array_equal(one.curvature_per_m, varying.curvature_per_m)
    assert (one.images != varying.images).any()


def test_kinds_of_scene_come_in_turn() -> None:
    images = make().images.mean(axis=(1, 2, 3))
    assert images[1::2].max() < images[::2].min()  # night after day


def test_wheel_tracks_can_be_left_out() -> None:
    assert without_wheel_tracks(Scene()).wheel_track == 0.0
    assert (make(replace(SMALL, has_wheel_tracks=False)).images != make().images).any()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"road_kind": "canal"}, "'canal'"),
        ({"scene_kinds": ()}, "at least one kind"),
        ({"num_roads": 0}, "at least one kind"),
        ({"half_width_m": (2.0, 1.0)}, "half_width_m"),
        ({"lookahead_m": 0.0}, "lookahead_m"),
        ({"max_heading_rad": 2.0}, "max_heading_rad"),
    ],
)
def test_impossible_generators_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(SMALL, **wrong)


def test_no_pictures_are_refused() -> None:
    with pytest.raises(InputError, match="num_pictures"):
        make(num=0)
