"""Hostile inputs: five hundred drawn ones, and every one that once ended wrongly (`python -m tests.fuzz`)."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.cases import case_from, kept_cases
from tests.fuzz.draws import DRAWS, draw_case
from tests.fuzz.oracle import Outcome, judge

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_no_hostile_input_ends_wrongly() -> None:
    # In a process of its own: forks of this one would hold whatever other tests have loaded.
    command = [sys.executable, "-m", "tests.fuzz", "--cases", "500", "--kept"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert f"{500 + len(kept_cases())} cases" in done.stdout


def test_cases_are_data_and_the_same_for_the_same_seed() -> None:
    cases = [draw_case(7, number) for number in range(200)]
    assert [case_from(case.to_line()) for case in cases] == cases == [draw_case(7, number) for number in range(200)]
    assert {case.kind for case in cases} == set(DRAWS)
    assert {case.expected for case in cases} >= {2, None}


@pytest.mark.parametrize(
    ("outcome", "wrong"),
    [
        (Outcome(0, "", "training: step 1\n", 0.1, 10**8), "exit code 0 where 2 is right"),
        (Outcome(1, "", "drive-sim: a fault of ours: KeyError\n", 0.1, 10**8), "exit code 1"),
        (Outcome(None, "", "", 0.1, 10**8, (), 11), "killed by signal 11"),
        (Outcome(None, "", "", 11.0, 10**8), "hang: 11 s"),
        (Outcome(2, "", "drive-sim: no\n", 0.1, 2 * 10**9), "memory: 2000 MB"),
        (Outcome(2, "", "libpng warning\ndrive-sim: no\n", 0.1, 10**8), "foreign line on stderr: 'libpng warning'"),
        (Outcome(2, "", "drive-sim: no\ndrive-sim: no\n", 0.1, 10**8), "2 lines of complaint"),
        (Outcome(2, "", "line 1 skipped\n" * 99 + "drive-sim: no\n", 0.1, 10**8), "100 lines on stderr"),
        (Outcome(2, "", "drive-sim: no\n", 0.1, 10**8, ("overwritten: a",)), "overwritten: a"),
    ],
)
def test_the_oracle_is_strict(outcome: Outcome, wrong: str) -> None:
    case = next(case for case in (draw_case(0, number) for number in range(99)) if case.expected == 2)
    assert wrong in judge(case, outcome)
    assert judge(case, Outcome(2, "", "drive-sim: no\n", 0.1, 10**8)) == []
