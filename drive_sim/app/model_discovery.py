"""Networks that are there already: the newest pair of earlier runs, those that ship, and what each has learned from."""

from pathlib import Path
from typing import Any

from drive_sim import records
from drive_sim.checkout import shipped_folder
from drive_sim.errors import InputError

PAIR = ("plain", "shift-rotate")
_FIRST_DRIVE = "first-drive-"
SHIPPED = tuple(f"{_FIRST_DRIVE}{name}" for name in PAIR)
"""Which of the models that ship drive where nothing else is there: the pair of `demo --seed 0`."""
_WEIGHTS = "weights.safetensors"


def newest_pair(runs: Path) -> dict[str, Path]:
    """The folders of the youngest whole pair under `runs`, by name; empty where there is none."""
    second = [path for pattern in ("*/", "*/*/") for path in runs.glob(f"{pattern}{PAIR[1]}/{_WEIGHTS}")]
    whole = [path.parents[1] for path in second if (path.parents[1] / PAIR[0] / _WEIGHTS).is_file()]
    if not whole:
        return {}
    folder = max(whole, key=lambda folder: (folder / PAIR[1] / _WEIGHTS).stat().st_mtime)
    return {name: folder / name for name in PAIR}


def shipped_pair() -> tuple[str, ...]:
    """The folders of `SHIPPED`, as far as they are there: an installed package may lack them."""
    folders = [shipped_folder("models") / name for name in SHIPPED]
    return tuple(str(folder) for folder in folders if (folder / _WEIGHTS).is_file())


def driver_names(folder: Path) -> list[str]:
    """What a model can be called, for the first of these that no other is: its folder's name first.

    One of the shipped pair is called as in any other pair; then come longer names, and numbered ones at last.
    """
    parts = folder.resolve().parts
    short = [name for name in (folder.name.removeprefix(_FIRST_DRIVE),) if name in PAIR]
    longer = ["/".join(parts[-length:]) for length in range(1, len(parts))]
    return list(dict.fromkeys([*short, *longer, *(f"{folder.name} ({number})" for number in range(2, 100))]))


def is_shipped(folder: Path) -> bool:
    """Whether a model is one of those that ship."""
    return folder.resolve().parent == shipped_folder("models").resolve()


def training_recordings(model_folder: Path) -> list[Path]:
    """The recordings that a model says it has learned from, as far as they are still there."""
    data = _metrics(model_folder).get("data")
    named = (
        [model_folder / str(name) for name in data]
        if isinstance(data, list)
        else [model_folder.parent.parent / "demonstration"]
    )
    return [path for path in named if path.is_dir()]


def taken_over_ticks(model_folder: Path) -> int:
    """From how many control ticks that a person drove in its stead a model learned on; 0 where it did not."""
    metrics = _metrics(model_folder)
    ticks = metrics.get("num_taken_over")
    return ticks if metrics.get("started_from") and isinstance(ticks, int) else 0


def _metrics(model_folder: Path) -> dict[str, Any]:
    """What a model's folder says of its training; nothing where that cannot be read."""
    try:
        found = records.read_json(model_folder / "metrics.json", "")
    except InputError:
        return {}
    return found if isinstance(found, dict) else {}
