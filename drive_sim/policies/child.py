"""A process of our own that runs somebody else's file, and a conversation with it, in bytes that nobody unpickles.

A message is a letter and what it says. From the child: `i` (all is imported, and the limits hold), `r` (ready), `a` (an
answer), `e` and a line (refused). What it may take is counted by its processor's time and its memory, which a busy
machine does not change; the clock alone never says anything of a file.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from drive_sim.errors import InputError
from drive_sim.policies.process_limits import NOBODY
from drive_sim.threads import ONE_THREAD

if TYPE_CHECKING:
    from multiprocessing.connection import Connection as _Connection
    from multiprocessing.connection import PipeConnection

Connection: TypeAlias = "_Connection[Any, Any] | PipeConnection[Any, Any]"
IMPORTED, READY, ANSWER, REFUSED = b"i", b"r", b"a", b"e"
MOST_LETTERS = 600
"""Of a line that a file is refused with."""
MOST_BYTES = 2**20
"""Of what a child says."""
START_S = 600.0
"""By the clock, for importing: a few seconds, on a busy machine many."""
PATIENCE = 20.0
"""So many times the processor's time that it has, by the clock, a child may be silent on a busy machine."""


class Conversation:
    """A child, by the name of the file that it runs; `fault` is raised where that file is to blame.

    InputError itself is raised where the machine is: where the child was killed, or waits without end. `too_long` says
    what it exceeds where it takes too much of a processor's time; `line` makes a line of what it is refused with.
    """

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes],
        connection: Connection,
        *,
        too_long: str,
        fault: type[InputError] = InputError,
        line: Callable[[str, str], str] | None = None,
    ) -> None:
        self.name, self._process, self._connection = name, process, connection
        self._fault, self._too_long, self._line = fault, too_long, line or _line

    def begin(self) -> None:
        """Wait until it has imported what it needs. Raises InputError where it cannot start."""
        try:
            self.receive(IMPORTED, START_S)
        except InputError as error:  # nothing of the file's has run by then
            raise InputError(f"no driver can be started here ({error}); see what `make setup` says") from None

    def send(self, message: bytes, most_s: float) -> None:
        """Say something to it; one that takes nothing for so long is killed, and `receive` says why it is gone."""
        timer = threading.Timer(most_s, self._process.kill)
        timer.start()
        try:
            with suppress(ConnectionError):
                self._connection.send_bytes(message)
        finally:
            timer.cancel()

    def receive(self, wanted: bytes, most_s: float) -> bytes:
        """What a message of that kind says. Raises `fault` for any other, and InputError where none comes."""
        try:
            if not self._connection.poll(most_s):
                raise InputError(
                    f"{self.name}: no answer within {most_s:g} s, on a machine that is too busy; try again"
                )
            message = self._connection.recv_bytes(MOST_BYTES)
        except (EOFError, OSError):
            raise self._why_gone() from None
        kind, said = message[:1], message[1:]
        if kind == wanted:
            return said
        words = said.decode(errors="replace")[:MOST_LETTERS] if kind == REFUSED else "its process speaks out of turn"
        raise self._fault(self._line(words, self.name))

    def _why_gone(self) -> InputError:
        """Why the child has ended, in words."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10.0)
        ended = -(self._process.returncode or 0)
        if ended == getattr(signal, "SIGXCPU", None):
            return self._fault(f"{self.name}: {self._too_long}; take a smaller network")
        if ended == getattr(signal, "SIGKILL", None):
            return InputError(f"{self.name}: its process was killed, as where a machine has no memory left; try again")
        return self._fault(
            f"{self.name}: its process ended by itself (code {self._process.returncode}), as a damaged file's may; "
            "export it again"
        )


def _line(words: str, name: str) -> str:
    return words if words.startswith(name) else f"{name}: {words}"


def start(module: str, arguments: Sequence[Any], folder: Path) -> tuple[subprocess.Popen[bytes], Connection]:
    """Start `main(descriptor, *arguments)` of a module, in a folder and knowing nothing else; our end of its pipe."""
    root = str(Path(__file__).resolve().parent.parent.parent)
    ours, theirs = Pipe()
    given = ", ".join(map(repr, (theirs.fileno(), *arguments)))
    code = f"import sys; sys.path.insert(0, {root!r}); from {module} import main; main({given})"
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "LC_ALL", "NUMBA_CACHE_DIR")}
    alone = {"HOME": str(folder), "CUDA_VISIBLE_DEVICES": "", "ORT_DISABLE_TELEMETRY": "1"}
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", code],
        cwd=folder,
        env={**kept, **ONE_THREAD, **alone},
        pass_fds=[theirs.fileno()],
        stdin=nowhere,
        stdout=nowhere,
        stderr=nowhere,
        start_new_session=True,  # Ctrl-C is the parent's
    )
    theirs.close()
    return process, ours


def end(process: subprocess.Popen[bytes], connection: Connection) -> None:
    """End a child, whatever it does."""
    connection.close()
    process.kill()
    process.wait()


@contextmanager
def started(
    module: str, arguments: Sequence[Any], folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], Connection]]:
    """`start`, ended with the block."""
    process, connection = start(module, arguments, folder)
    try:
        yield process, connection
    finally:
        end(process, connection)


def give_to_nobody(folder: Path) -> None:
    """Make a folder and its files readable by whom an administrator's child becomes."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            with suppress(OSError):
                os.chown(path, NOBODY, NOBODY)
