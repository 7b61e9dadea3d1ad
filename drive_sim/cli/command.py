"""What a command is: a line for the list, what can be typed after it, and what it does with that."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from typing import Any, Generic, TypeVar, get_type_hints

Result = dict[str, Any]
"""What --json writes."""
Arguments = TypeVar("Arguments")


@dataclass(frozen=True, slots=True)
class Command(Generic[Arguments]):
    """A command: `run` is given a record of what was typed, prints what there is to say, and returns its result."""

    summary: str
    add_arguments: Callable[[ArgumentParser], None]
    arguments: type[Arguments]
    run: Callable[[Arguments], Result]

    def __call__(self, typed: Namespace) -> Result:
        """Run with what argparse has read."""
        return self.run(arguments_from(typed, self.arguments))


def arguments_from(typed: Namespace, record: type[Arguments]) -> Arguments:
    """What argparse has read as a record of that type; a field that is a record itself takes its own fields."""
    kinds = get_type_hints(record).items()
    return record(**{name: _typed_as(typed, name, kind) for name, kind in kinds})


def _typed_as(typed: Namespace, name: str, kind: Any) -> Any:
    is_record = isinstance(kind, type) and is_dataclass(kind)
    return arguments_from(typed, kind) if is_record else getattr(typed, name)
