"""Whether two values are the same to the bit, through records of records of arrays."""

from collections import deque
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def assert_same(one: Any, other: Any, where: str = "") -> None:
    """Every array and number in them is equal, to the bit; `where` is said where one is not."""
    assert type(one) is type(other), where
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, where
        np.testing.assert_array_equal(one, other, err_msg=where)
    elif is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name), f"{where}.{field.name}")
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key, value in one.items():
            assert_same(value, other[key], f"{where}.{key}")
    elif isinstance(one, tuple | list | deque):
        assert len(one) == len(other), where
        for number, pair in enumerate(zip(one, other, strict=True)):
            assert_same(*pair, f"{where}[{number}]")
    elif isinstance(one, float):
        assert_same(np.array(one), np.array(other), where)  # not a number is the same as itself
    else:
        assert one == other, f"{where}: {one} and {other}"
