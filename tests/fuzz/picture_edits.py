"""Pictures that are none, or none that a computer should open."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np


def replace_picture(folder: Path, target: str, kind: str) -> None:
    """Another picture under a picture's name."""
    (folder / target).write_bytes(_content(kind, (folder / target).read_bytes()))


def _content(kind: str, content: bytes) -> bytes:  # noqa: PLR0911, PLR0912 - a picture a line
    match kind:
        case "huge PNG":
            return _png(65535, 65535, b"\0" * 100)
        case "larger than 2^31 PNG":
            return _png(2**31 - 1, 2**31 - 1, b"")
        case "empty PNG":
            return _png(0, 0, b"")
        case "damaged PNG":
            return _png(320, 160, b"\7" * 3000)
        case "huge JPEG":
            return _with_jpeg_size(content, 65535, 65535)
        case "no height JPEG":
            return _with_jpeg_size(content, 0, 320)
        case "one pixel":
            return _encoded(np.zeros((1, 1, 3), np.uint8), ".png")
        case "grey":
            return _encoded(np.full((160, 320), 90, np.uint8), ".png")
        case "16 bit":
            return _encoded(np.full((160, 320, 3), 30000, np.uint16), ".png")
        case "transparent":
            return _encoded(np.full((160, 320, 4), 90, np.uint8), ".png")
        case "bomb":
            return _encoded(np.zeros((12_000, 12_000), np.uint8), ".png")
        case "TIFF":
            return b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 200
        case "EXR":
            return b"\x76\x2f\x31\x01" + b"\xff" * 200
        case "BMP":
            return b"BM" + struct.pack(
                "<IHHIIiiHHIIiiII", 60, 0, 0, 54, 40, 2**31 - 1, 2**31 - 1, 1, 24, 0, 0, 0, 0, 0, 0
            )
        case "PPM":
            return b"P6\n99999 99999\n255\n"
        case "HDR":
            return b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 60000 +X 60000\n"
        case _:
            return kind.encode()


KINDS = (
    "huge PNG",
    "larger than 2^31 PNG",
    "empty PNG",
    "damaged PNG",
    "huge JPEG",
    "no height JPEG",
    "one pixel",
    "grey",
    "16 bit",
    "transparent",
    "bomb",
    "TIFF",
    "EXR",
    "BMP",
    "PPM",
    "HDR",
    "no picture",
)


def _png(width_px: int, height_px: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def _with_jpeg_size(content: bytes, height_px: int, width_px: int) -> bytes:
    """The same JPEG with another size in the header of its frame."""
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height_px, width_px) + content[at + 4 :]


def _encoded(picture: np.ndarray, kind: str) -> bytes:
    return cv2.imencode(kind, picture)[1].tobytes()
