"""Films that play in a browser: H.264, yuv420p, the index first."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import av
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange, Colorspace

from drive_sim import files
from drive_sim.arrays import Picture
from drive_sim.errors import InputError

_BT709 = 1  # H.264's code for matrix, primaries and transfer alike: without it players guess, and colours shift.
_STUDIO_RANGE = 1


def write_film(path: Path, frames: Iterable[Picture], fps: int, *, quality: int = 24, num_threads: int = 1) -> int:
    """Write a new H.264 film, whole or not at all, and return its number of frames.

    `frames` are RGB pictures of one even size, taken one by one; `quality` is x264's constant rate factor (less is
    better). Raises InputError for no frames, an odd size, or a file system that refuses.
    """
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
        num_frames = 0
        for frame in _encoded_size(chain([first], iterator)):
            out.mux(stream.encode(frame))
            num_frames += 1
        out.mux(stream.encode(None))
    return num_frames


def _describe_colours(context: VideoCodecContext) -> None:
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _STUDIO_RANGE


def _encoded_size(frames: Iterable[Picture]) -> Iterator[av.VideoFrame]:
    for picture in frames:
        yield av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
