"""In a process beside the window: a network learns from recordings, anew or on from where it is, and is saved."""

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from drive_sim import records
from drive_sim.app.training_messages import ModelSaved, StepsDone, TrainingTask
from drive_sim.data.check_demonstrations import check_demonstrations
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import load_recording
from drive_sim.errors import InputError
from drive_sim.learn import bc, hg_dagger
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.lessons.kit.training import error_per_m, training_config, training_rng
from drive_sim.lessons.kit.workers import Connection
from drive_sim.policies.model_folder import CONFIG, load_model, save_model
from drive_sim.policies.neural import NeuralPolicy

_STEPS_PER_MESSAGE = 10
_FEWEST_S = 2.0
"""From less driving than this nothing can be learned."""


@dataclass(frozen=True, slots=True)
class _Metrics:
    """What is kept beside the model; paths are relative to its folder."""

    seed: int
    num_frames: int
    num_taken_over: int
    data: list[str]
    started_from: str | None
    error_per_m: float
    duration_s: float


def train(parent: Connection, task: TrainingTask) -> None:
    """Send StepsDone now and then, save the model, send ModelSaved. Raises InputError for too little driving."""
    start_s = time.perf_counter()
    recordings = [load_recording(folder) for folder in task.recordings]
    demos, config = hg_dagger.aggregated(recordings), _config(task)
    note = "" if task.start_from else _warning(demos)
    parent.send(StepsDone(0, config.num_steps, note=note))
    last = _train(parent, task, config, demos)
    metrics = _Metrics(
        seed=task.seed,
        num_frames=len(demos),
        num_taken_over=hg_dagger.taken_over(recordings),
        data=[relative_path(folder, task.model_folder) for folder in task.recordings],
        started_from=relative_path(task.start_from, task.model_folder) if task.start_from else None,
        error_per_m=error_per_m(last),
        duration_s=time.perf_counter() - start_s,
    )
    save_model(task.model_folder, last.policy, config, asdict(metrics))
    parent.send(ModelSaved(task.model_folder))


def _train(parent: Connection, task: TrainingTask, config: bc.Config, demos: Demonstrations) -> Round[NeuralPolicy]:
    """The last round of a training that is reported round by round."""
    latest = None
    for latest in _rounds(task, config, demos):
        parent.send(StepsDone(int(latest.metrics["step"]), config.num_steps, error_per_m(latest)))
    assert latest is not None
    return latest


def _config(task: TrainingTask) -> bc.Config:
    """The first drive's recipe, or the short one; messages are sent more often, which changes no weight."""
    if task.start_from is None:
        config = training_config(task.name, task.num_steps)
    else:
        name = "plain" if _was_plain(task.start_from) else "shift-rotate"
        config = hg_dagger.retraining_of(training_config(name), task.num_steps)
    return replace(config, steps_per_round=_STEPS_PER_MESSAGE)


def _was_plain(model_folder: Path) -> bool:
    """Whether a model learned without shift-and-rotate: retrained, it does so again."""
    try:
        return records.read_json(model_folder / CONFIG, "")["training"]["shift_rotate"] is None
    except (InputError, KeyError, TypeError):
        return False  # `load_model` says what is wrong with it


def _rounds(task: TrainingTask, config: bc.Config, demos: Demonstrations) -> Iterator[Round[NeuralPolicy]]:
    demonstrated, rng = ImitationTask(demos), training_rng(task.seed)
    if task.start_from is None:
        return bc.train(config, demonstrated, rng)
    start = load_model(task.start_from)
    if not isinstance(start, NeuralPolicy):
        raise InputError(f"{task.start_from}: only a network that was cloned can learn on; train one first")
    return hg_dagger.train(config, demonstrated, rng, start=start)


def relative_path(folder: Path, model_folder: Path) -> str:
    """A path that still leads there when all of it is moved together."""
    return Path(os.path.relpath(folder, model_folder)).as_posix()


def _warning(demos: Demonstrations) -> str:
    """What a network would hardly learn from this, or nothing. Raises InputError where it would learn nothing."""
    warnings = check_demonstrations(demos)
    if demos.duration_s < _FEWEST_S:
        raise InputError(warnings[0])
    return warnings[0] if warnings else ""
