"""Progress within longer work, for lessons that are generators."""

from collections.abc import Generator
from dataclasses import replace
from typing import TypeVar

from drive_sim.lessons.kit.progress import Finished, Progress

__all__ = ["Finished", "Progress", "as_first_of", "within"]
FoundT = TypeVar("FoundT")


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
