"""A cropped picture and its cropped camera still agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.data.crop import Crop, network_crop
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

LARGE = Camera(width_px=320, height_px=160, focal_px=137.0, horizon_px=60.0, height_m=1.2)


def noise(height_px: int = 160, width_px: int = 320) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height_px, width_px, 3), dtype=np.uint8)


def test_each_pixel_is_the_average_of_its_area() -> None:
    import cv2

    ours = Crop(10, 20, 300).picture(noise())
    theirs = cv2.resize(noise()[20:119, 10:310], (200, 66), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(ours, theirs, atol=1)
    whole = Crop(3, 5, 8, width_px=8, height_px=7).picture(noise())
    np.testing.assert_array_equal(whole, noise()[5:12, 3:11])


@given(st.floats(0.0, 100.0), st.floats(0.0, 50.0), st.floats(60.0, 220.0))
def test_an_even_picture_stays_even(left_px: float, top_px: float, window_px: float) -> None:
    even = np.full((160, 320, 3), (10, 20, 30), np.uint8)
    assert (Crop(left_px, top_px, window_px).picture(even) == (10, 20, 30)).all()


@given(st.floats(5.0, 60.0), st.floats(-10.0, 10.0), st.floats(0.0, 50.0), st.floats(100.0, 300.0))
def test_ground_points_are_where_the_cropped_camera_says(
    x_m: float, y_m: float, top_px: float, window_px: float
) -> None:
    crop = Crop(7.3, top_px, window_px)
    point = np.array([x_m, y_m, 1.0])
    u, v, w = LARGE.image_from_ground @ point
    small_u, small_v, small_w = crop.camera(LARGE).image_from_ground @ point
    expected = [(u / w + 0.5 - crop.left_px) * crop.scale - 0.5, (v / w + 0.5 - crop.top_px) * crop.scale - 0.5]
    np.testing.assert_allclose([small_u / small_w, small_v / small_w], expected, atol=1e-6)


@pytest.mark.parametrize("size", [(320, 160), (160, 120), (640, 480), (200, 66), (1000, 200)])
def test_the_networks_window_fits_any_picture(size: tuple[int, int]) -> None:
    for horizon_px in (None, 0.0, 0.4 * size[1], float(size[1])):
        crop = network_crop(*size, horizon_px=horizon_px)
        assert crop.picture(noise(size[1], size[0])).shape == (66, 200, 3)


def test_the_horizon_comes_to_lie_where_the_network_has_it() -> None:
    crop = network_crop(320, 160, horizon_px=LARGE.horizon_px)
    assert crop.camera(LARGE).horizon_px == pytest.approx(Camera().horizon_px)
    assert crop.window_width_px == 320


def test_a_window_outside_is_refused() -> None:
    with pytest.raises(InputError, match="does not lie in a picture of 320x160"):
        Crop(100, 0, 300).picture(noise())
