"""Pages as Chromium shows them, where there is one."""

import html
import re
import subprocess
from pathlib import Path

import pytest

from bench.chromium_tab import BROWSER

needs_browser = pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
PHONE_PX = 400
_FRAMED = """<!doctype html><meta charset="utf-8">
<iframe style="border: 0; width: {width_px}px; height: 40000px" srcdoc="{page}"></iframe>
<script>addEventListener("load", () => {{
  const page = document.querySelector("iframe").contentDocument, width = page.documentElement.clientWidth;
  const all = [...page.body.querySelectorAll("*")].filter((one) => !one.ownerSVGElement);
  const scrolls = (one) => getComputedStyle(one).overflowX === "auto";
  const boxed = (one) => one !== page.body && (scrolls(one.parentElement) || boxed(one.parentElement));
  const out = all.filter((one) => !boxed(one) && one.getBoundingClientRect().right > width + 0.5);
  const told = document.createElement("pre");
  told.id = "told";
  told.textContent = [page.documentElement.scrollWidth, ...out.map((one) => one.outerHTML.slice(0, 80))].join("\\n");
  document.body.append(told);
}});</script>"""
"""The page in a frame, since a window can't be as narrow, and so high that it has no scrollbar."""


def dom_of(address: str, profile: Path, *more_flags: str) -> str:
    """What Chromium makes of what lies at an address, once its scripts have run."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--dump-dom", *more_flags]
    return subprocess.run(
        [str(BROWSER), *flags, address], capture_output=True, text=True, check=True, timeout=120
    ).stdout


def assert_fits(page: Path, folder: Path, width_px: int = PHONE_PX) -> None:
    """A page (a file) does not scroll sideways, and nothing sticks out of it but what scrolls in a box of its own."""
    text = re.sub(r'src="data:video[^"]*"', "", page.read_text(encoding="utf-8"))
    framed = folder / "framed.html"
    framed.write_text(_FRAMED.format(width_px=width_px, page=html.escape(text)), encoding="utf-8")
    (told,) = re.findall(r'<pre id="told">(.*?)</pre>', dom_of(framed.as_uri(), folder / "profile"), re.DOTALL)
    scroll_px, *sticking_out = html.unescape(told).splitlines()
    assert (int(scroll_px), sticking_out) == (width_px, [])
