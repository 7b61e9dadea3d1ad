"""Work beside the window: processes of their own, listened to in a thread, so that no frame waits for either."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from drive_sim.lessons.kit.workers import Job, TaskT, Worker, any_working, receive, send, start_workers

_PATIENCE_S = 0.1
"""How often the thread looks whether it is still wanted."""


class BackgroundWork:
    """Jobs by name, each in a process; ask each frame what has been `received`."""

    def __init__(self, jobs: Mapping[str, Job[TaskT]], name: str, at_end: Callable[[], None] = lambda: None) -> None:
        """Begin; `at_end` is called, in a thread, when all has ended, however it has."""
        self._at_end = at_end
        self._received: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._to_send: SimpleQueue[tuple[str, Any] | None] = SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._receive_all, args=(jobs,), name=name)
        self._thread.start()

    @property
    def is_cancelled(self) -> bool:
        """Nobody wants it any more."""
        return self._stop.is_set()

    def received(self) -> Iterator[tuple[str, Any]]:
        """Since it was last asked: who sent something, and what; of nobody an exception, at which all has ended."""
        with suppress(Empty):
            while True:
                yield self._received.get_nowait()

    def send(self, name: str, message: Any) -> None:
        """Send a message to a job; those that it has not taken yet wait in their order, and the caller never does."""
        self._to_send.put((name, message))

    def cancel(self) -> None:
        """End it where it still runs."""
        self._stop.set()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until the processes have ended, for scripts and tests."""
        self._thread.join(timeout_s)

    def _receive_all(self, jobs: Mapping[str, Job[Any]]) -> None:
        """In the thread. A window that is gone without a word (its main thread has ended) is a reason to stop too."""
        try:
            with start_workers(jobs) as workers:
                threading.Thread(target=self._send_all, args=(workers,), name="to workers", daemon=True).start()
                while any_working(workers) and not self._stop.is_set() and threading.main_thread().is_alive():
                    for message in receive(workers, _PATIENCE_S):
                        self._received.put(message)
        except Exception as error:
            self._received.put(("", error))
        finally:
            self._to_send.put(None)
            self._at_end()

    def _send_all(self, workers: Sequence[Worker]) -> None:
        """In a thread of its own, since a worker that is behind does not take a message at once."""
        by_name = {worker.name: worker for worker in workers}
        while (item := self._to_send.get()) is not None:
            # It has ended (whoever listens is told why), or its connection is closed while this writes: a TypeError.
            with suppress(OSError, TypeError):
                send(by_name[item[0]], item[1])


def last_line(error: Exception) -> str:
    """What an error says, in one line."""
    return (str(error).strip() or type(error).__name__).splitlines()[-1]
