"""What holds for the text of every lesson's page."""

import re
from pathlib import Path

import pytest

import drive_sim.report

TEMPLATES = sorted((Path(drive_sim.report.__file__).parent / "templates").glob("*.html.j2"))
SECTION = re.compile(r"<h2>Change one line</h2>(.*?)(?:<h2>|\Z)", re.DOTALL)


def changes(template: Path) -> str:
    """The section on a line to change, empty where there is none."""
    found = SECTION.search(template.read_text(encoding="utf-8"))
    return found[1] if found else ""


def test_pages_have_such_a_section():
    assert any(changes(template) for template in TEMPLATES)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_quick_command_beside_printed_results_names_their_seed(template: Path):
    """Whoever changes a line shall get the numbers that are printed, which are not those of the usual seed."""
    blocks = re.findall(r"<pre>(.*?)</pre>", changes(template), re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines() if "--quick" in line]
    assert all("--seed 1000" in command for command in commands), commands
