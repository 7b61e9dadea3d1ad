"""kill -9 at random moments: `python -m tests.endurance.kill_at_moments --moments 200 --seed 0`.

Each time a command is begun, at small settings, and killed with all of its processes at a random moment between the
beginning of its work and its usual end. (It runs in a fork in which the libraries are loaded; every tenth is a process
from nothing, killed while it loads.) Then every file that carries its final name must open, and of a recording at most
one second may be lost. DAgger and the lesson are then resumed: what stands in their folder must equal an unkilled run's
to the last digit, but for times. (Of pages only that they end is looked at.)
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

from bench.episode_rows import rows_of
from drive_sim.data import recording
from tests.endurance.jobs import JOBS, Job, make_given, new_out, start, wait_for_work, working_s
from tests.endurance.warm_fork import fork, load_libraries
from tests.endurance.whole_files import check_whole, contents

SHARES = {"record": 70, "train": 50, "dagger": 50, "lesson": 12, "export": 12, "film": 6}
"""Of 200 moments; the last take longest."""
MOST_LOST_S = 1.0
LOADING_EVERY, LOADING_S = 10, 3.0


def main() -> int:
    """Kill as often as was asked for, and say what was wrong; the exit code is 1 where anything was."""
    args = _arguments()
    rng, wrong, lost_s, same, done = random.Random(args.seed), Counter[str](), [0.0], Counter[str](), Counter[str]()
    jobs, start_s = rng.choices(args.jobs, [SHARES[job] for job in args.jobs], k=args.moments), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        given, work = Path(name) / "given", Path(name)
        given.mkdir()
        make_given(given)
        load_libraries()
        unkilled, usual_s = dict[str, Path](), dict[str, float]()
        for number, job in enumerate(jobs):
            if job not in usual_s:
                unkilled[job], log = new_out(work / "unkilled", job), work / f"log-{job}"
                usual_s[job] = working_s(fork(JOBS[job].words(given, unkilled[job]), log), log, unkilled[job])
                print(f"{job}: {usual_s[job]:.1f} s of work", flush=True)
            out = new_out(work / f"{number:03d}", job)
            moment = _killed(JOBS[job], given, out, usual_s[job], rng, from_nothing=number % LOADING_EVERY == 0)
            faults, found = _left(JOBS[job], out, unkilled[job])
            wrong.update([f"{job}: {fault[:80]}" for fault in faults])
            lost_s.append(found if job == "record" else 0.0)
            is_same = JOBS[job].resume is not None and bool(found)
            same.update([job] if is_same else [])
            done.update([job])
            print(f"{number:>3} {job}, {moment}: {'; '.join(faults) or 'ok'}{' | the same' * is_same}", flush=True)
            shutil.rmtree(out.parent)
            if time.monotonic() - start_s > 60.0 * args.minutes:
                break
    print(f"{done.total()} kills, seed {args.seed}: {wrong.total()} faults {dict(wrong)}")
    print(f"{dict(done)}; of recordings at most {max(lost_s):.1f} s lost; resumed and the same: {dict(same)}")
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.endurance.kill_at_moments",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--moments", type=int, default=200, help="how often a command is killed (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default: 0)")
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after so many (default: 60)")
    parser.add_argument("--jobs", nargs="+", choices=list(SHARES), default=list(SHARES), help="which (default: all)")
    return parser.parse_args()


def _killed(job: Job, given: Path, out: Path, usual_s: float, rng: random.Random, *, from_nothing: bool) -> str:
    """Begin a command and kill it; says at what moment."""
    if from_nothing:
        after_s, log = rng.uniform(0.0, LOADING_S), out.parent / "log"
        process = start(job.typed(given, out), log)
    else:
        process = fork(job.words(given, out), out.parent / "said", _say_ticks if job.name == "record" else None)
        wait_for_work(process, out)
        after_s = rng.uniform(0.0, usual_s)
    time.sleep(after_s)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return f"{after_s:.2f} s after its {'start' if from_nothing else 'work began'}"


def _say_ticks() -> None:
    """In a recording process: say each tick that is in the recorder's hands."""
    append = recording.RecordingWriter.append

    def said(self: recording.RecordingWriter, row: recording.Row) -> None:
        append(self, row)
        os.write(1, b"%d\n" % (row.tick + 1))

    recording.RecordingWriter.append = said


def _left(job: Job, out: Path, unkilled: Path) -> tuple[list[str], float]:
    """What was wrong after a kill; and the seconds lost of a recording, else whether a resumed run was the same."""
    faults, said, log = _unopened(out), out.parent / "said", out.parent / "log"
    if job.name == "record":
        rows = sum(rows_of(path) for path in out.glob("*.arrow")) if not faults else 0
        ticks = [int(word) for word in said.read_text().split() if word.isdigit()] if said.exists() else []
        lost_s = max(0.0, (max(ticks, default=0) - rows) / 10.0)
        return faults + ([f"{lost_s:.1f} s are lost"] if lost_s > MOST_LOST_S else []), lost_s
    if job.resume is None or faults:
        return faults, 0.0
    begun = out / {"dagger": "settings.json", "lesson": "lesson.json"}[job.name]
    if not begun.exists():
        return faults, 0.0
    code = fork(job.resumed(out), log).wait()
    if code:
        return [f"resuming ends with {code}: {log.read_text().strip()[-200:]}"], 0.0
    faults = _unopened(out) + [f"{name} differs" for name in _differing(unkilled, out)]
    return faults, float(not faults)


def _unopened(out: Path) -> list[str]:
    try:
        check_whole(out)
    except Exception as error:
        return [f"does not open: {type(error).__name__} {error}"]
    return []


def _differing(first: Path, second: Path) -> list[str]:
    """The files that only one folder has, or that are not the same."""
    one, other = contents(first), contents(second)
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


if __name__ == "__main__":
    sys.exit(main())
