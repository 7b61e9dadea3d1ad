"""What is killed, stopped and run out of room: our commands at small settings, and what they need, made beforehand."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from drive_sim import cli

ROOT = Path(__file__).resolve().parents[2]
RUN = (sys.executable, str(ROOT / "run_sim.py"))
ENVIRONMENT = os.environ | {
    "PYTHONPATH": str(ROOT),
    "PYTHONFAULTHANDLER": "1",
    "SDL_VIDEODRIVER": "dummy",
    "SDL_AUDIODRIVER": "dummy",
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
}


class Running(Protocol):
    """A process as `subprocess.Popen` has it."""

    @property
    def pid(self) -> int:
        """Its number, and its group's."""
        ...

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        ...

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """A command that makes something; `{out}` in it stands for where, `{given}` for what `make_given` has made."""

    name: str
    line: str
    resume: str | None = None
    """What goes on with a run that was killed; None: it begins anew."""

    def words(self, given: Path, out: Path) -> list[str]:
        """Its arguments."""
        return [word.format(given=given, out=out) for word in self.line.split()]

    def typed(self, given: Path, out: Path) -> list[str]:
        """The command, ready to be run."""
        return [*RUN, *self.words(given, out)]

    def resumed(self, out: Path) -> list[str]:
        """The arguments by which it goes on."""
        assert self.resume is not None
        return [word.format(out=out) for word in self.resume.split()]


JOBS = {
    job.name: job
    for job in (
        Job("record", "record --seconds 200 --seed 3 --out {out}"),
        Job("train", "train {given}/drive --network small --steps 120 --out {out}"),
        Job("dagger", "train --method dagger --network linear --rounds 6 --seed 3 --out {out}", "train --resume {out}"),
        Job("lesson", "lesson reward-exercise --quick --seed 3 --out {out}", "lesson --resume {out}"),
        Job("export", "export {given}/network {out}/driver.onnx"),
        Job("film", "reward {given}/short-drive --out {out}"),
        Job("demo", "demo --headless --out {out}"),
    )
}


def make_given(folder: Path) -> None:
    """What the commands read."""
    drive, network = str(folder / "drive"), str(folder / "network")
    assert cli.main(["record", "--seconds", "8", "--seed", "3", "--out", str(folder / "short-drive")]) == 0
    assert cli.main(["record", "--seconds", "15", "--seed", "3", "--out", drive]) == 0
    assert cli.main(["train", drive, "--network", "small", "--steps", "1", "--out", network]) == 0


def new_out(folder: Path, job: str) -> Path:
    """A folder that is not there yet, in one that is; export takes one that is there."""
    out = folder / f"out-{job}"
    (out if job == "export" else folder).mkdir(parents=True, exist_ok=True)
    return out


def start(command: list[str], output: Path) -> subprocess.Popen[bytes]:
    """A process group of its own, its standard error in a file."""
    with output.open("wb") as file:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=file,
            env=ENVIRONMENT,
            start_new_session=True,
            cwd=output.parent,
        )


def working_s(process: Running, output: Path, out: Path) -> float:
    """How many seconds a command takes that nobody stops, from when its work begins."""
    wait_for_work(process, out)
    begun_s = time.monotonic()
    assert process.wait() == 0, output.read_text()
    return time.monotonic() - begun_s


def wait_for_work(process: Running, out: Path) -> None:
    """Wait until a command has made its folder (where it is given one: its first file), or has ended."""
    is_given = out.name == "out-export"
    while process.poll() is None and not (any(out.iterdir()) if is_given else out.exists()):
        time.sleep(0.002)
