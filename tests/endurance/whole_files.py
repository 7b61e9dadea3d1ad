"""Whether every file that a command has left opens, and what two runs that ought to be the same differ in."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import onnx
import pyarrow as pa
import safetensors.numpy

from bench.episode_rows import rows_of
from drive_sim.report.video import last_picture

VARYING = {"cpu_s", "commit", "config", "versions", "seconds", "duration_s", "times_s", "training_s", "folder"}
"""Times, places and the state of the code: what the same run may say otherwise."""


def check_whole(folder: Path) -> None:
    """Open every file that has its final name. Raises whatever one that is half says."""
    for path in named(folder):
        OPENED[path.suffix](path)


def named(folder: Path) -> Iterator[Path]:
    """The files that have their final names; what is still being written has a name that begins with a dot."""
    for path in sorted(folder.rglob("*")):
        is_part = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not is_part:
            yield path


def contents(folder: Path) -> dict[str, Any]:
    """Every file by name: JSON without what varies, the rows of streams, other files' bytes."""
    found: dict[str, Any] = {}
    for path in named(folder):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".json":
            found[name] = _steady(json.loads(path.read_text(encoding="utf-8")))
        elif path.suffix == ".arrow":
            with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
                found[name] = stream.read_all().to_pydict()
        elif path.suffix != ".html":
            found[name] = path.read_bytes()
    return found


def _steady(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _steady(inner) for key, inner in value.items() if key not in VARYING}
    return [_steady(inner) for inner in value] if isinstance(value, list) else value


def _open_page(path: Path) -> None:
    assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), f"{path} is half a page"


def _open_model(path: Path) -> None:
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)


OPENED: dict[str, Callable[[Path], object]] = {
    ".arrow": rows_of,
    ".json": lambda path: json.loads(path.read_text(encoding="utf-8")),
    ".safetensors": safetensors.numpy.load_file,
    ".onnx": _open_model,
    ".mp4": last_picture,
    ".html": _open_page,
    ".0": Path.read_bytes,  # TensorBoard's, which it appends to
}
"""How a file of each kind is opened; one of no known kind is a KeyError, and to be added here."""
