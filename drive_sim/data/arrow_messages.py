"""What the messages of an Arrow stream become, read off their headers before any is unpacked.

A buffer that is packed says first how large it becomes, and a few bytes can say a terabyte. Headers are FlatBuffers, as
Arrow's `Message.fbs` and `Schema.fbs` have them.
"""

import struct
from collections.abc import Iterator

import pyarrow as pa

from drive_sim.errors import InputError

MOST_BYTES, MOST_ROWS = 2**29, 2**25
"""What packed batches of a stream become together, and their rows."""
_HEADER_TYPE, _HEADER = 1, 2
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
_LENGTH, _BUFFERS, _COMPRESSION = 0, 2, 3


def check_messages(file: pa.NativeFile, name: str) -> None:
    """Raise InputError where a batch of a stream, which begins here, becomes more than a recording's does.

    What is damaged or cut off ends the look at it: whoever reads the stream meets it as well.
    """
    reader, all_rows, all_bytes = pa.ipc.MessageReader.open_stream(file), 0, 0
    while True:
        try:
            message = reader.read_next_message()
        except (StopIteration, OSError, pa.ArrowException):
            return
        try:
            num_rows, num_bytes = _sizes(message)
        except (struct.error, ValueError):
            raise InputError(f"{name} is damaged: a batch does not say its size; copy it again") from None
        all_rows, all_bytes = all_rows + num_rows, all_bytes + num_bytes
        if all_rows > MOST_ROWS or all_bytes > MOST_BYTES:
            raise InputError(
                f"{name} becomes {all_rows:,} rows and {all_bytes / 1e9:.3g} GB, which no recording does; "
                "is it the right file?"
            )


def _sizes(message: pa.Message) -> tuple[int, int]:
    """Rows of a message's batch, and the bytes that its packed buffers become; 0, 0 for a schema."""
    content = memoryview(message.metadata)
    table = struct.unpack_from("<I", content)[0]
    place = _field(content, table, _HEADER_TYPE)
    kind = content[place] if place else 0
    header = _table(content, table, _HEADER)
    if kind == _DICTIONARY_BATCH and header:
        header = _table(content, header, 1)
    elif kind != _RECORD_BATCH:
        return 0, 0
    if not header:
        raise ValueError
    rows = _field(content, header, _LENGTH)
    num_rows = struct.unpack_from("<q", content, rows)[0] if rows else 0
    if num_rows < 0:
        raise ValueError
    is_packed = _field(content, header, _COMPRESSION) != 0
    return num_rows, sum(_unpacked(content, header, memoryview(message.body))) if is_packed else 0


def _unpacked(content: memoryview, batch: int, body: memoryview) -> Iterator[int]:
    """How many bytes each packed buffer of a batch becomes."""
    vector = _table(content, batch, _BUFFERS)
    if not vector:
        return
    for number in range(struct.unpack_from("<I", content, vector)[0]):
        start, num_bytes = struct.unpack_from("<qq", content, vector + 4 + 16 * number)
        if num_bytes >= 8:
            if not 0 <= start <= len(body) - 8:
                raise ValueError
            size = struct.unpack_from("<q", body, start)[0]
            yield num_bytes if size < 0 else size  # -1: it is as it is


def _field(content: memoryview, table: int, number: int) -> int:
    """Where a table's field lies; 0: it has none."""
    vtable = table - struct.unpack_from("<i", content, table)[0]
    if vtable < 0 or 4 + 2 * number + 2 > struct.unpack_from("<H", content, vtable)[0]:
        return 0
    offset = struct.unpack_from("<H", content, vtable + 4 + 2 * number)[0]
    return table + offset if offset else 0


def _table(content: memoryview, table: int, number: int) -> int:
    """Where the table or vector begins that a field leads to; 0: it has none."""
    place = _field(content, table, number)
    return place + struct.unpack_from("<I", content, place)[0] if place else 0
