"""`import drive_sim` is enough for `gymnasium.make("drive_sim/Road-v0")`, whichever of the two is imported first.

Gymnasium 1.0 gave up its entry points for other people's environments: importing the package is what registers now.
But Gymnasium brings NumPy along, for which `drive_sim --help` should not wait; so we register once it is imported.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

GYMNASIUM = "gymnasium"


def register_road() -> None:
    """Register the road now, or as soon as Gymnasium has been imported."""
    if GYMNASIUM in sys.modules:
        import_module("drive_sim.gym")
    else:
        sys.meta_path.insert(0, _WhenGymnasiumComes())


class _WhenGymnasiumComes:
    """A finder that finds nothing itself: it lets the others find Gymnasium, and registers once that is executed."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the signature is Python's
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Called for every import until Gymnasium's."""
        if name != GYMNASIUM:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_register(module: ModuleType) -> None:
            execute(module)
            import_module("drive_sim.gym")

        spec.loader.exec_module = execute_and_register
        return spec
