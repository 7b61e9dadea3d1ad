"""`train`: a policy learns to steer, from recordings or with the expert in the loop; Ctrl-C keeps what there is."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drive_sim.cli import options
from drive_sim.cli.command import Command, Result
from drive_sim.cli.errors import StoppedError
from drive_sim.cli.numbers import whole
from drive_sim.cli.options import AUGMENTERS, METHODS, NETWORKS
from drive_sim.cli.train_cloning import clone
from drive_sim.cli.train_expert_rounds import begin, go_on
from drive_sim.cli.train_settings import Outcome, Settings
from drive_sim.errors import InputError, one_of


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `train`."""

    recordings: Sequence[Path]
    method: str
    network: str
    augment: str | None
    steps: int | None
    camera: Path | None
    draw_commands: bool
    out: Path | None
    road: options.RoadOptions
    rounds: int | None
    resume: Path | None


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
A network learns to steer from recordings (behavioural cloning: it predicts the demonstrated command from the picture).
Each recording is judged first: too short, no bends to one side, or standing still is said before time is spent. Udacity
logs are read as they are; their camera comes from `calibrate`. Ctrl-C stops early and keeps the best network so far.
What is saved acts by the network's command, or with --draw-commands by draws from a normal distribution around it.
With --method dagger or smile the policy itself drives, round after round, and the scripted expert says what it would
have done there. Recordings stand for the expert's own first drive; without any it drives. Rounds are kept."""
    command.epilog = options.examples(
        "train runs/record-001",
        "train --method dagger --network linear",
        "train --resume runs/train-002 --rounds 20",
        "train runs/record-001 --augment none",
        "train runs/record-001 --draw-commands",
        "train driving_log.csv --camera runs/calibrate-001/camera.json",
    )
    command.add_argument("recordings", nargs="*", type=Path, metavar="RECORDING", help="a recording or a Udacity log")
    command.add_argument("--augment", metavar="HOW", help="shift-rotate (default of bc) or none: frames as seen")
    command.add_argument("--method", default="bc", metavar="NAME", help="bc (default), dagger or smile")
    command.add_argument(
        "--network",
        default="pilotnet",
        metavar="NAME",
        help="pilotnet (default) or small; linear with dagger and smile",
    )
    command.add_argument("--steps", type=whole(1), metavar="N", help="steps of gradient descent")
    command.add_argument("--camera", type=Path, metavar="FILE", help="a camera.json for logs that do not name theirs")
    command.add_argument(
        "--draw-commands",
        action="store_true",
        help="bc: the saved policy draws each command from a normal distribution around the network's; its width is "
        "the one under which the recorded commands are most likely",
    )
    options.add_out(command)
    rounds = command.add_argument_group("with the expert in the loop")
    options.add_track(rounds)
    rounds.add_argument("--rounds", type=whole(1), metavar="N", help="rounds (default: dagger 10, smile 20)")
    rounds.add_argument("--resume", type=Path, metavar="DIR", help="go on with that run; only --rounds may differ")


def run(args: Arguments) -> Result:
    """Learn as was asked for. Raises InputError for what cannot be learned so, before time is spent."""
    outcome = _outcome(args)
    if not outcome.is_whole:
        raise StoppedError(outcome.summary)
    print(outcome.summary)
    return outcome.result


def _outcome(args: Arguments) -> Outcome:
    clones = args.method == "bc" and args.resume is None
    if args.draw_commands and not clones:
        raise InputError("--draw-commands is bc's: rounds with the expert keep what the network itself commands")
    if args.resume is not None:
        return go_on(args.resume, args.rounds)
    settings = _settings(args)
    return clone(settings, args.out, draws_commands=args.draw_commands) if clones else begin(settings, args.out)


def _settings(args: Arguments) -> Settings:
    clones = one_of("method", args.method, METHODS) == "bc"
    if clones and args.network == "linear":
        raise InputError("a linear policy reads 25x19 pictures, recordings hold larger ones; try --method dagger")
    network = one_of("network", args.network, (*NETWORKS, "linear"))
    # Who drives for himself meets the shifted and rotated views on the road.
    augment = one_of("augmenter", args.augment or ("shift-rotate" if clones else "none"), AUGMENTERS)
    return Settings(
        args.method,
        network,
        augment,
        args.steps,
        args.rounds,
        args.road.seed,
        args.road.track,
        tuple(args.recordings),
        args.camera,
    )


TRAIN = Command("a network learns to steer from recordings", add_arguments, Arguments, run)
