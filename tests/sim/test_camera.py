"""What a camera can be: those that cannot are refused when built, and those that can have homographies of numbers."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.data.warp import redraw, source_planes
from drive_sim.errors import InputError
from drive_sim.sim.camera import _LIMITS, Camera
from drive_sim.sim.lens import make_lens

MOTIONS = np.array([-3.0, 1.0]), np.array([3.0, 0.1])


@pytest.mark.parametrize("name", _LIMITS)
@pytest.mark.parametrize("value", [1e308, -1e308, math.nan, math.inf, 10**400])
def test_a_camera_that_cannot_be_is_refused_when_it_is_built(name: str, value: float) -> None:
    with pytest.raises(InputError, match=f"camera: {name} must be") as raised:
        replace(Camera(), **{name: value})
    assert "\n" not in str(raised.value) and len(str(raised.value)) < 500


def test_sizes_are_whole_numbers() -> None:
    with pytest.raises(InputError, match="width_px must be a whole number"):
        Camera(width_px=96.5)  # pyright: ignore[reportArgumentType]


def numbers(name: str) -> st.SearchStrategy[float]:
    least, most = _LIMITS[name]
    return st.one_of(st.floats(least, most), st.sampled_from([least, most]))


@given(st.fixed_dictionaries({name: numbers(name) for name in _LIMITS if name not in ("width_px", "height_px")}))
def test_every_camera_within_the_limits_can_be_drawn_and_redrawn_by(numbers: dict[str, float]) -> None:
    camera = Camera(width_px=20, height_px=10, **numbers)
    assert all(np.isfinite(table).all() for table in make_lens(camera))
    assert np.isfinite(source_planes(camera, *MOTIONS)).all()
    redraw(np.zeros((2, 10, 20, 3), np.uint8), camera, *MOTIONS)
