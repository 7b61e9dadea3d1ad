"""The table of a lesson's page, a column a policy: rows of cells, each a number as people write it, or a few words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from drive_sim.evaluate.intervals import Estimate
from drive_sim.report.numbers import number, rate


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, and below it in small type."""

    text: str
    small: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.small})" if self.small else self.text


@dataclass(frozen=True, slots=True)
class Tile:
    """A row that is shown in large type at the top of the page as well: its numbers' unit, and what they are."""

    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """What is told, for each policy, and a note on it in small type."""

    what: str
    cells: Sequence[Cell]
    note: str = ""
    tile: Tile | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture or a film inside of the page, as a data URI, and what it shows."""

    uri: str
    caption: str


def words(texts: Iterable[str]) -> list[Cell]:
    """A cell of words a policy."""
    return [Cell(text) for text in texts]


def numbers(values: Iterable[float | None], digits: int = 1) -> list[Cell]:
    """A cell with one number a policy; a dash where there is none."""
    return [Cell(number(value, digits)) for value in values]


def estimates(of: Iterable[Estimate | None], digits: int = 2, *, scale: float = 1.0) -> list[Cell]:
    """A cell with a mean and below it its interval, a policy; `scale` is 100 for shares in per cent."""
    return [Cell("–") if one is None else estimate_cell(one, digits, scale=scale) for one in of]


def estimate_cell(of: Estimate, digits: int = 2, *, scale: float = 1.0) -> Cell:
    """A mean and below it its interval, where it has one."""
    return _written(of, lambda value: number(scale * value, digits))


def rates(of: Iterable[Estimate]) -> list[Cell]:
    """A cell with how often something happens and below it its interval, a policy; see `report.numbers.rate`."""
    return [_written(one, rate) for one in of]


def _written(of: Estimate, write: Callable[[float], str]) -> Cell:
    bounds = "" if of.low is None or of.high is None else f"{write(of.low)} to {write(of.high)}"
    return Cell(write(of.mean), bounds)


def series(values: Iterable[Iterable[float | None]], digits: int = 1) -> list[Cell]:
    """A cell with a number a seed, separated by commas."""
    return [Cell(", ".join(number(value, digits) for value in of)) for of in values]
