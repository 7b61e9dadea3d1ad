"""What earlier runs have left: the newest pair of networks that learned from the same frames."""

from pathlib import Path

PAIR = ("plain", "shift-rotate")
_WEIGHTS = "weights.safetensors"


def newest_pair(runs: Path) -> dict[str, Path]:
    """The folders of the youngest whole pair under `runs`, by name; empty where there is none."""
    second = [path for pattern in ("*/", "*/*/") for path in runs.glob(f"{pattern}{PAIR[1]}/{_WEIGHTS}")]
    whole = [path.parents[1] for path in second if (path.parents[1] / PAIR[0] / _WEIGHTS).is_file()]
    if not whole:
        return {}
    folder = max(whole, key=lambda folder: (folder / PAIR[1] / _WEIGHTS).stat().st_mtime)
    return {name: folder / name for name in PAIR}
