"""Stops: Ctrl-C and the signals that end a process become one KeyboardInterrupt, where nothing is cut in two by it."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What asks a process to end; Windows has no SIGHUP."""
_PATIENCE_S = 5.0
"""So long further signals mean the first one: fingers press twice, supervisors tell a parent and its group."""
_AGAIN_S = 0.05


@dataclass(slots=True)
class Stop:
    """The signal that asked for a stop, None as long as there was none; then when, and whether it still has to come."""

    number: int | None = None
    asked_s: float = 0.0
    is_due: bool = False
    num_holds: int = 0
    has_work: bool = False
    """Work has begun that may leave something."""
    is_done: bool = False
    """It has ended: what is left takes a moment and is not stopped."""
    is_ours: bool = False
    """The next signal is our own: it asks again whether the moment is good."""
    timer: threading.Timer | None = None

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt at the first signal; after some patience end the process as the system does."""
        is_ours, self.is_ours = self.is_ours, False
        if self.number is None:
            self.number, self.asked_s, self.is_due = number, time.monotonic(), not self.is_done
        elif not is_ours and time.monotonic() - self.asked_s > _PATIENCE_S:
            _end_process(number)
        if self.is_due:
            self.raise_or_wait(frame)

    def raise_or_wait(self, frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt, now or as soon as nothing holds it off and nothing is being imported.

        While the first modules are, before any work, the process ends as the system does it.
        """
        if self.num_holds:
            return
        if _is_importing(frame):
            if not self.has_work and self.number is not None:
                _end_process(self.number)
            self.ask_again()
            return
        self.is_due = False
        raise KeyboardInterrupt

    def ask_again(self) -> None:
        """Come back in a moment."""
        self.timer = threading.Timer(_AGAIN_S, self._send)
        self.timer.start()

    def _send(self) -> None:
        main = threading.main_thread().ident
        if self.number is not None and main is not None:
            self.is_ours = True
            signal.pthread_kill(main, self.number)


def _end_process(number: int) -> None:
    """End this process as the system does for such a signal."""
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a module is being imported: libraries in C++ end the process where that raises."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


_running: Stop | None = None


def end_without_traceback() -> None:
    """For a process that is ours alone: where no signals are taken, Ctrl-C ends it as the system does."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def taken() -> Iterator[Stop]:
    """Take the signals inside; what was set for them before is set again at the end.

    A signal that was ignored stays so (`nohup`, jobs in the background). Outside of the main thread nothing is done.
    """
    global _running  # noqa: PLW0603 - signals are the process's
    stop, before = Stop(), _running
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    taken_here = [number for number, handler in handlers.items() if handler not in (signal.SIG_IGN, None)]
    unraisable = sys.unraisablehook
    try:
        _running = stop
        sys.unraisablehook = _raised_again
        for number in taken_here:
            signal.signal(number, stop.handle)
        yield stop
    finally:
        if stop.timer is not None:
            stop.timer.cancel()
            stop.timer.join()
        for number in taken_here:
            signal.signal(number, handlers[number])
        sys.unraisablehook = unraisable
        _running = before


def begin_work() -> None:
    """From now on there may be something that a stop has to leave whole, and to tell of."""
    if _running is not None:
        _running.has_work = True


def end_work() -> None:
    """All is done but to say so: a stop would come too late."""
    if _running is not None:
        _running.is_done = True


@contextmanager
def held() -> Iterator[None]:
    """Inside no stop raises; one that came meanwhile does so at the end."""
    stop = _running
    if stop is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    stop.num_holds += 1
    try:
        yield
    finally:
        stop.num_holds -= 1
        if stop.is_due:
            stop.raise_or_wait(sys._getframe())


def _raised_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """A stop that was raised where Python can only report it, as in a finaliser or a callback, comes once more."""
    stop = _running
    if stop is None or not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
        return
    stop.is_due = True
    stop.ask_again()
