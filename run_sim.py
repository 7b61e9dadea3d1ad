"""Starts drive_sim from a checkout: `python run_sim.py --help`."""

# `signal` makes enumerations first, which takes long enough to be interrupted.
import _signal  # pyright: ignore[reportMissingImports]
import sys

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # while Python loads, too, Ctrl-C ends it without a traceback

from drive_sim.cli import start

if __name__ == "__main__":
    sys.exit(start())
