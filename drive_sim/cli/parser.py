"""What can be typed: the commands, their arguments, and help that teaches. Nothing heavy is imported here."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from drive_sim import __version__
from drive_sim.cli.command import Command
from drive_sim.cli.options import add_shared, examples, program
from drive_sim.cli.terminal import readable
from drive_sim.errors import InputError, one_of

STORY = """\
Somebody drives for thirty seconds, and a network learns to steer from exactly those pictures. It copies them well, and
yet on a new road it drifts: every small error shows it a view that nobody demonstrated, where it errs more. The same
network, trained on the same frames seen from shifted and rotated places, has learned the way back. `demo` shows both on
roads that neither has seen; `home` opens a window in which you drive, train, watch and push them; the other commands
are the parts: drive or record, train, evaluate, watch.
"""


class _Formatter(argparse.HelpFormatter):
    """Prose is wrapped to the terminal, examples stand as they are."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26)
        # argparse forgets that the list of commands is indented once more.
        self._action_max_length = 14

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith("examples:") else super()._fill_text(text, min(width, 100), indent)


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {readable(message)}; see {self.prog} --help\n")


def parse(commands: Mapping[str, Command[Any]], argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments as a namespace with the command's name in `command` (None where none was typed).

    Raises InputError for an unknown command; exits for --help, --version and whatever else argparse refuses.
    """
    typed = list(sys.argv[1:] if argv is None else argv)
    for word in typed:
        _check_text(word)
    if typed and not typed[0].startswith("-"):
        one_of("command", typed[0], list(commands))
    for word in typed:
        # argparse takes the dashes away, and hands on a list without anything in it.
        if word.startswith("--") and word.endswith("=--"):
            raise InputError(f"{word.removesuffix('=--')} cannot be --; name something else")
    args = make_parser(commands).parse_args(typed)
    _check_text(_current_folder())
    return args


def _current_folder() -> str:
    """Raises InputError where somebody has removed it meanwhile."""
    try:
        return str(Path.cwd())
    except OSError:
        raise InputError("the current folder is gone; go to one that is there") from None


def _check_text(word: str) -> None:
    """Raise InputError for bytes that are no text: what is made says in JSON where it came from and where it lies."""
    try:
        word.encode()
    except UnicodeEncodeError:
        encoding = sys.getfilesystemencoding()
        raise InputError(f"{word!a} is no text in {encoding}; choose another name, or set LC_ALL=C.UTF-8") from None


def make_parser(commands: Mapping[str, Command[Any]]) -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = _Parser(
        prog=program(),
        description=STORY,
        epilog=examples(
            "demo", "home", "drive", "train runs/drive-001", "evaluate expert runs/train-001", "train --help"
        ),
        formatter_class=_Formatter,
    )
    parser.add_argument("--version", action="version", version=f"drive_sim {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, command in commands.items():
        summary = command.summary
        subparser = subparsers.add_parser(name, help=summary, description=summary, formatter_class=_Formatter)
        command.add_arguments(subparser)
        add_shared(subparser)
    return parser
