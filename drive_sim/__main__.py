"""Starts drive_sim where it is installed, whatever the system: `python -m drive_sim --help`."""

import sys

from drive_sim.cli import start

if __name__ == "__main__":
    sys.exit(start())
