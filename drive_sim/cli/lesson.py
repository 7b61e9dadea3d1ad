"""`lesson`: list the published experiments, run one of them again or all, and go on with what was stopped."""

from __future__ import annotations

import textwrap
from argparse import ArgumentParser
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.cli import display
from drive_sim.cli.command import Command, Result
from drive_sim.cli.errors import stopping
from drive_sim.cli.options import examples, program
from drive_sim.cli.outputs import output_folder
from drive_sim.errors import InputError, one_of
from drive_sim.stops import end_work

if TYPE_CHECKING:
    from drive_sim.lessons.catalogue import AllBegun


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `lesson`."""

    name: str | None
    seed: int
    out: Path | None
    resume: Path | None
    quick: bool
    all: bool
    cluster: str | None


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Runs a published experiment again on our roads: the published number beside ours, with intervals, and what differs. A
new folder gets report.html, result.json and what each method and seed found. Without a NAME the lessons are listed.
Ctrl-C keeps what is finished, and --resume goes on with it."""
    command.epilog = examples(
        "lesson", "lesson tux-kart-2011 --quick", "lesson --resume runs/lesson-001", "lesson --all --quick"
    )
    command.add_argument("name", nargs="?", metavar="NAME", help="a lesson; without one they are listed")
    command.add_argument("--out", type=Path, metavar="DIR", help="a new folder (default: the next one under runs/)")
    command.add_argument("--resume", type=Path, metavar="DIR", help="go on in the folder of a lesson that was stopped")
    command.add_argument("--quick", action="store_true", help="fewer seeds, rounds and laps: a look, not a result")
    command.add_argument(
        "--cluster", metavar="ADDRESS", help="run the parts on a Dask cluster: its scheduler's address, or `local`"
    )
    command.add_argument("--all", action="store_true", help="every lesson, each in a folder of its own in DIR")


def run(args: Arguments) -> Result:
    """Run what was asked for; without a name the lessons are listed."""
    if args.name is None and args.resume is None and not args.all:
        return _list(args)
    with _folder(args) as folder:
        go_on = f"go on with: {program()} lesson --resume {folder}"
        with stopping(folder, f"what was finished is in {folder}; {go_on}"):
            result, said = _run(args, folder)
            end_work()
    print(said)
    return result


def _list(args: Arguments) -> Result:
    """The lessons, two lines each: what was published, what ours shows."""
    from drive_sim.lessons.catalogue import LESSONS

    if args.out is not None or args.quick:
        raise InputError("name a lesson, or ask for --all of them; without a name they are only listed")
    for name, entry in LESSONS.items():
        for line in (f"{name}  {entry.published}", f"{'':{len(name)}}  {entry.ours}"):
            print(textwrap.fill(line, 118, subsequent_indent=" " * (len(name) + 2)))
    return {"lessons": {name: {"published": entry.published, "ours": entry.ours} for name, entry in LESSONS.items()}}


def _folder(args: Arguments) -> AbstractContextManager[Path]:
    """Where the lesson goes on, or begins anew. Raises InputError for what is known to be wrong before it is made."""
    from drive_sim.lessons.catalogue import LESSONS
    from drive_sim.lessons.kit.cluster import check_cluster

    if args.name is not None:
        one_of("lesson", args.name, list(LESSONS))
        if args.all:
            raise InputError("name a lesson, or ask for --all of them, not both")
    if args.cluster is not None:
        check_cluster(args.cluster)
    if args.resume is None:
        return output_folder(args.out, "lesson")
    if args.out is not None:
        raise InputError("--resume names the folder already; leave --out away")
    if args.seed or args.quick:
        raise InputError("--resume goes on with the seed and the size that were begun; leave --seed and --quick away")
    return nullcontext(args.resume)


def _run(args: Arguments, folder: Path) -> tuple[Result, str]:
    """Run what was asked for into the folder; returns the results, and what there is to say about them."""
    from drive_sim.lessons.catalogue import LESSONS, AllBegun, all_begun, begin_all, begun_lesson

    begun = None if args.resume is None else all_begun(folder)
    if args.all and args.resume is not None and begun is None:
        raise InputError(f"{folder}: no run of all lessons was begun there; name the folder of one to resume it")
    if args.resume is not None and begun is None:
        return _run_one(begun_lesson(folder, args.name), folder, args, AllBegun(args.seed, args.quick), resume=True)
    if args.name is not None and not args.all and begun is None:
        return _run_one(args.name, folder, args, AllBegun(args.seed, args.quick), resume=False)
    if begun is None:
        begun = begin_all(folder, seed=args.seed, quick=args.quick)
    done = {name: _run_one(name, folder / name, args, begun, resume=(folder / name).exists()) for name in LESSONS}
    return {name: result for name, (result, _) in done.items()}, "\n\n".join(said for _, said in done.values())


def _run_one(name: str, folder: Path, args: Arguments, begun: AllBegun, *, resume: bool) -> tuple[Result, str]:
    from drive_sim.lessons.catalogue import LESSONS, run_lesson
    from drive_sim.lessons.kit.cluster import dask_cluster
    from drive_sim.lessons.kit.executors import local_processes
    from drive_sim.lessons.kit.lesson import verdict

    executor = local_processes if args.cluster is None else partial(dask_cluster, args.cluster)
    lesson = run_lesson(name, folder, seed=begun.seed, quick=begun.quick, resume=resume, executor=executor)
    finished = display.finished(lesson, LESSONS[name].stages)
    asked = [
        claim for kind in ("claims", "bars", "time_claims", "time_bars") for claim in finished.result.get(kind, [])
    ]
    told = [f"  {verdict(claim['met']):10}  {claim['what']}: {claim['got']}" for claim in asked]
    if any(claim["met"] is None for claim in asked):
        told.append("  (a quick run is smaller than what these ask for; without --quick they are put to the test)")
    return finished.result, "\n".join([finished.headline, *told, f"  {folder / 'report.html'}"])


LESSON = Command("a published experiment, run again on our roads", add_arguments, Arguments, run)
