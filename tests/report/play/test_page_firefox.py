"""A smoke test in the other engine: Firefox draws the road, and cars drive on it."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from PIL import Image

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(FIREFOX is None, reason="needs Firefox")]
WAIT_S, SIZE_PX = 8.0, (1000, 700)
_POLICY, _WITH_OURS = b"img-src data:", b"img-src 'self' data:"
_LATE = b"<img src='/late'>"  # A picture is taken once all has loaded: this makes time for the page to draw.


class _Served(BaseHTTPRequestHandler):
    def __init__(self, *args: Any, page: bytes) -> None:
        self.page = page
        super().__init__(*args)

    def do_GET(self) -> None:
        """The page, and a picture that comes late."""
        if self.path == "/late":
            time.sleep(WAIT_S)
        body = self.page.replace(_POLICY, _WITH_OURS) + _LATE if self.path == "/" else b""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        """Nothing is told."""


@pytest.fixture
def address(play_file: Path) -> Iterator[str]:
    """Where the page is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Served, page=play_file.read_bytes()))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_firefox_draws_the_road(address: str, tmp_path: Path):
    profile, shot = tmp_path / "profile", tmp_path / "shot.png"
    profile.mkdir()
    command = [str(FIREFOX), "--headless", "--profile", str(profile), "--screenshot", str(shot)]
    size = f"--window-size={SIZE_PX[0]},{SIZE_PX[1]}"
    subprocess.run([*command, size, address], capture_output=True, check=True, timeout=180)
    picture = np.asarray(Image.open(shot).convert("RGB")).astype(float)
    sky, grass = picture[150:180, 330:400].mean(axis=(0, 1)), picture[300:380, 30:80].mean(axis=(0, 1))
    assert sky[2] > 120.0
    assert grass[1] > grass[2] + 20.0
