"""An ONNX file that is open: what it says of itself, its ends, and what it makes of arrays; in this process.

`confined_onnx` has the same in a process of its own.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from drive_sim.errors import NO_MEMORY, InputError
from drive_sim.policies.onnx_graph import MISSING, check_graph

FATAL = 4
"""onnxruntime's log level at which it leaves talking to us."""
End: TypeAlias = tuple[str, str, list[Any]]
"""An input or output: its name, its type, and its shape behind the first axis, which is the cars."""
Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]


class Session(Protocol):
    """An open file."""

    @property
    def metadata(self) -> Mapping[str, str]:
        """What it says of itself."""
        ...

    @property
    def ends(self) -> Sequence[End]:
        """Its inputs and outputs."""
        ...

    def run(self, names: Sequence[str], given: Arrays) -> Sequence[npt.NDArray[Any]]:
        """The named outputs of these inputs. Raises InputError where it cannot be computed."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class OpenSession:
    """A file that onnxruntime has open here."""

    runtime: Any
    metadata: Mapping[str, str]
    ends: Sequence[End]

    def run(self, names: Sequence[str], given: Arrays) -> Sequence[npt.NDArray[Any]]:
        """The named outputs of these inputs. Raises InputError where it cannot be computed, or MemoryError."""
        try:
            return [np.asarray(values) for values in self.runtime.run(list(names), dict(given))]
        except Exception as error:  # onnxruntime's own errors have no other parent
            if any(sign in str(error) for sign in NO_MEMORY):
                raise MemoryError from None
            raise InputError(f"the ONNX file cannot be computed ({type(error).__name__}); export it again") from None


def open_session(content: bytes, path: Path, operators: Sequence[str]) -> OpenSession:
    """Open a file of these operators here. Raises InputError where it is none, or onnxruntime is missing."""
    check_graph(content, path, operators)
    # From 1.32 on it looks up its maker's host and keeps a device id under ~/.cache, unless this is set before.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        import onnxruntime  # noqa: PLC0415 - only who drives by ONNX needs it
    except ImportError:
        raise InputError(MISSING) from None
    onnxruntime.set_default_logger_severity(FATAL)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = FATAL
    options.intra_op_num_threads = 1  # the same file, the same numbers
    try:
        found = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no common ancestor below this one
        said = " ".join(str(error).split())[:160]
        if any(sign in said for sign in NO_MEMORY):
            raise MemoryError from None
        raise InputError(f"{path} is not an ONNX model that onnxruntime can run ({said}); export it again") from None
    ends: list[End] = [(end.name, end.type, list(end.shape[1:])) for end in (*found.get_inputs(), *found.get_outputs())]
    return OpenSession(found, found.get_modelmeta().custom_metadata_map, ends)
