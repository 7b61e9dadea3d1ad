"""One thread for matrix products: split among more of them, a sum is rounded otherwise."""

import os

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""What tells NumPy's, SciPy's and torch's libraries so, if they are not loaded yet."""


def use_one_thread_each() -> None:
    """In this process and those that it starts: same seed, same result, however many cores there are."""
    os.environ.update(ONE_THREAD)
