"""Models by what they are, not by where they lie: the hash of a folder's weights and settings, and who has it."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from drive_sim import files
from drive_sim.app.shared_state import SharedModel
from drive_sim.checkout import is_onnx, shipped_folder
from drive_sim.errors import InputError

EXPERT = "expert"
_CONFIG, _HASH_LETTERS = "config.json", 12
_DEPTHS = ("", "*/", "*/*/", "*/*/*/")
"""How deep models lie in a folder: those of a run in runs/RUN/models/NAME."""


def model_hash(folder: Path) -> str:
    """Twelve hexadecimal letters of a model folder's settings and weights, or of an ONNX file.

    How it was made and tested does not count.

    Raises InputError where they cannot be read.
    """
    parts = [folder] if is_onnx(folder) else [folder / _CONFIG, *sorted(folder.glob("*.safetensors"))]
    return _hash(tuple((path, path.stat().st_mtime_ns) for path in parts if path.exists()))


def shared_models(names: Iterable[str]) -> tuple[SharedModel, ...]:
    """Drivers, by their folders or `expert`, as they are shared."""
    return tuple(
        SharedModel(EXPERT) if name == EXPERT else SharedModel(Path(name).name, model_hash(Path(name)))
        for name in names
    )


def find_models(models: Sequence[SharedModel], named: Sequence[Path], runs: Path) -> tuple[str, ...]:
    """The folders of shared models among the named ones and those inside of them, those that ship, and the runs'.

    Of several with the same hash it is one of the same name, where there is one, else the first. Raises InputError
    where one is not there.
    """
    wanted = {model for model in models if model.hash}
    if not wanted:
        return tuple(EXPERT for _ in models)
    found: dict[str, Path] = {}
    alike: dict[SharedModel, Path] = {}
    for folder in _folders([*named, shipped_folder("models"), runs]):
        if wanted <= alike.keys():
            break
        known = SharedModel(folder.name, model_hash(folder))
        found.setdefault(known.hash, folder)
        alike.setdefault(known, folder)
    for model in models:
        if model.hash and model.hash not in found:
            where = f"models/, {runs}/ or --models"
            raise InputError(
                f"the model {model.name!r} ({model.hash}) is not in {where}; name its folder with --models"
            )
    return tuple(str(alike.get(model) or found[model.hash]) if model.hash else EXPERT for model in models)


def _folders(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if is_onnx(place) and place.is_file():
            yield place
        for depth in _DEPTHS:
            yield from sorted(path.parent for path in place.glob(f"{depth}{_CONFIG}"))


@lru_cache(maxsize=512)
def _hash(parts: tuple[tuple[Path, int], ...]) -> str:
    """By the files and when they were written, so that none is read twice."""
    digest = hashlib.sha256()
    for path, _ in parts:
        content = files.read_bytes(path)
        digest.update(f"{path.name}:{len(content)}:".encode() + content)
    return digest.hexdigest()[:_HASH_LETTERS]
