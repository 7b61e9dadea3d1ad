"""Arrays as a page carries them: one pool of bytes, deflated and spelled in base64, and where each array lies in it."""

import base64
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

_KINDS = {"uint8": "u1", "int16": "i2", "uint16": "u2", "float16": "u2", "float32": "f4", "float64": "f8"}
"""How JavaScript reads a type; half precision is read as the bits that it is."""


@dataclass(slots=True)
class ArrayPool:
    """Arrays one after the other, each at a multiple of eight bytes."""

    chunks: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, values: npt.NDArray[Any]) -> list[str | int]:
        """Kind, first byte and number of values, by which the page finds an array again."""
        content = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()
        place = [_KINDS[values.dtype.name], self.size, values.size]
        content += bytes(-len(content) % 8)
        self.chunks.append(content)
        self.size += len(content)
        return place

    def text(self) -> str:
        """All of it, deflated (RFC 1951) and in base64."""
        packer = zlib.compressobj(level=9, wbits=-15)
        return base64.b64encode(packer.compress(b"".join(self.chunks)) + packer.flush()).decode("ascii")


def deltas(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int16]:
    """First differences, the first value before them: what changes little becomes small numbers, which deflate well.

    The page sums them up again, in 16 bits that wrap as these do.
    """
    return np.diff(values, prepend=0).astype(np.uint16).view(np.int16)
