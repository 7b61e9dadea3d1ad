"""Ctrl-C and SIGTERM at random moments: `python -m tests.endurance.stop_at_moments --moments 60 --seed 0`.

Each time a command is started, at small settings, and asked to stop at a random moment: a fifth within the first 0.3 s,
a fifth within 3 s, while libraries load, the rest (forks in which they are loaded) while it works. Half of the signals
come twice within 0.3 s, half go to the process alone and half to its group, as a terminal's Ctrl-C does. Then it must
have said one line and ended with 130 or 143, every file it left must open, none may be half, no folder empty, no
process left.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.endurance.jobs import JOBS, Job, Running, make_given, new_out, start, wait_for_work, working_s
from tests.endurance.warm_fork import fork, load_libraries
from tests.endurance.whole_files import check_whole, named

EARLY_S = (0.3, 3.0, None, None, None)
"""Until when a process from nothing is stopped; None: a fork is, when it works."""
MOST_S = 20.0
"""Until a process that was asked to stop has to be gone."""
WENT_ON_S = 4.0
"""What was asked to stop in its last moment is done, and ends within this."""
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
        outs = {job: new_out(Path(name) / "unstopped", job) for job in args.jobs}
        log = Path(name) / "log"
        load_libraries()
        usual_s = {job: working_s(fork(JOBS[job].words(given, out), log), log, out) for job, out in outs.items()}
        print({job: f"{took_s:.1f} s of work" for job, took_s in usual_s.items()}, flush=True)
        for number in range(args.moments):
            job, work = args.jobs[number % len(args.jobs)], Path(name) / f"{number:03d}"
            faults, said = _stopped(JOBS[job], given, work, usual_s[job], rng)
            wrong.update([f"{job}: {fault}" for fault in faults])
            print(f"{number:>3} {job}, {said}: {'; '.join(faults) or 'ok'}", flush=True)
            shutil.rmtree(work)
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


def _stopped(job: Job, given: Path, work: Path, usual_s: float, rng: random.Random) -> tuple[list[str], str]:
    """What was wrong with a run that was asked to stop; and when it was asked, how, and its last words."""
    out, log = new_out(work, job.name), work / "log"
    number = rng.choice((signal.SIGINT, signal.SIGTERM))
    twice_s, to_group = rng.choice((None, rng.uniform(0.0, 0.3))), rng.random() < 0.5
    early_s = rng.choice(EARLY_S)
    if early_s is None:
        process = fork(job.words(given, out), log)
        wait_for_work(process, out)
        after_s = rng.uniform(0.0, usual_s)
    else:
        process = start(job.typed(given, out), log)
        after_s = rng.uniform(0.0, early_s)
    time.sleep(after_s)
    moment = f"{after_s:.3f} s after its {'work began' if early_s is None else 'start'}"
    asked_s = time.monotonic()
    for pause_s in (0.0, twice_s):
        if pause_s is not None and process.poll() is None:
            time.sleep(pause_s)
            (os.killpg if to_group else os.kill)(process.pid, number)
    code = _ended(process)
    took_s = time.monotonic() - asked_s
    faults = ["a process is left"] if _group_lives(process.pid) else []
    if faults:
        os.killpg(process.pid, signal.SIGKILL)
    text = log.read_text(errors="replace")
    told = f"{moment}, {number.name}{' twice' if twice_s else ''}, exit code {code} after {took_s:.1f} s"
    if code in (1, -signal.SIGINT) and "frozen site" in text:
        return faults, f"{told}, before Python was up"
    faults += [] if code in CODES[number] else [f"exit code {code}"]
    faults += ["went on as if nobody had asked"] if code == 0 and took_s > WENT_ON_S else []
    faults += _faults_on_disk(out, job, code, text)
    return faults, f"{told} ({text if faults else ' / '.join(text.splitlines()[-2:])[:160]})"


def _ended(process: Running) -> int | None:
    """The exit code of a process that was asked to stop; None where it does not, and then its log says where it is."""
    end_s = time.monotonic() + MOST_S
    while time.monotonic() < end_s and process.poll() is None:
        time.sleep(0.01)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGABRT)
        time.sleep(1.0)
        return None
    return process.wait()


def _faults_on_disk(out: Path, job: Job, code: int | None, text: str) -> list[str]:
    faults = [word for word in ("Traceback", "Exception ignored", "fault of ours") if word in text]
    left = list(out.rglob("*")) if out.exists() else []
    try:
        check_whole(out)
    except Exception as error:
        faults.append(f"does not open: {type(error).__name__} {error}")
    if any(path.name.startswith(".") for path in left):
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
