"""A lesson's parts on all cores: each in a process of its own, kept where `part_store` keeps them, and done once.

A part draws from its own seed only, so what is found does not depend on how many processes share the work.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drive_sim.lessons import cells as part_store
from drive_sim.lessons.kit.progress import Progress
from drive_sim.lessons.kit.workers import Connection, Worker, any_working, receive, send, start_workers

MOST_WORKERS = 16
"""More processes than this take more memory than they save time."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stage: `work(*args)` is what `part_store.kept` runs; both go to another process, so no lambdas.

    `name` keeps the parts of a stage apart, such as "seed 3"; it is shown, and it is the file's name.
    """

    stage: str
    name: str
    work: Callable[..., part_store.Work]
    args: tuple[Any, ...]

    @property
    def file_stem(self) -> str:
        """The name under which `part_store.kept` keeps it."""
        return f"{self.stage}-{self.name}".replace(" ", "-")


Found = dict[str, list[dict[str, Any]]]
"""What every stage found, its parts in their order."""
Said = Callable[[str, list[dict[str, Any]]], str]
"""A few words on a stage and what its parts found, when it is finished."""


def kept_side_by_side(
    folder: Path,
    parts: Sequence[Part],
    said: Said = lambda stage, found: f"{len(found)} done",  # noqa: ARG005
    *,
    num_workers: int | None = None,
) -> Generator[Progress, None, Found]:
    """What all parts found, stage by stage; those that the folder holds already are read and not done again.

    `said` gives the few words for a stage that is finished. One process a core unless `num_workers` says otherwise.
    """
    shares = {part.file_stem: _share_done(folder, part) for part in parts}
    waiting = deque(part for part in parts if shares[part.file_stem] < 1.0)
    num_workers = min(num_workers or os.cpu_count() or 1, MOST_WORKERS, len(waiting))
    told: set[str] = set()
    yield from _ends(folder, parts, shares, said, told)
    with start_workers({f"worker {i}": (_do_parts, folder) for i in range(num_workers)}) as workers:
        by_name = {worker.name: worker for worker in workers}
        for worker in workers:
            send(worker, waiting.popleft())
        while any_working(workers):
            for name, news in receive(workers, None):
                part, share, note = news
                shares[part.file_stem] = share
                if share == 1.0:
                    yield from _ends(folder, parts, shares, said, told)
                    _give_next(by_name[name], waiting)
                else:
                    yield Progress(part.stage, _mean_share(part.stage, parts, shares), f"{part.name}: {note}")
    return _read(folder, parts)


def _share_done(folder: Path, part: Part) -> float:
    """All of a part that is kept, and whose file can be read; a damaged one is better known at once than at the end."""
    if not part_store.is_kept(folder, part.file_stem):
        return 0.0
    part_store.read_kept(folder, part.file_stem)
    return 1.0


def _give_next(worker: Worker, waiting: deque[Part]) -> None:
    send(worker, waiting.popleft() if waiting else None)


def _do_parts(home: Connection, folder: Path) -> None:
    """A child's work: do the parts that are sent until None comes, and send home (part, share, note)."""
    while (part := home.recv()) is not None:
        for news in part_store.kept(folder, part.file_stem, part.work(*part.args)):
            home.send((part, min(news.share, 0.999), news.note))
        home.send((part, 1.0, ""))


def _ends(
    folder: Path,
    parts: Sequence[Part],
    shares: dict[str, float],
    said: Said,
    told: set[str],
) -> Generator[Progress, None, None]:
    """The last word on every stage that has come to its end and was not told yet."""
    for stage in dict.fromkeys(part.stage for part in parts):
        own = [part for part in parts if part.stage == stage]
        if stage not in told and all(shares[part.file_stem] == 1.0 for part in own):
            told.add(stage)
            yield Progress(stage, 1.0, said(stage, _read(folder, own)[stage]))


def _mean_share(stage: str, parts: Sequence[Part], shares: dict[str, float]) -> float:
    own = [shares[part.file_stem] for part in parts if part.stage == stage]
    return sum(own) / len(own)


def _read(folder: Path, parts: Sequence[Part]) -> Found:
    found: Found = {}
    for part in parts:
        found.setdefault(part.stage, []).append(part_store.read_kept(folder, part.file_stem))
    return found
