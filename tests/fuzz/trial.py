"""Trying a case: in a fork of this process, which has everything loaded, or as a command of its own."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

from drive_sim import cli
from tests.fuzz import edits, oracle
from tests.fuzz.cases import Case
from tests.fuzz.oracle import Outcome

ROOT = Path(__file__).resolve().parents[2]
_ADDRESS_SPACE = 6_000_000_000
"""More than any case may take, less than would hurt the machine."""


def prepared(case: Case, valid: Path, folder: Path) -> Path:
    """A folder with the inputs of a case, changed as it says, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in case.inputs:
        source = valid / name
        shutil.copytree(source, folder / name) if source.is_dir() else shutil.copy(source, folder / name)
    edits.apply(case.edits, folder)
    return folder


class Trial:
    """A case that runs in a fork; `ended` asks whether it has, and `outcome` is how."""

    def __init__(self, case: Case, valid: Path, folder: Path, *, as_process: bool = False) -> None:
        self.case, self.folder = case, folder
        self._said = {name: folder.with_name(f"{folder.name}.{name}") for name in ("stdout", "stderr", "verdict")}
        for path in self._said.values():
            path.unlink(missing_ok=True)
        self.outcome: Outcome | None = None
        self._start_s = time.monotonic()
        self._pid = os.fork()
        if self._pid == 0:
            self._run(valid, as_process)

    def ended(self) -> bool:
        """Whether it has ended; one that takes too long is killed."""
        if self.outcome is not None:
            return True
        took_s = time.monotonic() - self._start_s - _queued_s(self._pid)
        pid, status, usage = os.wait4(self._pid, os.WNOHANG)
        if pid == 0 and took_s > oracle.LONGEST_S + 1.0:
            os.killpg(self._pid, signal.SIGKILL)
            pid, status, usage = os.wait4(self._pid, 0)
        if pid == 0:
            return False
        self.outcome = self._outcome(status, usage, took_s)
        return True

    def _outcome(self, status: int, usage: resource.struct_rusage, took_s: float) -> Outcome:
        said = {name: _text(path) for name, path in self._said.items()}
        exit_code, faults = json.loads(said["verdict"]) if said["verdict"] else (None, [])
        killed_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        return Outcome(
            exit_code, said["stdout"], said["stderr"], took_s, 1024 * usage.ru_maxrss, tuple(faults), killed_by
        )

    def _run(self, valid: Path, as_process: bool) -> None:
        """The fork's life, which never returns."""
        code = 99
        try:
            os.setpgid(0, 0)
            prepared(self.case, valid, self.folder)
            before = oracle.contents(self.folder)
            os.chdir(self.folder)
            code = self._command() if as_process else self._main()
            faults = oracle.faults_of(self.folder, before, code)
            part = self._said["verdict"].with_suffix(".part")
            part.write_text(json.dumps([code, faults]))
            part.rename(self._said["verdict"])
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)

    def _main(self) -> int:
        """`cli.main` with everything that it says going into files."""
        self._redirect()
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + _ADDRESS_SPACE, resource.RLIM_INFINITY))
        sys.argv = ["drive-sim"]
        try:
            code = cli.main(list(self.case.argv))
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
        sys.stdout.flush()
        sys.stderr.flush()
        return code

    def _command(self) -> int:
        """The same as a process of its own, as a person would start it."""
        with self._said["stdout"].open("wb") as out, self._said["stderr"].open("wb") as err:
            script = Path(sys.executable).parent / "drive-sim"
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            done = subprocess.run(
                [script, *self.case.argv],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment,
                check=False,
            )
        return done.returncode

    def _redirect(self) -> None:
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(self._said[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)


def _queued_s(pid: int) -> float:
    """How long a process has waited for a processor that others had: that is no fault of its own."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="backslashreplace") if path.exists() else ""


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
