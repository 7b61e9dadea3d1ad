"""Where parts run: in processes on this machine, each with a core of its own, through the standard library's executor.

A worker ends with its parent, however that ends: it holds one end of a pipe, and leaves when the other is closed.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.queues import SimpleQueue
from typing import TypeAlias, cast

from drive_sim.lessons.kit.parts import Part, run_part
from drive_sim.lessons.kit.workers import single_threaded_without_ctrl_c
from drive_sim.records import Json

MOST_WORKERS = 16
"""More processes than this take more memory than they save time."""
_PATIENCE_S = 10.0
"""For a worker that was asked to end."""
Message: TypeAlias = tuple[str, float, str]
"""A part's file stem, how far it is (0 to 1), and a few words."""


@dataclass(frozen=True, slots=True, eq=False)
class PartExecutor:
    """Where a part is handed in to be run, and what those that run have reported since they were last asked."""

    submit: Callable[[Part], Future[Json]]
    messages: Callable[[], Iterator[Message]]
    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)
    """What a part ends with whose worker was killed, through no fault of its own."""


OpenExecutor: TypeAlias = Callable[[int], AbstractContextManager[PartExecutor]]
"""Opens an executor for so many parts; on leaving, what it still runs is ended."""

_MESSAGES: ContextVar["SimpleQueue[Message]"] = ContextVar("messages")
"""In a worker: where its reports go."""


@contextmanager
def local_processes(num_parts: int, *, num_workers: int | None = None) -> Iterator[PartExecutor]:
    """One process a core, at most one a part, unless `num_workers` says otherwise."""
    num_workers = min(num_workers or os.cpu_count() or 1, MOST_WORKERS, num_parts)
    context = multiprocessing.get_context("spawn")
    messages: SimpleQueue[Message] = context.SimpleQueue()
    parent_lives, lifeline = context.Pipe(duplex=False)
    begin_worker = partial(_begin_worker, messages, cast("Connection", parent_lives))
    pool = ProcessPoolExecutor(num_workers, context, begin_worker)

    def submit(part: Part) -> Future[Json]:
        with single_threaded_without_ctrl_c():  # a process starts as a part is handed in
            return pool.submit(_run_and_report, part)

    try:
        yield PartExecutor(submit, lambda: _received(messages))
        pool.shutdown()
    finally:
        lifeline.close()
        pool.shutdown(cancel_futures=True)


def _received(messages: "SimpleQueue[Message]") -> Iterator[Message]:
    while not messages.empty():
        yield messages.get()


def _run_and_report(part: Part) -> Json:
    """In a worker: run a part, and send what it reports to the parent."""
    messages = _MESSAGES.get()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    return run_part(part, lambda share, note: messages.put((part.file_stem, share, note)))


def _begin_worker(messages: "SimpleQueue[Message]", parent_lives: Connection) -> None:
    _MESSAGES.set(messages)
    # Before its first part nothing is left behind, and the executor would show a traceback of what is raised here.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(1))
    threading.Thread(target=_end_with, args=(parent_lives,), daemon=True).start()


def _end_with(parent_lives: Connection) -> None:
    """Wait until the parent is gone or wants it, then leave by the `finally` blocks; where that fails, at once."""
    wait([parent_lives])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE_S)
    os._exit(1)
