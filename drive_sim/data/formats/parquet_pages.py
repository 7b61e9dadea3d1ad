"""What the pages of a Parquet file become when they are unpacked, as their own headers say it, before any is.

What the file's footer says may be anything: pages are unpacked by their headers. They are Thrift's compact protocol, as
`parquet.thrift` has them: https://parquet.apache.org/docs/file-format/
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_STOP, _TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(13)
_UNPACKED, _PACKED, _DATA, _DICTIONARY, _DATA_V2 = 2, 3, 5, 7, 8
"""Numbers of a page header's fields; those of pages have `num_values` first."""
_DEEPEST, _HEADER_BYTES = 8, (2**12, 2**20)


@dataclass(frozen=True, slots=True)
class Page:
    """A page: how many bytes it becomes, how many values are in it, and whether it is a dictionary's."""

    unpacked_bytes: int
    num_values: int
    is_dictionary: bool


def pages(file: BinaryIO, start: int, num_bytes: int) -> Iterator[Page]:
    """The pages of a column chunk, which lies at so many bytes of a file. Raises ValueError where one is damaged."""
    end = start + num_bytes
    while start < end:
        header, size = _header(file, start)
        packed, unpacked = header.get(_PACKED), header.get(_UNPACKED)
        if not isinstance(packed, int) or not isinstance(unpacked, int) or packed < 0 or unpacked < 0:
            raise ValueError("a page does not say its size")
        yield Page(unpacked, _num_values(header), _DICTIONARY in header)
        start += size + packed


def _num_values(header: dict[int, object]) -> int:
    for kind in (_DATA, _DATA_V2, _DICTIONARY):
        found = header.get(kind)
        num = found.get(1) if isinstance(found, dict) else None
        if isinstance(num, int) and num >= 0:
            return num
    return 0


def _header(file: BinaryIO, start: int) -> tuple[dict[int, object], int]:
    """A page's header, and its own size in bytes."""
    for most_bytes in _HEADER_BYTES:
        file.seek(start)
        reader = _Compact(file.read(most_bytes))
        try:
            return reader.struct(), reader.place
        except IndexError:
            continue
    raise ValueError("a page has no header")


class _Compact:
    """Reads Thrift's compact protocol: integers and structs of them are kept, all else is skipped."""

    def __init__(self, content: bytes) -> None:
        self._content, self.place = content, 0

    def struct(self, depth: int = 0) -> dict[int, object]:
        """The fields of a struct by number. Raises IndexError where it is cut short, ValueError where it is none."""
        if depth > _DEEPEST:
            raise ValueError("a page's header is none")
        fields: dict[int, object] = {}
        number = 0
        while (head := self._byte()) != _STOP:
            delta, kind = head >> 4, head & 15
            number = number + delta if delta else self._zigzag()
            fields[number] = self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> object:
        if kind in (_TRUE, _FALSE):
            return None
        if kind in (_I16, _I32, _I64):
            return self._zigzag()
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind == _BINARY:
            self._skip(self._varint())
        elif kind in (_BYTE, _DOUBLE):
            self._skip(1 if kind == _BYTE else 8)
        else:
            raise ValueError("a page's header is none")
        return None

    def _byte(self) -> int:
        self._skip(1)
        return self._content[self.place - 1]

    def _skip(self, num_bytes: int) -> None:
        self.place += num_bytes
        if self.place > len(self._content):
            raise IndexError

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise ValueError("a page's header is none")

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
