"""An hour of the window under scripted keys beside an hour of vector steps on the road, to see whether anything grows.

`python -m tests.endurance.soak [--minutes 60] [--out FOLDER]`. Both run as processes of their own, throttled to about
half a core together. Every five seconds it notes their memory (what is theirs alone, children included), open files,
threads and processes (children included), and processor time; a row a minute is printed. Bars: the median memory of
the last sixth is at most 3 % above that of the second sixth (minutes 50 to 60 against 10 to 20 in an hour); as many
files and processes, at the quietest moment of each sixth; no process is left when both have ended, and both end well.
The exit code is 1 where a bar is missed. Needs Linux, Xvfb and xdotool.
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

MOST_GROWTH = 0.03
PARTS = ("window", "road")
_MEBIBYTE = 2**20
_NOT_OURS = {"Xvfb", "xdotool"}
"""The screen and the hands."""


class Sample(NamedTuple):
    """What a part and its children have at a moment."""

    at_s: float
    memory_mb: float
    main_memory_mb: float
    num_files: int
    num_threads: int
    num_processes: int
    cpu_s: float


class Growth(NamedTuple):
    """How a number was in the second sixth, and in the last."""

    name: str
    before: float
    after: float
    most: float

    @property
    def is_met(self) -> bool:
        """It has not grown by more than it may."""
        return self.after <= self.before * (1.0 + self.most)


def main() -> int:
    """Soak; the exit code is 1 where a bar is missed."""
    args = _arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    seconds = 60.0 * args.minutes
    with tempfile.TemporaryDirectory(prefix="soak-") as runs:
        parts = {name: _start(name, Path(runs) / name, seconds, args) for name in PARTS}
        samples: dict[str, list[Sample]] = {name: [] for name in PARTS}
        _watch(parts, samples, seconds, args.every_s, args.patience_s)
        codes = {name: part.wait() for name, part in parts.items()}
        left = {name: _left_of(part.pid) for name, part in parts.items()}
    for name, some in samples.items():
        _keep(args.out / f"{name}.csv", some)
    is_met = not any(codes.values()) and _tell_growth(samples, seconds)
    for name in PARTS:
        print(f"{name}: exit code {codes[name]}, processes left {left[name] or 'none'}")
    return 0 if is_met and not any(left.values()) else 1


def growths(samples: Sequence[Sample], seconds: float) -> list[Growth]:
    """The second sixth against the last: the median of memory, the least of what may be counted."""
    second, last = (
        [some for some in samples if sixth * seconds / 6 <= some.at_s < (sixth + 1) * seconds / 6] for sixth in (1, 5)
    )

    def growth(name: str, reduced: Callable[[list[float]], float], most: float) -> Growth:
        before, after = (reduced([getattr(some, name) for some in part]) for part in (second, last))
        return Growth(name, before, after, most)

    memory = [growth(name, statistics.median, MOST_GROWTH) for name in ("memory_mb", "main_memory_mb")]
    return memory + [growth(name, min, 0.0) for name in ("num_files", "num_processes")]


def sample(main: psutil.Process, at_s: float) -> Sample:
    """What a process and its children have now; children that end meanwhile count for nothing."""
    memory, files, threads, count, cpu_s = 0.0, 0, 0, 0, 0.0
    for process in (main, *main.children(recursive=True)):
        try:
            if process.name() in _NOT_OURS:
                continue
            memory += process.memory_full_info().uss
            files, threads = files + process.num_fds(), threads + process.num_threads()
        except psutil.Error:
            continue
        count += 1
    times = main.cpu_times()
    cpu_s = times.user + times.system + times.children_user + times.children_system
    own = main.memory_full_info().uss
    return Sample(round(at_s, 1), memory / _MEBIBYTE, own / _MEBIBYTE, files, threads, count, cpu_s)


def _start(name: str, runs: Path, seconds: float, args: argparse.Namespace) -> subprocess.Popen[bytes]:
    """In a session of its own, so that whatever it leaves behind can be told."""
    runs.mkdir()
    code = f"import sys; from tests.endurance.soak_{name} import main; main(*sys.argv[1:])"
    command = [sys.executable, "-c", code, str(runs), str(seconds), str(args.frames_hz)]
    with (args.out / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)


def _watch(
    parts: dict[str, subprocess.Popen[bytes]],
    samples: dict[str, list[Sample]],
    seconds: float,
    every_s: float,
    patience_s: float,
) -> None:
    """Look until both have ended; where one has failed, or they don't end, the soak is over."""
    start_s, minute = time.monotonic(), 0
    print(f"{'minute':>6} {'part':>7} {'MB':>8} {'of its own':>11} {'files':>6} {'processes':>10} {'CPU s':>8}")
    while any(part.poll() is None for part in parts.values()):
        at_s = time.monotonic() - start_s
        if any(part.poll() for part in parts.values()) or at_s > seconds + patience_s:
            for part in parts.values():
                part.terminate()
        for name, part in parts.items():
            if part.poll() is not None:
                continue
            try:
                samples[name].append(sample(psutil.Process(part.pid), at_s))
            except psutil.Error:
                continue
        if at_s >= 60.0 * (minute + 1):
            minute += 1
            _tell_minute(minute, samples)
        time.sleep(every_s)


def _tell_minute(minute: int, samples: dict[str, list[Sample]]) -> None:
    for name, all_samples in samples.items():
        some = [sample for sample in all_samples if sample.at_s >= 60.0 * (minute - 1)]
        if some:
            total, own = (statistics.median(getattr(s, what) for s in some) for what in ("memory_mb", "main_memory_mb"))
            files, processes = min(s.num_files for s in some), min(s.num_processes for s in some)
            print(
                f"{minute:>6} {name:>7} {total:>8.1f} {own:>11.1f} {files:>6} {processes:>10} {some[-1].cpu_s:>8.0f}",
                flush=True,
            )


def _tell_growth(samples: dict[str, list[Sample]], seconds: float) -> bool:
    print(f"\n{'part':>7} {'what':>16} {'second sixth':>13} {'last sixth':>11} {'change':>8}")
    told = [(name, growth) for name, some in samples.items() for growth in growths(some, seconds)]
    for name, growth in told:
        change = f"{100.0 * (growth.after / growth.before - 1.0):+.2f} %"
        verdict = "" if growth.is_met else "  missed"
        print(f"{name:>7} {growth.name:>16} {growth.before:>13.1f} {growth.after:>11.1f} {change:>8}{verdict}")
    return all(growth.is_met for _, growth in told)


def _left_of(session_id: int) -> list[str]:
    """Processes of that session that still live, a moment after its end."""
    time.sleep(2.0)
    left = []
    for process in psutil.process_iter(["name"]):
        try:
            if os.getsid(process.pid) == session_id:
                left.append(f"{process.pid} {process.info['name']}")
        except (OSError, psutil.Error):
            continue
    return left


def _keep(file: Path, samples: Sequence[Sample]) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(Sample._fields)
        rows.writerows(samples)


def _arguments() -> argparse.Namespace:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m tests.endurance.soak", description=__doc__, formatter_class=raw, allow_abbrev=False
    )
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument("--frames-hz", type=float, default=30.0, help="frames a second of the window (default: 30)")
    parser.add_argument("--every-s", type=float, default=5.0, help="seconds between two looks (default: 5)")
    parser.add_argument("--patience-s", type=float, default=900.0, help="for the last round to end (default: 900)")
    parser.add_argument("--out", type=Path, default=Path("runs") / time.strftime("soak-%Y%m%d-%H%M%S"), metavar="DIR")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
