"""`meta/tasks.parquet` of a LeRobotDataset: a table that pandas wrote, its index being what is to be done."""

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_INDEX = "__index_level_0__"


def write_tasks(path: Path, tasks: Sequence[str]) -> None:
    """Write the tasks, numbered from 0. Raises OSError where the file system refuses."""

    def column(name: str | None, field: str, kind: str, numpy_kind: str) -> dict[str, object]:
        return {"name": name, "field_name": field, "pandas_type": kind, "numpy_type": numpy_kind, "metadata": None}

    about = {
        "index_columns": [_INDEX],
        "column_indexes": [column(None, "None", "unicode", "object") | {"metadata": {"encoding": "UTF-8"}}],
        "columns": [column("task_index", "task_index", "int64", "int64"), column(None, _INDEX, "unicode", "object")],
        "creator": {"library": "pyarrow", "version": pa.__version__},
        "pandas_version": "2.0.0",
    }
    table = pa.table({"task_index": pa.array(range(len(tasks)), pa.int64()), _INDEX: pa.array(tasks, pa.string())})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata({"pandas": json.dumps(about)}), path)
