"""The command line: a module a command, and the only place that prints."""

import os
import sys
from collections.abc import Sequence

from drive_sim.cli import errors, parser
from drive_sim.cli.commands import COMMANDS
from drive_sim.cli.options import program
from drive_sim.cli.outputs import check_new_file
from drive_sim.cli.window import has_visible_display
from drive_sim.threads import use_one_thread_each


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 for a fault of ours, 2 for bad input, 130 for Ctrl-C."""
    use_one_thread_each()
    debug = "--debug" in (sys.argv[1:] if argv is None else argv)
    try:
        _run(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has gone, as `head` does; the interpreter would complain once more at its own last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (KeyboardInterrupt, Exception) as error:
        if debug and not isinstance(error, KeyboardInterrupt):
            raise
        text, exit_code = errors.summary(error)
        print(f"{program()}: {text}", file=sys.stderr)
        return exit_code
    return 0


def _run(argv: Sequence[str] | None) -> None:
    args = parser.parse(COMMANDS, argv)
    if args.command is None:
        if not has_visible_display():
            parser.make_parser(COMMANDS).print_help()
            return
        args = parser.parse(COMMANDS, ["home"])
    if args.json is not None:
        check_new_file(args.json, "--json")
    result = COMMANDS[args.command](args)
    if args.json is not None:
        from drive_sim.files import write_json

        write_json(args.json, result)
