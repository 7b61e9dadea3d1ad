"""Pictures of other people: the pixels to the bit, and what is none, or none that a camera took, in one line."""

import contextlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from drive_sim.data.picture_file import read_picture
from drive_sim.errors import InputError
from tests.fuzz.picture_edits import KINDS, replace_picture

FINE = {"one pixel": (1, 1), "grey": (160, 320), "16 bit": (160, 320), "transparent": (160, 320)}
"""Pictures all the same."""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    assert cv2.imwrite(str(tmp_path / "a.jpg"), noise)
    return tmp_path / "a.jpg"


@pytest.mark.parametrize("ending", ["jpg", "png", "bmp"])
def test_pixels_are_those_that_opencv_reads(ending: str, picture: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (33, 47, 3), np.uint8)
    path = picture.with_suffix(f".{ending}")
    assert cv2.imwrite(str(path), noise)
    np.testing.assert_array_equal(read_picture(path), cv2.imread(str(path), cv2.IMREAD_COLOR_RGB))


@pytest.mark.parametrize("kind", KINDS)
def test_what_no_camera_took_is_refused_silently(kind: str, picture: Path, capfd: pytest.CaptureFixture[str]) -> None:
    replace_picture(picture.parent, picture.name, kind)
    if kind in FINE:
        assert read_picture(picture).shape == (*FINE[kind], 3)
    else:
        with pytest.raises(InputError, match=r"larger than a camera's|not a picture|cut short"):
            read_picture(picture)
    assert capfd.readouterr() == ("", "")


def test_a_picture_that_was_damaged_is_read_or_refused_but_silently(
    picture: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    content, rng = picture.read_bytes(), np.random.default_rng(2)
    for _ in range(100):
        damaged = bytearray(content)
        for place in rng.integers(len(content), size=5):
            damaged[place] ^= 1 << rng.integers(8)
        picture.write_bytes(damaged)
        with contextlib.suppress(InputError):
            assert read_picture(picture).ndim == 3
    assert capfd.readouterr() == ("", "")
