"""What is given to public functions, checked once: numbers that can be added up, and whole ones."""

from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError

_LARGEST = 1e100
"""Beyond it sums, squares and discounts of numbers are soon none."""


def numbers(values: npt.ArrayLike, what: str) -> npt.NDArray[Any]:
    """As an array of float64. Raises InputError where one is no finite number below 1e100, and names its place."""
    try:
        given = np.asarray(values)
        if np.iscomplexobj(given):
            raise TypeError
        checked = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{what} must be numbers, in rows of one length") from None
    strange = ~(np.abs(checked) < _LARGEST)
    if not strange.any():
        return checked
    place = tuple(np.argwhere(strange)[0].tolist())
    kind = "below 1e100" if np.isfinite(checked[place]) else "finite"
    where = "" if not place else f"row {place[0]}, column {place[1]}" if len(place) == 2 else f"number {place[-1]}"
    raise InputError(f"{what} must be {kind}: {where or 'it'} is {checked[place]:g}")


def whole_numbers(values: npt.ArrayLike, what: str) -> npt.NDArray[np.int64]:
    """One row of whole numbers (n,), such as states or pairs. Raises InputError where they are none."""
    checked = numbers(values, what)
    if checked.ndim != 1 or np.any(checked != np.round(checked)) or np.any(np.abs(checked) >= 2.0**53):
        raise InputError(
            f"{what} must be whole numbers in one row, got {np.shape(values)} of {np.asarray(values).dtype}"
        )
    return checked.astype(np.int64)


def whole_number(value: Any, what: str, least: int) -> int:
    """A whole number. Raises InputError where it is none, or less than `least`."""
    if not isinstance(value, (int, np.integer)) or value < least:
        raise InputError(f"{what} must be a whole number of at least {least}, got {value!r}")
    return int(value)


def starts(start: npt.ArrayLike | None, default: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Where paths begin, by default as told; shares that may be negative, as those of excerpts are.

    Raises InputError where it is not a number a state.
    """
    if start is None:
        return default
    checked = numbers(start, "the start")
    if checked.shape != default.shape:
        raise InputError(f"the start must be a number a state, {default.shape}, got {checked.shape}")
    return checked
