"""Bytes that are damaged whatever they mean, and how one of several is drawn."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from tests.fuzz.cases import Edit

T = TypeVar("T")
Rng = np.random.Generator
REPLACED = ("folder", "pipe", "loop", "dangling", "empty", "device")


def pick(rng: Rng, among: Sequence[T]) -> T:
    """One of them."""
    return among[int(rng.integers(len(among)))]


def draw_damage(rng: Rng, target: str, *, is_whole: bool) -> tuple[Edit, int | None]:
    """Bytes cut, flipped, overwritten or added, or something else under the name.

    With `is_whole` a file that lacks its end cannot be read; otherwise it is read up to there.
    """
    match int(rng.integers(6)):
        case 0:
            return Edit("cut", target, (float(rng.random() * 0.98),)), 2 if is_whole else None
        case 1:
            places = tuple((float(rng.random()), int(rng.integers(8))) for _ in range(int(rng.integers(1, 9))))
            return Edit("flip", target, (places,)), None
        case 2:
            return Edit(
                "flip", target, (tuple((float(rng.random() ** 4 * 0.1), int(rng.integers(8))) for _ in range(3)),)
            ), None
        case 3:
            value = pick(rng, (0, 255, 10, 91))
            return Edit("fill", target, (float(rng.random()), int(rng.integers(1, 4000)), value)), None
        case 4:
            return Edit("append", target, (pick(rng, ("\0", "{}", "\n", "\xff")), int(rng.integers(1, 5000)))), None
        case _:
            return Edit("replace", target, (pick(rng, REPLACED),)), 2
