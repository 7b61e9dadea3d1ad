"""Every command that writes, on a disk that is full: `python -m tests.endurance.full_disk` (by root: it mounts disks).

Disks of 400 kB and of 2 MB in memory are mounted one after the other, with so much room and, in a second pass, with
half of it taken. Each command writes there alone. Where it does not fit, it must end with 2 and one line, at once or
with what was finished kept; what has its final name must open.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.endurance.jobs import RUN, make_given, start
from tests.endurance.whole_files import check_whole, named

SIZES = ("400k", "2m")
LINES = {
    "record": "record --seconds 40 --out {out}",
    "train": "train {given}/drive --network pilotnet --steps 1 --out {out}",
    "dagger": "train --method dagger --network linear --rounds 3 --out {out}",
    "smile": "train --method smile --network linear --rounds 3 --out {out}",
    "gail": "train {given}/drive --method gail --rounds 2 --out {out}",
    "sqil": "train {given}/drive --method sqil --rounds 2 --out {out}",
    "iq-learn": "train {given}/drive --method iq-learn --rounds 2 --out {out}",
    "tensorboard": "train {given}/drive --method gail --rounds 2 --out {given}/{number} --tensorboard {out}",
    "reward": "reward {given}/drive --out {out}",
    "lesson": "lesson reward-exercise --quick --out {out}",
    "demo": "demo --headless --out {out}",
    "export": "export {given}/network {disk}/driver.onnx",
    "evaluate": "evaluate expert --distance 0.01 --json {disk}/result.json",
    "record-json": "record --seconds 1 --out {given}/{number} --json {disk}/result.json",
    "frame-log": "watch expert --frames 3 --frame-log {disk}/frames.json",
    "drive": "drive --frames 90 --out {out}",
}


def main() -> int:
    """Try every command on every disk; the exit code is 1 where anything was wrong."""
    args = _arguments()
    num_wrong = 0
    with tempfile.TemporaryDirectory(prefix="full-disk-") as name:
        given, disk = Path(name) / "given", Path(name) / "disk"
        given.mkdir()
        disk.mkdir()
        make_given(given)
        cases = [(job, size, share) for job in args.jobs for size in SIZES for share in (0.0, 0.5, 1.0)]
        for number, (job, size, taken) in enumerate(cases):
            start_s = time.monotonic()
            with _mounted(disk, size, taken):
                faults, said = _tried(job, given, disk, number)
            num_wrong += bool(faults)
            took_s = time.monotonic() - start_s
            told = "; ".join(faults) or "ok"
            print(f"{job} on {size}, {taken:.0%} taken, {took_s:.1f} s: {told} | {said[:230]}", flush=True)
    print(f"{len(cases)} cases, {num_wrong} wrong")
    return 1 if num_wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.endurance.full_disk",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--jobs", nargs="+", choices=list(LINES), default=list(LINES), help="which (default: all)")
    return parser.parse_args()


@contextmanager
def _mounted(disk: Path, size: str, taken: float) -> Iterator[None]:
    """A small disk in memory, a share of which is taken already."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], check=True)
    try:
        num_bytes = {"k": 1024, "m": 1024**2}[size[-1]] * int(size[:-1])
        with suppress(OSError):  # it is full to the last byte
            (disk / ".ballast").write_bytes(bytes(int(taken * num_bytes)))
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _tried(job: str, given: Path, disk: Path, number: int) -> tuple[list[str], str]:
    """What was wrong, and the last words."""
    out, log = disk / "out", given / f"log-{number}"
    words = [word.format(given=given, disk=disk, out=out, number=number) for word in LINES[job].split()]
    code = start([*RUN, *words], log).wait()
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    faults = []
    if code not in (0, 2):
        faults.append(f"exit code {code}")
    if code == 2 and not ("run_sim.py: " in lines[-1] and "Traceback" not in log.read_text()):
        faults.append("not told in one line")
    if any(word in line for line in lines for word in ("Traceback", "Exception ignored", "fault of ours")):
        faults.append("a traceback")
    try:
        check_whole(disk)
    except Exception as error:
        faults.append(f"does not open: {type(error).__name__} {error}")
    if out.exists() and not list(named(out)):
        faults.append("a folder without a file is left")
    if any(path.name.startswith(".") and path.name != ".ballast" for path in disk.rglob("*")):
        faults.append("a part file is left")
    return faults, f"exit {code}: {' / '.join(lines[-2:])}"


if __name__ == "__main__":
    sys.exit(main())
