"""Any key, anywhere, for a while: `python -m tests.endurance.monkey_window [--minutes 5] [--first-seed 0]`.

Each seed is a sitting of its own with a window that nobody sees and no waiting between frames. With `--beside`, what
works beside the window works for real, trainings in ten steps; else nothing does, and a sitting takes one core.
Tracebacks, dead ends, frozen frames, notes that stay, things in each other's place and sentences that the state belies
are listed, with what was pressed before.
"""

import argparse
import os
import tempfile
import time
from functools import partial
from pathlib import Path

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

import pytest

from drive_sim.app import training, training_request
from drive_sim.app.background_work import BackgroundWork
from drive_sim.app.roads import Roads
from drive_sim.app.session import Session
from tests.app.monkey import new_monkey

SIZES_PX = ((960, 540), (640, 480), (1280, 720))
NUM_STEPS, EVENTS_A_SITTING = 10, 1500


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.endurance.monkey_window", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--beside", action="store_true", help="processes beside the window work for real")
    chosen = parser.parse_args()
    training_request.Training = partial(training.Training, num_steps=NUM_STEPS)  # pyright: ignore[reportAttributeAccessIssue]
    if not chosen.beside:
        BackgroundWork._receive_all = lambda self, jobs: None
    end_s, seed = time.monotonic() + 60.0 * chosen.minutes, chosen.first_seed
    while time.monotonic() < end_s:
        sit(seed, end_s)
        seed += 1


def sit(seed: int, end_s: float) -> None:
    """One sitting, until it has had its events or the time is up; its failures are printed."""
    with tempfile.TemporaryDirectory() as runs, pytest.MonkeyPatch.context() as patch:
        session = Session(Path(runs), seed, Roads(seed))
        monkey = new_monkey(session, seed, SIZES_PX[seed % len(SIZES_PX)], patch)
        while monkey.num_events < EVENTS_A_SITTING and time.monotonic() < end_s:
            monkey.press_on(10)
            while monkey.failures:
                print(f"seed {seed}: {monkey.failures.pop(0)}", flush=True)
        monkey.window.close()
        print(f"seed {seed}: {monkey.num_events} events, {monkey.num_frames} frames, {dict(monkey.seen)}")
        for wall_s, cpu_s, where in sorted(monkey.slowest, reverse=True)[:5]:
            print(f"    {wall_s:.2f} s by the clock, {cpu_s:.2f} s of sums: {where}", flush=True)


if __name__ == "__main__":
    main()
