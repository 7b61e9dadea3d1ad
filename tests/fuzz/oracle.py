"""How a command must behave, whatever it was given; and that what it made opens and is finite."""

import json
import math
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.cases import Case

LONGEST_S, MOST_BYTES = 10.0, 1_000_000_000
MOST_LINES, LONGEST_LINE = 40, 1_000
_OURS = re.compile(
    r"warning: |recording: |training: |reading|what the driver likes|film|[\w.-]+ drives: |usage: |drive-sim"
    r"|road |(log|rec|drive|camera\.json|rounds|mixing|tub|lerobot|minari|npz|out)\S*: |writing "
    r"|\d+ of \d+ rows|line \d+ |and \d+ more|no times in"
)
"""How the lines begin that our commands write on standard error."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended: its exit code (None: killed by a signal or for taking too long), what it said, how long
    it took beside what others kept the processor for, and what is wrong with its files."""

    exit_code: int | None
    stdout: str
    stderr: str
    took_s: float
    peak_bytes: int
    faults: tuple[str, ...] = field(default=())
    signal: int | None = None


def judge(case: Case, outcome: Outcome) -> list[str]:
    """Everything that is wrong with how a command ended; empty where nothing is."""
    wrong = list(outcome.faults)
    if outcome.took_s > LONGEST_S:
        wrong.append(f"hang: {outcome.took_s:.0f} s")
    elif outcome.exit_code is None:
        wrong.append(f"killed by signal {outcome.signal}")
    elif outcome.exit_code not in (0, 2):
        wrong.append(f"exit code {outcome.exit_code}")
    elif case.expected is not None and outcome.exit_code != case.expected:
        wrong.append(f"exit code {outcome.exit_code} where {case.expected} is right")
    if outcome.peak_bytes > MOST_BYTES:
        wrong.append(f"memory: {outcome.peak_bytes / 1e6:.0f} MB")
    if "not enough memory" in outcome.stderr:
        wrong.append("asked for more memory than there is")
    return wrong + _wrong_lines(case, outcome)


def _wrong_lines(case: Case, outcome: Outcome) -> list[str]:
    wrong = []
    lines = outcome.stderr.splitlines()
    if "Traceback" in outcome.stderr + outcome.stdout:
        wrong.append("traceback")
    typed = max((len(word) for word in case.argv), default=0)
    complaints = [line for line in lines if line.startswith("drive-sim")]
    # What was typed may hold a line break, and be said back.
    foreign = [line for line in lines if not _OURS.match(line) and not any("\n" in word for word in case.argv)]
    if foreign:
        wrong.append(f"foreign line on stderr: {foreign[0][:100]!r}")
    if outcome.exit_code == 2 and len(complaints) != 1:
        wrong.append(f"{len(complaints)} lines of complaint")
    if len(lines) > MOST_LINES:
        wrong.append(f"{len(lines)} lines on stderr")
    if any(len(line) > LONGEST_LINE + typed for line in lines):
        wrong.append("a line that nobody reads to its end")
    return wrong


def contents(folder: Path) -> dict[str, int]:
    """A checksum of every file in a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): zlib.crc32(path.read_bytes()) for path in files}


def faults_of(folder: Path, before: dict[str, int], exit_code: int) -> list[str]:
    """Files that were there and are no more as they were; and where the command says that all is well, what it made
    that does not open or is not finite."""
    after = contents(folder)
    faults = [f"overwritten: {name}" for name, checksum in before.items() if after.get(name) != checksum]
    faults += [f"half a file: {name}" for name in after if ".part" in name and name not in before]
    if exit_code == 0:
        for name in sorted(set(after) - set(before)):
            try:
                _open(folder / name)
            except Exception as error:  # whatever it is, it is a fault of what was made
                faults.append(f"{name} does not open: {type(error).__name__}: {str(error)[:200]}")
    return faults


_RECORDINGS = {"manifest.json": 0, "driving_log.csv": 0, "info.json": 1, "part-0.arrow": 2}
"""Files of other people's formats, and how far above them the recording is."""


def _open(path: Path) -> None:
    from drive_sim.data.formats.known import read_drive
    from drive_sim.data.recording import load_recording
    from drive_sim.policies.model_folder import load_model
    from drive_sim.policies.onnx_policy import load_onnx

    if path.name == "weights.safetensors":
        load_model(path.parent, device="cpu")
    elif path.name in _RECORDINGS:
        read_drive(path.parents[_RECORDINGS[path.name]])
    elif path.suffix == ".npz":
        read_drive(path)
    elif path.suffix == ".arrow":
        load_recording(path).demonstrations(("expert", "human", "policy"))
    elif path.suffix == ".onnx":
        load_onnx(path)
    elif path.suffix == ".json":
        _check_finite(path.name, json.loads(path.read_text(), parse_constant=_refuse))
    elif path.suffix == ".html":
        assert path.read_text().rstrip().endswith("</html>"), "the page has no end"


_MAY_BE_NULL = re.compile(
    r".*(_low|_high|_jerk.*|track|place|width|seed|commit|steps|rounds|camera|principal.*|standard_errors|driven_m)$"
)


def _check_finite(name: str, value: Any) -> None:
    """No NaN was written as null among the numbers that somebody will rely on."""
    watched = name in ("metrics.json", "result.json", "fitted.json")
    if isinstance(value, dict):
        for key, item in value.items():
            assert not (watched and item is None and not _MAY_BE_NULL.match(key)), f"{key} is null"
            _check_finite(name, item)
    elif isinstance(value, list):
        for item in value:
            _check_finite(name, item)
    elif isinstance(value, float):
        assert math.isfinite(value), "a number is not finite"


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no JSON")
