"""How soon a basin is mapped beside a real window, and whether its frames wait: `python -m bench.basin_window MODEL`.

Wants a display (`xvfb-run -s "-screen 0 960x540x24"`); says the machine's load beside, since other jobs slow it down.
"""

import argparse
import json
import os
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from drive_sim.app.basin import BasinScreen
from drive_sim.app.display import SIZE_PX, Display
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToBasin
from drive_sim.app.session import Session
from drive_sim.app.startup import make_screen, warm_up
from drive_sim.app.window import FRAMES_HZ, Window
from drive_sim.checkout import model_folder

PATIENCE_S = 570.0


def _frame(window: Window) -> float:
    """Show a frame, wait until the next one is due, and say how long both took."""
    start_s = time.perf_counter()
    window.show_frame()
    time.sleep(max(0.0, start_s + 1.0 / FRAMES_HZ - time.perf_counter()))
    return time.perf_counter() - start_s


def main() -> None:
    """Open the window on the basins, wait until they are mapped, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--patience", type=float, default=PATIENCE_S)
    args = parser.parse_args()
    models = tuple(name if name == "expert" else str(model_folder(name)) for name in args.models)
    with TemporaryDirectory() as runs:
        display, session = Display(SIZE_PX), Session(Path(runs), 0, Roads(0))
        warm_up(session)
        window = Window(session, make_screen, ToBasin(models), display)
        screen = window.screen
        assert isinstance(screen, BasinScreen)
        began_s, frame_s = time.perf_counter(), list[float]()
        while screen.search.is_running and time.perf_counter() - began_s < args.patience:
            frame_s.append(_frame(window))
        frame_ms = 1000.0 * np.array(frame_s)[5:]
        search = screen.search
        waited_s = time.perf_counter() - began_s
        window.close()
        search.wait(20.0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {
        "first_map_s": search.first_s,
        "last_map_s": search.last_s,
        "poses_known": search.done,
        "waited_s": waited_s,
        "processes_cpu_s": used.ru_utime + used.ru_stime,
        "frames": len(frame_ms),
        "frame_ms": dict(zip(("50", "99", "99.9"), np.percentile(frame_ms, (50, 99, 99.9)).round(1), strict=True)),
        "load": os.getloadavg(),
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
