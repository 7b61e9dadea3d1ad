"""`train --method bc`: clone what recordings show."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.cli import display
from drive_sim.cli.errors import stopping
from drive_sim.cli.options import program
from drive_sim.cli.outputs import check_room, output_folder
from drive_sim.cli.recordings import demonstrations
from drive_sim.cli.terminal import tell
from drive_sim.cli.train_preparation import PreparationOptions, picked_rows, preparation, sides_in_words
from drive_sim.cli.train_settings import Outcome, Settings
from drive_sim.errors import InputError
from drive_sim.stops import end_work, held

if TYPE_CHECKING:
    from drive_sim.data.demonstrations import Demonstrations
    from drive_sim.learn import bc
    from drive_sim.learn.base import Round
    from drive_sim.learn.divergence import DivergedError
    from drive_sim.policies.neural import NeuralPolicy

MODEL_MB = 8
"""The room that a model takes on the disk, with something to spare."""


def clone(settings: Settings, options: PreparationOptions, out: Path | None, *, draws_commands: bool) -> Outcome:
    """Learn from the recordings, which are judged first, and save the best network; after Ctrl-C the best so far."""
    from drive_sim.data.check_demonstrations import check_demonstrations
    from drive_sim.learn.preparation import check_preparation
    from drive_sim.learn.schedule import steps_of
    from drive_sim.policies.gaussian import likeliest_around
    from drive_sim.policies.model_folder import save_model

    if not settings.recordings:
        raise InputError("bc learns from recordings: name one, or ask the expert for labels with --method dagger")
    config = cloning_config(settings, options)
    needs_geometry = config.shift_rotate is not None or options.side_cameras == "geometric"
    demos, notes = demonstrations(settings.recordings, settings.camera, needs_geometry=needs_geometry)
    demos = picked_rows(demos, options.rows)
    config = replace(config, num_steps=settings.steps or steps_of(len(demos)))
    check_preparation(config.preparation, demos)
    with output_folder(out, "train") as folder, stopping(folder, f"the model is in {folder}"):
        check_room(folder, MODEL_MB)
        for line in [*notes, *(f"warning: {line}" for line in check_demonstrations(demos))]:
            tell(line)
        if config.preparation.mirror or options.side_cameras != "none":
            tell(sides_in_words(demos, config.preparation))
        best, stopped_by = _best_round(config, demos, settings.seed)
        if best is None:
            return Outcome({}, "stopped before the first round; nothing was learned yet", False)
        metrics = best.metrics | {"seed": settings.seed, "num_frames": len(demos), "data": demos.source}
        metrics |= {} if options.rows is None else {"rows": "{}-{}".format(*options.rows)}
        policy = best.policy
        with held():  # what is learned is saved
            if draws_commands:
                policy = likeliest_around(policy, demos.images, demos.curvature_per_m)
                metrics["width_per_m"] = policy.width_per_m
            save_model(folder, policy, config, metrics)
        end_work()
    summary = f"{len(demos)} frames learned; the model is in {folder}\nmeasure it: {program()} evaluate {folder}"
    if isinstance(stopped_by, InputError):
        raise InputError(f"{stopped_by}; the best network until then is in {folder}")
    if stopped_by is not None:
        summary = f"stopped; the best network so far is in {folder}"
    return Outcome({"folder": str(folder), **metrics}, summary, stopped_by is None)


def cloning_config(settings: Settings, options: PreparationOptions | None = None) -> bc.Config:
    """How a network is cloned under those settings."""
    from drive_sim.learn import bc

    config = replace(bc.Config(), network=settings.network, num_steps=settings.steps or bc.Config().num_steps)
    made = preparation(options or PreparationOptions(), mirror="mirror" in settings.augmenters)
    config = replace(config, preparation=made)
    return config if "shift-rotate" in settings.augmenters else replace(config, shift_rotate=None)


def _best_round(
    config: bc.Config, demos: Demonstrations, seed: int
) -> tuple[Round[NeuralPolicy] | None, KeyboardInterrupt | DivergedError | None]:
    """The round to keep of a training that is shown as it goes, and what stopped it before its end."""
    import numpy as np

    from drive_sim.learn import bc
    from drive_sim.learn.base import ImitationTask, better_round
    from drive_sim.learn.divergence import DivergedError
    from drive_sim.lessons.kit.training import with_progress

    best: Round[NeuralPolicy] | None = None
    with display.progress({"train": "training"}) as show:
        try:
            rounds = bc.train(config, ImitationTask(demos), np.random.default_rng(seed))
            for latest in with_progress(rounds, partial(show, "train")):
                best = better_round(best, latest)
        except KeyboardInterrupt as stop:
            return best, stop
        except DivergedError as error:
            if best is None:
                raise
            return best, error
    return best, None
