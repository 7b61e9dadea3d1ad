"""How a lesson is run: its parts on an executor, each kept as it is finished, then its result and its page."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from drive_sim import files, records
from drive_sim.errors import InputError
from drive_sim.lessons.kit import part_store
from drive_sim.lessons.kit.executors import OpenExecutor, PartExecutor, local_processes
from drive_sim.lessons.kit.lesson import PAGE_STAGE, ConfigT, Lesson, ResultT
from drive_sim.lessons.kit.page import write_page
from drive_sim.lessons.kit.parts import Part, PartResults
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.kit.provenance import provenance
from drive_sim.records import Json

_POLL_S = 0.1
_ATTEMPTS = 2
"""How often parts are begun whose worker dies."""


def run(
    lesson: Lesson[ConfigT, ResultT],
    config: ConfigT,
    folder: Path,
    *,
    resume: bool = False,
    executor: OpenExecutor = local_processes,
) -> Iterator[Progress | Finished]:
    """Run a lesson into `folder`; parts that are finished stay there, and `resume` goes on with them.

    Raises InputError as `part_store.open_folder` does, for a kept part that is damaged, and where workers die.
    """
    part_store.open_folder(folder, lesson.name, config, resume=resume)
    state = _Progress(folder, lambda stage, found: lesson.summary(config, stage, found))
    state.add(lesson.parts(config))
    yield from _run_parts(state, executor)
    for more in lesson.then:
        state.add(more(config, part_store.read_parts(folder, state.parts)))
        yield from _run_parts(state, executor)
    found = part_store.read_parts(folder, state.parts)
    yield from _write_up(lesson, config, folder, found, {} if resume else state.ends_s)


def make_result(
    lesson: Lesson[ConfigT, ResultT], config: ConfigT, found: PartResults, result: ResultT, ends_s: Mapping[str, float]
) -> Json:
    """Everything for `result.json`: the same seed gives the same on one machine, but for seconds and commit."""
    page = lesson.page
    return {
        "lesson": lesson.name,
        "seed": config.seed,
        "seeds": list(config.seeds),
        "headline": page.headline(config, result),
        "claims": [claim.told(quick=config.quick) for claim in page.claims(config, result)],
        "time_claims": [claim.told(quick=config.quick) for claim in page.time_claims(config, result, ends_s)],
        **records.to_json(result),
        "config": records.to_json(config),
        **provenance(found.all),
    }


def _write_up(
    lesson: Lesson[ConfigT, ResultT],
    config: ConfigT,
    folder: Path,
    found: PartResults,
    ends_s: Mapping[str, float],
) -> Iterator[Progress | Finished]:
    """The last step: the page and `result.json`; one that is there already, since a stop came, stays."""
    yield Progress(PAGE_STAGE, 0.0, "")
    result = lesson.result(config, found)
    told = make_result(lesson, config, found, result, ends_s)
    page = folder / part_store.PAGE
    if not page.exists():
        write_page(lesson, config, found, result, told, page)
    if not (folder / part_store.RESULT).exists():
        files.write_json(folder / part_store.RESULT, told)
    yield Progress(PAGE_STAGE, 1.0, str(page))
    yield Finished(folder, told["headline"], told)


@dataclass(slots=True)
class _Progress:
    """How far every part is, and after how many seconds by the clock each stage was finished and said to be."""

    folder: Path
    summary: Callable[[str, PartResults], str]
    parts: list[Part] = field(default_factory=list)
    shares: dict[str, float] = field(default_factory=dict)
    ends_s: dict[str, float] = field(default_factory=dict)
    start_s: float = field(default_factory=time.perf_counter)

    def add(self, parts: Sequence[Part]) -> None:
        """More parts, of which some may be kept already."""
        self.parts += [part.placed(self.folder) for part in parts]
        self.shares |= {part.file_stem: float(part_store.is_kept(self.folder, part)) for part in parts}

    @property
    def waiting(self) -> list[Part]:
        """The parts that are not finished."""
        return [part for part in self.parts if self.shares[part.file_stem] < 1.0]

    def told(self, part: Part) -> Iterator[Progress]:
        """What there is to say of a part that is finished: how far its stage is, or that it is finished too."""
        share = self._stage_share(part.stage)
        if share < 1.0:
            yield Progress(part.stage, share, f"{part.name} is done")
        yield from self.finished_stages()

    def finished_stages(self) -> Iterator[Progress]:
        """The last word on every stage that has come to its end and was not told yet."""
        for stage in dict.fromkeys(part.stage for part in self.parts):
            own = [part for part in self.parts if part.stage == stage]
            if stage not in self.ends_s and all(self.shares[part.file_stem] == 1.0 for part in own):
                self.ends_s[stage] = time.perf_counter() - self.start_s
                yield Progress(stage, 1.0, self.summary(stage, part_store.read_parts(self.folder, own)))

    def moved(self, part: Part, share: float, note: str) -> Progress:
        """A part has come so far, short of its end."""
        self.shares[part.file_stem] = max(self.shares[part.file_stem], min(share, 0.999))
        return Progress(part.stage, self._stage_share(part.stage), f"{part.name}: {note}")

    def _stage_share(self, stage: str) -> float:
        own = [self.shares[part.file_stem] for part in self.parts if part.stage == stage]
        return sum(own) / len(own)

    def keep(self, part: Part, found: Json) -> None:
        """A part is finished."""
        part_store.keep(self.folder, part, found)
        self.shares[part.file_stem] = 1.0


def _run_parts(state: _Progress, executor: OpenExecutor) -> Iterator[Progress]:
    yield from state.finished_stages()
    for _ in range(_ATTEMPTS):
        waiting = state.waiting
        if not waiting:
            return
        with executor(len(waiting)) as pool, suppress(*pool.lost):  # killed workers' parts begin anew
            yield from _run_on(pool, waiting, state)
    if state.waiting:
        raise InputError(
            f"a worker process died at {state.waiting[0].file_stem}, {_ATTEMPTS} times; memory may have run out"
        )


def _run_on(pool: PartExecutor, waiting: Sequence[Part], state: _Progress) -> Iterator[Progress]:
    running: dict[Future[Json], Part] = {pool.submit(part): part for part in waiting}
    by_stem = {part.file_stem: part for part in waiting}
    while running:
        done, _ = wait(running, timeout=_POLL_S, return_when=FIRST_COMPLETED)
        for stem, share, note in pool.messages():
            yield state.moved(by_stem[stem], share, note)
        for future in sorted(done, key=_failed):  # first what is to be kept
            part = running.pop(future)
            state.keep(part, future.result())
            yield from state.told(part)


def _failed(future: Future[Json]) -> bool:
    return future.cancelled() or future.exception() is not None
