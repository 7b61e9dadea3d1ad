"""Starts drive_sim from a checkout: `python run_sim.py --help`."""

import sys

from drive_sim.cli import main

if __name__ == "__main__":
    sys.exit(main())
