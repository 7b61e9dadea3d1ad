"""Same seed, same result, whatever the machine: each lesson and each way to train twice, and what differs.

`python -m tests.endurance.same_result [LESSON ...] [--train]`. The first run has one thread and one worker, and this
checkout; the second two threads and two workers, and a fresh clone of the last commit, whose kernels it compiles
itself. Lessons run with `--quick --seed 1000`, all of them where none is named (half an hour of processor time, twice);
`--train` has every method learn a little. Held against each other are result.json without times, claims on them and
commits, and the bytes of all weights. The exit code is 1 where anything differs.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
RECORD = "record --seconds 30 --seed 3 --out {folder}/drive"
TRAININGS = (
    "train {folder}/drive --steps 20 --out {folder}/bc",
    "train {folder}/drive --steps 20 --network small --draw-commands --out {folder}/bc-drawn",
    "train --method dagger --network linear --rounds 2 --out {folder}/dagger-linear",
    "train {folder}/drive --method dagger --network small --rounds 1 --out {folder}/dagger-small",
    "train --method smile --network linear --rounds 2 --out {folder}/smile",
    "train {folder}/drive --method gail --rounds 2 --out {folder}/gail",
    "train {folder}/drive --method gail --input pixels --rounds 1 --out {folder}/gail-pixels",
    "train {folder}/drive --method sqil --rounds 2 --out {folder}/sqil",
    "train {folder}/drive --method iq-learn --rounds 2 --out {folder}/iq-learn",
)
_VARIES = re.compile(r"^(\w+_)?cpu_s$|^commit$|^time_claims$")
"""Names of what two runs may say differently."""
_START = "import os, sys; os.cpu_count = lambda: {workers}; from drive_sim.cli import start; sys.exit(start())"


class Machine(NamedTuple):
    """What a run is done with."""

    code: Path
    num_threads: int
    num_workers: int
    kernels: Path | None = None


def main() -> int:
    """Compare what was asked for; the exit code is 1 where anything differs."""
    args = _arguments()
    names = args.lessons or ([] if args.train else _all_lessons())
    with tempfile.TemporaryDirectory(prefix="same-") as name:
        work = Path(name)
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(work / "clone")], check=True)
        machines = (Machine(ROOT, 1, 1), Machine(work / "clone", 2, 2, work / "kernels"))
        differing = 0
        for command in [*(["train"] if args.train else []), *(f"lesson {lesson}" for lesson in names)]:
            start_s = time.monotonic()
            found = list(_differences(command, work / command.replace(" ", "-"), machines))
            print(f"{command}: {'; '.join(found) or 'the same'} ({time.monotonic() - start_s:.0f} s)", flush=True)
            differing += bool(found)
    return 1 if differing else 0


def _differences(command: str, folder: Path, machines: tuple[Machine, Machine]) -> Iterator[str]:
    """What differs between a command's two runs, a few words each."""
    folders = [folder / number for number in ("first", "second")]
    for machine, each in zip(machines, folders, strict=True):
        each.mkdir(parents=True)
        lines = [RECORD, *TRAININGS] if command == "train" else [f"{command} --quick --seed 1000 --out {{folder}}/out"]
        for line in lines:
            _run(line.format(folder=each).split(), machine)
    texts, weights = zip(*(_products(each) for each in folders), strict=True)
    yield from differing_fields(*texts)
    for file in sorted(weights[0].keys() | weights[1].keys()):
        if weights[0].get(file) != weights[1].get(file):
            yield f"other bytes in {file}"


def differing_fields(one: Any, other: Any, where: str = "") -> Iterator[str]:
    """Places where two JSON values differ, but for times and commits; the first five of a list."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            if not _VARIES.match(key):
                yield from differing_fields(one.get(key), other.get(key), f"{where}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from differing_fields(*pair, f"{where}[{number}]")
    elif one != other:
        yield f"{where} is {str(one)[:60]} and {str(other)[:60]}"


def _products(folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The results of a run by their names, and the hashes of its weights and recordings."""
    results = {
        str(path.relative_to(folder)): json.loads(path.read_text(encoding="utf-8"))
        for path in folder.rglob("result.json")
    }
    hashes = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.safetensors")
    }
    assert results or hashes, f"nothing was made in {folder}"
    return results, hashes


def _run(arguments: list[str], machine: Machine) -> None:
    threads = {f"{name}_NUM_THREADS": str(machine.num_threads) for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
    kernels = {} if machine.kernels is None else {"NUMBA_CACHE_DIR": str(machine.kernels)}
    command = [sys.executable, "-c", _START.format(workers=machine.num_workers), *arguments]
    environment = os.environ | threads | kernels
    done = subprocess.run(command, cwd=machine.code, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr[-500:]}")


def _all_lessons() -> list[str]:
    from drive_sim.lessons.catalogue import LESSONS

    return list(LESSONS)


def _arguments() -> argparse.Namespace:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m tests.endurance.same_result", description=__doc__, formatter_class=raw
    )
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="which lessons (default: all of them)")
    parser.add_argument("--train", action="store_true", help="every way to train, and the lessons that are named")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
