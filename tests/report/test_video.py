from pathlib import Path

import av
import numpy as np
import pytest

from drive_sim.arrays import Picture
from drive_sim.errors import InputError
from drive_sim.report.video import last_picture, write_film


def blue(width_px: int = 64, height_px: int = 48) -> Picture:
    return np.full((height_px, width_px, 3), (0, 114, 178), dtype=np.uint8)


def test_a_film_plays_in_a_browser(tmp_path: Path):
    """H.264 in yuv420p, the index before the pictures, and colours that come back."""
    path = tmp_path / "film.mp4"
    assert write_film(path, (blue() for _ in range(10)), fps=20) == 10
    content = path.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 20
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(stream)]
    assert len(frames) == 10
    assert np.abs(frames[5].astype(int) - blue()).max() <= 6


def test_bad_films_are_refused_and_leave_nothing(tmp_path: Path):
    with pytest.raises(InputError, match="no frames"):
        write_film(tmp_path / "film.mp4", iter([]), fps=20)
    with pytest.raises(InputError, match="63x48 pixels are odd"):
        write_film(tmp_path / "film.mp4", iter([blue(63)]), fps=20)
    assert list(tmp_path.iterdir()) == []


def test_a_film_that_breaks_off_leaves_nothing(tmp_path: Path):
    def frames():
        yield blue()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_film(tmp_path / "film.mp4", frames(), fps=20)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "film.mp4").touch()
    with pytest.raises(InputError, match="nothing is overwritten"):
        write_film(tmp_path / "film.mp4", iter([blue()]), fps=20)


def test_the_last_picture_of_a_film_is_that_which_was_written_last(tmp_path: Path):
    write_film(tmp_path / "film.mp4", [blue(), blue(), np.full((48, 64, 3), 200, np.uint8)], 10)
    assert np.abs(last_picture(tmp_path / "film.mp4").astype(int) - 200).max() <= 4
