"""Arrow IPC streams that survive: written batch by batch to the disk, read up to the last whole batch."""

import os
from contextlib import suppress
from io import FileIO
from pathlib import Path

import pyarrow as pa

from drive_sim.data.arrow_messages import check_messages
from drive_sim.files import check_file, input_error_from, part_of, take_name
from drive_sim.stops import held

END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


class StreamWriter:
    """A new file with an Arrow stream, its schema from the first moment; a batch is on the disk when `write` returns.

    Bytes of a write that failed are taken back, so the file ends with a whole batch and a later write may succeed.
    Raises InputError where the file system refuses, FileExistsError where the file exists.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self._end = 0
        part = part_of(path)
        try:
            with held():
                self._file = FileIO(part, "wb")
                with self._file:
                    self._append(schema.serialize())
                take_name(part, path)
                self._file = FileIO(path, "rb+")
        except FileExistsError:
            raise
        except OSError as error:
            raise input_error_from(error, path) from None
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def write(self, batch: pa.RecordBatch) -> None:
        """Write one batch through to the disk."""
        self._append(batch.serialize())

    def close(self) -> None:
        """End the stream; without this a reader sees the same batches, and that it was cut off."""
        if not self._file.closed:
            with self._file:
                self._append(END_OF_STREAM)

    def discard(self) -> None:
        """Close the file and remove it."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Close the file as it is, after a failure."""
        self._file.close()

    def _append(self, data: bytes | pa.Buffer) -> None:
        try:
            self._file.seek(self._end)
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(self._end)
            raise input_error_from(error, self.path) from None
        self._end += len(memoryview(data))


def read_stream(path: Path) -> tuple[pa.Schema, list[pa.RecordBatch], bool]:
    """The schema, the whole batches (memory-mapped, not copied), and whether the stream was ended properly.

    Raises InputError for what is no file with an end, else OSError or pa.ArrowException where no schema can be read.
    """
    check_file(path)
    with pa.memory_map(str(path)) as file:
        ended = file.size() >= len(END_OF_STREAM) and file.read_at(len(END_OF_STREAM), file.size() - 8) == END_OF_STREAM
        file.seek(0)
        check_messages(file, path.name)
        file.seek(0)
        reader = pa.ipc.open_stream(file)
        batches: list[pa.RecordBatch] = []
        # A batch that was cut off anywhere, in its header or in its body, is one of these two.
        with suppress(StopIteration, pa.ArrowException, OSError):
            while True:
                batch = reader.read_next_batch()
                # A damaged file must not take the process down with it: no offset points outside of its buffer.
                batch.validate(full=True)
                batches.append(batch)
    return reader.schema, batches, ended


def _sync_folder(folder: Path) -> None:
    """Put a new file's name on the disk too; systems that cannot open a folder do so themselves."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
