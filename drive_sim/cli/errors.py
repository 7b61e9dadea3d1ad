"""What the command line says of an error: one line for people, and the exit code."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drive_sim.errors import InputError
from drive_sim.stops import Stop, begin_work


class StoppedError(KeyboardInterrupt):
    """Ctrl-C, or SIGTERM, with the line that says what was saved."""


@contextmanager
def stopping(folder: Path, what_is_saved: str) -> Iterator[None]:
    """A Ctrl-C inside is told with what is saved in a folder, where anything is; one that is told already passes."""
    begin_work()
    try:
        yield
    except StoppedError:
        raise
    except KeyboardInterrupt:
        holds_some = folder.is_dir() and any(folder.iterdir())
        raise StoppedError(f"stopped; {what_is_saved if holds_some else 'nothing was made yet'}") from None


def summary(error: BaseException, stop: Stop | None = None) -> tuple[str, int]:
    """The line and the exit code: 2 for what whoever asked can mend, 1 for a fault of ours, else 128 + signal.

    The signal is a stop's; Ctrl-C is 2. What fails otherwise once a stop was asked for, as an import that was cut
    short, is that stop.
    """
    asked = None if stop is None else stop.number
    if isinstance(error, KeyboardInterrupt):
        return str(error) or "stopped", 128 + (asked or signal.SIGINT)
    if asked is not None and not isinstance(error, InputError | OSError | MemoryError):
        return "stopped", 128 + asked
    if isinstance(error, ModuleNotFoundError) and str(error.name).split(".")[0] != "drive_sim":
        return f"this Python has no {error.name}; run `make setup`, then .venv/bin/python run_sim.py", 2
    if isinstance(error, InputError | OSError | MemoryError):
        return _one_line(error), 2
    return f"a fault of ours: {type(error).__name__}: {_one_line(error)}; see it whole with --debug", 1


def _one_line(error: BaseException) -> str:
    """What a person should read of an error, with the file's name where there is one."""
    if isinstance(error, MemoryError):
        return "not enough memory; use a shorter recording or fewer roads"
    if isinstance(error, OSError) and error.errno is not None:
        from drive_sim.files import input_error_from

        return str(input_error_from(error, Path(error.filename), "use")) if error.filename else str(error)
    return " ".join(str(error).split())
