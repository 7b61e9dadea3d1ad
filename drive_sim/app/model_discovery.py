"""Networks that are there already: the newest pair of earlier runs, those that ship, and what each has learned from."""

from pathlib import Path

from drive_sim import records
from drive_sim.checkout import shipped_folder
from drive_sim.errors import InputError

PAIR = ("plain", "shift-rotate")
SHIPPED = ("pilotnet", "alvinn")
"""Which of the models that ship drive where nothing else is there, one after the other."""
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


def training_recordings(model_folder: Path) -> list[Path]:
    """The recordings that a model says it has learned from, as far as they are still there."""
    try:
        data = records.read_json(model_folder / "metrics.json", "").get("data")
    except InputError:
        data = None
    named = (
        [model_folder / str(name) for name in data]
        if isinstance(data, list)
        else [model_folder.parent.parent / "demonstration"]
    )
    return [path for path in named if path.is_dir()]
