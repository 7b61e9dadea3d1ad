"""Parquet files that anybody may have made: columns of numbers, and pictures a few rows at a time.

A few bytes can stand for billions of rows, and a page of a kilobyte can become two gigabytes: what a file would become
is added up from its pages' headers, and nothing is unpacked of one that no recording needs.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from drive_sim.data.formats.parquet_pages import Page, pages
from drive_sim.data.picture_rows import check_memory, check_unpacked
from drive_sim.errors import InputError
from drive_sim.files import check_file

MOST_NUMBERS = 2**25
"""Of all columns together: 20 numbers a frame, 20 frames a second, for 23 hours."""
_MOST_PAGE_BYTES, _MOST_DICTIONARY_BYTES, _MOST_FOOTER_BYTES = 2**29, 2**26, 2**24
_MOST_PAGES = 2**20
"""Of a file, each of them looked at."""
_BATCH_ROWS, _BATCH_BYTES, _MOST_PICTURE_ROWS = 2**16, 2**26, 64


def column_names(path: Path) -> list[str]:
    """The columns of a file. Raises InputError, OSError, ValueError or pa.ArrowException where it cannot be read."""
    return list(_open(path).schema_arrow.names)


def read_columns(path: Path, names: Collection[str], most_numbers: int = MOST_NUMBERS) -> pa.Table:
    """Those of the named columns that the file has: numbers, lists of them, and short texts (as dictionaries).

    Raises InputError where they would become too many, OSError, ValueError or pa.ArrowException where it is damaged.
    """
    file = _open(path)
    schema = file.schema_arrow
    there = [name for name in schema.names if name in names]
    num_values = max(_unpacked(file, path, there)[0], len(there) * file.metadata.num_rows)
    if num_values > most_numbers:
        raise InputError(f"it claims {num_values:,} numbers, more than the {most_numbers:,} of a recording")
    texts = [name for name in there if _is_text(schema.field(name).type)]
    for name in there:
        if name not in texts and not _is_number(schema.field(name).type):
            raise InputError(f"its {name:.60} holds no numbers but {schema.field(name).type!s:.40}")
    file = _open(path, texts)
    batches = list(file.iter_batches(_BATCH_ROWS, columns=there, use_threads=False))
    if batches:
        return pa.Table.from_batches(batches).select(there)
    return pa.schema([file.schema_arrow.field(name) for name in there]).empty_table()


def read_cells(path: Path, name: str) -> Iterator[Any]:
    """The cells of one column, a few at a time: of pictures, each a file's bytes.

    Raises as `read_columns` does.
    """
    for batch in _few_rows(_open(path), path, [name]):
        for cell in batch.column(0):
            yield cell.as_py()


def read_table(path: Path) -> pa.Table:
    """A whole file, whatever its columns hold, where it does not become far more than is stored.

    Raises as `read_columns` does.
    """
    file, batches, num_bytes = _open(path), list[pa.RecordBatch](), 0
    for batch in _few_rows(file, path, file.schema_arrow.names):
        num_bytes += batch.nbytes
        check_unpacked(num_bytes, path.stat().st_size, path.name)
        check_memory(num_bytes, path.name)
        batches.append(batch)
    return pa.Table.from_batches(batches) if batches else file.schema_arrow.empty_table()


def _few_rows(file: pq.ParquetFile, path: Path, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Columns in batches of so few rows that their pages are no larger together than a page may be."""
    num_values, largest_bytes = _unpacked(file, path, names)
    check_unpacked(8 * max(num_values, file.metadata.num_rows), path.stat().st_size, path.name)
    num_rows = min(max(_BATCH_BYTES // max(largest_bytes, 1), 1), _MOST_PICTURE_ROWS)
    yield from file.iter_batches(num_rows, columns=list(names), use_threads=False)


def _open(path: Path, texts: Sequence[str] = ()) -> pq.ParquetFile:
    check_file(path)
    with path.open("rb") as file:
        num_bytes = file.seek(0, 2)
        file.seek(max(num_bytes - 8, 0))
        footer_bytes, mark = int.from_bytes(file.read(4), "little"), file.read(4)
        if mark == b"PAR1" and footer_bytes > _MOST_FOOTER_BYTES:
            raise InputError("its footer is larger than a recording's")
    return pq.ParquetFile(path, buffer_size=2**20, pre_buffer=False, read_dictionary=list(texts))


def _unpacked(file: pq.ParquetFile, path: Path, names: Sequence[str]) -> tuple[int, int]:
    """How many values the pages of these columns hold, and what the largest of them becomes.

    Raises InputError where that is more than a page of a recording, ValueError where one is damaged.
    """
    num_values, largest_bytes, num_pages = 0, 0, 0
    with path.open("rb") as content:
        for group in range(file.metadata.num_row_groups):
            about = file.metadata.row_group(group)
            for column in map(about.column, range(about.num_columns)):
                whole = column.path_in_schema
                if not any(whole == name or whole.startswith(f"{name}.") for name in names):
                    continue
                starts = (column.dictionary_page_offset, column.data_page_offset)
                start = min(each for each in starts if each is not None)
                for page in pages(content, start, column.total_compressed_size):
                    _check_page(page)
                    num_pages += 1
                    if num_pages > _MOST_PAGES:
                        raise InputError(f"it has more than {_MOST_PAGES:,} pages, which no recording has")
                    largest_bytes = max(largest_bytes, page.unpacked_bytes, 8 * page.num_values)
                    num_values += 0 if page.is_dictionary else page.num_values
    return num_values, largest_bytes


def _check_page(page: Page) -> None:
    most_bytes = _MOST_DICTIONARY_BYTES if page.is_dictionary else _MOST_PAGE_BYTES
    if page.unpacked_bytes > most_bytes:
        raise InputError(f"a page of it becomes {page.unpacked_bytes / 1e9:.3g} GB, more than {most_bytes / 1e9:.2g}")


def _is_number(kind: pa.DataType) -> bool:
    while pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        kind = kind.value_type
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)


def in_lists(column: pa.Array, place: int) -> npt.NDArray[np.float64]:
    """One number (n,) of each list, or the numbers themselves; NaN where it is null, or the list is shorter.

    Raises pa.ArrowException or ValueError where they are no numbers.
    """
    is_fixed = pa.types.is_fixed_size_list(column.type)
    if not is_fixed and not pa.types.is_list(column.type) and not pa.types.is_large_list(column.type):
        return column.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    values = column.values.cast(pa.float64()).to_numpy(zero_copy_only=False)
    if is_fixed:
        starts = column.type.list_size * (column.offset + np.arange(len(column)))
        sizes = np.full(len(column), column.type.list_size)
    else:
        offsets = column.offsets.to_numpy()
        starts, sizes = offsets[:-1], np.diff(offsets)
    known = column.is_valid().to_numpy(zero_copy_only=False) & (place < sizes)
    numbers = np.full(len(column), np.nan)
    numbers[known] = values[starts[known] + place]
    return numbers
