"""What a lesson is: its settings, its parts, what they found as a record, and what of it stands on its page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from markupsafe import Markup

from drive_sim.lessons.kit.parts import Part, PartResults
from drive_sim.lessons.kit.table import Row
from drive_sim.records import Json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from matplotlib.figure import Figure

PAGE_STAGE = "page"


@dataclass(frozen=True, slots=True)
class SeedConfig:
    """What the settings of every lesson begin with: seeds from `seed` on, of all that is drawn, and its size."""

    seed: int = 0
    num_seeds: int = 5
    quick: bool = False

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds, one after the other."""
        return tuple(range(self.seed, self.seed + self.num_seeds))


@dataclass(frozen=True, slots=True)
class Claim:
    """What a lesson was asked to show, what it showed, whether that is met, and what was published, if anything.

    `at_any_size`: a small run tests it as well, such as an identity; most ask for all seeds and steps of the lesson.
    """

    what: str
    got: str
    met: bool
    published: str = ""
    at_any_size: bool = False

    def told(self, *, quick: bool) -> Json:
        """For `result.json`; `met` is None where a quick run is too small to test it."""
        met = None if quick and not self.at_any_size else self.met
        return {"what": self.what, "got": self.got, "met": met, "published": self.published}


def verdict(met: bool | None) -> str:
    """In words whether a claim is met; None: it was not tested."""
    return "not tested" if met is None else "met" if met else "missed"


ConfigT = TypeVar("ConfigT", bound=SeedConfig)
ResultT = TypeVar("ResultT", bound="DataclassInstance")
Fact: TypeAlias = (
    "Markup | str | float | Sequence[str] | Sequence[float] | DataclassInstance | Sequence[DataclassInstance]"
)
"""What a page's text may be filled in with."""


@dataclass(frozen=True, slots=True, eq=False)
class Page(Generic[ConfigT, ResultT]):
    """What of a result stands on its page, in the frame that all pages share.

    `module` is the page's own file; beside it, without `_page`, lies the template with its text: what the mechanism is,
    what differs from the paper, which lines to change. It is filled in with `facts`, and shows `figures`. `columns` are
    names of policies in `style.LOOKS`; `headline` is the finding in one sentence, whatever it is; `claims` are what the
    lesson was asked to show. `media` makes what more there is, such as a film in the folder of the run. `time_claims`
    are claims of how long it took, which no two runs share: they are given the seconds by the clock from the lesson's
    start until each stage had ended, of none where the run was resumed.
    """

    module: Path
    columns: tuple[str, ...]
    headline: Callable[[ConfigT, ResultT], str]
    claims: Callable[[ConfigT, ResultT], Sequence[Claim]]
    rows: Callable[[ConfigT, ResultT], Sequence[Row]]
    figures: Callable[[ConfigT, PartResults, ResultT], Mapping[str, "Figure"]]
    facts: Callable[[ConfigT, ResultT], Mapping[str, Fact]] = lambda _config, _result: {}
    media: Callable[[ConfigT, PartResults, ResultT, Path], Mapping[str, Fact]] = lambda *_: {}
    time_claims: Callable[[ConfigT, ResultT, Mapping[str, float]], Sequence[Claim]] = lambda *_: ()

    @property
    def template(self) -> Path:
        """Where the page's text is."""
        return self.module.with_name(self.module.stem.removesuffix("_page") + ".html.j2")


@dataclass(frozen=True, slots=True, eq=False)
class Lesson(Generic[ConfigT, ResultT]):
    """A published experiment, run again; docs/architecture.md says how to add one.

    `quick` are the settings of a small run, and their type's defaults those of a whole one. `parts` are run, in stages
    whose titles `stages` gives; `summary` is a few words on a stage that is finished. `then` gives more parts, once
    after the other, which build on what those before have found. `result` makes a record of what all parts found, which
    goes into result.json.
    """

    name: str
    quick: ConfigT
    stages: Mapping[str, str]
    parts: Callable[[ConfigT], Sequence[Part]]
    summary: Callable[[ConfigT, str, PartResults], str]
    result: Callable[[ConfigT, PartResults], ResultT]
    page: Page[ConfigT, ResultT]
    then: tuple[Callable[[ConfigT, PartResults], Sequence[Part]], ...] = ()

    def config(self, seed: int, *, quick: bool) -> ConfigT:
        """The settings of a run, whole or quick, from a seed on."""
        return replace(self.quick, seed=seed) if quick else type(self.quick)(seed=seed)

    @property
    def all_stages(self) -> dict[str, str]:
        """The titles of all stages, the page's last."""
        return {**self.stages, PAGE_STAGE: "Report"}
