"""What a lesson says while it runs: frozen records, so that whoever iterates decides how to show them."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

FoundT = TypeVar("FoundT")


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
    result: dict[str, Any]


def as_first_of(work: Generator[Progress, None, FoundT], share: float) -> Generator[Progress, None, FoundT]:
    """The same work, its progress told as that of the first `share` of a longer one."""
    return within(work, 0.0, share)


def within(work: Generator[Progress, None, FoundT], begin: float, end: float) -> Generator[Progress, None, FoundT]:
    """The same work, its progress told as that of a longer one from one of its shares to another."""
    while True:
        try:
            news = next(work)
        except StopIteration as done:
            return done.value
        yield replace(news, share=begin + (end - begin) * news.share)
