"""`train --method bc`: clone what recordings show."""

from __future__ import annotations

from collections.abc import Sequence
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
from drive_sim.cli.train_init import initial_policy, initial_weights, layers_in_words
from drive_sim.cli.train_preparation import PreparationOptions, picked_rows, preparation, sides_in_words
from drive_sim.cli.train_settings import Outcome, Settings
from drive_sim.errors import InputError
from drive_sim.stops import end_work, held

if TYPE_CHECKING:
    import numpy as np

    from drive_sim.data.demonstrations import Demonstrations
    from drive_sim.learn import bc
    from drive_sim.learn.base import Round
    from drive_sim.learn.divergence import DivergedError
    from drive_sim.lessons.kit.progress import Report
    from drive_sim.policies.neural import NeuralPolicy

MODEL_MB = 8
"""The room that a model takes on the disk, with something to spare."""


def clone(settings: Settings, options: PreparationOptions, out: Path | None, *, draws_commands: bool) -> Outcome:
    """Learn from the recordings, which are judged first, and save the best network; after Ctrl-C the best so far."""
    from drive_sim.data.check_demonstrations import check_demonstrations
    from drive_sim.data.frame_stack import for_frames
    from drive_sim.learn.preparation import check_preparation
    from drive_sim.learn.schedule import steps_of
    from drive_sim.policies.ensemble import Ensemble
    from drive_sim.policies.gaussian import likeliest_around
    from drive_sim.policies.model_folder import save_model

    if not settings.recordings:
        raise InputError("bc learns from recordings: name one, or ask the expert for labels with --method dagger")
    config = cloning_config(settings, options)
    needs_geometry = config.shift_rotate is not None or options.side_cameras == "geometric"
    demos, notes = demonstrations(settings.recordings, settings.camera, needs_geometry=needs_geometry)
    demos = picked_rows(demos, options.rows)
    init = initial_policy(options.init)
    config = replace(config, num_steps=settings.steps or steps_of(len(demos)), init=initial_weights(options.init))
    check_preparation(config.preparation, demos)
    notes = [*notes, *layers_in_words(init, config.network, demos)]
    with output_folder(out, "train") as folder, stopping(folder, f"the model is in {folder}"):
        check_room(folder, MODEL_MB * options.networks)
        for line in [*notes, *(f"warning: {line}" for line in check_demonstrations(demos))]:
            tell(line)
        if config.preparation.mirror or options.side_cameras != "none":
            tell(sides_in_words(demos, config.preparation))
        learned, stopped_by = _best_rounds(config, demos, settings.seed, options.networks, init)
        if not learned:
            return Outcome({}, "stopped before the first round; nothing was learned yet", False)
        metrics = mean_metrics(learned) | {"seed": settings.seed, "num_frames": len(demos), "data": demos.source}
        metrics |= {} if options.rows is None else {"rows": "{}-{}".format(*options.rows)}
        policy = learned[0].policy
        if options.networks > 1:
            metrics["networks"] = len(learned)
            policy = policy if len(learned) == 1 else Ensemble(tuple(best.policy for best in learned))
        with held():  # what is learned is saved
            if draws_commands:
                seen = for_frames(demos, policy.num_frames)
                policy = likeliest_around(policy, seen.images, seen.curvature_per_m, seen.previous_images)
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
    options = options or PreparationOptions()
    config = replace(
        config,
        preparation=preparation(options, mirror="mirror" in settings.augmenters),
        weight_average=options.weight_average,
        weight_decay=config.weight_decay if options.weight_decay is None else options.weight_decay,
        freeze_convolutions=options.freeze_convolutions,
    )
    return config if "shift-rotate" in settings.augmenters else replace(config, shift_rotate=None)


def mean_metrics(rounds: Sequence[Round[NeuralPolicy]]) -> dict[str, float]:
    """What is known of each network's round, as a mean over them; of one it is its own."""
    if len(rounds) == 1:
        return dict(rounds[0].metrics)
    return {name: sum(each.metrics[name] for each in rounds) / len(rounds) for name in rounds[0].metrics}


def _best_rounds(
    config: bc.Config, demos: Demonstrations, seed: int, num_networks: int, init: NeuralPolicy | None
) -> tuple[list[Round[NeuralPolicy]], KeyboardInterrupt | DivergedError | None]:
    """The round to keep of each network, shown as it goes, and what stopped them before their end."""
    from drive_sim.learn.ensemble import member_rngs

    rngs = member_rngs(seed, num_networks)
    names = ["train"] if num_networks == 1 else [f"train {number + 1}" for number in range(num_networks)]
    kept: list[Round[NeuralPolicy]] = []
    with display.progress({name: name.replace("train", "training") for name in names}) as show:
        for name, rng in zip(names, rngs, strict=True):
            best, stopped_by = _best_round(config, demos, rng, init, partial(show, name), is_first=not kept)
            kept += [] if best is None else [best]
            if stopped_by is not None:
                return kept, stopped_by
    return kept, None


def _best_round(
    config: bc.Config,
    demos: Demonstrations,
    rng: np.random.Generator,
    init: NeuralPolicy | None,
    show: Report,
    *,
    is_first: bool,
) -> tuple[Round[NeuralPolicy] | None, KeyboardInterrupt | DivergedError | None]:
    from drive_sim.learn import bc
    from drive_sim.learn.base import ImitationTask, better_round
    from drive_sim.learn.divergence import DivergedError
    from drive_sim.lessons.kit.training import with_progress

    best: Round[NeuralPolicy] | None = None
    try:
        for latest in with_progress(bc.train(config, ImitationTask(demos), rng, init=init), show):
            best = better_round(best, latest)
    except KeyboardInterrupt as stop:
        return best, stop
    except DivergedError as error:
        if best is None and is_first:
            raise
        return best, error
    return best, None
