"""What a training is asked for, kept beside its rounds so that they go on as they began; and what came of it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from drive_sim.cli.command import Result
from drive_sim.cli.options import AUGMENTERS, INPUTS, METHODS, NETWORKS, REWARDS
from drive_sim.errors import InputError

SETTINGS_FILE = "settings.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a training: the result, what to say of it, and whether it came to its end."""

    result: Result
    summary: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """How a policy learns, and from what; None is the method's own default, or the seed's road, or no camera file."""

    method: str
    network: str
    augment: str
    steps: int | None
    rounds: int | None
    seed: int
    track: str | None
    recordings: tuple[Path, ...] = ()
    camera: Path | None = None
    input: str | None = None
    reward: str | None = None

    def without_files(self) -> dict[str, str | int | None]:
        """What is written with each model: all but the files that it learned from."""
        return {name: value for name, value in asdict(self).items() if name not in ("recordings", "camera")}

    def save(self, folder: Path) -> None:
        """Write the settings into a folder; paths become absolute, since a run goes on from any folder."""
        from drive_sim.files import write_json

        recordings = [str(path.absolute()) for path in self.recordings]
        camera = None if self.camera is None else str(self.camera.absolute())
        write_json(folder / SETTINGS_FILE, self.without_files() | {"recordings": recordings, "camera": camera})


def load_settings(folder: Path) -> Settings:
    """The settings that a training was begun with. Raises InputError where there are none, or one is none."""
    path = folder / SETTINGS_FILE
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path} is missing: bc keeps no rounds to go on with, all other methods do") from None
    except ValueError:
        raise InputError(f"{path} is damaged; start again in a new folder") from None
    if not isinstance(kept, dict):
        raise InputError(f"{path} is damaged: it holds no settings; start again in a new folder")
    kept = {"input": None, "reward": None, **kept}  # which runs before there were such had not
    for name, (wanted, fits) in _CHECKS.items():
        if name not in kept or not fits(kept[name]):
            got = json.dumps(kept[name]) if name in kept else "nothing"
            raise InputError(f"{path} is damaged: {name} must be {wanted}, got {got}; start again in a new folder")
    files = {
        "recordings": tuple(map(Path, kept["recordings"])),
        "camera": None if kept["camera"] is None else Path(kept["camera"]),
    }
    return Settings(**{name: kept[name] for name in _CHECKS} | files)


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _among(*names: str) -> tuple[str, Callable[[Any], bool]]:
    return f"one of {', '.join(names)}", lambda value: value in names


def _among_or_null(*names: str) -> tuple[str, Callable[[Any], bool]]:
    return f"one of {', '.join(names)} or null", lambda value: value is None or value in names


_TEXT_OR_NULL = ("a text or null", lambda value: isinstance(value, str | None))
_COUNT_OR_NULL = ("a whole number from 1 up or null", lambda value: value is None or _is_whole(value, 1))
_CHECKS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "method": _among(*(name for name in METHODS if name != "bc")),
    "network": _among(*NETWORKS, "linear"),
    "augment": _among(*AUGMENTERS),
    "steps": _COUNT_OR_NULL,
    "rounds": _COUNT_OR_NULL,
    "seed": ("a whole number from 0 up", lambda value: _is_whole(value, 0)),
    "track": _TEXT_OR_NULL,
    "recordings": (
        "a list of texts",
        lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    ),
    "camera": _TEXT_OR_NULL,
    "input": _among_or_null(*INPUTS),
    "reward": _among_or_null(*REWARDS),
}
"""What each setting must be in the file: in words, and as a test."""
