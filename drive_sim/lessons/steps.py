"""The steps that every lesson takes: its folder, its parts on all cores, then its page and its result."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from drive_sim import files
from drive_sim.lessons import cells
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part, Said, kept_side_by_side
from drive_sim.lessons.story import Finished, Progress

ConfigT = TypeVar("ConfigT", bound=Seeded)


def run_parts(
    name: str,
    config: ConfigT,
    folder: Path,
    parts: Sequence[Part],
    said: Said,
    conclude: Callable[[ConfigT, Found, Path], dict[str, Any]],
    *,
    resume: bool,
) -> Iterator[Progress | Finished]:
    """Run a lesson into `folder`; parts that are finished stay there, and `resume` goes on with them.

    `conclude` writes the page of what all parts found, and returns the result. Raises InputError as
    `cells.open_folder` does.
    """
    cells.open_folder(folder, name, asdict(config), resume=resume)
    found = yield from kept_side_by_side(folder, parts, said)
    yield from write_up(folder, partial(conclude, config, found, folder))


def write_up(folder: Path, conclude: Callable[[], dict[str, Any]]) -> Iterator[Progress | Finished]:
    """A lesson's last step: the page, then `result.json`, by which it has come to its end."""
    yield Progress("page", 0.0, "")
    result = conclude()
    if not (folder / "result.json").exists():  # else only the page was missing
        files.write_json(folder / "result.json", result)
    yield Progress("page", 1.0, str(folder / "report.html"))
    yield Finished(folder, result["headline"], result)
