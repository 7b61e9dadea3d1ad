"""What is done to valid files: one function a kind of damage, all of them pure functions of the file and of data."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fuzz import arrow_edits, containers, model_edits, picture_edits
from tests.fuzz.cases import Edit
from tests.fuzz.hostile import TEXTS

_PLACE = "\u0001the place\u0001"


def apply(edits: tuple[Edit, ...], folder: Path) -> None:
    """Do all of them, one after the other."""
    for edit in edits:
        EDITS[edit.do](folder, edit.target, *edit.by)


def _set_json(folder: Path, target: str, path: tuple[str | int, ...], name: str) -> None:
    """Put a hostile text where a value stands in JSON; an empty path is the whole of it."""
    whole = json.loads(containers.read(folder, target))
    if not path:
        containers.write(folder, target, TEXTS[name])
        return
    holder = whole
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = _PLACE
    containers.write(folder, target, json.dumps(whole).replace(json.dumps(_PLACE), TEXTS[name]))


def _delete_json(folder: Path, target: str, path: tuple[str | int, ...]) -> None:
    whole = json.loads(containers.read(folder, target))
    holder = whole
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    containers.write(folder, target, json.dumps(whole))


def _rewrite_json(folder: Path, target: str, indent: int) -> None:
    """The same JSON, written in another way: no harm."""
    whole = json.loads(containers.read(folder, target))
    containers.write(folder, target, json.dumps(dict(reversed(whole.items())), indent=indent) + "\n\n")


def _set_text(folder: Path, target: str, text: str | None) -> None:
    containers.write(folder, target, text)


def _cut(folder: Path, target: str, share: float) -> None:
    content = (folder / target).read_bytes()
    (folder / target).write_bytes(content[: int(share * len(content))])


def _flip(folder: Path, target: str, places: tuple[tuple[float, int], ...]) -> None:
    """Change single bits, each at a share of the file's length."""
    content = bytearray((folder / target).read_bytes())
    for share, bit in places:
        content[int(share * len(content))] ^= 1 << bit
    (folder / target).write_bytes(content)


def _fill(folder: Path, target: str, start: float, length: int, value: int) -> None:
    content = bytearray((folder / target).read_bytes())
    first = int(start * len(content))
    content[first : first + length] = bytes([value]) * len(content[first : first + length])
    (folder / target).write_bytes(content)


def _append(folder: Path, target: str, text: str, times: int) -> None:
    with (folder / target).open("ab") as file:
        file.write(text.encode("utf-8", "surrogatepass") * times)


def _replace(folder: Path, target: str, kind: str) -> None:
    """Something else under a file's name, or under a folder's."""
    path = folder / target
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path.name)
        case "dangling":
            path.symlink_to("nowhere")
        case "empty":
            path.touch()
        case "device":
            path.symlink_to("/dev/zero")


def _line(folder: Path, target: str, number: int, text: str) -> None:
    """Another line in a text file; one beyond its end is added."""
    lines = (folder / target).read_text().splitlines()
    lines[number : number + 1] = [text]
    (folder / target).write_bytes(("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"))


def _line_json(folder: Path, target: str, number: int, key: str, name: str) -> None:
    """A hostile text for a key's value in one of many lines of JSON."""
    lines = (folder / target).read_text().splitlines()
    whole = {**json.loads(lines[number]), key: _PLACE}
    lines[number] = json.dumps(whole).replace(json.dumps(_PLACE), TEXTS[name])
    (folder / target).write_bytes(("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"))


def _cell(folder: Path, target: str, number: int, column: int, text: str) -> None:
    """Another cell in a line of comma-separated text."""
    lines = (folder / target).read_text().splitlines()
    cells = lines[number].split(",")
    cells[column] = text
    _line(folder, target, number, ",".join(cells))


def _long(folder: Path, target: str, number: int, text: str, times: int) -> None:
    _line(folder, target, number, text * times)


def _encode(folder: Path, target: str, encoding: str) -> None:
    (folder / target).write_bytes((folder / target).read_text().encode(encoding))


EDITS: dict[str, Callable[..., Any]] = {
    "set": _set_json,
    "delete": _delete_json,
    "rewrite": _rewrite_json,
    "text": _set_text,
    "cut": _cut,
    "flip": _flip,
    "fill": _fill,
    "append": _append,
    "replace": _replace,
    "line json": _line_json,
    "line": _line,
    "cell": _cell,
    "long": _long,
    "encode": _encode,
    "column": arrow_edits.set_value,
    "null": arrow_edits.set_null,
    "column type": arrow_edits.change_type,
    "drop column": arrow_edits.drop_column,
    "swap columns": arrow_edits.swap_columns,
    "order": arrow_edits.reorder,
    "weight": model_edits.set_weight,
    "dtype": model_edits.change_dtype,
    "shape": model_edits.change_shape,
    "drop weight": model_edits.drop_weight,
    "graph": model_edits.change_graph,
    "picture": picture_edits.replace_picture,
}
