"""Keep the rounds of a learner in a folder, and go on after a kill as if nothing had happened.

    FOLDER/round-001/drive/     what the round drove and had labelled: a recording
    FOLDER/round-001/model/     what was fitted in it: a model folder
    FOLDER/round-001/*.json     the state of the two random streams before, and the round's numbers

The learner knows nothing of this. It is run again from its first round, and whatever it asks for that is in the folder
is read and not done again. That gives the same result to the bit, because each round draws from streams of its own and
drives in a world made anew; and also without a kill everything is used as it was read back.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import load_recording
from drive_sim.data.recording_schema import DRIVERS
from drive_sim.errors import InputError
from drive_sim.files import json_ready, write_json
from drive_sim.learn.base import Lesson, Round
from drive_sim.policies.base import Actor
from drive_sim.policies.model_folder import load_model, save_model

Train = Callable[[Any, Lesson[Demonstrations, Any], np.random.Generator], Iterator[Round[Any]]]


def kept_rounds(
    train: Train,
    config: Any,
    lesson: Lesson[Demonstrations, Any],
    rng: np.random.Generator,
    folder: Path,
    *,
    training: Any = None,
    load: Callable[[Path], Any] = load_model,
) -> Iterator[Round[Any]]:
    """The rounds of `train(config, lesson, rng)`; those that `folder` holds are read, the others are kept there.

    `lesson.collect` must be `rollout.collect` or take a `folder` as it does. `training` is written with every model;
    `load` reads one. Raises InputError where the folder's rounds were drawn from another seed.
    """
    shelf = _Shelf(lesson, folder, training, load)
    for latest in train(config, replace(lesson, collect=shelf.collect, fit=shelf.fit), rng):
        yield replace(latest, metrics=_kept(_round_folder(folder, latest.index) / "metrics.json", latest.metrics))


def num_kept(folder: Path) -> int:
    """How many whole rounds a folder holds."""
    return len(list(folder.glob("round-*/metrics.json")))


@dataclass(slots=True)
class _Shelf:
    """Answers a lesson's `collect` and `fit` from the folder where it can; counts the rounds by what was fitted."""

    lesson: Lesson[Demonstrations, Any]
    folder: Path
    training: Any
    load: Callable[[Path], Any]
    num_fitted: int = 0

    @property
    def round_folder(self) -> Path:
        return _round_folder(self.folder, self.num_fitted)

    def collect(
        self, env: Any, policy: Actor[Any, Any], num_ticks: int, rng: np.random.Generator, *, labeller: Actor[Any, Any]
    ) -> Demonstrations:
        drive = self.round_folder / "drive"
        _check_stream(self.round_folder / "drive-stream.json", rng)
        if not drive.exists():
            part = drive.with_name(".drive.part")
            shutil.rmtree(part, ignore_errors=True)
            self.lesson.collect(env, policy, num_ticks, rng, labeller=labeller, folder=part)
            part.rename(drive)
        return load_recording(drive).demonstrations(DRIVERS)

    def fit(self, data: Demonstrations, rng: np.random.Generator) -> Any:
        model = self.round_folder / "model"
        _check_stream(self.round_folder / "fit-stream.json", rng)
        if not model.exists():
            save_model(model, self.lesson.fit(data, rng), self.training, {"num_frames": len(data)})
        self.num_fitted += 1
        return self.load(model)


def _round_folder(folder: Path, index: int) -> Path:
    return folder / f"round-{index + 1:03d}"


def _check_stream(path: Path, rng: np.random.Generator) -> None:
    """Stop where what is kept was drawn from another stream than this one."""
    state = json_ready(rng.bit_generator.state)
    if _kept(path, state) != state:
        raise InputError(f"{path.parent} was learned with another seed or other settings; name a new folder")


def _kept(path: Path, value: Mapping[str, Any]) -> Any:
    """What the JSON file holds; where there is none, it is written with this value first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write_json(path, value)
    return json.loads(path.read_text(encoding="utf-8"))
