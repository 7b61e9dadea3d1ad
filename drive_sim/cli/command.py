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
    values: dict[str, Any] = {}
    for name, kind in get_type_hints(record).items():
        if isinstance(kind, type) and is_dataclass(kind):
            values[name] = arguments_from(typed, kind)
        else:
            values[name] = getattr(typed, name)
    return record(**values)
