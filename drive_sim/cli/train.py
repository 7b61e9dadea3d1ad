"""`train`: a policy learns to steer, from recordings or with the expert in the loop; Ctrl-C keeps what there is."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from drive_sim.cli import options, train_trials
from drive_sim.cli.command import Command, Result
from drive_sim.cli.errors import StoppedError
from drive_sim.cli.numbers import whole
from drive_sim.cli.options import METHODS, TRYING
from drive_sim.cli.train_cloning import clone
from drive_sim.cli.train_expert_rounds import begin, go_on
from drive_sim.cli.train_preparation import PreparationOptions, add_preparation
from drive_sim.cli.train_settings import Outcome, Settings, load_settings
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
    preparation: PreparationOptions
    rounds: int | None
    resume: Path | None
    input: str | None
    reward: str | None
    tensorboard: Path | None


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
A network learns to steer from recordings (behavioural cloning: it predicts the demonstrated command from the picture).
Each recording is judged first: too short, no bends to one side, or standing still is said before time is spent. Logs
of others (Udacity, donkeycar, LeRobot, Minari, NumPy) are read as they are; a camera comes from `calibrate`. Ctrl-C
stops early and keeps the best network so far.
What is saved acts by the network's command, or with --draw-commands by draws from a normal distribution around it.
With --method dagger or smile the policy itself drives, round after round, and the scripted expert says what it would
have done there. Recordings stand for the expert's own first drive; without any it drives. Rounds are kept.
With --method gail, sqil or iq-learn nobody is asked: the policy tries for itself, on roads drawn from the seed, and is
paid for being like the recordings. GAIL's discriminator C guesses whether a pair of what was seen and done is the
policy's or the demonstrator's, and the policy is paid where C is wrong; in sqil and iq-learn the value of an action
says it all."""
    command.epilog = options.examples(
        "train runs/record-001",
        "train --method dagger --network linear",
        "train --resume runs/train-002 --rounds 20",
        "train runs/record-001 --method gail --rounds 30 --tensorboard runs/board",
        "train runs/record-001 --augment none",
        "train runs/record-001 --draw-commands",
        "train driving_log.csv --camera runs/calibrate-001/camera.json",
        "train driving_log.csv --augment mirror --init pilotnet --freeze-convolutions",
    )
    _add_learning(command)
    options.add_out(command)
    rounds = command.add_argument_group("in rounds: with the expert in the loop, or by trying")
    options.add_track(rounds)
    rounds.add_argument(
        "--rounds",
        type=whole(1, options.MOST_ROUNDS),
        metavar="N",
        help="rounds (default: dagger 10, smile 20, those that try 60)",
    )
    rounds.add_argument("--resume", type=Path, metavar="DIR", help="go on with that run; only --rounds may differ")
    _add_trying(command)
    add_preparation(command)


def _add_learning(command: ArgumentParser) -> None:
    """What is learned from, and how."""
    command.add_argument(
        "recordings", nargs="*", type=Path, metavar="RECORDING", help="a recording: ours, or one of `convert`'s formats"
    )
    command.add_argument(
        "--augment",
        metavar="HOW",
        help="shift-rotate (default of bc): views from beside; mirror: each frame and command the other way round, "
        "too; shift-rotate,mirror: both; none: frames as seen",
    )
    command.add_argument(
        "--method",
        default="bc",
        metavar="NAME",
        help="bc (default), dagger, smile, gail, sqil or iq-learn (sqil learns more surely)",
    )
    command.add_argument(
        "--network",
        default="pilotnet",
        metavar="NAME",
        help="pilotnet (default), small, small-ahead, which sees the road ahead only, conditional-pilotnet, which "
        "learns its speed, too, pilotnet-two-frames or small-two-frames, which see the tick before as well, "
        "pilotnet-turn or small-turn, which are told how far the view has turned since (so what the driver does, which "
        "may be all that they learn); linear with dagger and smile",
    )
    command.add_argument(
        "--steps",
        type=whole(1, options.MOST_STEPS),
        metavar="N",
        help="steps of gradient descent (default of bc: 600, or twice as many as there are rows where that is more)",
    )
    command.add_argument("--camera", type=Path, metavar="FILE", help="a camera.json for logs that do not name theirs")
    command.add_argument(
        "--draw-commands",
        action="store_true",
        help="bc: the saved policy draws each command from a normal distribution around the network's; its width is "
        "the one under which the recorded commands are most likely",
    )


def _add_trying(command: ArgumentParser) -> None:
    """What only those take that try for themselves."""
    trying = command.add_argument_group("by trying: gail, sqil, iq-learn")
    trying.add_argument(
        "--input",
        metavar="NAME",
        help="what is read of the road: lane-pose (default: where the car is on its lane; privileged, learned in a "
        "minute) or pixels (pictures of 32x30; learned in an hour, if at all)",
    )
    trying.add_argument(
        "--reward",
        metavar="NAME",
        help="gail: what a step earns by C. logit (default) log((1 - C) / C), either sign; survival -log C, never "
        "negative: going on pays, whatever is done; penalty log(1 - C), never positive: an end pays; flipped-NAME",
    )
    trying.add_argument(
        "--tensorboard",
        type=Path,
        metavar="DIR",
        help="write each round's numbers there for TensorBoard too: C's accuracy (50 %% where nobody can be told "
        "apart), the policy's entropy, reward, return, steps a second",
    )


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
        raise InputError("--draw-commands is bc's: rounds keep what the policy itself commands")
    if args.preparation.is_given and not clones:
        raise InputError("--rows, --side-cameras, --smooth, --hold-out, --networks and the like are bc's alone")
    settings = _settings(args) if args.resume is None else _resumed(args, args.resume)
    tries = settings.method in TRYING
    if args.tensorboard is not None and not tries:
        raise InputError(f"--tensorboard is for what tries: {', '.join(TRYING)}; not for {settings.method}")
    if clones:
        return clone(settings, args.preparation, args.out, draws_commands=args.draw_commands)
    if args.resume is not None:
        return train_trials.go_on(args.resume, settings, args.tensorboard) if tries else go_on(args.resume, settings)
    return train_trials.begin(settings, args.out, args.tensorboard) if tries else begin(settings, args.out)


def _resumed(args: Arguments, folder: Path) -> Settings:
    settings = load_settings(folder)
    return replace(settings, rounds=args.rounds or settings.rounds)


def _settings(args: Arguments) -> Settings:
    one_of("method", args.method, METHODS)
    clones, tries = args.method == "bc", args.method in TRYING
    if clones and args.network == "linear":
        raise InputError("a linear policy reads 25x19 pictures, recordings hold larger ones; try --method dagger")
    if tries and (args.augment not in (None, "none") or args.steps is not None):
        raise InputError(f"{args.method} has its own views and steps: leave --augment and --steps out, give --rounds")
    if not tries and args.input is not None:
        raise InputError(f"--input is for what tries: {', '.join(TRYING)}; {args.method} reads pictures")
    if args.method != "gail" and args.reward is not None:
        raise InputError("--reward is gail's: no other method has a discriminator")
    # Who drives for himself meets the shifted and rotated views on the road.
    usual = "shift-rotate" if clones else "none"
    return Settings(
        args.method,
        args.network,
        usual if args.augment is None else args.augment,
        args.steps,
        args.rounds,
        args.road.seed,
        args.road.track,
        tuple(args.recordings),
        args.camera,
        args.input,
        args.reward,
        args.road.width,
    )


TRAIN = Command("a network learns to steer from recordings", add_arguments, Arguments, run)
