"""Keep the rounds of a learner in a folder, and go on after a kill as if nothing had happened.

    FOLDER/round-001/drive/     what the round drove and had labelled: a recording
    FOLDER/round-001/model/     what was fitted in it: a model folder
    FOLDER/round-001/*.json     the state of the two random streams before, and the round's numbers

The learner knows nothing of this. It is run again from its first round, and whatever it asks for that is in the folder
is read and not done again. That gives the same result to the bit, because each round draws from streams of its own and
drives in a world made anew; and also without a kill everything is used as it was read back.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim import records
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import load_recording
from drive_sim.data.recording_schema import DRIVERS
from drive_sim.errors import InputError
from drive_sim.files import json_ready, write_json
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.policies.base import Actor
from drive_sim.policies.model_folder import load_model, save_model

_MOST = 2**63
_DO_ANEW = "delete it and resume, and it is made anew"
Task = ImitationTask[Demonstrations, Any]
Train = Callable[[Any, Task, np.random.Generator], Iterator[Round[Any]]]


def kept_rounds(
    train: Train,
    config: Any,
    task: Task,
    rng: np.random.Generator,
    folder: Path,
    *,
    training: Any = None,
    load: Callable[[Path], Any] = load_model,
    keep_drives: bool = True,
) -> Iterator[Round[Any]]:
    """The rounds of `train(config, task, rng)`; those that `folder` holds are read, the others are kept there.

    `task.collect` must be `rollout.collect` or take a `folder` as it does. `training` is written with every model;
    `load` reads one. Drives that are not kept are driven again. Raises InputError where the folder's rounds were drawn
    from another seed.
    """
    offered = {f.name: getattr(task, f.name) for f in fields(task)}
    kept_task = _KeptTask(**offered, folder=folder, training=training, load=load, keep_drives=keep_drives)
    for latest in train(config, kept_task, rng):
        path = round_folder(folder, latest.index + 1) / "metrics.json"
        yield replace(latest, metrics=kept_numbers(path, latest.metrics))


def num_kept(folder: Path) -> int:
    """How many whole rounds a folder holds."""
    return len(list(folder.glob("round-*/metrics.json")))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _KeptTask(ImitationTask[Demonstrations, Any]):
    """A task whose rollouts and fitted policies are read from the folder where it holds them, else kept there."""

    folder: Path
    training: Any
    load: Callable[[Path], Any]
    keep_drives: bool

    def rollout(self, i: int, policy: Actor[Any, Any], num_ticks: int, rng: np.random.Generator) -> Demonstrations:
        assert self.make_env is not None, "the learner requires it"
        if not self.keep_drives:
            return ImitationTask.rollout(self, i, policy, num_ticks, rng)
        folder = round_folder(self.folder, i)
        drive, part = folder / "drive", folder / ".drive.part"
        env_rng, drive_rng = rng.spawn(2)
        check_stream(folder / "drive-stream.json", drive_rng)
        if not is_kept(drive):
            shutil.rmtree(part, ignore_errors=True)  # a killed run's
            try:
                self.collect(self.make_env(env_rng), policy, num_ticks, drive_rng, labeller=self.expert, folder=part)
                part.rename(drive)
            finally:
                shutil.rmtree(part, ignore_errors=True)
        return load_recording(drive).demonstrations(DRIVERS)

    def fit(self, i: int, data: Demonstrations, rng: np.random.Generator) -> Any:
        folder = round_folder(self.folder, i)
        check_stream(folder / "fit-stream.json", rng)
        if not is_kept(folder / "model"):
            save_model(
                folder / "model", ImitationTask.fit(self, i, data, rng), self.training, {"num_frames": len(data)}
            )
        model = self.load(folder / "model")
        if getattr(model, "camera", data.camera) != data.camera:
            raise InputError(f"{folder / 'model'} sees through another camera than the recording's; {_DO_ANEW}")
        return model


def round_folder(folder: Path, i: int) -> Path:
    """Where what belongs to round `i`, counted from 1, is kept."""
    return folder / f"round-{i:03d}"


def is_kept(path: Path) -> bool:
    """Whether something is there. Raises InputError for a link that leads nowhere."""
    if path.is_symlink() and not path.exists():
        raise InputError(f"{path} is a link that leads nowhere; {_DO_ANEW}")
    return path.exists()


def check_stream(path: Path, rng: np.random.Generator) -> None:
    """Stop where what is kept was drawn from another stream than this one."""
    state = json_ready(rng.bit_generator.state)
    if kept(path, state) != state:
        raise InputError(
            f"{path} is of another seed or other settings than this training, or damaged; name a new folder"
        )


def kept_numbers(path: Path, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """A round's numbers as they were kept: all of them, each of its kind, and what is counted as it is counted again.

    A run may have been begun with fewer rounds, so their number is not compared.
    """
    found = kept(path, numbers)
    for name, number in numbers.items():
        kind = int | float | None if isinstance(number, float | None) else type(number)
        is_of_kind = name in found and isinstance(found[name], kind) and not isinstance(found[name], bool)
        is_count = name == "round" or (name.startswith("num_") and name != "num_rounds")
        is_too_large = is_of_kind and isinstance(found[name], int) and abs(found[name]) > _MOST
        if not is_of_kind or is_too_large or (is_count and found[name] != number):
            raise InputError(f"{path} is damaged: {name} is not what it must be; {_DO_ANEW}")
    return found


def kept(path: Path, value: Mapping[str, Any]) -> records.Json:
    """What the JSON file holds; where there is none, it is written with this value first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not is_kept(path):
        write_json(path, value)
    return records.read_json(path, _DO_ANEW)
