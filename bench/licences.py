"""The licences of everything that drive_sim is installed with, as its packages say them: `python -m bench.licences`.

Prints the page `docs/licences.md`: `make licences` writes it anew. What is counted are the packages of this Python that
`drive-sim`, with the extras `cluster`, `minari`, `tensorboard` and `dev`, asks for, and whatever those ask for in turn.
"""

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = "drive-sim"
PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
HEAD = """\
# Licences of what drive_sim is installed with

Written by `make licences` from the metadata of the installed packages; [`constraints.txt`](../constraints.txt) has the
versions that are pinned. drive_sim itself is under the [MIT licence](../LICENSE) and contains none of these packages:
they are installed beside it, each under its own terms. "For" says whether it needs them to work, or one of its extras.

| package | version | licence | for |
|---|---|---|---|
"""
_NAMED_ELSEWHERE = re.compile(r"^(License :: OSI Approved :: |License :: )")


def canonical(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def packages() -> dict[str, str]:
    """What is installed for drive_sim: names, and which extra (or drive_sim itself, the first that asks) it is for."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    found: dict[str, str] = {}
    for whom, lines in ({"drive_sim": project["dependencies"]} | project["optional-dependencies"]).items():
        for line in lines:
            _add(Requirement(line), whom, found)
    return found


def licence(package: Distribution) -> str:
    """What its metadata says: an expression, else what it is filed under, else a short text."""
    about = package.metadata
    filed = [_NAMED_ELSEWHERE.sub("", line) for line in about.get_all("Classifier") or [] if line.startswith("License")]
    expression, text = ((about.get_all(field) or [""])[0].strip() for field in ("License-Expression", "License"))
    first = [line for line in text.splitlines()[:1] if len(line) < 60]
    return expression or ", ".join(filed or first) or "not said"


def page() -> str:
    """The page in Markdown."""
    rows = []
    for name, whom in sorted(packages().items()):
        package = distribution(name)
        rows.append(f"| {name} | {package.version.partition('+')[0]} | {licence(package)} | {whom} |")
    return HEAD + "\n".join(rows) + "\n"


def _add(needed: Requirement, whom: str, found: dict[str, str]) -> None:
    """A package and all that it asks for; one that is not installed is for another system."""
    name = canonical(needed.name)
    if name in found or name == PROJECT:
        return
    try:
        lines = distribution(name).requires or ()
    except PackageNotFoundError:
        return
    found[name] = whom
    extras = needed.extras or {""}
    for line in lines:
        further = Requirement(line)
        if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in extras):
            _add(further, whom, found)


if __name__ == "__main__":
    print(page(), end="")
