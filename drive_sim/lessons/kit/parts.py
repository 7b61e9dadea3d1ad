"""The parts into which a lesson is cut: calls that another process can make, and what all of them found."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from drive_sim import records
from drive_sim.checkout import code_commit
from drive_sim.lessons.kit.progress import Report
from drive_sim.records import Json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RecordT = TypeVar("RecordT")
ConfigT = TypeVar("ConfigT")
Run: TypeAlias = Callable[[ConfigT, str, int, Report], "DataclassInstance"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stage: `run(report)` returns a record of what was found, from its own seed only.

    It may run in another process or on another machine, so it is a module's function, or a `partial` of one. `name`
    keeps the parts of a stage apart, such as "seed 3"; it is shown, and it is the file's name. A long one may keep what
    it has, such as models, and go on with it after a stop: with `in_folder` it is `run(report, folder=...)`, the
    lesson's own, which all machines must share then.
    """

    stage: str
    name: str
    run: Callable[..., "DataclassInstance"]
    in_folder: bool = False

    @property
    def file_stem(self) -> str:
        """The name under which it is kept."""
        return f"{self.stage}-{self.name}".replace(" ", "-")

    def placed(self, folder: Path) -> "Part":
        """The same part of a lesson in this folder."""
        return replace(self, run=partial(self.run, folder=folder.resolve())) if self.in_folder else self


def parts_by_seed(run: Run[ConfigT], config: ConfigT, stages: Iterable[str], seeds: Iterable[int]) -> list[Part]:
    """A part for each stage and seed: `run(config, stage, seed, report)`."""
    return [Part(stage, f"seed {seed}", partial(run, config, stage, seed)) for stage in stages for seed in seeds]


def run_part(part: Part, report: Report) -> Json:
    """What a part found as JSON, with the seconds of processor time that it took and the commit of the code.

    A part that was stopped and went on says itself how many seconds that were, in a field `cpu_s`.
    """
    start_s = time.process_time()
    report(0.0, "")
    found = records.to_json(part.run(report))
    return {"cpu_s": time.process_time() - start_s, "commit": code_commit(), **found}


@dataclass(frozen=True, slots=True, eq=False)
class PartResults:
    """What every stage found, its parts in their order; `read` turns a stage's into records."""

    by_stage: Mapping[str, Sequence[Json]]

    def read(self, stage: str, record: type[RecordT]) -> tuple[RecordT, ...]:
        """What the parts of a stage found. Raises InputError where one of them is no such record."""
        where, remedy = f"what a part of {stage} found", "delete it in parts/ and resume, and it is done anew"
        return tuple(records.from_json(found, record, where, remedy) for found in self.by_stage[stage])

    @property
    def all(self) -> list[Json]:
        """Every part's, stage after stage."""
        return [found for stage in self.by_stage.values() for found in stage]
