"""A screen that nobody sees (Xvfb) and hands that press its keys (xdotool): the window runs there as for real."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

MISSING = "this needs Xvfb and xdotool: apt-get install xvfb xdotool"


@contextmanager
def virtual_screen(width_px: int = 1920, height_px: int = 1080) -> Iterator[None]:
    """Open a screen of this size and make it this process's display."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        raise SystemExit(MISSING)
    read, write = os.pipe()
    size = f"{width_px}x{height_px}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    before = {name: os.environ.pop(name, None) for name in ("SDL_VIDEODRIVER", "DISPLAY")}
    try:
        with os.fdopen(read) as lines:
            os.environ["DISPLAY"] = f":{lines.readline().strip()}"
        os.environ["SDL_AUDIODRIVER"] = "dummy"
        yield
    finally:
        server.terminate()
        server.wait()
        os.environ.pop("DISPLAY", None)
        os.environ.update({name: value for name, value in before.items() if value is not None})


class Hands:
    """Presses real keys of the display, by X's names ("Left", "r", "F12")."""

    def __init__(self) -> None:
        self._tool = subprocess.Popen(["xdotool", "-"], stdin=subprocess.PIPE, text=True)
        self._held: set[str] = set()

    def hold(self, *keys: str) -> None:
        """Hold exactly these keys down."""
        for key in self._held - set(keys):
            self._say(f"keyup {key}")
        for key in set(keys) - self._held:
            self._say(f"keydown {key}")
        self._held = set(keys)

    def tap(self, key: str) -> None:
        """Press a key and let it go."""
        self._say(f"key --delay 30 {key}")

    def drag(self, places_px: Sequence[tuple[int, int]]) -> None:
        """Press the left button at the first of these places in the screen's window, and let it go at the last."""
        asked = ["xdotool", "search", "--onlyvisible", "--class", ".", "getwindowgeometry", "--shell"]
        lines = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines()
        corner = dict(line.split("=", 1) for line in lines)
        for number, (x, y) in enumerate(places_px):
            self._say(f"mousemove {int(corner['X']) + x} {int(corner['Y']) + y}")
            self._say("sleep 0.05")
            if number == 0:
                self._say("mousedown 1")
        self._say("mouseup 1")

    def click(self, window: int, x_px: float, y_px: float) -> None:
        """Press the left button of the mouse at a place of a window (by its X number), and let it go."""
        self._say(f"mousemove --window {window} {x_px:.0f} {y_px:.0f} click --delay 30 1")

    def close(self) -> None:
        """Let everything go."""
        self.hold()
        if self._tool.stdin is not None:
            self._tool.stdin.close()
        self._tool.wait()

    def _say(self, line: str) -> None:
        assert self._tool.stdin is not None
        self._tool.stdin.write(line + "\n")
        self._tool.stdin.flush()
