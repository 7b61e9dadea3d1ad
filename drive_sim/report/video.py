"""Films that play in a browser: H.264, yuv420p, the index first."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange, Colorspace

from drive_sim import files
from drive_sim.arrays import Picture
from drive_sim.errors import InputError

_BT709 = 1  # H.264's code for matrix, primaries and transfer alike: without it players guess, and colours shift.
_STUDIO_RANGE = 1


def write_film(path: Path, frames: Iterable[Picture], fps: int, *, quality: int = 24, num_threads: int = 1) -> int:
    """Write a new H.264 film of RGB pictures of one even size, whole or not at all; returns its number of frames.

    `quality` is x264's constant rate factor (less is better). Raises InputError for no frames, an odd size, or a file
    system that refuses.
    """
    return sum(1 for _ in filmed(path, frames, fps, quality=quality, num_threads=num_threads))


def filmed(
    path: Path, frames: Iterable[Picture], fps: int, *, quality: int = 24, num_threads: int = 1
) -> Iterator[Picture]:
    """Pass pictures through and film them, as `write_film` does; the file is there when all have passed."""
    iterator = iter(frames)
    first = next(iterator, None)
    if first is None:
        raise InputError(f"film {path}: there are no frames; drive for at least one tick")
    height_px, width_px = first.shape[:2]
    if height_px % 2 or width_px % 2:
        raise InputError(f"film {path}: {width_px}x{height_px} pixels are odd; choose an even width and height")
    options = {"movflags": "faststart"}
    with files.whole_file(path) as part, av.open(str(part), "w", format="mp4", options=options) as out:
        stream = out.add_stream("libx264", rate=fps, options={"crf": str(quality), "preset": "superfast"})
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        _describe_colours(stream.codec_context)
        stream.codec_context.thread_count = num_threads
        for picture in chain([first], iterator):
            out.mux(stream.encode(_converted(picture)))
            yield picture
        out.mux(stream.encode(None))


def last_picture(path: Path) -> Picture:
    """The last picture of a film."""
    with av.open(str(path)) as film:
        *_, last = film.decode(video=0)
        return last.to_ndarray(format="rgb24").astype(np.uint8)


def picture_at(path: Path, time_s: float) -> Picture:
    """The picture of a film at a time from its start, or its last one."""
    with av.open(str(path)) as film:
        frames = film.decode(video=0)
        picture = next(frames)
        while picture.time is None or picture.time < time_s:
            later = next(frames, None)
            if later is None:
                break
            picture = later
        return picture.to_ndarray(format="rgb24").astype(np.uint8)


def _converted(picture: Picture) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )


def _describe_colours(context: VideoCodecContext) -> None:
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _STUDIO_RANGE
