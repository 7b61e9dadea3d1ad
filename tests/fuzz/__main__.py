"""`python -m tests.fuzz`: hostile inputs by the thousand; prints what ended wrongly, and how often."""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import torch

from tests.fuzz.cases import kept_cases
from tests.fuzz.draws import DRAWS, draw_case
from tests.fuzz.oracle import judge
from tests.fuzz.pool import tried
from tests.fuzz.trial import Trial
from tests.fuzz.valid import make_valid


def main() -> int:
    """Try as many cases as were asked for; the exit code is 1 where one ended wrongly."""
    args = _arguments()
    os.environ |= {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    torch.set_num_threads(1)  # a fork does not take threads along
    numbers = range(args.first, args.first + args.cases)
    cases = [draw_case(args.seed, number, args.kinds) for number in numbers] + (kept_cases() if args.kept else [])
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        valid, work = Path(name) / "valid", Path(name) / "work"
        valid.mkdir()
        os.chdir(valid)
        make_valid(valid)
        real = tried(cases[: args.processes], valid, work, args.workers, as_processes=True)
        forked = tried(cases[args.processes :], valid, work, args.workers)
        return 1 if _report(chain(real, forked), args.wrong, 60.0 * args.minutes) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--processes", type=int, default=0, help="so many of them, the first, as processes of their own"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--kinds", nargs="+", default=list(DRAWS), choices=list(DRAWS))
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after so many")
    parser.add_argument("--kept", action="store_true", help="the kept cases too")
    parser.add_argument("--wrong", type=Path, help="write what ended wrongly there, a case a line")
    return parser.parse_args()


def _report(trials: Iterator[Trial], wrong_file: Path | None, most_s: float) -> int:
    """Show what ended wrongly, and in the end how many; returns that number."""
    kinds, ends, faults = Counter[str](), Counter[str](), Counter[str]()
    num_wrong, peak_bytes, start_s = 0, 0, time.monotonic()
    for trial in trials:
        assert trial.outcome is not None
        wrong = judge(trial.case, trial.outcome)
        kinds[trial.case.kind] += 1
        ends[str(trial.outcome.exit_code)] += 1
        peak_bytes = max(peak_bytes, trial.outcome.peak_bytes)
        if wrong:
            num_wrong += 1
            faults.update(fault.partition(":")[0] for fault in wrong)
            said = " ".join(trial.outcome.stderr.strip().splitlines()[-1:])
            print(f"{'; '.join(wrong)}\n  {trial.case.to_line()[:600]}\n  {said[:300]}", flush=True)
            if wrong_file is not None:
                with wrong_file.open("a") as file:
                    file.write(trial.case.to_line() + "\n")
        if time.monotonic() - start_s > most_s:
            break
    took_s = time.monotonic() - start_s
    print(f"{kinds.total()} cases in {took_s:.0f} s, at most {peak_bytes / 1e6:.0f} MB: {dict(kinds)}")
    print(f"exit codes {dict(ends)}; {num_wrong} wrong {dict(faults)}", flush=True)
    return num_wrong


if __name__ == "__main__":
    sys.exit(main())
