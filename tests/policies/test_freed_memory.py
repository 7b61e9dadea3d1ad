"""What glibc keeps for torch, a long-lived window gives back."""

import platform

import numpy as np
import psutil
import pytest

from drive_sim.policies.compute import prepare_device, return_freed_memory


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have a heap of their own")
def test_what_was_freed_in_pieces_is_given_back() -> None:
    prepare_device("cpu")  # tells glibc to keep what is freed
    process, size = psutil.Process(), 30_000
    pieces = [np.ones(size) for _ in range(400)]
    held_bytes = sum(piece.nbytes for piece in pieces[::2])
    del pieces[::2]
    before_bytes = process.memory_info().rss
    return_freed_memory()
    assert before_bytes - process.memory_info().rss > 0.8 * held_bytes
    assert all(piece[0] == 1.0 for piece in pieces)
