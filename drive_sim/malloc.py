"""What glibc does with memory that was freed: kept for the next step, or given back to the system.

What learns allocates the same large pieces at every step, and is faster where they are kept. A window lives for hours
and allocates many sizes: large pieces that come and go among small ones that stay leave holes, and its heap grows. All
functions do nothing under other C libraries.
"""

import ctypes
import platform
from functools import cache

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Names of settings in glibc's malloc.h."""
_LARGE_BYTES, _SPARE_BYTES, _NUM_ARENAS = 1 << 18, 1 << 24, 2
_IS_GLIBC = platform.libc_ver()[0] == "glibc"
_gives_back = False


@cache
def keep_freed_memory() -> None:
    """Keep what is freed instead of returning it to the system and faulting it in again at every step.

    Doubles PilotNet's inference and makes training a third faster (lab log). Does nothing in a process that has called
    `give_back_large_pieces`.
    """
    if _IS_GLIBC and not _gives_back:
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 30)
        libc.mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)


def give_back_large_pieces() -> None:
    """From here on pieces of 256 kB and more lie outside of the heap and are returned when they are freed, so that they
    leave no holes; threads share two heaps. For processes that live long; call it before threads begin."""
    global _gives_back  # noqa: PLW0603 - as malloc itself, it is the process's
    _gives_back = True
    if _IS_GLIBC:
        libc = ctypes.CDLL(None)
        libc.mallopt(M_ARENA_MAX, _NUM_ARENAS)
        libc.mallopt(M_MMAP_THRESHOLD, _LARGE_BYTES)
        libc.mallopt(M_TRIM_THRESHOLD, _SPARE_BYTES)


def return_freed_memory() -> None:
    """Return all whole pages that are free in the heap; takes a few milliseconds."""
    if _IS_GLIBC:
        ctypes.CDLL(None).malloc_trim(0)
