"""Ctrl-C and SIGTERM at random moments: `python -m tests.endurance.stop_at_moments --moments 60 --seed 0`.

Each time a command is started, at small settings, and asked to stop after a random while: a quarter within the first
0.3 s, while Python and the libraries load, the others anywhere until its usual end. Half of the signals come twice
within 0.3 s, half go to the process alone and half to its group, as a terminal's Ctrl-C does. Then it must have said
one line and ended with 130 or 143, every file it left must open, none may be half, no folder empty, no process left.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.endurance.jobs import JOBS, Job, make_given, new_out, start, timed
from tests.endurance.whole_files import check_whole, named

MOST_S = 20.0
"""Until a process that was asked to stop has to be gone."""
CODES = {signal.SIGINT: {0, 130, -signal.SIGINT}, signal.SIGTERM: {0, 143, -signal.SIGTERM}}
"""Done, stopped, or stopped before we took the signal over, in which case the system ends us as a shell expects it."""


def main() -> int:
    """Stop as often as was asked for, and say what was wrong; the exit code is 1 where anything was."""
    args = _arguments()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and hands that on
    rng, wrong = random.Random(args.seed), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="stops-") as name:
        given = Path(name) / "given"
        given.mkdir()
        make_given(given)
        usual_s = {
            job: timed(JOBS[job].typed(given, new_out(Path(name) / "unstopped", job)), Path(name) / "log")
            for job in args.jobs
        }
        print({job: f"{took_s:.1f} s" for job, took_s in usual_s.items()}, flush=True)
        for number in range(args.moments):
            job = args.jobs[number % len(args.jobs)]
            after_s = rng.uniform(0.0, 0.3) if rng.random() < 0.25 else rng.uniform(0.0, usual_s[job])
            work = Path(name) / f"{number:03d}"
            faults, said = _stopped(JOBS[job], given, work, after_s, rng)
            wrong.update([f"{job}: {fault}" for fault in faults])
            print(f"{number:>3} {job} after {after_s:.3f} s: {'; '.join(faults) or 'ok'} | {said}", flush=True)
    print(f"{args.moments} stops, seed {args.seed}: {wrong.total()} faults {dict(wrong)}")
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.endurance.stop_at_moments",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--moments", type=int, default=60, help="how often a command is stopped (default: 60)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default: 0)")
    parser.add_argument("--jobs", nargs="+", choices=list(JOBS), default=list(JOBS), help="which (default: all)")
    return parser.parse_args()


def _stopped(job: Job, given: Path, work: Path, after_s: float, rng: random.Random) -> tuple[list[str], str]:
    """What was wrong with a run that was asked to stop, and its last words."""
    out, log = new_out(work, job.name), work / "log"
    number = rng.choice((signal.SIGINT, signal.SIGTERM))
    twice_s, to_group = rng.choice((None, rng.uniform(0.0, 0.3))), rng.random() < 0.5
    process = start(job.typed(given, out), log)
    time.sleep(after_s)
    for pause_s in (0.0, twice_s):
        if pause_s is not None and process.poll() is None:
            time.sleep(pause_s)
            (os.killpg if to_group else os.kill)(process.pid, number)
    try:
        code = process.wait(MOST_S)
    except subprocess.TimeoutExpired:
        code = None
        os.kill(process.pid, signal.SIGABRT)  # Python says where it is
        time.sleep(1.0)
    faults = [] if code in CODES[number] else [f"exit code {code} after {number.name}"]
    if _group_lives(process.pid):
        faults.append("a process is left")
        os.killpg(process.pid, signal.SIGKILL)
    text = log.read_text(errors="replace")
    return faults + _faults_on_disk(out, job, code, text), " / ".join(text.splitlines()[-2:])[
        :200
    ] if code is not None else text


def _faults_on_disk(out: Path, job: Job, code: int | None, text: str) -> list[str]:
    faults = [word for word in ("Traceback", "Exception ignored", "fault of ours") if word in text]
    left = list(out.rglob("*")) if out.exists() else []
    try:
        check_whole(out)
    except Exception as error:
        faults.append(f"does not open: {type(error).__name__} {error}")
    if any(path.name.startswith(".") and not _is_kept_for_resuming(path) for path in left):
        faults.append("a part file is left")
    if job.name != "export" and out.exists() and not list(named(out)):
        faults.append("a folder without a file is left")
    if code in (130, 143):
        if "stopped" not in text.splitlines()[-1]:
            faults.append("does not say that it stopped")
        if left and job.name != "export" and str(out) not in text.splitlines()[-1]:
            faults.append("does not say where")
        if left and job.resume is not None and f"--resume {out}" not in text.splitlines()[-1]:
            faults.append("does not say how to go on")
    return faults


def _is_kept_for_resuming(path: Path) -> bool:
    """A round's drive that was cut short; a resumed run makes it anew."""
    return path.name == ".drive.part"


def _group_lives(group: int) -> bool:
    """Whether any process of a group is there after a moment."""
    for _ in range(30):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True


if __name__ == "__main__":
    sys.exit(main())
