"""The steps that every lesson takes: its folder, its parts on all cores, then its result and its page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from drive_sim import files
from drive_sim.lessons import cells as part_store
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.seeded import Seeded
from drive_sim.lessons.side_by_side import Found, Part, Said, kept_side_by_side

ConfigT = TypeVar("ConfigT", bound=Seeded)


def run_parts(
    name: str,
    config: ConfigT,
    folder: Path,
    parts: Sequence[Part],
    said: Said,
    make_result: Callable[..., dict[str, Any]],
    write_page: Callable[[ConfigT, Found, Mapping[str, Any], Path], None],
    *,
    resume: bool,
) -> Iterator[Progress | Finished]:
    """Run a lesson into `folder`; parts that are finished stay there, and `resume` goes on with them.

    `make_result(config, found, name=name)` turns what all parts found into the result, `write_page(config, found,
    result, folder)` into report.html. Raises InputError as `part_store.open_folder` does.
    """
    part_store.open_folder(folder, name, asdict(config), resume=resume)
    found = yield from kept_side_by_side(folder, parts, said)
    yield from write_up(
        folder,
        lambda: make_result(config, found, name=name),
        lambda result: write_page(config, found, result, folder),
    )


def write_up(
    folder: Path, make_result: Callable[[], dict[str, Any]], write_page: Callable[[Mapping[str, Any]], None]
) -> Iterator[Progress | Finished]:
    """A lesson's last step: the page and `result.json`; one that is there already, since a stop came, stays."""
    yield Progress("page", 0.0, "")
    result = make_result()
    if not (folder / "report.html").exists():
        write_page(result)
    if not (folder / "result.json").exists():
        files.write_json(folder / "result.json", result)
    yield Progress("page", 1.0, str(folder / "report.html"))
    yield Finished(folder, result["headline"], result)
