"""Frames of the window on a virtual screen (Xvfb), a minute each: Drive and Watch, small and large, while training and
while a reward is read.

Who drives by hand is a scripted key-presser. A frame's time is from its start to the next one's, so a frame that is in
time takes 16.7 ms.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.key_presser import LikingWindow, PressedWindow, RetrainedWindow, RewoundWindow, ScriptedWindow
from bench.virtual_screen import Hands, virtual_screen
from drive_sim.app.display import Display
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToDrive, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.startup import make_screen, warm_up

LONG_S = 60.0
LIKING_S, PAINTED_FROM_S = 120.0, 45.0
"""The window with what is liked: the first of four readings begins after 33 s, and is there by the second number."""
SHIPPED = ("pilotnet", "alvinn")
"""Watched where nothing was trained before."""
WINDOWS = {"retrain": RetrainedWindow, "likes": LikingWindow, "rewind": RewoundWindow}
NUM_FRAMES = dict.fromkeys(("drive", "watch", "rewind"), round(60 * LONG_S)) | {"likes": round(60 * LIKING_S)}
RUNS = (
    ("drive", (960, 540), 33.0, 60.0),
    ("watch", (960, 540), 33.0, 60.0),
    ("rewind", (960, 540), 33.0, 60.0),
    ("drive", (1600, 900), None, 30.0),
    ("watch", (1600, 900), None, 30.0),
    ("rewind", (1600, 900), None, 30.0),
)
"""Screen, size in pixels, bar of the 99.9th percentile in ms, bar of frames a second."""


def main() -> list[dict[str, object]]:
    """Rows for the table; each window runs in a process of its own."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        return [{"what": "needs Xvfb and xdotool (apt-get install xvfb xdotool)", "median": "", "unit": ""}]
    rows: list[dict[str, object]] = []
    with TemporaryDirectory() as runs:
        # The models to watch are those that the run with training leaves.
        rows += _training_rows(_measured("train", (960, 540), Path(runs)))
        for screen, size_px, late_ms, rate_hz in RUNS:
            found = _measured(screen, size_px, Path(runs))
            what = f"{screen}, {size_px[0]}x{size_px[1]}"
            rows.append({"what": f"{what}, rate", "median": found["rate_hz"], "bar": rate_hz, "unit": "frames/s"})
            rows.append({"what": f"{what}, 99.9th percentile", "median": found["p999"], "bar": late_ms, "unit": "ms"})
            worst_ms = None if late_ms is None else 100.0
            rows.append({"what": f"{what}, worst frame", "median": found["worst"], "bar": worst_ms, "unit": "ms"})
            rows.append({"what": f"{what}, work a frame", "median": found["work"], "bar": None, "unit": "ms"})
        found = _measured("retrain", (960, 540), Path(runs))
        what = f"retraining on {found['num_rows']} ticks driven by hand, from the key on"
        rows.append({"what": what, "median": found["retrained_s"], "bar": 30.0, "unit": "s"})
        for size_px in ((960, 540), (1600, 900)):
            rows += _liking_rows(size_px, _measured("likes", size_px, Path(runs)))
    return rows


def _liking_rows(size_px: tuple[int, int], found: dict[str, Any]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for when, words in (("reading", "while a reward is read"), ("painted", "what is liked painted, nothing read")):
        what = f"watch, {size_px[0]}x{size_px[1]}, {words}"
        rows.append({"what": f"{what}, rate", "median": found[when]["rate_hz"], "bar": None, "unit": "frames/s"})
        rows.append({"what": f"{what}, 99.9th percentile", "median": found[when]["p999"], "bar": None, "unit": "ms"})
        rows.append({"what": f"{what}, worst frame", "median": found[when]["worst"], "bar": None, "unit": "ms"})
        rows.append({"what": f"{what}, work a frame", "median": found[when]["work"], "bar": None, "unit": "ms"})
    return rows


def _training_rows(found: dict[str, Any]) -> list[dict[str, object]]:
    what = "drive, 960x540, while two networks learn"
    return [
        {"what": f"{what}, rate", "median": found["rate_hz"], "bar": 60.0, "unit": "frames/s"},
        {"what": f"{what}, 99th percentile", "median": found["p99"], "bar": 33.0, "unit": "ms"},
        {"what": f"{what}, worst frame", "median": found["worst"], "bar": None, "unit": "ms"},
    ]


def _measured(screen: str, size_px: tuple[int, int], runs: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.bench_window", screen, *map(str, size_px), str(runs)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def _show(name: str, size_px: tuple[int, int], runs: Path) -> dict[str, Any]:
    """Open one window for its time and measure its frames."""

    with virtual_screen():
        display = Display(size_px)

        hands, session = Hands(), Session(runs, 0, Roads(0))
        warm_up(session)
        if name == "train":
            window = ScriptedWindow(session, make_screen, ToDrive(), display, hands)
        else:
            models = tuple(str(path.parent) for path in sorted(runs.glob("models-*/*/config.json")))
            first = ToDrive() if name == "drive" else ToWatch(models or SHIPPED)
            window = WINDOWS.get(name, PressedWindow)(session, make_screen, first, display, hands)
        try:
            window.run(num_frames=NUM_FRAMES.get(name))
        finally:
            hands.close()
    if isinstance(window, RetrainedWindow):
        return {"retrained_s": window.retrained_s, "num_rows": window.num_rows}
    # The very first frame stands while the window is opened.
    frame_ms, work_ms = (1000.0 * np.array(times)[1:] for times in (window.frame_s, window.work_s))
    if isinstance(window, LikingWindow):
        is_reading, is_painted = np.array(window.is_reading)[1:], np.arange(len(frame_ms)) > 60 * PAINTED_FROM_S
        when = {"reading": is_reading, "painted": is_painted & ~is_reading}
        return {name: _numbers(frame_ms[those], work_ms[those]) for name, those in when.items()}
    if isinstance(window, ScriptedWindow):
        training = slice(*(frame - 1 for frame in window.frames_of_training))
        return _numbers(frame_ms[training], work_ms[training])
    return _numbers(frame_ms, work_ms)


def _numbers(frame_ms: npt.NDArray[np.float64], work_ms: npt.NDArray[np.float64]) -> dict[str, float]:
    return {
        "rate_hz": 1000.0 / float(frame_ms.mean()),
        "p99": float(np.percentile(frame_ms, 99.0)),
        "p999": float(np.percentile(frame_ms, 99.9)),
        "worst": float(frame_ms.max()),
        "work": float(np.median(work_ms)),
    }


if __name__ == "__main__":
    print(json.dumps(_show(sys.argv[1], (int(sys.argv[2]), int(sys.argv[3])), Path(sys.argv[4]))))
