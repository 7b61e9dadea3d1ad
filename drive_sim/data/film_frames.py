"""Frames of films by their times: each film is decoded once, from its beginning, and nothing is kept that isn't asked
for. Films are written so that every frame can be found: H.264 with a key frame every second one."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from drive_sim.arrays import Images, PerCar, Picture
from drive_sim.data.picture_rows import PictureEdit
from drive_sim.errors import InputError
from drive_sim.files import check_file

if TYPE_CHECKING:
    import av

QUALITY = 14
"""x264's constant rate factor: less than three grey levels of 255 are lost on the mean, of noisy pictures."""
CODEC = "h264"


def read_frames(
    path: Path, times_s: PerCar, tolerance_s: float, out: Images, edit: PictureEdit | None
) -> Sequence[str]:
    """Put the frames of a film at ascending times (n,) into `out` (n, h, w, 3); returns what is wrong with each.

    Each time takes the first frame that is not earlier by more than the tolerance.
    """
    faults = [f"{path.name} holds no frame at {time_s:.3f} s" for time_s in times_s]
    row, num = 0, len(times_s)
    try:
        for time_s, picture in _decoded(path):
            while row < num and times_s[row] <= time_s + tolerance_s:
                if times_s[row] >= time_s - tolerance_s:
                    edited = picture if edit is None else edit(picture)
                    if edited.shape != out[row].shape:
                        faults[row] = (
                            f"{path.name} shows {picture.shape[1]}x{picture.shape[0]} pixels, not what its dataset says"
                        )
                    else:
                        out[row], faults[row] = edited, ""
                row += 1
            if row == num:
                break
    except InputError as error:
        faults[row:] = [str(error)] * (num - row)
    return faults


def first_frame(path: Path) -> Picture | None:
    """The first picture of a film, None where there is none that can be read."""
    with suppress(InputError):
        for _, picture in _decoded(path):
            return picture
    return None


def write_frames(path: Path, frames: Iterable[Picture], fps: int, size: tuple[int, int]) -> str:
    """Write a film of RGB pictures (h, w, 3), frame i at i / fps seconds; returns how its pixels are kept.

    Colour is halved in resolution where the size is even, as most players want. Raises InputError where the file system
    refuses.
    """
    import av  # noqa: PLC0415 - only who writes films needs it
    from av.error import FFmpegError  # noqa: PLC0415

    height_px, width_px = size
    pixels = "yuv420p" if height_px % 2 == width_px % 2 == 0 else "yuv444p"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as film:
            options = {"crf": str(QUALITY), "g": "2", "preset": "veryfast"}
            stream = film.add_stream("libx264", rate=Fraction(fps), options=options)
            stream.width, stream.height, stream.pix_fmt = width_px, height_px, pixels
            stream.codec_context.thread_count = 1
            stream.codec_context.time_base = Fraction(1, fps)
            for number, picture in enumerate(frames):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, fps)
                film.mux(stream.encode(frame))
            film.mux(stream.encode(None))
    except (FFmpegError, OSError) as error:
        raise InputError(f"cannot write {path}: {str(error).splitlines()[0]}; choose another place") from None
    return pixels


def _decoded(path: Path) -> Iterator[tuple[float, Picture]]:
    """Frames of a film with their times in seconds. Raises InputError where it cannot be read, or read on."""
    import av  # noqa: PLC0415 - only who reads films needs it

    check_file(path)
    try:
        with av.open(str(path)) as film:
            if not film.streams.video:
                raise InputError(f"{path.name} is no film")
            stream = film.streams.video[0]
            stream.codec_context.thread_count = 1
            yield from (
                (_time_s(frame), frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))
                for frame in film.decode(stream)
            )
    except InputError:
        raise
    except Exception as error:  # a damaged film has errors of many kinds
        raise InputError(f"{path.name} cannot be read ({str(error).splitlines()[0][:80]})") from None


def _time_s(frame: "av.VideoFrame") -> float:
    return 0.0 if frame.time is None else float(frame.time)
