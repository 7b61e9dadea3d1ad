"""Lessons that are so small that a test can run them."""

from dataclasses import dataclass, field
from typing import Any, Generic

from drive_sim.lessons.kit.lesson import ConfigT


@dataclass(frozen=True, slots=True)
class Small(Generic[ConfigT]):
    """A lesson's settings for a test, changes to them that it has to refuse, and how many figures its page has.

    `files`: how many of which files and folders its own folder holds beside page, result and parts. `stopped_after`: a
    stage of which the first part shall be the last one before a stop; "" for whichever part is done first.
    `has_script`: the page is alive, by a script that stands in it.
    """

    config: ConfigT
    refused: tuple[dict[str, Any], ...]
    num_figures: int
    files: dict[str, int] = field(default_factory=dict)
    stopped_after: str = ""
    has_script: bool = False
