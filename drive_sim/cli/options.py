"""Options that several commands share, the names that may be typed, and how examples are written."""

import sys
from argparse import ArgumentParser, _ActionsContainer
from dataclasses import dataclass
from pathlib import Path

from drive_sim.cli.numbers import between, size_px, whole
from drive_sim.errors import InputError
from drive_sim.sim.named_roads import NAMED_ROADS

SUITES = ("train", "held-out", "shifted", "any", "any-tight")
TRYING = ("gail", "sqil", "iq-learn")
METHODS = ("bc", "dagger", "smile", *TRYING)
INPUTS = ("lane-pose", "pixels")
REWARDS = ("survival", "penalty", "logit", "flipped-survival", "flipped-penalty", "flipped-logit")
NETWORKS = (
    *("pilotnet", "small", "small-ahead", "thumbnail", "conditional-pilotnet"),
    *("pilotnet-two-frames", "small-two-frames", "pilotnet-turn", "small-turn"),
)
FORMATS = ("drive-sim", "udacity", "tub", "lerobot", "minari", "npz")
"""Of recordings: the keys of `data.formats.known.FORMATS`, which would take long to import."""
AUGMENTERS = ("shift-rotate", "mirror", "none")
"""Names that can be joined: shift-rotate,mirror."""
MOST_SEED = 2**63 - 1
MOST_PLACE = 0.7
"""`sim.lateral_goal.WIDEST_GOAL`, which would take long to import."""
MOST_STEPS, MOST_ROUNDS = 10_000_000, 10_000
"""More than anybody has the days for."""


@dataclass(frozen=True, slots=True)
class RoadOptions:
    """The road that was asked for: a name or a file, or None for the seed's own; `width` in metres is a file's."""

    track: str | None
    seed: int
    width: float | None = None

    def __post_init__(self) -> None:
        if self.width is not None and self.track is None:
            raise InputError("--width is for the road of a file: name it with --track")


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How the window is opened, and what tests and measurements ask of it."""

    size: tuple[int, int] | None = None
    full_screen: bool = False
    frames: int | None = None
    frame_log: Path | None = None


def program() -> str:
    """How this program was started, as it should be typed again."""
    name = Path(sys.argv[0]).name
    if name == "__main__.py":
        return "python -m drive_sim"
    return f"python {name}" if name.endswith(".py") else name or "drive-sim"


def examples(*lines: str) -> str:
    """The end of a command's help: what can be typed, line by line."""
    return "\n".join(["examples:", *(f"  {program()} {line}" for line in lines)])


def add_shared(command: ArgumentParser) -> None:
    """What every command takes."""
    shared = command.add_argument_group("every command")
    shared.add_argument(
        "--seed", type=whole(0, MOST_SEED), default=0, metavar="N", help="same seed, same result (default: 0)"
    )
    shared.add_argument("--json", type=Path, metavar="FILE", help="write the result there too")
    shared.add_argument("--debug", action="store_true", help="show a traceback where something fails")


def add_out(command: ArgumentParser) -> None:
    """The new folder of what a command makes."""
    command.add_argument("--out", type=Path, metavar="DIR", help="a new folder (default: the next one under runs/)")


def add_models(command: ArgumentParser, least: str = "+") -> None:
    """The models that drive."""
    command.add_argument(
        "models", nargs=least, metavar="MODEL", help="a model's folder, a name from models/, or expert"
    )


def add_track(command: _ActionsContainer) -> None:
    """The rest of `RoadOptions`; the seed is every command's."""
    command.add_argument(
        "--track",
        metavar="NAME|FILE",
        help="a CSV or GPX file of a circuit or an open road, or one of ours (`roads` says what each is): "
        + ", ".join(NAMED_ROADS),
    )
    command.add_argument(
        "--width", type=between(0.5, 100.0), metavar="M", help="how wide the road of a file is that does not say it"
    )


def add_place(command: _ActionsContainer) -> None:
    """Where on the road drivers are told to drive."""
    command.add_argument(
        "--place",
        type=between(-MOST_PLACE, MOST_PLACE),
        metavar="HALF_WIDTHS",
        help="tell drivers where to drive: half widths of the road from its middle, left positive, from "
        f"{-MOST_PLACE} to {MOST_PLACE} (default: by sight)",
    )


def add_window(command: ArgumentParser) -> None:
    """`WindowOptions`."""
    window = command.add_argument_group("the window")
    window.add_argument("--size", type=size_px, metavar="WxH", help="its size in pixels (default: 960x540)")
    window.add_argument("--full-screen", action="store_true", help="as large as the screen; F11 leads back")
    window.add_argument("--frames", type=whole(1, 10**9), metavar="N", help="close it by itself after N frames")
    window.add_argument("--frame-log", type=Path, metavar="FILE", help="write there how long each frame took")
