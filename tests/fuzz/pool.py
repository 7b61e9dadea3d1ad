"""Cases tried a few side by side."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.fuzz.cases import Case
from tests.fuzz.trial import Trial


def tried(
    cases: Sequence[Case], valid: Path, work: Path, num_workers: int, *, as_processes: bool = False
) -> Iterator[Trial]:
    """The trial of each case, when it has ended; `valid` holds what cases copy, `work` gets a folder a worker."""
    waiting, running, free = list(cases)[::-1], dict[int, Trial](), list(range(num_workers))
    while waiting or running:
        while waiting and free:
            slot = free.pop()
            running[slot] = Trial(waiting.pop(), valid, work / f"case-{slot}", as_process=as_processes)
        ended = [slot for slot, trial in running.items() if trial.ended()]
        for slot in ended:
            free.append(slot)
            yield running.pop(slot)
        if not ended:
            time.sleep(0.002)
