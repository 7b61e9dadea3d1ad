"""`grade`: what somebody handed in drives roads that nobody has seen, and gets points."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.cli import display, options
from drive_sim.cli.command import Command, Result
from drive_sim.cli.errors import stopping
from drive_sim.cli.evaluate import shown
from drive_sim.cli.numbers import positive, whole
from drive_sim.cli.outputs import check_room, output_folder, write_result
from drive_sim.cli.terminal import tell
from drive_sim.errors import InputError, one_of

if TYPE_CHECKING:
    from drive_sim.evaluate.gradescope import Graded
    from drive_sim.evaluate.secret_seed import SecretSeed
    from drive_sim.policies.confined import Limits
    from drive_sim.policies.submission import Submission

ROADS = ("held-out", "shifted", "any")
NUM_FILMS, MOST_FILMS = 3, 12
MOST_MB = 100
"""Of a file that is handed in."""
_SHORT_SEED = 10**9
_ROOM_MB = 50
_STAGES = {"drive": "it drives", "films": "its failures are filmed"}


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `grade`."""

    submission: Path
    roads: str
    seed: int
    seed_file: Path | None
    points: float
    num_roads: int | None
    films: int
    time_limit: float
    memory_limit: int
    out: Path | None
    json: Path | None


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Grades what somebody handed in, an ONNX file or a model's folder: it drives roads drawn from a seed that only the grader
knows, alone in a process with limits, and gets points. A road's share of the points is the part of the time in which
nobody had to help. --out gets page.html (films inside), results.json (Gradescope's form) and the films. The same file
gets the same score. Exit code 0: graded. 2, with a results.json of 0 points: what was handed in cannot be driven (it is
broken, too large, too slow, asks for too much memory, or steers by no numbers), and that is its grade. 2 without one:
nothing was graded (there is no such file, or an option is wrong). 1: a fault of ours. Take a long seed, or a file's
text: a short one can be guessed, and then the roads are known."""
    command.epilog = options.examples(
        "grade driver.onnx --seed-file course-seed.txt",
        "grade runs/train-001 --roads any --out graded/ada",
        "grade driver.onnx --seed-file course-seed.txt --points 20 --json /autograder/results/results.json",
    )
    command.add_argument("submission", type=Path, metavar="FILE.onnx|MODEL", help="an ONNX file, or a model's folder")
    command.add_argument(
        "--roads",
        default="held-out",
        metavar="NAME",
        help="held-out (default): roads as the first drive's, 20 of 2 km; shifted: these under other skies; any: 42 of "
        "1 km, 3 to 18 m wide, under every sky",
    )
    command.add_argument("--seed-file", type=Path, metavar="FILE", help="the seed is this file's text, however long")
    command.add_argument("--points", type=positive(1e6), default=100.0, metavar="N", help="the most (default: 100)")
    command.add_argument("--num-roads", type=whole(1, 1000), metavar="N", help="fewer or more of them, for a trial")
    command.add_argument(
        "--films", type=whole(0, MOST_FILMS), default=NUM_FILMS, metavar="N", help="so many at most (default: 3)"
    )
    limits = command.add_argument_group("limits of what was handed in")
    limits.add_argument(
        "--time-limit", type=positive(86_400), default=180.0, metavar="S", help="in all, of a processor (default: 180)"
    )
    limits.add_argument(
        "--memory-limit", type=whole(64, 1_000_000), default=2048, metavar="MB", help="beside libraries (default: 2048)"
    )
    options.add_out(command)


def run(args: Arguments) -> Result:
    """Grade, write what is to be kept, and say the points."""
    from drive_sim.policies.confined import Limits
    from drive_sim.policies.submission import SubmissionError, taken_in

    one_of("kind of roads", args.roads, ROADS)
    began_s, seed = time.monotonic(), _secret(args)
    limits = Limits(args.time_limit, args.memory_limit)
    with (
        output_folder(args.out, "grade") as folder,
        stopping(folder, f"what was made is in {folder}"),
    ):
        check_room(folder, _ROOM_MB)
        of = _graded(args.submission, None, args.roads, seed)
        try:
            with taken_in(_found(args.submission), MOST_MB) as submission:
                of = _graded(Path(submission.name), submission.sha256, args.roads, seed)
                return _grade(args, submission, limits, of, seed, folder, began_s)
        except SubmissionError as error:
            _refuse(args, of, str(error), folder, time.monotonic() - began_s)
            raise


def _found(typed: Path) -> Path:
    """What was typed, or the model that ships under that name."""
    from drive_sim.checkout import model_folder

    is_name = len(typed.parts) == 1 and not typed.suffix and not os.path.lexists(typed)
    return model_folder(str(typed), others=()) if is_name else typed


def _secret(args: Arguments) -> SecretSeed:
    from drive_sim.evaluate.secret_seed import SecretSeed
    from drive_sim.files import read_bytes

    if args.seed_file is None:
        return SecretSeed.of(str(args.seed))
    text = read_bytes(args.seed_file, 2**20)
    if not text.strip():
        raise InputError(f"--seed-file {args.seed_file}: it is empty; write a long text that nobody guesses into it")
    return SecretSeed.of(text)


def _graded(path: Path, sha256: str | None, roads: str, seed: SecretSeed) -> Graded:
    import drive_sim
    from drive_sim.checkout import code_commit
    from drive_sim.evaluate.gradescope import Graded

    return Graded(path.name, sha256, roads, seed.fingerprint, drive_sim.__version__, code_commit())


def _grade(
    args: Arguments,
    submission: Submission,
    limits: Limits,
    of: Graded,
    seed: SecretSeed,
    folder: Path,
    began_s: float,
) -> Result:
    from drive_sim.evaluate import EvalConfig, drive, make_report
    from drive_sim.evaluate.gradescope import Times, results
    from drive_sim.evaluate.grading import for_scale, grade, make_graded_suite
    from drive_sim.files import write_json, write_text
    from drive_sim.policies.confined import confined
    from drive_sim.report.grade_films import film_failed
    from drive_sim.report.grade_page import grade_page

    with display.progress(_STAGES) as show:
        suite, expert = make_graded_suite(args.roads, seed.number, args.num_roads)
        with confined(submission, limits) as driver:
            config = EvalConfig(camera=driver.camera)
            ticks = drive(driver, suite, config, num_threads=os.cpu_count() or 1)
            report = make_report(shown(ticks, suite.distance_m, "drive", show), suite, config)
        found = grade(report, suite.tracks, args.points)
        films = []
        for film in film_failed(args.films, of.submission, found, report, expert, suite, folder / "films"):
            films.append(film)
            show("films", 0.5, film.path.name)
        show("films", 1.0, display.times("film", len(films)))
        grades = {of.submission: found, **for_scale(suite, expert, args.points)}
        write_text(folder / "page.html", grade_page(grades, suite.tracks, films, of))
        result = results(found, of, Times(time.monotonic() - began_s, driver.spent_s))
        write_json(folder / "results.json", result)
    print(result["output"].split("\n")[0])
    print(f"the page is {folder / 'page.html'}")
    if (note := seed_note(args.seed, args.seed_file)) is not None:
        tell(note)
    return result


def seed_note(seed: int, seed_file: Path | None) -> str | None:
    """What there is to say of a seed that anybody can try."""
    if seed_file is not None or seed >= _SHORT_SEED:
        return None
    return "anybody can try so short a seed; for a course take --seed-file, or a long --seed that you keep"


def _refuse(args: Arguments, of: Graded, why: str, folder: Path, seconds: float) -> None:
    """Write the grade of what cannot be driven, for those who read files and no exit code."""
    from drive_sim.evaluate.gradescope import Times, refused
    from drive_sim.files import write_json

    result = refused(why, args.points, of, Times(seconds, 0.0))
    write_json(folder / "results.json", result)
    if args.json is not None:
        write_result(args.json, result)


GRADE = Command("what somebody handed in drives unseen roads, and gets points", add_arguments, Arguments, run)
