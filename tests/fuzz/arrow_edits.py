"""Changes to the rows and columns of a recording's episode."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from tests.fuzz.containers import arrow_table, write_arrow

NUMBERS = {"NaN": np.nan, "inf": np.inf, "-inf": -np.inf, "1e308": 1e308, "-1e308": -1e308, "1e9": 1e9, "-3": -3.0}
"""Hostile numbers of a column, by name."""


def set_value(folder: Path, target: str, column: str, rows: tuple[int, ...], name: str) -> None:
    """Put a hostile number into rows of a column of numbers, or its name into one of texts."""
    table = arrow_table(folder / target)
    values = table[column].to_pylist()
    for row in rows:
        is_text = table.schema.field(column).type == pa.string()
        is_whole = table.schema.field(column).type == pa.int64()
        number = NUMBERS.get(name, 0.0)
        values[row] = name if is_text else int(np.clip(np.nan_to_num(number), -(2**62), 2**62)) if is_whole else number
    _put(folder / target, table, column, pa.array(values, table.schema.field(column).type))


def set_null(folder: Path, target: str, column: str, rows: tuple[int, ...]) -> None:
    """Take values away, in a column that may be empty and in one that may not."""
    table = arrow_table(folder / target)
    values = table[column].to_pylist()
    for row in rows:
        values[row] = None
    _put(folder / target, table, column, pa.array(values, table.schema.field(column).type))


def change_type(folder: Path, target: str, column: str, kind: str) -> None:
    """The same column in another type."""
    table = arrow_table(folder / target)
    types = {"float32": pa.float32(), "int8": pa.int8(), "string": pa.string(), "list": pa.list_(pa.float64())}
    values = [None] * len(table) if kind in ("int8", "list") else table[column].to_pylist()
    if kind == "string":
        values = [str(value) for value in values]
    index = table.column_names.index(column)
    changed = table.set_column(index, pa.field(column, types[kind]), pa.array(values, types[kind]))
    write_arrow(folder / target, changed.replace_schema_metadata(table.schema.metadata))


def drop_column(folder: Path, target: str, column: str) -> None:
    """Leave a column out."""
    write_arrow(folder / target, arrow_table(folder / target).drop_columns([column]))


def swap_columns(folder: Path, target: str, one: str, other: str) -> None:
    """Two columns under each other's names."""
    table = arrow_table(folder / target)
    names = [{one: other, other: one}.get(name, name) for name in table.column_names]
    write_arrow(folder / target, table.rename_columns(names).replace_schema_metadata(table.schema.metadata))


def reorder(folder: Path, target: str, how: str) -> None:
    """Rows backwards, twice each, or none at all."""
    table = arrow_table(folder / target)
    n = len(table)
    rows = {"backwards": range(n)[::-1], "twice": [i // 2 for i in range(n)], "none": []}[how]
    write_arrow(folder / target, table.take(pa.array(list(rows), pa.int64())))


def _put(path: Path, table: pa.Table, column: str, values: pa.Array) -> None:
    index = table.column_names.index(column)
    # A null where none may be: the field stays as it is, as a damaged file's would.
    arrays = [values if i == index else table[i].combine_chunks() for i in range(table.num_columns)]
    write_arrow(path, pa.Table.from_batches([pa.RecordBatch.from_arrays(arrays, schema=table.schema)]))
