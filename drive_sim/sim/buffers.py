"""The camera's working memory: what is known of each column while one picture row is drawn.

All buffers of a kind lie in one array, `BLOCK` apart, so that the compiler can prove that they do not overlap and
vectorises the loops over them. Columns are counted in `uint64`: a signed index may be negative in Python, and the test
for that would cost the vectorisation too.
"""

import threading

import numpy as np
import numpy.typing as npt

f4 = np.float32
"""Constants of the row loops are spelled `f4(0.5)`: a bare literal would turn them to float64."""
size = np.uint64

KERNEL = {
    "nogil": True,
    "_nrt": False,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz", "arcp", "reassoc", "nnan"},
}
"""Options of the compiled kernels. They allocate nothing, so arrays need no reference counts: counting is atomic and
would cost more than the look-ups do."""
PASTED = {**KERNEL, "inline": "always"}
"""Options of functions called from one place: the compiler then meets them once."""
INNER = {**KERNEL, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True}
"""Options of functions that dissolve in the kernel that calls them. None may stay a function of its own: a process that
compiles would run the copy compiled first, one that loads the kernel from disk the kernel's copy, and the two round
differently under fast mathematics."""

BLOCK = 240
"""Columns drawn at once: wider pictures are drawn in strips, so that the buffers stay in the first-level cache."""
GROUP = 16
"""Columns that are looked up together where they lie close together: one AVX-512 register of float32."""

LEFT, RIGHT, SHARP, ALONG, HALF_ALONG = (size(i * BLOCK) for i in range(5))
"""Distance inside either edge; 1 / footprint across the lane; arc length; half the footprint along the lane."""
PAINT, FINE, COARSE, SUNLIT, CLOUD, BY_GROUP = (size(i * BLOCK) for i in range(5, 11))
"""Share of line paint; noise below and above a metre or two; light that shadows leave; clouds; one value a group."""
RED, GREEN, BLUE = (size(i * BLOCK) for i in range(11, 14))
RANGE, GLOW, HEAD, VIGNETTE, HILL, SUN_OFF = (size(i * BLOCK) for i in range(14, 20))
"""Per column, for all rows: distance a metre ahead, sun glow, headlight, vignette, the row where hills begin,
the squared angle to the sun's azimuth."""
NUM_FLOATS = 20

ACROSS, DOWN, INDEX, WORD = (size(i * BLOCK) for i in range(4))
"""Place on a tile; its index; what was found there."""
NUM_WORDS = 4


def _make_buffers() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint32]]:
    """Float and word buffers for one thread."""
    return np.zeros(NUM_FLOATS * BLOCK, dtype=np.float32), np.zeros(NUM_WORDS * BLOCK, dtype=np.uint32)


class _OfThread(threading.local):
    """What one thread draws with, made when it draws for the first time."""

    def __init__(self) -> None:
        self.buffers = _make_buffers()


_of_thread = _OfThread()


def buffers_of_thread() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint32]]:
    """The calling thread's own buffers; whatever was drawn before lies in them, which no picture depends on."""
    return _of_thread.buffers
