"""What holds of every run that is told and of every page: lessons', and the first drive's."""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from drive_sim.lessons.kit.progress import Progress
from drive_sim.records import Json


def assert_told_to_their_ends(stages: Iterable[str], progress: Sequence[Progress]) -> None:
    """Of every stage the share that is done rises to 1."""
    for stage in stages:
        shares = [news.share for news in progress if news.stage == stage]
        assert shares == sorted(shares), stage
        assert shares[-1] == 1.0, stage


def strict_json(path: Path) -> Json:
    """What a file holds; NaN and infinity are no JSON."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))


def shown_of_whole_page(path: Path, num_figures: int, *, has_script: bool = False) -> str:
    """What a page shows, its pictures left out; it needs nothing from outside, and holds all its figures and values.

    Only a page that is alive has a script, which stands in it.
    """
    text = path.read_text(encoding="utf-8")
    loaded = re.findall(r"""(?:src|poster|srcset)=["']([^"']{0,40})|url\(([^)]{0,40})""", text)
    assert all("".join(address).startswith(("data:", "#")) for address in loaded)
    assert not re.search(r"https?://(?!www.w3.org)|@import|<script[^>]+src|<link[^>]+stylesheet", text)
    assert not re.search(r"\b(?:fetch|XMLHttpRequest|WebSocket|import)\s*\(", text)
    assert ("<script" in text) == has_script
    assert text.count("<svg") == num_figures
    shown = re.sub(r"<script.*?</script>|base64,[^\"]*", "", text, flags=re.DOTALL)
    assert not re.search(r"\bnan\b|>none</t[dh]|undefined|\binf\b", shown.lower())
    return shown
