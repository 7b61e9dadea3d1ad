"""`assignment`: write a folder in which a student writes a learner, with tests that teach and a grade."""

import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

from drive_sim.cli.command import Command, Result
from drive_sim.cli.options import add_out, examples, program
from drive_sim.cli.outputs import output_folder
from drive_sim.errors import InputError, one_of


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `assignment`."""

    name: str | None
    out: Path | None
    solution: bool


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Writes a folder for a student: a file of this project whose decisive lines are missing, beside the paper's, tests that
say what is wrong and why until it is right, and what trains with it, drives, and grades the result. Without a NAME the
assignments are listed."""
    command.epilog = examples("assignment", "assignment dagger --out my-dagger", "assignment dagger --solution")
    command.add_argument("name", nargs="?", metavar="NAME", help="an assignment; without one they are listed")
    add_out(command)
    command.add_argument("--solution", action="store_true", help="for the lecturer: nothing is missing in the file")


def run(args: Arguments) -> Result:
    """List the assignments, or write the folder of one."""
    from drive_sim.assignments.catalogue import ASSIGNMENTS
    from drive_sim.assignments.folder import write_folder

    if args.name is None:
        if args.out is not None or args.solution:
            raise InputError(f"name an assignment: {', '.join(ASSIGNMENTS)}; without a name they are only listed")
        width = max(map(len, ASSIGNMENTS))
        print("\n".join(f"{name.ljust(width)}  {entry.title}" for name, entry in ASSIGNMENTS.items()))
        print(f"{program()} assignment NAME --out DIR writes the folder of one")
        return {"assignments": {name: entry.title for name, entry in ASSIGNMENTS.items()}}
    assignment = ASSIGNMENTS[one_of("assignment", args.name, list(ASSIGNMENTS))]
    with output_folder(args.out, "assignment") as folder:
        files = write_folder(assignment, folder, solved=args.solution)
    missing = "nothing is missing in it" if args.solution else f"{len(assignment.gaps)} bodies are missing in it"
    print(f"{folder / assignment.file}: {missing}; README.md says what to do, and in that folder")
    print(f"  {_quoted(sys.executable)} -m pytest")
    print("says what is not right yet, and why")
    return {"name": args.name, "path": str(folder), "files": [path.name for path in files], "solved": args.solution}


def _quoted(path: str) -> str:
    """A path as it can be typed where it has spaces in it."""
    return f'"{path}"' if " " in path else path


ASSIGNMENT = Command(
    "a folder in which a student writes DAgger, SMILe, shift-and-rotate or MaxEnt", add_arguments, Arguments, run
)
