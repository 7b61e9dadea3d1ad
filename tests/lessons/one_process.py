"""An executor for tests that are not about processes: parts run in this one, one after the other."""

import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue

from drive_sim.lessons.kit.executors import Message, PartExecutor
from drive_sim.lessons.kit.parts import Part, run_part
from drive_sim.records import Json


@contextmanager
def one_process(_num_parts: int) -> Iterator[PartExecutor]:
    """A part is run as another process would get it, from bytes; on leaving, those that have not begun never do."""
    told: SimpleQueue[Message] = SimpleQueue()
    pool = ThreadPoolExecutor(1)

    def run(pickled: bytes) -> Json:
        part: Part = pickle.loads(pickled)
        return run_part(part, lambda share, note: told.put((part.file_stem, share, note)))

    def messages() -> Iterator[Message]:
        while not told.empty():
            yield told.get()

    try:
        yield PartExecutor(lambda part: pool.submit(run, pickle.dumps(part)), messages)
    finally:
        pool.shutdown(cancel_futures=True)
