"""`train --method dagger` and `smile`: learn with the expert in the loop, in rounds that are kept and resumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drive_sim.cli import display
from drive_sim.cli.options import program
from drive_sim.cli.outputs import check_room, output_folder
from drive_sim.cli.recordings import demonstrations
from drive_sim.cli.roads import chosen_road
from drive_sim.cli.train_cloning import cloning_config
from drive_sim.cli.train_settings import Outcome, Settings, in_rounds
from drive_sim.errors import InputError
from drive_sim.stops import end_work, held

if TYPE_CHECKING:
    from drive_sim.learn.base import ImitationTask, Round

ROUNDS_MB = 400
"""The room that twenty rounds take on the disk: pictures and models."""


def begin(settings: Settings, out: Path | None) -> Outcome:
    """Learn in a new folder, which keeps the settings; Ctrl-C keeps the rounds that are whole."""
    if settings.network == "linear" and settings.recordings:
        raise InputError("a linear policy reads 25x19 pictures, recordings hold larger ones; leave the recordings out")
    task = _task(settings)
    with output_folder(out, "train") as folder, in_rounds(folder) as again:
        check_room(folder, ROUNDS_MB)
        settings.save(folder)
        return _learn(folder, settings, task, again)


def go_on(folder: Path, settings: Settings) -> Outcome:
    """Learn on in a folder that was begun."""
    with in_rounds(folder) as again:
        return _learn(folder, settings, _task(settings), again)


def _learn(folder: Path, settings: Settings, task: ImitationTask[Any, Any], again: str) -> Outcome:
    import numpy as np

    from drive_sim.learn.algorithms import ALGORITHMS
    from drive_sim.learn.resume import kept_rounds
    from drive_sim.policies.model_folder import save_model

    config, train = ALGORITHMS[settings.method]
    config = replace(config, num_rounds=settings.rounds or config.num_rounds)
    training = settings.without_files()
    rng = np.random.default_rng(settings.seed)
    rounds = kept_rounds(train, config, task, rng, folder, training=training)
    latest, is_whole = _shown(rounds, config.num_rounds)
    if latest is None:
        return Outcome({}, f"stopped in the first round; {again}", False)
    model = folder / f"model-after-{latest.index + 1:03d}"
    with held():
        if not model.exists():
            save_model(model, latest.policy, training, {**latest.metrics, "seed": settings.seed})
    end_work()
    learned = f"{latest.metrics['num_labels']:,.0f} labels in {latest.index + 1} rounds"
    summary = f"{learned}; the model is in {model}\nmeasure it: {program()} evaluate {model}"
    if not is_whole:
        summary = f"stopped; the last round's model is in {model}; {again}"
    return Outcome({"folder": str(folder), "model": str(model), **latest.metrics}, summary, is_whole)


def _shown(rounds: Iterator[Round[Any]], num_rounds: int) -> tuple[Round[Any] | None, bool]:
    """The last round of a training that is shown as it goes, and whether Ctrl-C left it time to end."""
    latest = None
    with display.progress({"train": "training"}) as show:
        try:
            for latest in rounds:
                now = latest.metrics
                # The first drive begins without having been put back.
                put_back = len(latest.rollout.episodes()) - 1
                note = f"round {now['round']:.0f} of {num_rounds}, {now['num_labels']:,.0f} labels"
                show("train", now["round"] / num_rounds, f"{note}, put back {put_back} times on its drive")
        except KeyboardInterrupt:
            return latest, False
    return latest, True


def _task(settings: Settings) -> ImitationTask[Any, Any]:
    """The road of --track, or of the seed, in calm weather; the scripted expert; the network or the linear policy.

    Recordings stand for the expert's first drive.
    """
    from drive_sim.learn import bc, ridge
    from drive_sim.learn.road import road_task
    from drive_sim.policies.linear import KART_CAMERA
    from drive_sim.sim.camera import Camera
    from drive_sim.sim.conditions import CONDITIONS
    from drive_sim.sim.env import EnvConfig
    from drive_sim.sim.scene import Scenes
    from drive_sim.sim.track import Tracks

    track, scene = chosen_road(settings.road)
    demos = demonstrations(settings.recordings, settings.camera)[0] if settings.recordings else None
    if settings.network == "linear":
        camera, fit = KART_CAMERA, partial(ridge.fit, ridge.Config())
    else:
        camera = Camera() if demos is None else demos.camera
        fit = partial(bc.fit, cloning_config(settings))
    world = EnvConfig(camera, CONDITIONS.vehicle, CONDITIONS.demonstration)
    return road_task(Tracks.stack([track]), Scenes.stack([scene]), world, fit, demonstrations=demos)
