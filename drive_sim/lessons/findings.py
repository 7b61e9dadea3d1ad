"""What every lesson's result says of how it came about: which code, which libraries, how much work."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from typing import Any

from drive_sim import __version__

Parts = Mapping[str, Sequence[Mapping[str, Any]]]
"""What every stage found, a record a part."""

LIBRARIES = ("numba", "numpy", "scipy", "torch")


def provenance(found: Parts) -> dict[str, Any]:
    """Which code, with which libraries, in how many seconds of processor time.

    The commits are those of all parts, also of parts within parts: a lesson that was resumed may have several.
    """
    parts = [part for some in found.values() for part in some]
    return {
        "drive_sim": __version__,
        "commit": sorted(set(_commits(parts))),
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in LIBRARIES},
        "cpu_s": sum(part["cpu_s"] for part in parts),
    }


def _commits(found: Any) -> Iterator[str]:
    if isinstance(found, Mapping):
        if "commit" in found:
            yield str(found["commit"])
        found = list(found.values())
    if isinstance(found, Sequence) and not isinstance(found, str):
        for inner in found:
            if isinstance(inner, Mapping | list):
                yield from _commits(inner)
