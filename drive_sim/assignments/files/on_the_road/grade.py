"""Trains anew with your file and grades what comes of it: python grade.py [--seed-file FILE ...].

Whatever is typed after it is handed to `python -m drive_sim grade`, such as the seed that a lecturer keeps.
"""

import itertools
import subprocess
import sys
from pathlib import Path

from train import train


def new_folder() -> Path:
    """The first free one of graded-1, graded-2, ..."""
    return next(folder for number in itertools.count(1) if not (folder := Path(f"graded-{number}")).exists())


def main() -> int:
    """Train, grade; 0 where that went well."""
    folder = new_folder()
    try:
        train(folder / "model", seed=0)
    except NotImplementedError as missing:
        sys.exit(f"not written yet: {missing}; run python -m pytest first")
    command = [sys.executable, "-m", "drive_sim", "grade", str(folder / "model"), "--out", str(folder / "grade")]
    return subprocess.run([*command, *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
