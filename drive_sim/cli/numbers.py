"""Numbers as they are typed: what argparse makes of them, and its complaint where they are none."""

import math
import re
from argparse import ArgumentTypeError
from collections.abc import Callable

_NUMBER = re.compile(r"\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
"""What Python reads as a number beside this (1_000, infinity, other scripts' digits) is more likely a slip."""
_MOST_DIGITS = 30
_LEAST = 1e-9
"""What is smaller is a slip, too, and its quotients are no numbers."""


def whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers of that range."""

    def read(text: str) -> int:
        digits = text.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS and least <= int(digits) <= most):
            raise ArgumentTypeError(f"a whole number from {least} to {most} is wanted, got {text[:40]!r}")
        return int(digits)

    return read


def positive(most: float) -> Callable[[str], float]:
    """A reader of numbers above 0 (a billionth at least), up to `most`."""

    def read(text: str) -> float:
        number = float(text) if _NUMBER.fullmatch(text.strip()) else 0.0
        if not _LEAST <= number <= most:
            raise ArgumentTypeError(f"a number above 0, at most {most:g}, is wanted, got {text[:40]!r}")
        return number

    return read


def between(least: float, most: float) -> Callable[[str], float]:
    """A reader of numbers of that range, which may begin below 0."""

    def read(text: str) -> float:
        size = text.strip().removeprefix("-")
        number = float(text) if _NUMBER.fullmatch(size) and "-+" not in text else math.nan
        if not least <= number <= most:
            raise ArgumentTypeError(f"a number from {least:g} to {most:g} is wanted, got {text[:40]!r}")
        return number

    return read


def row_range(text: str) -> tuple[int, int]:
    """The first and the last row of a range, both included, typed as 0-599."""
    found = re.fullmatch(r"([0-9]{1,12})-([0-9]{1,12})", text.strip())
    if found is None or int(found[1]) > int(found[2]):
        raise ArgumentTypeError(f"rows from A to B are wanted, counted from 0, such as 0-599, got {text[:40]!r}")
    return int(found[1]), int(found[2])


def size_px(text: str) -> tuple[int, int]:
    """Width and height of a window in pixels, typed as 960x540."""
    sides = [int(side) if re.fullmatch(r"[0-9]{1,6}", side) else 0 for side in text.lower().split("x")]
    if len(sides) != 2 or not (640 <= sides[0] <= 7680 and 360 <= sides[1] <= 4320):
        raise ArgumentTypeError(f"width x height in pixels is wanted, from 640x360 to 7680x4320, got '{text:.40}'")
    return sides[0], sides[1]
