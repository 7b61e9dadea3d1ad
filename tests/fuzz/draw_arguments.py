"""What may be typed: valid command lines in which one argument is replaced by what nobody should type."""

from collections.abc import Callable

import numpy as np

from tests.cli.small_commands import SHARED_VIEW
from tests.fuzz.cases import Case

_NUMBERS = (
    "0", "-1", "1", "2", "1.5", "1e308", "-1e308", "1e306", "1e-320", "1e400", "nan", "inf", "-inf", "infinity",
    "1_000", "1e-1", "１２", "²", "٣", "\t5", "5\t", "+5", "0x10", "", "\t", "abc", "1,5", "1/2", "None", "1" + "0" *
    30, "1" + "0" * 400, "9" * 5000, "--1", "1\n", "1e", ".", "true", "1" + "0" * 9,
)  # fmt: skip
_WORDS = (
    "", "\t", "nobody", "EXPERT", "expert\t", "../expert", "a" * 5000, "\x1b[31mred", "bc\n", "none", "é",
    "\u202e", "*", "-", "${HOME}", "$(id)", "%s%n", "{0}", "small;rm", "\udcff",
)  # fmt: skip
_PATHS = (
    "", "\t", "nowhere", "nowhere/deeper", ".", "..", "/", "/dev/null", "/dev/full", "/dev/zero",
    "/proc/self/mem", "/proc/nobody/x", "a" * 300, "a/" * 3000, "~", "~nobody", "-", "--", "rec", "road.csv",
    "rec/episode-000.arrow", "road.csv/x", "a\nb", "\udcff", "\x1b[31m", "*", "a:b", "rec/../rec",
    "http://localhost/x", "file:///etc/passwd", "/dev/stdin",
)  # fmt: skip


def _number(least: float, most: float, *, whole: bool) -> Callable[[str], int | None]:
    """How a command must end that is given a text where a number of a range belongs."""

    def end(text: str) -> int | None:
        try:
            value = float(text)
        except ValueError:
            return 2
        plain = text.strip().lstrip("+").replace(".", "", 1).replace("e-", "").replace("e", "")
        if not (plain.isascii() and plain.isdigit() and least <= value <= most):
            return 2
        return 2 if whole and not text.strip().isdigit() else None

    return end


def _among(*names: str) -> Callable[[str], int | None]:
    return lambda text: None if text in names else 2


def _may(text: str) -> int | None:
    return None


_RECORD = ("record", "--seconds", "0.2", "--out", "out")
_TRAIN = ("train", "rec", "--network", "small", "--steps", "1", "--out", "out")
_DRIVE = ("evaluate", "expert", "--track", "road.csv", "--distance", "0.01")
_LIKED = ("reward", "drive", "--no-film", "--out", "out")
_TRUTH = ("truth", "rec", "--headless", "--shift", "1", "--row", "1", "--out", "out")
_ROUNDS = ("train", "--method", "dagger", "--network", "linear", "--rounds", "1", "--out", "out")
_PAGE = ("page", "network", "--out", "out.html")
_FILMED = ("open", SHARED_VIEW, "--headless", "--seconds", "0.1", "--film", "out.gif")
_SHARED = (
    "", "ds1.", "ds1.AAAA", SHARED_VIEW[:-1], SHARED_VIEW[:40] + SHARED_VIEW[41:], f"{SHARED_VIEW}A",
    f"ds2{SHARED_VIEW[3:]}", "ds1.é", "\udcff", "road.csv", "/dev/zero", "ds1." + "A" * 5000, "rec",
    "-", "--", SHARED_VIEW.upper(), "nowhere",
)  # fmt: skip
_PLACES: tuple[tuple[tuple[str, ...], int | str, tuple[str, ...], Callable[[str], int | None]], ...] = (
    (_RECORD, "--seconds", _NUMBERS, _number(1e-9, 60, whole=False)),
    (_RECORD, "--seed", _NUMBERS, _number(0, 2**63, whole=True)),
    (_RECORD, "--track", _PATHS, _among("road.csv")),
    (_RECORD, "--out", _PATHS, _may),
    (_RECORD, "--json", _PATHS, _may),
    (_TRAIN, "--steps", _NUMBERS, _number(1, 10, whole=True)),
    (_TRAIN, "--seed", _NUMBERS, _number(0, 2**63, whole=True)),
    (_TRAIN, "--network", _WORDS, _among()),
    (_TRAIN, "--augment", _WORDS, _among()),
    (_TRAIN, "--method", _WORDS, _among()),
    (_TRAIN, "--camera", _PATHS, _may),
    (_TRAIN, "--out", _PATHS, _may),
    (_TRAIN, 1, _PATHS, _among("rec", "rec/../rec", "rec/episode-000.arrow")),
    (_ROUNDS, "--rounds", _NUMBERS, _number(1, 10, whole=True)),
    (_ROUNDS, "--track", _PATHS, _among("road.csv")),
    (("train",), "--resume", _PATHS, _among()),
    (("train", "--resume", "nowhere"), "--rounds", _NUMBERS, _among()),
    (_DRIVE, "--distance", _NUMBERS, _number(1e-9, 10, whole=False)),
    (_DRIVE, "--suite", _WORDS, _among()),
    (_DRIVE, "--track", _PATHS, _among("road.csv")),
    (_DRIVE, 1, _WORDS, _among()),
    (_DRIVE, "--json", _PATHS, _may),
    (("evaluate", "rec"), 1, _PATHS, _among()),
    (("lesson", "recovery"), 1, _WORDS, _among()),
    (("lesson",), "--resume", _PATHS, _among()),
    (("lesson", "recovery", "--quick"), "--seed", ("nan", "-1", "1e3", "abc", "٣"), _among()),
    (("lesson", "recovery", "--quick"), "--out", ("rec", "road.csv", "/proc/x", "road.csv/x"), _among()),
    (("calibrate", "log"), "--rows", ("nan", "-1", "0", "1e3", "abc", "٣", "1_000", "1" + "0" * 30), _among()),
    (("calibrate", "rec"), 1, _PATHS, _among()),
    (("export", "network", "out.onnx"), 2, _PATHS, _among()),
    (("export", "network", "out.onnx"), 1, _PATHS, _among()),
    (_PAGE, 1, _PATHS, _among()),
    (_PAGE, 1, _WORDS, _among()),
    (_PAGE, "--out", _PATHS, _may),
    (("assignment", "dagger"), 1, _WORDS, _among("dagger", "smile")),
    (("assignment", "dagger"), "--out", _PATHS, _may),
    (("grade", "rec"), 1, _PATHS, _among()),
    (("grade", "rec"), "--seed-file", _PATHS, _among()),
    (("grade", "rec"), "--points", _NUMBERS, _among()),
    (("grade", "rec"), "--memory-limit", _NUMBERS, _among()),
    (_LIKED, "--l2", _NUMBERS, _number(1e-6, 1e6, whole=False)),
    (_LIKED, "--method", _WORDS, _among()),
    (_LIKED, "--driver", _WORDS, _among("expert")),
    (_LIKED, "--out", ("rec", "road.csv", "/proc/x", "road.csv/x", "/dev/null"), _among()),
    (_LIKED, 1, _PATHS, _may),
    (_TRUTH, "--shift", _NUMBERS, _may),
    (_TRUTH, "--row", _NUMBERS, _number(0, 9, whole=True)),
    (_TRUTH, "--out", _PATHS, _may),
    (_TRUTH, 1, _PATHS, _may),
    (("drive",), "--size", ("0x0", "1e3x2", "640x360x1", "９６０x540", "x", "99999x99999", "-1x-1", ""), _among()),
    (("drive",), "--frames", ("0", "-1", "nan", "1e3", "1" + "0" * 400, "²"), _among()),
    (_FILMED, 1, _SHARED, _among()),
    (_FILMED, "--seconds", _NUMBERS, _number(1e-9, 600, whole=False)),
    (_FILMED, "--film", _PATHS, _among()),
    (_FILMED, "--models", _PATHS, _may),
    (("record",), 1, _WORDS, _among()),
    (("record",), 0, _WORDS, _among()),
)
"""A valid command line, which argument of it is replaced (an option's value, or the one at a place), by what, and how
the command must end then."""


def draw_arguments(rng: np.random.Generator) -> Case:
    """One argument replaced."""
    argv, option, among, end = _PLACES[int(rng.integers(len(_PLACES)))]
    typed = among[int(rng.integers(len(among)))]
    if isinstance(option, int):
        changed = (*argv[:option], typed, *argv[option + 1 :])
    elif option in argv:
        at = argv.index(option) + 1
        changed = (*argv[:at], typed, *argv[at + 1 :])
    else:
        changed = (*argv, f"{option}={typed}") if typed.startswith("-") else (*argv, option, typed)
    return Case("arguments", changed, ("rec", "drive", "road.csv", "network", "log"), (), end(typed))
