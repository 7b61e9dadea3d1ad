"""Work in processes of its own: a worker runs one function, exchanges messages with its parent, and ends with it."""

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from drive_sim.errors import InputError
from drive_sim.threads import ONE_THREAD

if TYPE_CHECKING:
    from multiprocessing.connection import Connection as _Connection
    from multiprocessing.connection import PipeConnection

_PATIENCE_S = 10.0
"""For a worker that was asked to end."""
_ONCE_MORE_S = 2.0
"""After which it is asked again, where the first word was lost."""
_NICENESS = 10
Connection: TypeAlias = "_Connection[Any, Any] | PipeConnection[Any, Any]"
"""One end of what connects two processes; on Windows it is a pipe."""
TaskT = TypeVar("TaskT")
MessageT = TypeVar("MessageT")
Job: TypeAlias = tuple[Callable[[Connection, TaskT], None], TaskT]
"""What a worker runs, a module's function of the connection to its parent and of its task; and that task."""


@dataclass(frozen=True, slots=True, eq=False)
class Worker:
    """A process and the connection to it."""

    name: str
    process: SpawnProcess
    connection: Connection


@dataclass(frozen=True, slots=True)
class _Ended:
    """A worker's last message: its work is done, or why it is not."""

    error: Exception | None = None


@contextmanager
def start_workers(jobs: Mapping[str, Job[TaskT]]) -> Iterator[list[Worker]]:
    """Start a worker a job (by name); on leaving, end those that still run.

    They are spawned, not forked, with one thread for each numerical library, and Ctrl-C is left to the parent.
    """
    context = multiprocessing.get_context("spawn")
    started: list[Worker] = []
    try:
        with single_threaded_without_ctrl_c():
            for name, job in jobs.items():
                to_parent, to_worker = context.Pipe()
                process = context.Process(target=_serve, args=(to_parent, job[0]), name=name, daemon=True)
                process.start()
                to_parent.close()  # the worker has its own copy: when it is gone, the connection ends
                started.append(Worker(name, process, to_worker))
        for worker in started:
            _send_task(worker, jobs[worker.name][1])
        yield started
    finally:
        for worker in started:
            if not worker.connection.closed:  # else it has ended its work, and is leaving by itself
                worker.process.terminate()
        for worker in started:
            worker.process.join(_PATIENCE_S)
            worker.process.kill()
            worker.process.join()
            worker.connection.close()


def _send_task(worker: Worker, task: object) -> None:
    """By the connection, which ends where the worker is killed as it starts.

    What a process is spawned with goes through a pipe whose other end its parent holds, too: more than fits into that
    would be written for ever.
    """
    with suppress(ConnectionError):
        worker.connection.send_bytes(pickle.dumps(task))


def lower_priority() -> None:
    """For a worker of a window: the window's frames come first, and Ctrl-C is left to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


def send(worker: Worker, message: MessageT) -> None:
    """Send a message to a worker; where it is gone, `receive` says why."""
    with suppress(ConnectionError):
        worker.connection.send(message)


def receive(workers: Sequence[Worker], timeout_s: float | None = 0.0) -> Iterator[tuple[str, Any]]:
    """What workers (by name) have sent, waiting up to `timeout_s` for a first message; None: until there is one.

    The connection to a worker that has ended is closed. Raises its InputError, OSError or MemoryError, or RuntimeError
    where it failed or died.
    """
    by_connection = {worker.connection: worker for worker in workers if not worker.connection.closed}
    for connection in wait(list(by_connection), timeout_s):
        worker = by_connection[cast("Connection", connection)]
        message = _receive(worker)
        if not isinstance(message, _Ended):
            yield worker.name, message
        elif message.error is not None:
            raise message.error
        else:
            worker.connection.close()


def any_working(workers: Sequence[Worker]) -> bool:
    """Whether any worker may still send something."""
    return any(not worker.connection.closed for worker in workers)


def _receive(worker: Worker) -> Any:
    try:
        return worker.connection.recv()
    except (EOFError, ConnectionError):
        worker.process.join()
        reason = f"its process ended with code {worker.process.exitcode}"
        raise RuntimeError(f"{worker.name}: {reason}; memory may have run out") from None


def _leave(*_: object) -> None:
    """Asked to end. What C code has called swallows that (compilers as they load), so it is asked once more later."""
    _ask_again(_ONCE_MORE_S)
    sys.exit(1)


def _ask_again(after_s: float) -> None:
    """Not on Windows, which ends a process at once; after 0 s: not at all."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _leave)
        signal.setitimer(signal.ITIMER_REAL, after_s)


def _serve(connection: Connection, work: Callable[[Connection, Any], None]) -> None:
    """A worker's whole life; asked to end, it leaves by its `finally` blocks, so that nothing half-written stays.

    A fault is sent as one line; where in the worker it was is a note on it, which a traceback shows.
    """
    signal.signal(signal.SIGTERM, _leave)
    try:
        work(connection, pickle.loads(connection.recv_bytes()))
        connection.send(_Ended())
    except (EOFError, ConnectionError):
        return  # nobody listens any more
    except (InputError, OSError, MemoryError) as error:
        connection.send(_Ended(error))
    except Exception as error:
        fault = RuntimeError(f"{type(error).__name__}: {error}")
        fault.add_note(traceback.format_exc())
        connection.send(_Ended(fault))
    finally:
        _ask_again(0.0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # what is left is the interpreter's end, which needs no words


@contextmanager
def single_threaded_without_ctrl_c() -> Iterator[None]:
    """What new processes inherit: Ctrl-C ignored from the start, and one thread for each numerical library."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
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
