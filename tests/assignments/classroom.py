"""A student's folder in this process: what its tests say of a file, without a pytest for each."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from drive_sim.assignments.assignment import Assignment


def said(assignment: Assignment, source: str, folder: Path) -> dict[str, Exception | None]:
    """What each test of the folder says where the student's file has this text; None where it passes."""
    outcomes: dict[str, Exception | None] = {}
    texts = assignment.files() | {assignment.file: source}
    with loaded(assignment.file, texts, folder):
        for name in (name for name in texts if name.startswith("test_")):
            with loaded(name, texts, folder) as tests:
                for function in [found for key, found in vars(tests).items() if key.startswith("test_")]:
                    try:
                        function()
                        outcomes[function.__name__] = None
                    except Exception as error:
                        outcomes[function.__name__] = error
    return outcomes


@contextmanager
def loaded(name: str, texts: dict[str, str], folder: Path) -> Iterator[ModuleType]:
    """A file of the folder as the module that others there import by its name."""
    path = folder / name
    path.write_text(texts[name], encoding="utf-8")
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    before, sys.modules[path.stem] = sys.modules.get(path.stem), module
    try:
        exec(compile(texts[name], str(path), "exec"), vars(module))
        yield module
    finally:
        del sys.modules[path.stem]
        if before is not None:
            sys.modules[path.stem] = before
