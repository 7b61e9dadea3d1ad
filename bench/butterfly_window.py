"""The butterfly in a real window (Xvfb): when the first curves stand, when ten seconds are driven, how late frames are.

`python -m bench.butterfly_window MODEL... [--seconds 40] [--size 960x540]`; the load of the machine is printed beside.
"""

import argparse
import json
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench.virtual_screen import virtual_screen
from drive_sim.app.compare import CompareScreen
from drive_sim.app.display import Display
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToCompare, ToHome
from drive_sim.app.session import Session
from drive_sim.app.startup import make_screen, warm_up
from drive_sim.app.window import Window

TEN_SECONDS = 100


class TimedWindow(Window):
    """Goes to the butterfly at once, and notes when what can be seen there first."""

    opened_s = 0.0

    def begin(self) -> None:
        self.marks: dict[str, float] = {}
        self.opened_s = time.perf_counter()
        self._go(ToCompare(self.models))

    models: tuple[str, ...]

    def show_frame(self) -> bool:
        goes_on = super().show_frame()
        screen, now_s = self.screen, time.perf_counter() - self.opened_s
        if isinstance(screen, CompareScreen):
            for name, batch in screen.comparison.batches.items():
                self.marks.setdefault(f"first curve of {name}", now_s)
                if batch.num_ticks >= TEN_SECONDS:
                    self.marks.setdefault(f"ten seconds of {name}", now_s)
            if screen.comparison.num_frames:
                self.marks.setdefault("cars move", now_s)
        return goes_on


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.butterfly_window", description=__doc__)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--size", default="960x540", metavar="WxH")
    chosen = parser.parse_args()
    width_px, height_px = map(int, chosen.size.split("x"))
    with TemporaryDirectory() as runs, virtual_screen():
        display = Display((width_px, height_px))
        session = Session(Path(runs), 0, Roads(0))
        warm_up(session)
        window = TimedWindow(session, make_screen, ToHome(), display)
        window.models = tuple(chosen.models)
        window.begin()
        window.run(num_frames=round(60 * chosen.seconds))
    frame_ms = 1000.0 * np.array(window.frame_s)
    percentiles = {f"frame {p:g} %, ms": round(float(np.percentile(frame_ms, p)), 1) for p in (50, 99, 99.9, 100)}
    marks = {name: round(seconds, 1) for name, seconds in window.marks.items()}
    print(json.dumps({**marks, **percentiles, "frames": len(frame_ms), "load": os.getloadavg()}, indent=1))


if __name__ == "__main__":
    main()
