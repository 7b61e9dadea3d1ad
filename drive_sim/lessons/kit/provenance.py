"""What every lesson's result says of how it came about: which code, which libraries, how much work."""

import platform
from collections.abc import Iterator, Sequence
from importlib import metadata

from drive_sim import __version__
from drive_sim.records import Json

LIBRARIES = ("numba", "numpy", "scipy", "torch")


def provenance(parts: Sequence[Json]) -> Json:
    """Which code, with which libraries, in how many seconds of processor time.

    The commits are those of all parts, also of parts within parts: a lesson that was resumed may have several.
    """
    return {
        "drive_sim": __version__,
        "commit": sorted(set(_commits(parts))),
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in LIBRARIES},
        "cpu_s": sum(part["cpu_s"] for part in parts),
    }


def _commits(found: Sequence[Json]) -> Iterator[str]:
    for part in found:
        if "commit" in part:
            yield str(part["commit"])
        for value in part.values():
            if isinstance(value, list):
                yield from _commits([inner for inner in value if isinstance(inner, dict)])
