"""Numbers as they are typed: what argparse makes of them, and its complaint where they are none."""

from argparse import ArgumentTypeError
from collections.abc import Callable


def whole(least: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` up."""

    def read(text: str) -> int:
        if not text.strip().isdigit() or int(text) < least:
            raise ArgumentTypeError(f"a whole number from {least} up is wanted, got '{text}'")
        return int(text)

    return read


def positive(text: str) -> float:
    """A number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.0 < number < float("inf"):
        raise ArgumentTypeError(f"a number above 0 is wanted, got '{text}'")
    return number


def size_px(text: str) -> tuple[int, int]:
    """Width and height of a window in pixels, typed as 960x540."""
    sides = [int(side) if side.isdigit() else 0 for side in text.lower().split("x")]
    if len(sides) != 2 or not (640 <= sides[0] <= 7680 and 360 <= sides[1] <= 4320):
        raise ArgumentTypeError(f"width x height in pixels is wanted, from 640x360 up, got '{text}'")
    return sides[0], sides[1]
