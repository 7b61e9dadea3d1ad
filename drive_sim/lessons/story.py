"""What a lesson says while it runs: frozen records, so that whoever iterates decides how to show them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any


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
