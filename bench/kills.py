"""Kills the recording window at random moments and looks at what is on the disk: `python -m bench.kills [N]`."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.episode_rows import rows_of
from bench.key_presser import PressedWindow
from bench.virtual_screen import Hands, virtual_screen
from drive_sim.app.display import Display
from drive_sim.app.drive import DriveScreen
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToDrive
from drive_sim.app.session import Session
from drive_sim.app.startup import make_screen, warm_up

NUM_KILLS = 50
LONGEST_S = 6.0


def main(num_kills: int) -> None:
    rng, lost_s = random.Random(0), []
    with virtual_screen(), TemporaryDirectory() as folder:
        for number in range(num_kills):
            lost_s.append(killed(Path(folder) / str(number), rng.uniform(0.2, LONGEST_S)))
            print(f"{number + 1:>3}: {lost_s[-1]:.1f} s lost", flush=True)
    print(
        f"{num_kills} kills, every file opened; lost at most {max(lost_s):.1f} s, mean {sum(lost_s) / num_kills:.2f} s"
    )


def killed(runs: Path, after_s: float) -> float:
    """Seconds of driving that a kill `after_s` into a recording takes away."""
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.kills", "--record", str(runs)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()  # it records
    time.sleep(after_s)
    child.kill()
    num_ticks = [int(line) for line in child.stdout.read().splitlines() if line.strip()]
    child.wait()
    num_rows = sum(rows_of(path) for path in runs.glob("drive-*/*.arrow"))
    return max(0.0, (max(num_ticks, default=0) - num_rows) / 10.0)


def record(runs: Path) -> None:
    """Drive and record until somebody kills this process; say each tick that is in the recorder's hands."""
    hands = Hands()
    runs.mkdir()
    session = Session(runs, 0, Roads(0))
    warm_up(session)
    window = PressedWindow(session, make_screen, ToDrive(), Display(), hands)
    hands.tap("r")
    said = 0
    while window.show_frame():
        recorder = window.screen.recorder if isinstance(window.screen, DriveScreen) else None
        if recorder is not None and recorder.tick > said:
            said = recorder.tick
            os.write(1, b"%d\n" % said)
        time.sleep(1.0 / 80.0)


if __name__ == "__main__":
    if "--record" in sys.argv:
        record(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else NUM_KILLS)
