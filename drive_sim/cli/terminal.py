"""The streams that a process is started with, which may be closed, full, cut off, or know no letters but ASCII."""

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from drive_sim.errors import InputError

if TYPE_CHECKING:
    from typing_extensions import Buffer

_READER_GONE = {errno.EPIPE, errno.EIO, errno.ECONNRESET}
"""A pipe's reader has ended, as `head` does; the terminal was closed."""
_LONGEST = 900
"""Letters of a line; a file may hold a name of a million."""


class _Unfailing(io.FileIO):
    """Bytes for a descriptor; once it refuses some, what follows is for nobody, and `refusal` says why."""

    refusal: OSError | None = None

    def write(self, content: "Buffer", /) -> int | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Write them; never raises."""
        try:
            return super().write(content)
        except OSError as error:
            if error.errno not in _READER_GONE:
                self.refusal = error
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return memoryview(content).nbytes


def tell(line: str) -> None:
    """Say something on standard error, in one line that can be read to its end."""
    print(readable(line), file=sys.stderr)


def readable(text: str) -> str:
    """A text in one line: what is no letter is shown by its code, and of a very long one both ends."""
    line = " ".join(text.split())
    line = "".join(letter if letter.isprintable() else _code(letter) for letter in line)
    half = _LONGEST // 2
    return line if len(line) <= _LONGEST else f"{line[:half]} ... {line[-half:]}"


def _code(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")


def prepare() -> None:
    """Make the process's own streams such that work is never lost for want of somebody who listens.

    Descriptors that are closed lead nowhere, before a file that is written gets their numbers. What cannot be written
    is dropped; what the terminal's letters lack is shown by its code. Streams that somebody has put in their place
    are left as they are.
    """
    for number, mode in enumerate((os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)):
        _open_where_closed(number, mode)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is getattr(sys, f"__{name}__"):
            stream = _unfailing(getattr(sys, name), ("stdout", "stderr").index(name) + 1)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def check_shown() -> None:
    """Flush standard output. Raises InputError where some of it was refused; a reader who has gone wants no more."""
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, _Unfailing) and raw.refusal is not None:
        raise InputError(f"standard output: {raw.refusal.strerror}; what was to be made is made")


def _open_where_closed(number: int, mode: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        found = os.open(os.devnull, mode)
        if found != number:
            os.dup2(found, number)
            os.close(found)
        os.set_inheritable(number, True)


def _unfailing(stream: TextIO | None, number: int) -> TextIO:
    """The same stream in letters, with bytes that never fail; for None a stream of that descriptor."""
    if stream is not None and isinstance(getattr(getattr(stream, "buffer", None), "raw", None), _Unfailing):
        return stream
    if stream is not None:
        stream.flush()
    raw = _Unfailing(number, "w", closefd=False)
    encoding = "utf-8" if stream is None else stream.encoding
    is_error = number == 2
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=encoding,
        errors="backslashreplace",
        line_buffering=is_error or raw.isatty(),
        write_through=is_error and stream is None,
    )
