"""A tab of Chromium in which keys are pressed: the DevTools protocol over a pipe (`--remote-debugging-pipe`)."""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--remote-debugging-pipe",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--disable-accelerated-2d-canvas",
    "--mute-audio",
)


class Tab:
    """One page: `evaluate` an expression, press keys, take pictures.

    `requests` are the addresses that it asked for, `errors` what went wrong in it.
    """

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from, self._next, self._session = to_browser, from_browser, 0, ""
        self._buffer = b""
        self.requests: list[str] = []
        self.errors: list[str] = []

    def open(self, address: str, width_px: int = 1280, height_px: int = 800) -> None:
        """Open an address in a new page of this size."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")
        self.resize(width_px, height_px)
        self._call("Page.navigate", url=address)

    def resize(self, width_px: int, height_px: int) -> None:
        """Give the page another size."""
        size = {"width": width_px, "height": height_px, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **size)

    def evaluate(self, expression: str) -> Any:
        """What an expression is, promises awaited. Raises AssertionError for what it throws."""
        said = self._call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def wait_for(self, expression: str, seconds: float = 20.0) -> Any:
        """Wait until an expression is true, and return it."""
        end = time.monotonic() + seconds
        while not (value := self.evaluate(f"(() => {{ try {{ return {expression} }} catch {{ return null }} }})()")):
            assert time.monotonic() < end, f"{expression} never became true; {self.errors}"
            time.sleep(0.05)
        return value

    def key(self, kind: str, code: str, key: str = "") -> None:
        """`kind` is keyDown or keyUp."""
        self._call("Input.dispatchKeyEvent", type=kind, code=code, key=key or code)

    def press(self, code: str, key: str) -> None:
        """Press and release a key."""
        self.key("keyDown", code, key)
        self.key("keyUp", code, key)

    def picture(self, path: Path) -> None:
        """Write what is shown as a PNG."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    def _call(self, method: str, **params: Any) -> Any:
        self._next += 1
        message: dict[str, Any] = {"id": self._next, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._next:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer)

    def _read(self) -> Any:
        while b"\0" not in self._buffer:
            chunk = os.read(self._from, 1 << 20)
            assert chunk, "Chromium has ended"
            self._buffer += chunk
        text, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(text)

    def _note(self, event: Any) -> None:
        params = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Runtime.exceptionThrown":
                self.errors.append(params["exceptionDetails"].get("exception", {}).get("description", "an exception"))
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.errors.append(params["entry"]["text"])


@contextmanager
def chromium_tab(profile: Path, flags: tuple[str, ...] = FLAGS) -> Iterator[Tab]:
    """A tab of a browser of its own, which ends with the block."""
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()

    # A shell plugs the pipes into the places where the browser looks for them.
    plugged = ["bash", "-c", f'exec "$@" 3<&{to_read} 4>&{from_write}', "bash"]
    command = [*plugged, str(BROWSER), *flags, f"--user-data-dir={profile}"]
    with subprocess.Popen(
        command, pass_fds=(to_read, from_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as browser:
        try:
            os.close(to_read)
            os.close(from_write)
            yield Tab(to_write, from_read)
        finally:
            browser.kill()
            os.close(to_write)
            os.close(from_read)
