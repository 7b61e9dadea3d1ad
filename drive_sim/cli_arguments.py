"""What can be typed: the commands, their arguments, and help that teaches. Nothing heavy is imported here."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from drive_sim import __version__, cli_lesson
from drive_sim.cli_numbers import positive, size_px, whole
from drive_sim.errors import one_of

STORY = """\
Somebody drives for thirty seconds, and a network learns to steer from exactly those pictures. It copies them well, and
yet on a new road it drifts: every small error shows it a view that nobody demonstrated, where it errs more. The same
network, trained on the same frames seen from shifted and rotated places, has learned the way back. `demo` shows both on
roads that neither has seen; `home` opens a window in which you drive, train, watch and push them; the other commands
are the parts: drive or record, train, evaluate, watch.
"""

SUITES = ("held-out", "shifted", "train")
METHODS = ("bc", "dagger", "smile")
NETWORKS = ("pilotnet", "small", "thumbnail")
AUGMENTERS = ("shift-rotate", "none")


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
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments as a namespace with the command's name in `command` (None where none was typed).

    Raises InputError for an unknown command; exits for --help, --version and whatever else argparse refuses.
    """
    typed = list(sys.argv[1:] if argv is None else argv)
    if typed and not typed[0].startswith("-"):
        one_of("command", typed[0], list(_COMMANDS))
    return make_parser().parse_args(typed)


def program() -> str:
    """How this program was started, as it should be typed again."""
    name = Path(sys.argv[0]).name
    return f"python {name}" if name.endswith(".py") else name or "drive-sim"


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = _Parser(
        prog=program(),
        description=STORY,
        epilog=_examples(
            "demo", "home", "drive", "train runs/drive-001", "evaluate expert runs/train-001", "train --help"
        ),
        formatter_class=_Formatter,
    )
    parser.add_argument("--version", action="version", version=f"drive_sim {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, (summary, add_arguments) in _COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary, formatter_class=_Formatter)
        add_arguments(command)
        _add_shared(command)
    return parser


def _examples(*lines: str) -> str:
    return "\n".join(["examples:", *(f"  {program()} {line}" for line in lines)])


def _add_shared(command: argparse.ArgumentParser) -> None:
    shared = command.add_argument_group("every command")
    shared.add_argument("--seed", type=whole(0), default=0, metavar="N", help="same seed, same result (default: 0)")
    shared.add_argument("--json", type=Path, metavar="FILE", help="write the result there too")
    shared.add_argument("--debug", action="store_true", help="show a traceback where something fails")


def _add_out(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=Path, metavar="DIR", help="a new folder (default: the next one under runs/)")


def _add_track(command: argparse._ActionsContainer, default: str | None = None) -> None:
    shown = f" (default: {default})" if default else ""
    command.add_argument(
        "--track", default=default, metavar="NAME|CSV", help=f"a road from assets/roads, or a circuit's CSV file{shown}"
    )


def _add_window(command: argparse.ArgumentParser) -> None:
    window = command.add_argument_group("the window")
    window.add_argument("--size", type=size_px, metavar="WxH", help="its size in pixels (default: 960x540)")
    window.add_argument("--full-screen", action="store_true", help="as large as the screen; F11 leads back")
    window.add_argument("--frames", type=whole(1), metavar="N", help="close it by itself after N frames")
    window.add_argument("--frame-log", type=Path, metavar="FILE", help="write there how long each frame took")


def _home(command: argparse.ArgumentParser) -> None:
    command.description = """\
Opens the window on its home screen, which leads to everything: drive and record, train a pair of networks while you
drive on, watch them on unseen roads, push them, take the wheel from them, and a lecture in five steps. F1 lists the
keys of each screen. Typing no command at all does the same where there is a display."""
    command.epilog = _examples("home", "home --full-screen", "home --seed 3 --size 1600x900")
    _add_track(command)
    _add_window(command)


def _demo(command: argparse.ArgumentParser) -> None:
    command.description = """\
The whole story in about a minute. A scripted expert drives thirty seconds on one road; two identical networks learn
from exactly those 300 frames, one of them from shifted and rotated views as well; both then drive 40 km of roads that
they have never seen. A new folder gets report.html, film.mp4, result.json and both models."""
    command.epilog = _examples("demo", "demo --seed 7 --out my-first-drive", "demo --headless")
    _add_out(command)
    command.add_argument("--headless", action="store_true", help="open no window at the end")
    command.set_defaults(track=None, size=None, full_screen=False, frames=None, frame_log=None)


def _drive(command: argparse.ArgumentParser) -> None:
    command.description = """\
You drive, by keys, mouse or game pad, and what you drive is recorded. With the keys the wheel ramps and centres itself.
R starts and stops the recording, Backspace drops its last five seconds, T trains a pair of networks on it while you
drive on, L lets go of the wheel. F1 lists all keys, Escape ends the drive. Drive left and right bends alike: a network
learns only what it is shown."""
    command.epilog = _examples("drive", "drive --track village-loop --out my-drive", "train my-drive")
    _add_track(command)
    _add_out(command)
    _add_window(command)


def _record(command: argparse.ArgumentParser) -> None:
    command.description = """\
The scripted expert drives and is recorded: pictures, commands and where the car was, ten rows a second. Without --track
it drives a road made from the seed. The recording is an Arrow stream that survives a crash and opens in other tools."""
    command.epilog = _examples("record", "record --seconds 72 --seed 3 --out expert-72s", "train expert-72s")
    _add_track(command)
    command.add_argument("--seconds", type=positive, default=30.0, metavar="S", help="how long (default: 30)")
    _add_out(command)


def _train(command: argparse.ArgumentParser) -> None:
    command.description = """\
A network learns to steer from recordings (behavioural cloning: it predicts the demonstrated command from the picture).
Each recording is judged first: too short, no bends to one side, or standing still is said before time is spent. Udacity
logs are read as they are; their camera comes from `calibrate`. Ctrl-C stops early and keeps the best network so far.
What is saved acts by the network's command, or with --draw-commands by draws from a normal distribution around it.
With --method dagger or smile the policy itself drives, round after round, and the scripted expert says what it would
have done there. Recordings stand for the expert's own first drive; without any it drives. Rounds are kept."""
    command.epilog = _examples(
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
    _add_out(command)
    rounds = command.add_argument_group("with the expert in the loop")
    _add_track(rounds)
    rounds.add_argument("--rounds", type=whole(1), metavar="N", help="rounds (default: dagger 10, smile 20)")
    rounds.add_argument("--resume", type=Path, metavar="DIR", help="go on with that run; only --rounds may differ")


def _evaluate(command: argparse.ArgumentParser) -> None:
    command.description = """\
Models drive roads in closed loop, every one the same roads, gusts and kicks. More than 1 m from the lane is an
intervention: the car is put back and it counts. Autonomy is NVIDIA's, (1 - 6 s x interventions / driving time) x 100;
intervals are 95 % bootstraps over roads. `expert` stands for the scripted expert."""
    command.epilog = _examples(
        "evaluate runs/train-001",
        "evaluate expert runs/demo-001/models/plain --suite shifted",
        "evaluate runs/train-001 --track Suzuka.csv",
    )
    _add_models(command)
    command.add_argument(
        "--suite",
        default="held-out",
        metavar="NAME",
        help="held-out (default): unseen roads; shifted: unseen kinds of scene too; train: the roads of the recordings",
    )
    _add_track(command)
    command.add_argument("--distance", type=positive, metavar="KM", help="how far on each road (default: 2)")


def _watch(command: argparse.ArgumentParser) -> None:
    command.description = """\
Models drive unseen roads in a window, and what they look at is marked in the picture. A switches between two of them in
mid-drive, N nudges the car, an arrow key takes the wheel and G gives it back, T retrains on what you corrected. More
than 1 m off the lane is an intervention: the car is put back, and it counts. --lecture leads through cascading errors
and their cure in five steps. Without a MODEL the newest pair under runs/ drives, or PilotNet and ALVINN, which ship."""
    command.epilog = _examples(
        "watch", "watch pilotnet alvinn", "watch --lecture", "watch runs/demo-001/models/* expert"
    )
    _add_models(command, least="*")
    command.add_argument("--lecture", action="store_true", help="five steps, a sentence each")
    _add_track(command)
    _add_window(command)


def _calibrate(command: argparse.ArgumentParser) -> None:
    command.description = """\
Finds the camera of somebody else's recording: focal length, pitch and the side cameras' offset (in camera heights) that
make the centre picture, moved over flat ground, look most like the real left and right ones. `train` can then shift and
rotate that recording's views: give it the file with --camera."""
    command.epilog = _examples(
        "calibrate driving_log.csv", "train driving_log.csv --camera runs/calibrate-001/camera.json"
    )
    command.add_argument("log", type=Path, metavar="UDACITY_LOG", help="driving_log.csv, or the folder that it lies in")
    command.add_argument("--rows", type=whole(1), default=300, metavar="N", help="rows to fit to (default: 300)")
    command.add_argument("--out", type=Path, metavar="FILE", help="the camera file (default: the next under runs/)")


def _export(command: argparse.ArgumentParser) -> None:
    command.description = """\
Writes a model as one ONNX file for other programs. It reads a camera's RGB bytes (n, h, w, 3) and gives steering (n, 1)
from -1 to 1, right positive; normalisation, units and sign are inside, the camera is in the metadata. With the --camera
that a Udacity model was trained with, the file reads that camera's whole pictures and cuts them itself."""
    command.epilog = _examples("export runs/train-001 driver.onnx", "evaluate driver.onnx")
    command.add_argument("model", metavar="MODEL", help="a model's folder, or a name from models/")
    command.add_argument("file", type=Path, metavar="FILE.onnx", help="the file to write")
    command.add_argument("--camera", type=Path, metavar="FILE", help="the camera.json that `train` was given")


def _add_models(command: argparse.ArgumentParser, least: str = "+") -> None:
    command.add_argument(
        "models", nargs=least, metavar="MODEL", help="a model's folder, a name from models/, or expert"
    )


_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "demo": ("the whole story: record, train twice, drive unseen roads, report", _demo),
    "home": ("the window: drive, train, watch, take the wheel, lecture", _home),
    "drive": ("you drive in a window, and are recorded", _drive),
    "record": ("the scripted expert drives, and is recorded", _record),
    "train": ("a network learns to steer from recordings", _train),
    "evaluate": ("models drive unseen roads, and are counted", _evaluate),
    "watch": ("models drive in a window: push them, take the wheel", _watch),
    "calibrate": ("the camera of a Udacity log", _calibrate),
    "export": ("a model becomes one ONNX file", _export),
    "lesson": ("a published experiment, run again on our roads", cli_lesson.add_arguments),
}
