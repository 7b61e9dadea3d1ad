"""An executor for tests that are not about processes: parts run in this one, one after the other."""

import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event

from drive_sim.lessons.kit.executors import Message, PartExecutor
from drive_sim.lessons.kit.parts import Part, run_part
from drive_sim.records import Json


@contextmanager
def one_process(_num_parts: int) -> Iterator[PartExecutor]:
    """A part is run as another process would get it, from bytes; on leaving, it ends as it next reports."""
    told: SimpleQueue[Message] = SimpleQueue()
    is_left, pool = Event(), ThreadPoolExecutor(1)

    def run(pickled: bytes) -> Json:
        part: Part = pickle.loads(pickled)

        def report(share: float, note: str) -> None:
            if is_left.is_set():
                raise InterruptedError(f"{part.file_stem} was stopped")
            told.put((part.file_stem, share, note))

        return run_part(part, report)

    def messages() -> Iterator[Message]:
        while not told.empty():
            yield told.get()

    try:
        yield PartExecutor(lambda part: pool.submit(run, pickle.dumps(part)), messages)
    finally:
        is_left.set()
        pool.shutdown(cancel_futures=True)
