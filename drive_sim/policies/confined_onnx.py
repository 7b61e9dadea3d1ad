"""Somebody's ONNX file as a policy, run in a process with limits: what fills the memory, or never answers, is ended.

`grade` does the same with whatever is handed in (`confined`).
"""

import json
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim import records
from drive_sim.errors import InputError
from drive_sim.policies import child
from drive_sim.policies.onnx_child import from_bytes, to_bytes
from drive_sim.policies.onnx_graph import MISSING
from drive_sim.policies.onnx_policy import OnnxPolicy, load_onnx
from drive_sim.policies.onnx_session import Arrays, End, Session, open_session
from drive_sim.policies.process_limits import CAN_LIMIT

MEMORY_MB = 2048
"""Beside libraries, and the file itself."""
_MODULE = "drive_sim.policies.onnx_child"
LOAD_S, ANSWER_S, PICTURE_S = 60.0, 5.0, 0.25
"""Of a processor, to open a file, for an answer, and for each picture more: a hundred times a network as those here."""
_EXPORT = "use a file that `export` wrote"


@dataclass(frozen=True, slots=True)
class _Said:
    """What a child says of the file that it has open."""

    metadata: Mapping[str, str]
    ends: Sequence[tuple[str, str, list[Any]]]


class ConfinedSession:
    """A file that a child has open, which ends with it (`onnx_session.Session`)."""

    def __init__(self, content: bytes, path: Path) -> None:
        memory_mb = MEMORY_MB + 3 * (len(content) >> 20)
        process, connection = child.start(_MODULE, (str(path), memory_mb, LOAD_S), Path(tempfile.gettempdir()))
        self.end = weakref.finalize(self, child.end, process, connection)
        self._child = child.Conversation(
            str(path), process, connection, too_long="it takes more of a processor's time than a network does"
        )
        self._child.begin()
        self._child.send(content, child.PATIENCE * LOAD_S)
        where = f"what {path} says of itself"
        found = records.decoded(self._child.receive(child.READY, child.PATIENCE * LOAD_S), where, _EXPORT)
        said = records.from_json(found, _Said, where, _EXPORT)
        self.metadata: Mapping[str, str] = said.metadata
        self.ends: Sequence[End] = said.ends

    def run(self, names: Sequence[str], given: Arrays) -> Sequence[npt.NDArray[Any]]:
        """The named outputs of these inputs. Raises InputError where the child cannot compute them, or is ended."""
        most_s = ANSWER_S + PICTURE_S * len(next(iter(given.values()), []))
        asked = json.dumps([list(names), most_s]).encode()
        self._child.send(asked + b"\n" + to_bytes(given), child.PATIENCE * most_s)
        answer = self._child.receive(child.ANSWER, child.PATIENCE * most_s)
        try:
            found = from_bytes(answer)
            return [np.asarray(found[name]) for name in names]
        except (ValueError, KeyError):
            raise InputError(f"{self._child.name}: its process speaks out of turn; {_EXPORT}") from None


def load_confined_onnx(path: Path) -> OnnxPolicy:
    """The policy of an ONNX file of anybody's, confined where the system can; else of what `export` writes alone.

    Raises InputError as `load_onnx` does; driving raises it, too, where the file exceeds its limits.
    """
    return load_onnx(path, session_of=_confined if CAN_LIMIT else open_session)


def _confined(content: bytes, path: Path, operators: Sequence[str]) -> Session:  # noqa: ARG001 - it takes any
    if not all(map(find_spec, ("onnx", "onnxruntime"))):
        raise InputError(MISSING)
    return ConfinedSession(content, path)
