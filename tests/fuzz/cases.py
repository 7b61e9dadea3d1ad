"""A case of the fuzzer as data, so that one that failed can be kept as a line of JSON and tried again for ever."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parent / "kept.jsonl"
"""Every case that once ended wrongly, and has been mended since."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a file: what is done to it (a name in `edits.EDITS`), and with what.

    `target` is a path inside of the case's folder; with `@key` behind it, the text under that key in the file's own
    metadata (Arrow, ONNX), or with `@` alone the header of a safetensors file.
    """

    do: str
    target: str
    by: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A command line, the valid inputs that it names, what is done to them before, and how the command must end.

    `expected` is 2 where the change is harmful, 0 where it is harmless, None where refusing and using are both right
    (what is made must then open, and be finite).
    """

    kind: str
    argv: tuple[str, ...]
    inputs: tuple[str, ...]
    edits: tuple[Edit, ...] = ()
    expected: int | None = 2

    def to_line(self) -> str:
        """The case as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=True)


def case_from(line: str) -> Case:
    """A case of one line of JSON."""
    read = json.loads(line)
    edits = tuple(Edit(edit["do"], edit["target"], _tuple(edit["by"])) for edit in read.pop("edits"))
    return Case(**{name: _tuple(value) for name, value in read.items()}, edits=edits)


def kept_cases() -> list[Case]:
    """The cases that ended wrongly once."""
    return [case_from(line) for line in KEPT.read_text(encoding="utf-8").splitlines() if line]


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value
