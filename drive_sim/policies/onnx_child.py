"""The process in which somebody's ONNX file is open: arrays in, arrays out, as bytes (`confined_onnx` is its parent).

It imports no more than it needs, so that a file is open within a second.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.policies.child import ANSWER, IMPORTED, MOST_BYTES, MOST_LETTERS, READY, REFUSED
from drive_sim.policies.process_limits import allow_time, limit_this_process

_KINDS = {"|u1": np.dtype(np.uint8), "<f4": np.dtype(np.float32), "<f8": np.dtype(np.float64)}


def to_bytes(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Named arrays: a line of JSON, then their numbers."""
    head = json.dumps([[name, values.dtype.str, list(values.shape)] for name, values in arrays.items()])
    return b"\n".join([head.encode(), b"".join(np.ascontiguousarray(values).tobytes() for values in arrays.values())])


def from_bytes(content: bytes) -> dict[str, npt.NDArray[Any]]:
    """What `to_bytes` made. Raises ValueError for anything else."""
    head, _, rest = content.partition(b"\n")
    arrays: dict[str, npt.NDArray[Any]] = {}
    try:
        for name, kind, shape in json.loads(head):
            num_bytes = int(np.prod([int(each) for each in shape], dtype=object)) * _KINDS[kind].itemsize
            arrays[str(name)] = np.frombuffer(rest[:num_bytes], _KINDS[kind]).reshape(shape)
            rest = rest[num_bytes:]
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(str(error)) from None
    return arrays


def main(descriptor: int, name: str, memory_mb: int, load_s: float) -> None:
    """Open the file whose content comes first, and answer until nobody asks any more."""
    import onnx  # noqa: F401, PLC0415 - before memory counts
    import onnxruntime  # noqa: F401, PLC0415

    with Connection(descriptor) as parent, suppress(EOFError, ConnectionError):
        limit_this_process(memory_mb)
        parent.send_bytes(IMPORTED)
        try:
            _serve(parent, Path(name), load_s)
        except (EOFError, ConnectionError):
            raise
        except MemoryError:
            parent.send_bytes(REFUSED + f"it asks for more than {memory_mb} MB of memory".encode())
        except InputError as error:
            parent.send_bytes(REFUSED + str(error).encode()[:MOST_LETTERS])
        except Exception as error:  # what libraries raise on a file of anybody has no common ancestor below this one
            said = " ".join(str(error).split())[:200]
            parent.send_bytes(REFUSED + f"it cannot be run: {said}".encode())


def _serve(parent: Connection, path: Path, load_s: float) -> None:
    from drive_sim.policies.onnx_graph import ANY_FEED_FORWARD  # noqa: PLC0415
    from drive_sim.policies.onnx_session import open_session  # noqa: PLC0415

    allow_time(load_s)
    session = open_session(parent.recv_bytes(), path, ANY_FEED_FORWARD)
    said = json.dumps({"metadata": dict(session.metadata), "ends": session.ends}).encode()
    if len(said) >= MOST_BYTES:
        raise InputError(f"{path}: its metadata have {len(said):,} letters; use a file that `export` wrote")
    parent.send_bytes(READY + said)
    while True:
        asked, _, content = parent.recv_bytes().partition(b"\n")
        names, most_s = json.loads(asked)
        given = from_bytes(content)
        allow_time(most_s)
        answer = to_bytes(dict(zip(names, session.run(names, given), strict=True)))
        if len(answer) >= MOST_BYTES:
            raise InputError(f"{path}: its answer is larger than steering is; export it again")
        parent.send_bytes(ANSWER + answer)
