"""What a lesson says while it runs: frozen records, so that whoever iterates decides how to show them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from drive_sim.records import Json


@dataclass(frozen=True, slots=True)
class Progress:
    """One stage has come so far: `share` goes from 0 to 1, `note` is a few words for people.

    Stages may run side by side; each comes first with a share of 0 and last with 1.
    """

    stage: str
    share: float
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """The lesson's end: its folder, its finding in one sentence, and what `result.json` holds."""

    folder: Path
    headline: str
    result: Json


Report: TypeAlias = Callable[[float, str], None]
"""How a part tells how far it is: a share from 0 to 1, and a few words."""


def between(report: Report, begin: float, end: float, words: str = "") -> Report:
    """A report for a piece of the work, from one share of the whole to another; its notes begin with words."""
    return lambda share, note: report(begin + (end - begin) * share, words + note)
