"""Maps against the truth, and pictures of which some pixels are moved."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.errors import InputError
from drive_sim.evaluate.pixel_shifts import Moved, responses, shift_pixels, slopes, without_pixels
from drive_sim.evaluate.saliency_scores import (
    chance_of_intersection,
    chance_of_pointing,
    intersection_over_union,
    points_at,
    strongest,
)

seeds = st.integers(0, 2**32 - 1)


def noise(seed: int, n: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, 12, 40, 3), dtype=np.uint8)


def some_pixels(seed: int, n: int = 3, share: float = 0.3) -> np.ndarray:
    return np.random.default_rng(seed).random((n, 12, 40)) < share


@given(seeds)
def test_no_pixel_left_out_is_stronger_than_one_taken(seed: int):
    maps = np.random.default_rng(seed).integers(0, 20, (3, 6, 9)).astype(float)
    counts = np.array([0, 7, 54])
    taken = strongest(maps, counts)
    np.testing.assert_array_equal(taken.sum(axis=(1, 2)), counts)
    assert maps[1][taken[1]].min() >= maps[1][~taken[1]].max()


def test_the_truth_itself_scores_one_and_its_opposite_nothing():
    truth = some_pixels(0)
    np.testing.assert_array_equal(intersection_over_union(truth.astype(float), truth), 1.0)
    np.testing.assert_array_equal(intersection_over_union(-truth.astype(float), truth), 0.0)
    assert points_at(truth.astype(float), truth).all()
    assert not points_at(-truth.astype(float), truth).any()


@given(seeds)
def test_a_map_s_scale_does_not_count(seed: int):
    rng, truth = np.random.default_rng(seed), some_pixels(seed)
    maps = rng.random(truth.shape)
    for other in (7.0 * maps, maps**3, maps - 5.0):
        np.testing.assert_array_equal(intersection_over_union(other, truth), intersection_over_union(maps, truth))


def test_chance_scores_half_the_true_share():
    truth = some_pixels(1, n=400, share=0.05)
    maps = np.random.default_rng(2).random(truth.shape)
    assert intersection_over_union(maps, truth).mean() == pytest.approx(0.05 / 1.95, rel=0.1)
    assert points_at(maps, truth).mean() == pytest.approx(0.05, abs=0.03)


def test_who_points_beside_is_told_by_how_much():
    truth = np.zeros((1, 12, 40), bool)
    truth[0, 5, 20] = True
    for rows, columns in ((0, 3), (3, 0), (-3, -3), (-5, 0)):
        maps = np.zeros((1, 12, 40))
        maps[0, 5 + rows, 20 + columns] = 1.0
        off = max(abs(rows), abs(columns))
        assert points_at(maps, truth, within_px=off).all()
        assert not points_at(maps, truth, within_px=off - 1).any()


def test_a_picture_without_a_truth_is_refused():
    with pytest.raises(InputError, match="leave it out"):
        intersection_over_union(np.zeros((1, 12, 40)), np.zeros((1, 12, 40), bool))


@given(seeds, st.integers(-6, 6))
def test_all_pixels_moved_are_the_picture_moved(seed: int, left_px: int):
    images, these = noise(seed), some_pixels(seed)
    moved = shift_pixels(images, these, left_px, "all")
    inner = slice(6, 34)
    np.testing.assert_array_equal(moved[:, :, inner], np.roll(images, -left_px, axis=2)[:, :, inner])


@given(seeds, st.sampled_from(get_args(Moved)))
def test_no_shift_is_the_picture_bit_by_bit(seed: int, moved):
    images = noise(seed)
    np.testing.assert_array_equal(shift_pixels(images, some_pixels(seed), 0, moved), images)


@given(seeds, st.integers(-6, 6))
def test_what_is_to_stay_stays_where_nothing_comes_over_it(seed: int, left_px: int):
    images, these = noise(seed), some_pixels(seed)
    others_moved = shift_pixels(images, these, left_px, "others")
    np.testing.assert_array_equal(others_moved[these], images[these])
    these_moved = shift_pixels(images, these, left_px, "these")
    there = np.roll(these, -left_px, axis=2)[:, :, 6:34]
    rest = ~there & ~these[:, :, 6:34]
    np.testing.assert_array_equal(these_moved[:, :, 6:34][rest], images[:, :, 6:34][rest])
    np.testing.assert_array_equal(these_moved[:, :, 6:34][there], np.roll(images, -left_px, axis=2)[:, :, 6:34][there])


@given(seeds)
def test_moving_these_is_moving_the_others_of_the_opposite_mask_but_for_what_is_uncovered(seed: int):
    images, nobody = noise(seed), np.zeros((3, 12, 40), bool)
    np.testing.assert_array_equal(shift_pixels(images, nobody, 4, "these"), images)
    np.testing.assert_array_equal(shift_pixels(images, ~nobody, 4, "others"), images)
    np.testing.assert_array_equal(shift_pixels(images, nobody, 4, "others"), shift_pixels(images, ~nobody, 4, "these"))


def test_holes_are_filled_in_a_straight_line():
    ramp = np.repeat(np.linspace(0, 195, 40).astype(np.uint8)[None, None, :, None], 12, axis=1).repeat(3, axis=3)
    these = np.zeros((1, 12, 40), bool)
    these[:, 3:6, 10:25] = True
    assert np.abs(without_pixels(ramp, these).astype(int) - ramp).max() <= 1
    these[:, 3:6, :12] = True  # up to the edge there is one neighbour only
    assert (without_pixels(ramp, these)[0, 4, :12] == ramp[0, 4, 25]).all()
    these[:, 7] = True
    np.testing.assert_array_equal(without_pixels(ramp, these)[:, 7], ramp[:, 7])


def test_the_slope_is_that_of_the_line():
    shifts_px = (-4, -1, 0, 3)

    def predict(images: np.ndarray) -> np.ndarray:
        """Steers by where the bright column is."""
        return -0.001 * images[:, 0, :, 0].argmax(axis=1)

    images = np.zeros((2, 12, 40, 3), np.uint8)
    images[0, :, 20], images[1, :, 25] = 255, 255
    bright = images[..., 0] > 0
    for moved, slope in zip(get_args(Moved), (0.001, 0.0, 0.001), strict=True):
        commands_per_m = responses(predict, images, bright, shifts_px, moved)
        assert commands_per_m.shape == (4, 2)
        np.testing.assert_allclose(slopes(shifts_px, commands_per_m), slope, atol=1e-15)


def test_chance_is_what_pixels_drawn_anywhere_get():
    truth = some_pixels(3, n=4, share=0.2)
    maps = np.random.default_rng(4).random((2000, *truth.shape[1:]))
    for one in truth:
        many = np.broadcast_to(one, maps.shape)
        assert points_at(maps, many, within_px=2).mean() == pytest.approx(
            chance_of_pointing(one[None], within_px=2)[0], abs=0.04
        )
        assert intersection_over_union(maps, many).mean() == pytest.approx(
            chance_of_intersection(one[None])[0], rel=0.05
        )
