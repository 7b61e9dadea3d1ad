"""Work in processes of its own: a child runs one function, sends records home, and ends with its parent."""

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from drive_sim.errors import InputError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection, PipeConnection

_PATIENCE_S = 10.0
"""For a child that was told to end."""
_NICENESS = 10
Line: TypeAlias = "Connection[Any, Any] | PipeConnection[Any, Any]"
"""A line between two processes; on Windows it is a pipe."""
Work: TypeAlias = "Callable[[Line, Any], None]"
"""A function of a module; it is given the line home and its task."""
Job: TypeAlias = tuple[Work, Any]
"""A child's work, and its task."""


@dataclass(frozen=True, slots=True, eq=False)
class Child:
    """A process and the line to it."""

    name: str
    process: SpawnProcess
    line: Line


@dataclass(frozen=True, slots=True)
class _Ended:
    """A child's last record: its work is done, or why it is not."""

    error: Exception | None = None


@contextmanager
def children_of(jobs: Mapping[str, Job]) -> Iterator[list[Child]]:
    """Start a child a job (by name); on leaving, end those that still run.

    They are spawned, not forked, with one thread for each numerical library, and Ctrl-C is left to the parent.
    """
    context = multiprocessing.get_context("spawn")
    started: list[Child] = []
    try:
        with _quiet_and_single():
            for name, (work, task) in jobs.items():
                home, line = context.Pipe()
                process = context.Process(target=_serve, args=(home, work, task), name=name, daemon=True)
                process.start()
                home.close()  # the child has its own copy: when it is gone, the line ends
                started.append(Child(name, process, line))
        yield started
    finally:
        for child in started:
            if not child.line.closed:  # else it has ended its work, and is leaving by itself
                child.process.terminate()
        for child in started:
            child.process.join(_PATIENCE_S)
            child.process.kill()
            child.process.join()
            child.line.close()


def give_way() -> None:
    """For a child of a window: the window's frames come first, and Ctrl-C is left to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


def tell(child: Child, record: Any) -> None:
    """Send a record to a child; where it is gone, `heard` says why."""
    with suppress(ConnectionError):
        child.line.send(record)


def heard(children: Sequence[Child], timeout_s: float | None = 0.0) -> Iterator[tuple[str, Any]]:
    """What children (by name) have sent, waiting up to `timeout_s` for a first word; None: until one speaks.

    A child that has ended is closed. Raises its InputError, OSError or MemoryError, or RuntimeError where it failed or
    died.
    """
    lines = {child.line: child for child in children if not child.line.closed}
    for line in wait(list(lines), timeout_s):
        child = lines[cast("Line", line)]
        record = _receive(child)
        if not isinstance(record, _Ended):
            yield child.name, record
        elif record.error is not None:
            raise record.error
        else:
            child.line.close()


def at_work(children: Sequence[Child]) -> bool:
    """Whether any child may still speak."""
    return any(not child.line.closed for child in children)


def _receive(child: Child) -> Any:
    try:
        return child.line.recv()
    except (EOFError, ConnectionError):
        child.process.join()
        reason = f"its process ended with code {child.process.exitcode}"
        raise RuntimeError(f"{child.name}: {reason}; memory may have run out") from None


def _serve(home: Line, work: Work, task: Any) -> None:
    """A child's whole life; told to end, it leaves by its `finally` blocks, so that nothing half-written stays.

    A fault comes home as one line; where in the child it was is a note on it, which a traceback shows.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        work(home, task)
        home.send(_Ended())
    except (EOFError, ConnectionError):
        return  # nobody listens any more
    except (InputError, OSError, MemoryError) as error:
        home.send(_Ended(error))
    except Exception as error:
        fault = RuntimeError(f"{type(error).__name__}: {error}")
        fault.add_note(traceback.format_exc())
        home.send(_Ended(fault))


@contextmanager
def _quiet_and_single() -> Iterator[None]:
    """What children inherit: Ctrl-C ignored from their first moment, and one thread for each numerical library."""
    settings = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    is_main = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN) if is_main else None
    try:
        yield
    finally:
        if is_main:
            signal.signal(signal.SIGINT, handler)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
