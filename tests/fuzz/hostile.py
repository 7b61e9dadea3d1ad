"""What hostile files hold where a number, a text or an object belongs, by name: a kept case stays one short line."""

import json
from collections.abc import Callable
from typing import Any

NO_JSON = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e400": "1e400",
    "10^5000": "1" + "0" * 5000,
    "deep list": "[" * 100_000 + "]" * 100_000,
    "deep object": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "open list": "[" * 100_000,
    "half a surrogate": '"\\ud800"',
    "open text": '"abc',
    "nothing": "",
    "1_000": "1_000",
    "hexadecimal": "0x10",
    "two values": "1 2",
    "comment": "1 // one",
}
"""Texts that are no JSON, or none that a computer can hold: wherever they stand, the file is damaged."""
JSON = {
    "null": "null",
    "true": "true",
    "false": "false",
    "0": "0",
    "-0.0": "-0.0",
    "-1": "-1",
    "1": "1",
    "3": "3",
    "1.5": "1.5",
    "1.0": "1.0",
    "1e-320": "1e-320",
    "1e30": "1e30",
    "1e308": "1e308",
    "-1e308": "-1e308",
    "16384": "16384",
    "2^31": str(2**31),
    "2^63": str(2**63),
    "10^30": "1" + "0" * 30,
    "10^400": "1" + "0" * 400,
    "-10^400": "-1" + "0" * 400,
    "text": '"text"',
    "number as text": '"1.5"',
    "empty text": '""',
    "NUL": '"\\u0000"',
    "newline": '"a\\nb"',
    "long text": '"' + "a" * 100_000 + '"',
    "path": '"../../../../etc/passwd"',
    "empty list": "[]",
    "list": "[1.5]",
    "list of nulls": "[null, null]",
    "list of texts": '["a", "b"]',
    "long list": json.dumps([0.5] * 20_000),
    "nested list": "[[[1.5]]]",
    "empty object": "{}",
    "object": '{"a": 1.5}',
    "odd key": '{"": {"\\u0000": null}}',
}
"""Texts that are JSON; whether they do harm depends on where they stand."""
TEXTS = NO_JSON | JSON


def fits(name: str, may_be: Callable[[Any], bool]) -> bool:
    """Whether the value of that name is one that may stand in a place."""
    return name in JSON and may_be(json.loads(JSON[name]))


def number(least: float, most: float) -> Callable[[Any], bool]:
    """What may stand where a number of a range belongs."""
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def whole(least: int, most: int) -> Callable[[Any], bool]:
    """What may stand where a whole number of a range belongs."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def or_null(may_be: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """That, or null."""
    return lambda value: value is None or may_be(value)


def text(*names: str) -> Callable[[Any], bool]:
    """What may stand where a text belongs: one of those named, any if none is."""
    return lambda value: isinstance(value, str) and (not names or value in names)


def anything(value: Any) -> bool:
    """What may stand where nobody reads."""
    return True
