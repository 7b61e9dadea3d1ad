"""What `train` does: clone recordings, or learn with the expert in the loop, in rounds that are kept and resumed."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drive_sim import cli_display, cli_inputs
from drive_sim.cli_arguments import AUGMENTERS, METHODS, NETWORKS, program
from drive_sim.cli_display import Show
from drive_sim.errors import InputError, one_of

if TYPE_CHECKING:
    from drive_sim.data.demonstrations import Demonstrations
    from drive_sim.learn import bc
    from drive_sim.learn.base import Lesson, Round

MODEL_MB = 8
"""The room that a model takes on the disk, with something to spare."""
ROUNDS_MB = 400
"""The same for twenty rounds: pictures and model."""
SETTINGS = "settings.json"
KEPT = ("method", "network", "augment", "steps", "rounds", "seed", "track")
"""The arguments that a run goes on with; besides them its recordings and the camera's file."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a training: the result, what to say of it, and whether it came to its end."""

    result: dict[str, Any]
    said: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A training that is ready to run, and what is to be said before."""

    run: Callable[[Show], Done]
    notes: Sequence[str] = ()


def prepared(args: Namespace) -> Job:
    """The training that was asked for. Raises InputError for what cannot be learned so, before time is spent."""
    is_alone = args.method == "bc" and args.resume is None
    if args.draw_commands and not is_alone:
        raise InputError("--draw-commands is bc's: rounds with the expert keep what the network itself commands")
    if args.resume is not None:
        settings = _read_settings(args)
        return Job(partial(_learn_with_expert, args.resume, settings))
    one_of("method", args.method, METHODS)
    if is_alone and args.network == "linear":
        raise InputError("a linear policy reads 25x19 pictures, recordings hold larger ones; try --method dagger")
    one_of("network", args.network, (*NETWORKS, "linear"))
    # Who drives for himself meets the shifted and rotated views on the road.
    args.augment = args.augment or ("shift-rotate" if is_alone else "none")
    one_of("augmenter", args.augment, AUGMENTERS)
    return _cloning(args) if is_alone else _schooling(args)


def _cloning(args: Namespace) -> Job:
    from drive_sim.data.check_demonstrations import check_demonstrations
    from drive_sim.learn import bc

    if not args.recordings:
        raise InputError("bc learns from recordings: name one, or ask the expert for labels with --method dagger")
    demos, notes = cli_inputs.demonstrations(args.recordings, args.camera)
    config = replace(bc.Config(), network=args.network)
    if args.augment == "none":
        config = replace(config, shift_rotate=None)
    if args.steps:
        config = replace(config, num_steps=args.steps)
    folder = cli_inputs.output_folder(args)
    cli_inputs.check_room(folder, MODEL_MB)
    clone = partial(_clone, folder, config, demos, args.seed, draws_commands=args.draw_commands)
    return Job(clone, [*notes, *(f"warning: {line}" for line in check_demonstrations(demos))])


def _clone(
    folder: Path, config: bc.Config, demos: Demonstrations, seed: int, show: Show, *, draws_commands: bool
) -> Done:
    import numpy as np

    from drive_sim.learn import bc
    from drive_sim.policies.gaussian import likeliest_around
    from drive_sim.policies.model_folder import save_model

    best, is_whole = cli_display.best_round(bc.train(config, demos, np.random.default_rng(seed)), "train", show)
    if best is None:
        return Done({}, "stopped before the first round; nothing was learned yet", False)
    metrics = best.metrics | {"seed": seed, "num_frames": len(demos), "data": demos.source}
    policy = best.policy
    if draws_commands:
        policy = likeliest_around(policy, demos.images, demos.curvature_per_m)
        metrics["width_per_m"] = policy.width_per_m
    save_model(folder, policy, config, metrics)
    said = f"{len(demos)} frames learned; the model is in {folder}\nmeasure it: {program()} evaluate {folder}"
    return Done(
        {"folder": str(folder), **metrics},
        said if is_whole else f"stopped; the best network so far is in {folder}",
        is_whole,
    )


def _schooling(args: Namespace) -> Job:
    from drive_sim.files import write_json

    if args.network == "linear" and args.recordings:
        raise InputError("a linear policy reads 25x19 pictures, recordings hold larger ones; leave the recordings out")
    paths = {"recordings": [str(p.absolute()) for p in args.recordings], "camera": _absolute(args.camera)}
    folder = cli_inputs.output_folder(args)
    cli_inputs.check_room(folder, ROUNDS_MB)
    write_json(folder / SETTINGS, {name: getattr(args, name) for name in KEPT} | paths)
    return Job(partial(_learn_with_expert, folder, args))


def _learn_with_expert(folder: Path, args: Namespace, show: Show) -> Done:
    import numpy as np

    from drive_sim.learn.algorithms import ALGORITHMS
    from drive_sim.learn.resume import kept_rounds
    from drive_sim.policies.model_folder import save_model

    config, train = ALGORITHMS[args.method]
    config = replace(config, num_rounds=args.rounds or config.num_rounds)
    training = {name: getattr(args, name) for name in KEPT}
    rounds = kept_rounds(train, config, _lesson(args), np.random.default_rng(args.seed), folder, training=training)
    latest, is_whole = _shown(rounds, show)
    if latest is None:
        return Done({}, f"stopped in the first round; go on: {program()} train --resume {folder}", False)
    model = folder / f"model-after-{latest.index + 1:03d}"
    if not model.exists():
        save_model(model, latest.policy, training, {**latest.metrics, "seed": args.seed})
    result = {"folder": str(folder), "model": str(model), **latest.metrics}
    if not is_whole:
        said = f"stopped; the last round's model is in {model}; go on: {program()} train --resume {folder}"
        return Done(result, said, False)
    rounds_said = f"{latest.metrics['num_labels']:,.0f} labels in {latest.index + 1} rounds"
    said = f"{rounds_said}; the model is in {model}\nmeasure it: {program()} evaluate {model}"
    return Done(result, said, True)


def _shown(rounds: Iterator[Round[Any]], show: Show) -> tuple[Round[Any] | None, bool]:
    """The last round of a training that is shown as it goes, and whether Ctrl-C left it time to end."""
    latest = None
    try:
        for latest in rounds:
            now = latest.metrics
            # The first drive begins without having been put back.
            put_back = len(latest.visited.episodes()) - 1
            note = f"round {now['round']:.0f} of {now['num_rounds']:.0f}, {now['num_labels']:,.0f} labels"
            show("train", now["round"] / now["num_rounds"], f"{note}, put back {put_back} times on its drive")
    except KeyboardInterrupt:
        return latest, False
    return latest, True


def _lesson(args: Namespace) -> Lesson[Any, Any]:
    """The road of --track, or of the seed, in calm weather; the scripted expert; the network or the linear policy.

    Recordings stand for the expert's first drive.
    """
    from drive_sim.learn import bc, ridge
    from drive_sim.learn.road import road_lesson
    from drive_sim.policies.linear import KART_CAMERA
    from drive_sim.sim.camera import Camera
    from drive_sim.sim.conditions import CONDITIONS
    from drive_sim.sim.env import EnvConfig
    from drive_sim.sim.scene import Scenes
    from drive_sim.sim.track import Tracks

    track, scene = cli_inputs.chosen_road(args)
    demos = cli_inputs.demonstrations(args.recordings, args.camera)[0] if args.recordings else None
    if args.network == "linear":
        camera, fit = KART_CAMERA, partial(ridge.fit, ridge.Config())
    else:
        config = replace(bc.Config(), network=args.network, num_steps=args.steps or bc.Config().num_steps)
        camera = Camera() if demos is None else demos.camera
        fit = partial(bc.fit, config if args.augment == "shift-rotate" else replace(config, shift_rotate=None))
    world = EnvConfig(camera, CONDITIONS.vehicle, CONDITIONS.demonstration)
    return road_lesson(Tracks.stack([track]), Scenes.stack([scene]), world, fit, first_drive=demos)


def _read_settings(args: Namespace) -> Namespace:
    path = args.resume / SETTINGS
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        settings = Namespace(**{name: kept[name] for name in (*KEPT, "recordings", "camera")})
    except FileNotFoundError:
        raise InputError(f"{path} is missing: only dagger and smile keep rounds to go on with") from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path} is damaged; start again in a new folder") from None
    settings.recordings = [Path(name) for name in settings.recordings]
    settings.camera = None if settings.camera is None else Path(settings.camera)
    settings.rounds = args.rounds or settings.rounds
    return settings


def _absolute(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())
