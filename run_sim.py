"""Starts drive_sim from a checkout: `python run_sim.py --help`."""

import signal
import sys

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while Python loads, too, Ctrl-C ends it without a traceback

from drive_sim.cli import start

if __name__ == "__main__":
    sys.exit(start())
