"""Commands in forks of this process, which has loaded all libraries: they begin with their work, in a moment."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import torch

from drive_sim import cli, stops

LOADED = (
    "drive_sim.learn.algorithms",
    "drive_sim.learn.road",
    "drive_sim.irl.learned_reward",
    "drive_sim.report.reward_page",
    "drive_sim.report.reward_film",
    "drive_sim.policies.onnx_export",
    "drive_sim.policies.onnx_policy",
    "drive_sim.lessons.irl.reward_exercise_page",
)
"""What commands import when they run."""


@dataclass(slots=True)
class WarmFork:
    """A forked process; `poll` and `wait` are those of subprocess.Popen."""

    pid: int
    code: int | None = None

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        while self.poll() is None:
            time.sleep(0.002)
        assert self.code is not None
        return self.code


def load_libraries() -> None:
    """Load what commands need; a fork does not take threads along, so there shall be none."""
    torch.set_num_threads(1)
    for name in LOADED:
        import_module(name)


def fork(arguments: list[str], output: Path, before: Callable[[], None] | None = None) -> WarmFork:
    """Run a command in a fork, a process group of its own; what it says goes to a file. `before` is done first."""
    pid = os.fork()
    if pid:
        return WarmFork(pid)
    code = 1
    try:
        os.setsid()
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for number in (1, 2):
            os.dup2(file, number)
        if before is not None:
            before()
        stops.end_without_traceback()
        code = cli.main(arguments)
    finally:
        os._exit(code)
