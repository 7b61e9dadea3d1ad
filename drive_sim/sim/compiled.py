"""Kernels are compiled once and kept, where there is a place for that; where there is none they work all the same."""

from collections.abc import Callable
from typing import Any

import numba
from numba.core.caching import FunctionCache

is_kept = True
"""False once a kernel found no folder to be kept in: neither beside the code nor in the person's home."""


class _Kept(FunctionCache):
    """Numba's cache of a kernel; a disk that is full, or a file there that was damaged, costs time and no more."""

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, if the disk takes it."""
        try:
            super().save_overload(sig, data)
        except OSError:
            _note_that_not_kept()

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What was kept; None where that cannot be read."""
        try:
            return super().load_overload(sig, target_context)
        except (OSError, EOFError):
            return None


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """`numba.njit` with these options, and kept (Numba's own `cache=True` fails where it finds no folder for that)."""

    def compiled(function: Callable[..., Any]) -> Any:
        dispatcher = numba.njit(**options)(function)
        try:
            vars(dispatcher)["_cache"] = _Kept(function)  # as its `enable_caching` does
        except RuntimeError:
            _note_that_not_kept()
        return dispatcher

    return compiled


def _note_that_not_kept() -> None:
    global is_kept  # noqa: PLW0603 - of the process, as Numba's folders are
    is_kept = False
