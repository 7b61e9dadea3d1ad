"""What glibc keeps for those who learn, and gives back for a window."""

import subprocess
import sys

import pytest

from drive_sim import malloc

_PIECES = """
import numpy as np, psutil
from drive_sim.malloc import give_back_large_pieces, keep_freed_memory, return_freed_memory
{before}
process = psutil.Process()
pieces = [np.ones({size}) for _ in range(400)]
held = sum(piece.nbytes for piece in pieces[::2])
full = process.memory_info().rss
del pieces[::2]
{after}
print((full - process.memory_info().rss) / held, pieces[0][0])
"""
_SMALL, _LARGE = 3_000, 60_000

pytestmark = pytest.mark.skipif(not malloc._IS_GLIBC, reason="other C libraries have a heap of their own")


def _returned_share(before: str, after: str, size: int) -> float:
    """How much of what was freed, every other piece, the system has back; in a process of its own."""
    code = _PIECES.format(before=before, after=after, size=size)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[0])


@pytest.mark.parametrize(
    ("before", "after", "size", "is_returned"),
    [
        ("keep_freed_memory()", "", _LARGE, False),
        ("keep_freed_memory()", "return_freed_memory()", _LARGE, True),
        ("give_back_large_pieces()", "", _LARGE, True),
        ("give_back_large_pieces(); keep_freed_memory()", "", _LARGE, True),
        ("give_back_large_pieces()", "", _SMALL, False),
        ("give_back_large_pieces()", "return_freed_memory()", _SMALL, True),
    ],
)
def test_what_was_freed_among_what_stays(before: str, after: str, size: int, *, is_returned: bool) -> None:
    share = _returned_share(before, after, size)
    assert share > 0.75 if is_returned else share < 0.25
