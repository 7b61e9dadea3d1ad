"""kill -9 at random moments: `python -m tests.endurance.kill_at_moments --moments 200 --seed 0`.

Each time a command is started, at small settings, and killed with all of its processes at a random moment: a quarter
while libraries load, the others from its first file until its usual end. Then every file that carries its final name
must open, and of a recording at most one second may be lost. DAgger and the lesson are then resumed: what stands in
their folder must equal an unkilled run's to the last digit, but for times. (Of pages only that they end is looked at.)
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.endurance.jobs import ENVIRONMENT, JOBS, ROOT, Job, make_given, new_out, start, timed, wait_for_a_moment
from tests.endurance.whole_files import check_whole, contents, num_rows

SHARES = {"record": 60, "train": 45, "dagger": 45, "lesson": 20, "export": 15, "film": 15}
"""Of 200 moments; a run that is killed and resumed takes longer."""
MOST_LOST_S = 1.0
TICKS_SAID = """
import sys
from drive_sim.data import recording
append = recording.RecordingWriter.append
def said(self, row):
    append(self, row)
    print(row.tick + 1, flush=True)
recording.RecordingWriter.append = said
from drive_sim.cli import main
sys.exit(main())
"""
"""`record`, saying each tick that is in the recorder's hands."""


def main() -> int:
    """Kill as often as was asked for, and say what was wrong; the exit code is 1 where anything was."""
    args = _arguments()
    rng, wrong, lost_s, same = random.Random(args.seed), Counter[str](), [0.0], Counter[str]()
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        work = Path(name)
        (work / "given").mkdir()
        make_given(work / "given")
        unkilled = {job: new_out(work / "unkilled", job) for job in args.jobs}
        usual_s = {job: timed(JOBS[job].typed(work / "given", out), work / "log", out) for job, out in unkilled.items()}
        print({job: f"{first_s:.1f} + {then_s:.1f} s" for job, (first_s, then_s) in usual_s.items()}, flush=True)
        jobs = rng.choices(args.jobs, [SHARES[job] for job in args.jobs], k=args.moments)
        for number, job in enumerate(jobs):
            out = new_out(work / f"{number:03d}", job)
            process, said = _start(JOBS[job], work / "given", out)
            moment = wait_for_a_moment(process, out, usual_s[job], rng)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            faults, found = _left(JOBS[job], out, said, unkilled[job])
            shutil.rmtree(out.parent)
            wrong.update([f"{job}: {fault[:80]}" for fault in faults])
            lost_s.append(found if job == "record" else 0.0)
            same.update([job] if JOBS[job].resume is not None and found else [])
            print(f"{number:>3} {job}, {moment}: {'; '.join(faults) or 'ok'}", flush=True)
    print(f"{args.moments} kills, seed {args.seed}: {wrong.total()} faults {dict(wrong)}")
    print(f"{dict(Counter(jobs))}; of recordings at most {max(lost_s):.1f} s lost; resumed and the same: {dict(same)}")
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.endurance.kill_at_moments",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--moments", type=int, default=200, help="how often a command is killed (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default: 0)")
    parser.add_argument("--jobs", nargs="+", choices=list(SHARES), default=list(SHARES), help="which (default: all)")
    return parser.parse_args()


def _start(job: Job, given: Path, out: Path) -> tuple[subprocess.Popen[bytes], Path]:
    """A command's process, and the file of what it says."""
    typed = job.typed(given, out)
    if job.name == "record":
        typed[1:2] = ["-c", TICKS_SAID]
    said = out.parent / "said"
    with said.open("wb") as file:
        process = subprocess.Popen(
            typed, stdout=file, stderr=subprocess.STDOUT, env=ENVIRONMENT, start_new_session=True, cwd=ROOT
        )
    return process, said


def _left(job: Job, out: Path, said: Path, unkilled: Path) -> tuple[list[str], float]:
    """What was wrong after a kill; and the seconds lost of a recording, else whether a resumed run was the same."""
    faults, log = _unopened(out), out.parent / "log"
    if job.name == "record":
        rows = sum(num_rows(path) for path in out.glob("*.arrow")) if not faults else 0
        lost_s = max(
            0.0, (max((int(word) for word in said.read_text().split() if word.isdigit()), default=0) - rows) / 10.0
        )
        return faults + ([f"{lost_s:.1f} s are lost"] if lost_s > MOST_LOST_S else []), lost_s
    if job.resume is None or faults:
        return faults, 0.0
    again = job.resumed(out) if out.exists() and any(out.iterdir()) else None
    if again is None or (job.name == "dagger" and not (out / "settings.json").exists()):
        return faults, 0.0  # nothing was begun yet
    code = start(again, log).wait()
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
