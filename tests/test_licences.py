"""The page of licences names what the project is installed with."""

import re
from importlib.metadata import distribution
from pathlib import Path

from bench.licences import canonical, licence, packages

ROOT = Path(__file__).resolve().parents[1]


def listed() -> dict[str, str]:
    """Packages and licences of the page."""
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    _head, *rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE)
    return dict(rows)


def test_every_package_with_a_pinned_version_is_listed_with_its_licence() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = listed()
    assert {canonical(line.split("==")[0]) for line in lines if "==" in line} <= set(found), "run: make licences"
    assert not [name for name, terms in found.items() if terms == "not said"]


def test_terms_are_those_of_what_is_installed_here() -> None:
    found = listed()
    for name in packages():
        terms = licence(distribution(name))
        assert found.get(name, terms) == terms, f"{name} has other terms now; run: make licences"
