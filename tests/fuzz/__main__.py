"""`python -m tests.fuzz`: hostile inputs by the thousand; prints what ended wrongly, and how often."""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import torch

from tests.fuzz.cases import kept_cases
from tests.fuzz.draws import DRAWS, draw_case
from tests.fuzz.oracle import judge
from tests.fuzz.pool import tried
from tests.fuzz.trial import Trial
from tests.fuzz.valid import make_valid

_EVERY_S = 30.0
"""How often it says how far it is."""


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
        return 1 if _report(chain(real, forked), len(cases), args.wrong, 60.0 * args.minutes) else 0


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


@dataclass(slots=True)
class Tried:
    """What has been tried so far, and how it ended."""

    kinds: Counter[str] = field(default_factory=Counter)
    exit_codes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    num_wrong: int = 0
    peak_bytes: int = 0
    start_s: float = field(default_factory=time.monotonic)

    @property
    def took_s(self) -> float:
        """Since it began."""
        return time.monotonic() - self.start_s

    def take_in(self, trial: Trial, wrong_file: Path | None) -> None:
        """Count a trial; show one that ended wrongly, and keep it."""
        assert trial.outcome is not None
        wrong = judge(trial.case, trial.outcome)
        self.kinds[trial.case.kind] += 1
        self.exit_codes[str(trial.outcome.exit_code)] += 1
        self.peak_bytes = max(self.peak_bytes, trial.outcome.peak_bytes)
        if not wrong:
            return
        self.num_wrong += 1
        self.faults.update(fault.partition(":")[0] for fault in wrong)
        said = " ".join(trial.outcome.stderr.strip().splitlines()[-1:])
        print(f"{'; '.join(wrong)}\n  {trial.case.to_line()[:600]}\n  {said[:300]}", flush=True)
        if wrong_file is not None:
            with wrong_file.open("a") as file:
                file.write(trial.case.to_line() + "\n")

    def told(self) -> str:
        """All of it in two lines."""
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(self.kinds.items()))
        return (
            f"{self.kinds.total()} cases in {self.took_s:.0f} s, at most {self.peak_bytes / 1e6:.0f} MB: {kinds}\n"
            f"exit codes {dict(self.exit_codes)}; {self.num_wrong} wrong {dict(self.faults)}"
        )


def _report(trials: Iterator[Trial], num_cases: int, wrong_file: Path | None, most_s: float) -> int:
    """Show what ended wrongly, and in the end, or when it is stopped, how many; returns that number."""
    so_far, told_s = Tried(), 0.0
    try:
        for trial in trials:
            so_far.take_in(trial, wrong_file)
            if so_far.took_s > told_s + _EVERY_S:
                told_s = so_far.took_s
                print(f"{so_far.kinds.total()} of {num_cases} in {told_s:.0f} s, {so_far.num_wrong} wrong", flush=True)
            if so_far.took_s > most_s:
                break
    except KeyboardInterrupt:
        print("stopped", flush=True)
    print(so_far.told(), flush=True)
    return so_far.num_wrong


if __name__ == "__main__":
    sys.exit(main())
