"""The command line: one function a command, and the only place that prints. Heavy imports wait inside the commands."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drive_sim import cli_arguments, cli_display, cli_errors, cli_export, cli_inputs, cli_lesson, cli_window
from drive_sim.cli_arguments import program
from drive_sim.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace

    from drive_sim.app.session import Session

Result = dict[str, Any]


class StoppedError(KeyboardInterrupt):
    """Ctrl-C, with the line that says what was saved."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 for a fault of ours, 2 for bad input, 130 for Ctrl-C."""
    debug = "--debug" in (sys.argv[1:] if argv is None else argv)
    try:
        _run(cli_arguments.parse(argv))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has gone, as `head` does; the interpreter would complain once more at its own last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (KeyboardInterrupt, Exception) as error:
        if debug and not isinstance(error, KeyboardInterrupt):
            raise
        text, exit_code = cli_errors.told(error)
        print(f"{program()}: {text}", file=sys.stderr)
        return exit_code
    return 0


def _run(args: Namespace) -> None:
    if args.command is None:
        if not cli_inputs.has_visible_display():
            cli_arguments.make_parser().print_help()
            return
        args = cli_arguments.parse(["home"])
    if args.json is not None:
        _check_new_file(args.json, "--json")
    result = COMMANDS[args.command](args)
    if args.json is not None:
        from drive_sim.files import write_json

        write_json(args.json, result)


def demo(args: Namespace) -> Result:
    """The whole story of the first drive, and the window on it where there is a display."""
    from drive_sim.lessons import first_drive
    from drive_sim.lessons.kit.progress import Finished

    folder = cli_inputs.output_folder(args)
    finished: Finished | None = None
    with cli_display.progress(first_drive.STAGES) as show, _stopping(f"what was finished is in {folder}"):
        for news in first_drive.run(first_drive.Config(seed=args.seed), folder):
            if isinstance(news, Finished):
                finished = news
            else:
                show(news.stage, news.share, news.note)
    assert finished is not None
    print(f"\n{finished.headline}\n")
    for path in sorted(folder.iterdir()):
        print(f"  {path}{os.sep if path.is_dir() else ''}")
    if not args.headless and cli_inputs.has_display():
        from drive_sim.app.screen import ToWatch

        models = sorted(str(path.parent) for path in folder.rglob("config.json"))
        _scores(cli_window.show(args, ToWatch(tuple(models)), f"see {folder / 'report.html'}"))
    return finished.result


def home(args: Namespace) -> Result:
    """The window on its home screen."""
    from drive_sim.app.screen import ToHome

    session = cli_window.show(args, ToHome(), f"tell the whole story without one: {program()} demo --headless")
    return _made(session)


def drive(args: Namespace) -> Result:
    """A person drives and is recorded."""
    from drive_sim.app.screen import ToDrive
    from drive_sim.files import new_folder

    is_new = args.out is not None and not args.out.exists()
    out = None if args.out is None else new_folder(args.out)
    with _stopping(f"what was recorded is in {out or cli_window.RUNS}"):
        session = cli_window.show(
            args, ToDrive(), f"let the scripted expert drive: {program()} record", recording_out=out
        )
    if session.recording is None:
        if out is not None and is_new and not any(out.iterdir()):
            out.rmdir()
        print("nothing was recorded; press R in the window to begin")
    return _made(session)


def record(args: Namespace) -> Result:
    """The scripted expert drives and is recorded."""
    import numpy as np

    from drive_sim.data import rollout
    from drive_sim.policies.expert import PursuitExpert
    from drive_sim.sim.conditions import CONDITIONS
    from drive_sim.sim.env import DriveEnv, EnvConfig
    from drive_sim.sim.scene import Scenes
    from drive_sim.sim.track import Tracks

    track, scene = cli_inputs.chosen_road(args)
    env_rng, rng = np.random.default_rng(args.seed).spawn(2)
    config = EnvConfig(vehicle=CONDITIONS.vehicle, disturbance=CONDITIONS.demonstration)
    env = DriveEnv(Tracks.stack([track]), Scenes.stack([scene]), config, env_rng)
    expert = PursuitExpert(env.tracks)
    num_ticks = max(1, round(args.seconds / config.tick_s))
    folder = cli_inputs.output_folder(args)
    ticks = rollout.drive(env, expert, num_ticks, rng, labeller=expert)
    info = rollout.episode_info(env, road={"track": args.track}, seed=args.seed)
    with cli_display.progress({"record": "recording"}) as show, _stopping(f"what was recorded is in {folder}"):
        for number, tick in enumerate(rollout.record(ticks, folder, [info], "expert"), start=1):
            show("record", number / num_ticks, f"{tick.time_s:.0f} s")
    seconds = num_ticks * config.tick_s
    print(f"{seconds:.1f} s recorded in {folder}\nlearn from it: {program()} train {folder}")
    return {"folder": str(folder), "seconds": seconds, "road": track.name}


def train(args: Namespace) -> Result:
    """A policy learns to steer, from recordings or with the expert in the loop; Ctrl-C keeps what there is."""
    from drive_sim import cli_train

    job = cli_train.prepared(args)
    for line in job.notes:
        print(line, file=sys.stderr)
    with cli_display.progress({"train": "training"}) as show:
        done = job.run(show)
    if not done.is_whole:
        raise StoppedError(done.said)
    print(done.said)
    return done.result


def evaluate(args: Namespace) -> Result:
    """Models drive unseen roads and are counted."""
    from drive_sim.evaluate import EvalConfig, drive, make_report, summary
    from drive_sim.sim.conditions import CONDITIONS

    suite = cli_inputs.chosen_suite(args)
    drivers = cli_inputs.load_drivers(args.models, suite.tracks)
    results: Result = {}
    with cli_display.progress({name: f"{name} drives" for name in drivers}) as show:
        for name, (policy, camera) in drivers.items():
            config = EvalConfig(vehicle=CONDITIONS.vehicle, camera=camera, seed=args.seed)
            ticks = drive(policy, suite, config, num_threads=os.cpu_count() or 1)
            report = make_report(cli_display.watched(ticks, suite.distance_m, name, show), suite, config)
            results[name] = summary(report, seed=args.seed)
    print(cli_display.scores(results))
    return {"suite": suite.name, "seed": args.seed, "models": results}


def watch(args: Namespace) -> Result:
    """Models drive in a window."""
    from drive_sim.app.screen import ToLecture, ToWatch

    models = cli_inputs.models_to_watch(args.models, lecture=args.lecture)
    if not models and not args.lecture:
        raise InputError("no MODEL is named and there is no pair under runs/; name a model's folder, or `expert`")
    first = ToLecture(models or None) if args.lecture else ToWatch(models)
    instead = f"count what they do: {program()} evaluate {' '.join(args.models) or 'MODEL'}"
    return _scores(cli_window.show(args, first, instead))


def calibrate(args: Namespace) -> Result:
    """The camera of a Udacity log, written for `train --camera`."""
    from drive_sim.data.calibrate import camera_from_fit, fit_camera
    from drive_sim.data.udacity import load_udacity
    from drive_sim.files import write_json

    if args.out is not None:
        _check_new_file(args.out, "--out")
    demos, report = load_udacity(args.log)
    for line in report.lines():
        print(line, file=sys.stderr)
    fit = fit_camera(demos, slice(0, args.rows))
    path = args.out or cli_inputs.output_folder(args) / "camera.json"
    result = {"camera": asdict(camera_from_fit(fit)), "fit": asdict(fit)}
    write_json(path, result)
    pitch_deg = math.degrees(fit.pitch_rad)
    print(f"focal length {fit.focal_px:.1f} px at {fit.width_px} px width, {pitch_deg:.1f} degrees down,")
    print(f"side cameras {fit.side_offset_in_heights:.2f} camera heights to either side;")
    print(f"moved by that, the centre picture is {fit.difference_ratio:.2f} as far from the side pictures as unmoved")
    print(f"the camera is in {path}")
    return {"path": str(path), **result}


def export(args: Namespace) -> Result:
    """A model becomes one ONNX file."""
    result, said = cli_export.export(args)
    print(f"{said}\nmeasure it: {program()} evaluate {args.file}")
    return result


def lesson(args: Namespace) -> Result:
    """A published experiment is run again; without a name the lessons are listed."""
    if args.name is None and args.resume is None and not args.all:
        result, said = cli_lesson.listing(args)
        print(said)
        return result
    folder = cli_lesson.folder_of(args)
    with _stopping(f"what was finished is in {folder}; go on with: {program()} lesson --resume {folder}"):
        result, said = cli_lesson.run(args, folder)
    print(said)
    return result


COMMANDS: dict[str, Callable[[Namespace], Result]] = {
    "demo": demo,
    "home": home,
    "drive": drive,
    "record": record,
    "train": train,
    "evaluate": evaluate,
    "watch": watch,
    "calibrate": calibrate,
    "export": export,
    "lesson": lesson,
}


def _scores(session: Session) -> Result:
    """What each model did that was watched, printed too."""
    for name, score in session.scores.items():
        times = "1 intervention" if score.interventions == 1 else f"{score.interventions} interventions"
        print(f"{name}: {times} in {score.distance_km:.2f} km")
    return {"scores": {name: asdict(score) for name, score in session.scores.items()}, **_made(session)}


def _made(session: Session) -> Result:
    """What a sitting at the window has left on the disk, printed too."""
    folder, seconds = session.recording, 0.0
    if folder is not None:
        seconds = cli_inputs.recorded_s(folder)
        print(f"{seconds:.1f} s recorded in {folder}\nlearn from it: {program()} train {folder}")
    models = {name: str(path) for name, path in session.models.items()}
    if models:
        print(f"let what has learned drive: {program()} watch {' '.join(models.values())}")
    return {"folder": None if folder is None else str(folder), "seconds": seconds, "models": models}


@contextmanager
def _stopping(what_is_saved: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise StoppedError(f"stopped; {what_is_saved}") from None


def _check_new_file(path: Path, option: str) -> None:
    """Say that a file cannot be written before the work and not after it."""
    if path.exists():
        raise InputError(f"{path} exists and nothing is overwritten; choose another name for {option}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}; make it, or choose another place for {option}")
    from drive_sim.files import check_writable

    check_writable(path.parent, path)
