"""`train --method gail`, `sqil` and `iq-learn`: learn from demonstrations and by trying, with nobody to ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drive_sim.cli import display
from drive_sim.cli.options import INPUTS, program
from drive_sim.cli.outputs import check_room, output_folder
from drive_sim.cli.recordings import demonstrations
from drive_sim.cli.roads import trial_roads
from drive_sim.cli.train_settings import Outcome, Settings, in_rounds
from drive_sim.errors import InputError
from drive_sim.stops import end_work, held

if TYPE_CHECKING:
    from drive_sim.data.demonstrations import Demonstrations
    from drive_sim.data.trials import Trials
    from drive_sim.learn.base import ImitationTask, Round
    from drive_sim.learn.divergence import DivergedError
    from drive_sim.learn.tensorboard_files import TensorboardFiles
    from drive_sim.sim.camera import Camera

ROUNDS_MB = 400
NUM_CARS, NUM_ROADS, TICKS_PER_ROUND = 16, 8, 100
"""Cars that try at once, the roads that they share, and ticks of each in a round."""
MOST_PAIRS = 2000
"""Of more only some are learned from, evenly: a discriminator reads all of them, again and again."""
NUM_UNITS, LEAST_UNITS_PER_M = 31, 0.06
ENDS_SHOWN = 0.01
"""Pairs of the ended state among what GAIL is shown: without any, that state alone would tell who drives."""
DEFAULT_ROUNDS = 60
SHOWN = {
    "accuracy": "C right {:.0%}",
    "loss": "loss {:.3g}",
    "entropy": "entropy {:.2f}",
    "mean_reward": "reward {:+.2f}",
    "mean_return": "return {:.0f}",
    "steps_per_s": "{:,.0f} steps/s",
}
"""What is shown of a round: how often the discriminator is right (50 % where nobody can be told apart), the entropy of
what is done in nats, the reward of a step, and what the lane pays for an episode, which no learner reads."""


def begin(settings: Settings, out: Path | None, tensorboard: Path | None) -> Outcome:
    """Learn in a new folder, which keeps the settings; Ctrl-C keeps the rounds that are whole."""
    if not settings.recordings:
        raise InputError(f"{settings.method} needs demonstrations to imitate: name a recording")
    prepared = _prepare(settings)
    with _opened(tensorboard) as files, output_folder(out, "train") as folder, in_rounds(folder) as again:
        check_room(folder, ROUNDS_MB)
        settings.save(folder)
        return _learn(folder, settings, prepared, files, again)


def go_on(folder: Path, settings: Settings, tensorboard: Path | None) -> Outcome:
    """Learn on in a folder that was begun."""
    with in_rounds(folder) as again, _opened(tensorboard) as files:
        return _learn(folder, settings, _prepare(settings), files, again)


def _opened(tensorboard: Path | None) -> AbstractContextManager[TensorboardFiles | None]:
    """TensorBoard's files, where they are wanted."""
    from drive_sim.learn.tensorboard_files import TensorboardFiles

    return nullcontext() if tensorboard is None else TensorboardFiles(tensorboard)


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """A learner, its settings, what it is offered, and how it acts on our road."""

    train: Callable[[Any, Any, Any], Iterator[Round[Any]]]
    config: Any
    task: ImitationTask[Any, Any]
    trials: Trials
    camera: Camera | None


def _prepare(settings: Settings) -> _Prepared:
    """Raises InputError for what cannot be learned so, before time is spent."""
    import numpy as np

    from drive_sim.data.trials import Trials, with_ends
    from drive_sim.learn.road import trial_task
    from drive_sim.policies.alvinn import curvature_units
    from drive_sim.sim.conditions import CONDITIONS
    from drive_sim.sim.env import EnvConfig

    reads = settings.input or INPUTS[0]
    demos = demonstrations(settings.recordings, settings.camera)[0]
    trials = Trials(reads, curvature_units(NUM_UNITS, _widest_per_m(demos)))
    shown = trials.shown(demos, every=-(-len(demos) // MOST_PAIRS))
    camera = demos.camera if reads == "pixels" else None
    if settings.method == "gail":
        shown = with_ends(shown, round(ENDS_SHOWN * len(shown)), np.random.default_rng(settings.seed))
    tracks, scenes = trial_roads(settings.road, NUM_ROADS)
    world = EnvConfig(camera, CONDITIONS.vehicle, CONDITIONS.demonstration)
    task = trial_task(trials, shown, tracks, scenes, world, NUM_CARS)
    return _Prepared(*_learner(settings, reads), task, trials, camera)


def _widest_per_m(demos: Demonstrations) -> float:
    """The outermost steering units: half as much again as nearly all that was commanded."""
    import numpy as np

    from drive_sim.sim.conditions import CONDITIONS

    commanded = float(np.percentile(np.abs(demos.curvature_per_m), 99.5))
    return min(max(1.5 * commanded, LEAST_UNITS_PER_M), CONDITIONS.vehicle.max_curvature_per_m)


def _learner(settings: Settings, reads: str) -> tuple[Any, Any]:
    """A learner from its name, and its settings."""
    from drive_sim.learn.algorithms import ALGORITHMS

    config, train = ALGORITHMS[settings.method]
    rounds = {"num_rounds": settings.rounds or DEFAULT_ROUNDS, "ticks_per_round": TICKS_PER_ROUND}
    if settings.method == "gail":
        faster = {"num_epochs": 3, "batch_size": 256, "learning_rate": 5e-4} if reads == "pixels" else {}
        policy = replace(config.policy, entropy_weight=0.003, **rounds, **faster)
        return train, replace(config, reward=settings.reward or "logit", policy=policy)
    return train, replace(config, **rounds)


def _learn(
    folder: Path, settings: Settings, prepared: _Prepared, files: TensorboardFiles | None, again: str
) -> Outcome:
    import numpy as np

    from drive_sim.learn.kept_trials import kept_trials
    from drive_sim.policies.model_folder import save_model
    from drive_sim.policies.steering import SteeringPolicy

    rng = np.random.default_rng(settings.seed)
    rounds = kept_trials(prepared.train, prepared.config, prepared.task, rng, folder)
    latest, stopped_by = _told(rounds, files)
    if latest is None:
        if isinstance(stopped_by, InputError):
            raise stopped_by
        return Outcome({}, f"stopped in the first round; {again}", False)
    model = folder / f"model-after-{latest.index + 1:03d}"
    policy = SteeringPolicy(latest.policy, prepared.trials.input, prepared.trials.units_per_m, prepared.camera)
    with held():
        if not model.exists():
            save_model(model, policy, settings.without_files(), {**latest.metrics, "seed": settings.seed})
    end_work()
    if isinstance(stopped_by, InputError):
        raise InputError(f"round {latest.index + 2}: {stopped_by}; what was learned until then is in {model}")
    summary = f"{latest.metrics['num_steps']:,.0f} steps in {latest.index + 1} rounds; the model is in {model}"
    if stopped_by is not None:
        summary = f"stopped; the last round's model is in {model}; {again}"
    measured = f"\nmeasure it: {program()} evaluate {model}" if stopped_by is None else ""
    return Outcome({"folder": str(folder), "model": str(model), **latest.metrics}, summary + measured, not stopped_by)


def _told(
    rounds: Iterator[Round[Any]], files: TensorboardFiles | None
) -> tuple[Round[Any] | None, KeyboardInterrupt | DivergedError | None]:
    """The last round of a training that is shown as it goes, and what stopped it before its end."""
    from drive_sim.learn.divergence import DivergedError

    latest, before_s, before = None, time.perf_counter(), 0.0
    with display.progress({"train": "training"}) as show:
        try:
            for latest in rounds:
                now_s, of = time.perf_counter(), latest.metrics
                numbers = {
                    name: value for name, value in of.items() if name not in ("round", "num_rounds", "num_steps")
                }
                numbers |= {
                    "mean_return": latest.rollout.mean_return,
                    "steps_per_s": (of["num_steps"] - before) / (now_s - before_s),
                }
                before_s, before = now_s, of["num_steps"]
                if files is not None:
                    files.write(int(of["num_steps"]), numbers)
                show("train", of["round"] / of["num_rounds"], _note(of, numbers))
        except KeyboardInterrupt as stop:
            return latest, stop
        except DivergedError as error:
            return latest, error
    return latest, None


def _note(of: Mapping[str, float], numbers: Mapping[str, float]) -> str:
    """A round in a few words."""
    told = [form.format(numbers[name]) for name, form in SHOWN.items() if name in numbers]
    return ", ".join([f"round {of['round']:.0f} of {of['num_rounds']:.0f}", *told])
