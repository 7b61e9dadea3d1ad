"""The command line: a module a command, and the only place that prints."""

import sys
from collections.abc import Sequence

from drive_sim import stops
from drive_sim.cli import terminal
from drive_sim.threads import use_one_thread_each


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    The exit code is 0, 1 for a fault of ours, 2 for bad input, 130 for Ctrl-C and 143 for SIGTERM, which is taken as
    Ctrl-C is.
    """
    terminal.prepare()
    use_one_thread_each()
    with stops.taken() as stop:
        return _exit_code(argv, stop)


def start() -> int:
    """Run the command that was typed, in a process of its own; returns the exit code."""
    stops.end_without_traceback()
    return main()


def _exit_code(argv: Sequence[str] | None, stop: stops.Stop) -> int:
    debug = "--debug" in (sys.argv[1:] if argv is None else argv)
    try:
        _run(argv)
        terminal.check_shown()
        _tell_of_kernels()
    except (KeyboardInterrupt, Exception) as error:
        from drive_sim.cli import errors
        from drive_sim.cli.options import program

        if debug and not isinstance(error, KeyboardInterrupt):
            raise
        text, exit_code = errors.summary(error, stop)
        terminal.tell(f"{program()}: {text}")
        return exit_code
    return 0


def _run(argv: Sequence[str] | None) -> None:
    from drive_sim.cli import parser
    from drive_sim.cli.commands import COMMANDS
    from drive_sim.cli.outputs import check_new_file, write_result
    from drive_sim.cli.window import has_visible_display

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
        write_result(args.json, result)


def _tell_of_kernels() -> None:
    """A line where kernels had to be compiled, and will have to be again."""
    compiled = sys.modules.get("drive_sim.sim.compiled")
    if compiled is not None and not compiled.is_kept:
        terminal.tell("kernels were compiled and not kept: set NUMBA_CACHE_DIR to a folder that takes files")
