"""README reads in a terminal as well: its lines end where the code's do, but for tables, which cannot."""

from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def test_no_line_is_longer_than_the_codes() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    long = [number for number, line in enumerate(lines, start=1) if len(line) > 120 and not line.startswith("|")]
    assert long == []
