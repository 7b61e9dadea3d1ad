"""The entries of the warp: what would lead its kernel outside a picture is refused; the kernel itself stays inside."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from drive_sim.arrays import Images
from drive_sim.data import warp_kernels
from drive_sim.data.warp import plain_tables, redraw, shift_rotate
from drive_sim.data.warp_kernels import Scratch
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

CAMERA = Camera()


def _noise_images(rng: np.random.Generator, num_images: int) -> Images:
    return rng.integers(0, 256, (num_images, CAMERA.height_px, CAMERA.width_px, 3), dtype=np.uint8)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e308])
def test_a_motion_that_is_no_number_is_refused(bad: float) -> None:
    images, fine, spoilt = _noise_images(np.random.default_rng(0), 2), np.zeros(2), np.array([0.1, bad])
    for shift_m, turn_rad, name in ((spoilt, fine, "shift_m"), (fine, spoilt, "turn_rad")):
        with pytest.raises(InputError, match=name):
            shift_rotate(images, CAMERA, shift_m, turn_rad)


def test_what_does_not_fit_the_pictures_is_refused() -> None:
    images, fine = _noise_images(np.random.default_rng(0), 2), np.full(2, 0.1)
    cases: list[dict[str, Any]] = [{"tables": plain_tables(1)}, {"out": np.empty((1, *images.shape[1:]), np.uint8)}]
    for options in cases:
        with pytest.raises(InputError, match="must fit 2 pictures"):
            redraw(images, CAMERA, fine, fine, **options)
    with pytest.raises(InputError, match="must fit 2 pictures"):
        redraw(images, CAMERA, np.zeros(1), fine)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e308, 0.0, -1e-320])
def test_the_kernel_looks_nothing_up_outside_whatever_it_is_given(bad: float) -> None:
    rng, scratch = np.random.default_rng(0), Scratch.of(66, 200)
    for lens in ((99.5, 11.0), (bad, 11.0), (99.5, bad)):
        for smears, ground, row in product((False, True), (False, True), (0, 11, 65)):
            plane = rng.choice([bad, -bad, 1.0, -1.0, 0.0], (2, 3))
            warp_kernels._aim(plane, row, lens, 66, ground, smears, scratch)
            assert scratch.neighbour.max() <= 65 * 201 + 199
            assert (scratch.weights.sum(axis=0) == 256).all()
