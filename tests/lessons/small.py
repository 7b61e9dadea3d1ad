"""Lessons that are so small that a test can run them."""

from dataclasses import dataclass
from typing import Any, Generic

from drive_sim.lessons.kit.lesson import ConfigT


@dataclass(frozen=True, slots=True)
class Small(Generic[ConfigT]):
    """A lesson's settings for a test, changes to them that it has to refuse, and how many figures its page has."""

    config: ConfigT
    refused: tuple[dict[str, Any], ...]
    num_figures: int
