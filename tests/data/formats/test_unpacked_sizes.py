"""A few bytes that stand for much more than a recording holds: a line, before anything of it is unpacked."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from drive_sim.data.arrow_messages import check_messages
from drive_sim.data.arrow_stream import read_stream
from drive_sim.data.formats import parquet_file, tub_catalog
from drive_sim.data.formats.known import read_drive
from drive_sim.data.formats.npz_arrays import read_arrays
from drive_sim.data.formats.parquet_file import in_lists, read_cells, read_columns, read_table
from drive_sim.data.formats.parquet_pages import pages
from drive_sim.data.formats.tub_catalog import read_catalog
from drive_sim.data.picture_rows import empty_images
from drive_sim.errors import InputError

KINDS = {
    "plain": {"use_dictionary": False, "compression": "NONE"},
    "dictionary": {"compression": "SNAPPY"},
    "zstd": {"compression": "ZSTD"},
    "second version": {"data_page_version": "2.0", "compression": "GZIP"},
    "checked": {"write_page_checksum": True},
    "small pages": {"data_page_size": 256, "write_batch_size": 16},
}


def write(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_pages_say_all_values_and_what_they_become(kind: str, tmp_path: Path) -> None:
    number, text = np.arange(1000.0), [f"{row:050d}" for row in range(1000)]
    path = write(tmp_path / "a.parquet", {"number": number, "text": text}, **KINDS[kind])
    about = pq.ParquetFile(path).metadata.row_group(0)
    for column in map(about.column, range(2)):
        starts = [each for each in (column.dictionary_page_offset, column.data_page_offset) if each is not None]
        with path.open("rb") as file:
            found = list(pages(file, min(starts), column.total_compressed_size))
        assert sum(page.num_values for page in found if not page.is_dictionary) == 1000
        headers_bytes = column.total_uncompressed_size - sum(page.unpacked_bytes for page in found)
        assert 0 < headers_bytes < 200 * len(found)


def test_columns_are_read_as_they_are(tmp_path: Path) -> None:
    lists = [[0.5, 1.0], None, [2.0], [3.0, 4.0]]
    fixed = pa.array([[1.0, 2.0], None, [3.0, 4.0], [5.0, 6.0]], pa.list_(pa.float32(), 2))
    cells = [b"a", None, b"b" * 100_000, b"c"]
    texts = ["human", None, "policy", "human"]
    path = write(
        tmp_path / "a.parquet", {"lists": lists, "fixed": fixed, "cells": cells, "texts": texts, "n": range(4)}
    )
    table = read_columns(path, {"lists", "fixed", "texts", "n", "not there"})
    assert table.column_names == ["lists", "fixed", "texts", "n"] and table["texts"].to_pylist() == texts
    np.testing.assert_array_equal(in_lists(table["lists"].combine_chunks(), 1), [1.0, np.nan, np.nan, 4.0])
    np.testing.assert_array_equal(in_lists(table["fixed"].combine_chunks()[1:], 1), [np.nan, 4.0, 6.0])
    np.testing.assert_array_equal(in_lists(table["n"].combine_chunks(), 0), np.arange(4.0))
    assert list(read_cells(path, "cells")) == cells
    assert read_table(path).to_pydict() == pq.read_table(path).to_pydict()
    with pytest.raises(InputError, match="holds no numbers"):
        read_columns(path, {"cells"})


def test_more_rows_than_anybody_drives_are_not_unpacked(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.parquet", {"timestamp": np.zeros(40_000_000, bool)})
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match=r"claims 40,000,000 numbers, more than the 33,554,432"):
        read_columns(path, {"timestamp"})
    nulls = write(tmp_path / "nulls.parquet", {"timestamp": pa.nulls(40_000_000, pa.float32())})
    with pytest.raises(InputError, match="claims 40,000,000 numbers"):
        read_columns(nulls, {"timestamp"})


def test_a_page_that_becomes_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_file, "_MOST_PAGE_BYTES", 2**20)
    monkeypatch.setattr(parquet_file, "_MOST_DICTIONARY_BYTES", 2**20)
    for kind in ({"use_dictionary": False}, {}):
        path = write(tmp_path / "page.parquet", {"picture": [bytes(2**21)]}, compression="ZSTD", **kind)
        assert path.stat().st_size < 5000
        with pytest.raises(InputError, match=r"a page of it becomes 0\.0021 GB"):
            list(read_cells(path, "picture"))


def test_a_file_of_pages_alone_is_no_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "pages.parquet", {"n": np.arange(1000)}, data_page_size=64, write_batch_size=8)
    assert read_columns(path, {"n"}).num_rows == 1000
    monkeypatch.setattr(parquet_file, "_MOST_PAGES", 10)
    with pytest.raises(InputError, match="more than 10 pages"):
        read_columns(path, {"n"})


def test_one_picture_for_thousands_of_rows_is_no_recording() -> None:
    assert empty_images(10_000, (2, 2, 3), "here", 1).shape == (10_000, 2, 2, 3)
    with pytest.raises(InputError, match=r"its 1 MB become 0\.6 GB"):
        empty_images(2000, (250, 400, 3), "here", 1_000_000)


def stream(batches: list[pa.RecordBatch], compression: str | None) -> pa.BufferReader:
    into = io.BytesIO()
    with pa.ipc.new_stream(into, batches[0].schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        for batch in batches:
            writer.write(batch)
    return pa.BufferReader(into.getvalue())


@pytest.mark.parametrize("compression", [None, "zstd", "lz4"])
def test_what_a_packed_batch_becomes_is_read_off_its_header(compression: str | None) -> None:
    small = pa.record_batch({"a": np.zeros(1000), "b": pa.array(["x"] * 1000).dictionary_encode()})
    check_messages(stream([small] * 3, compression), "a")
    large = pa.record_batch({"a": pa.FixedSizeListArray.from_arrays(np.zeros(2**20), 2**10)})
    if compression is None:
        check_messages(stream([large] * 9, compression), "a")  # they are as large as their file
        with pytest.raises(InputError, match="becomes 67,108,864 rows and 0 GB"):
            check_messages(stream([pa.record_batch({"a": pa.nulls(2**26)})], compression), "a")
    else:
        with pytest.raises(InputError, match=r"a becomes [0-9,]+ rows and 0\.5[0-9]+ GB"):
            check_messages(stream([large] * 72, compression), "a")


def test_our_own_recording_is_not_unpacked_either(tmp_path: Path) -> None:
    batches = [pa.record_batch({"a": np.zeros(2**20)})] * 80
    (tmp_path / "episode-000.arrow").write_bytes(stream(batches, "zstd").read())
    with pytest.raises(InputError, match=r"episode-000\.arrow becomes"):
        read_stream(tmp_path / "episode-000.arrow")


def test_arrays_of_nothing_are_no_recording(tmp_path: Path) -> None:
    with (tmp_path / "a.npz").open("wb") as file:
        np.savez_compressed(file, image=np.zeros((6000, 320, 320, 1), np.uint8)[:, :, :, 0])
    with pytest.raises(InputError, match="which no recording's do"):
        read_arrays(tmp_path / "a.npz", {"image"})


def test_a_tub_names_each_catalog_once_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "catalog_0.catalog").write_text('{"user/angle": 0.0}\n' * 3 + "\n" * 1000)
    about = {"paths": ["catalog_0.catalog"] * 1000, "deleted_indexes": []}
    (tmp_path / "manifest.json").write_text("[]\n[]\n{}\n{}\n" + json.dumps(about) + "\n" * 1000)
    assert read_catalog(tmp_path).num_rows == 3
    monkeypatch.setattr(tub_catalog, "_MOST_ROWS", 2)
    with pytest.raises(InputError, match="more than 2 rows; split it"):
        read_drive(tmp_path)
