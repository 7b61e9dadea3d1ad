"""The butterfly in a window, by the clock; apart from `butterfly_window`, which each process beside it imports, too."""

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


def measured(models: tuple[str, ...], seconds: float, size_px: tuple[int, int]) -> dict[str, object]:
    """When what stood there, how late frames were (percentiles, in ms), and the machine's load."""
    with TemporaryDirectory() as runs, virtual_screen():
        session = Session(Path(runs), 0, Roads(0))
        warm_up(session)
        window = TimedWindow(session, make_screen, ToHome(), Display(size_px))
        window.models = models
        window.begin()
        window.run(num_frames=round(60 * seconds))
    frame_ms = 1000.0 * np.array(window.frame_s)
    percentiles = {f"frame {p:g} %, ms": round(float(np.percentile(frame_ms, p)), 1) for p in (50, 99, 99.9, 100)}
    marks = {name: round(seconds, 2) for name, seconds in window.marks.items()}
    return {**marks, **percentiles, "frames": len(frame_ms), "load": os.getloadavg()}
