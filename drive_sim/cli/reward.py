"""`reward`: what a driver likes, read from a recording, painted on the road, and made a driver."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drive_sim.cli import display, options
from drive_sim.cli.command import Command, Result
from drive_sim.cli.errors import stopping
from drive_sim.cli.numbers import positive
from drive_sim.cli.options import program
from drive_sim.cli.outputs import output_folder
from drive_sim.cli.terminal import tell
from drive_sim.errors import InputError
from drive_sim.stops import end_work

if TYPE_CHECKING:
    from drive_sim.irl.learned_reward import Config, LearnedReward
    from drive_sim.irl.recorded_segments import Segment

_STAGES = {"read": "reading", "fit": "what the driver likes", "film": "film"}
_FILM_S = 20.0
_MOST = 40
"""About how often the objective is asked."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `reward`."""

    recordings: Sequence[Path]
    method: str
    l2: float
    knows_wind: bool
    driver: str | None
    no_film: bool
    out: Path | None


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
What does a driver like? Inverse reinforcement learning reads it from two minutes of anybody's recording: where on the
road he likes to be, in straights and in bends, and how much he minds turning. The reward is painted on the road, from
above and through the windscreen, and a driver by it is saved, which `evaluate` and `watch` take like any model (it
reads the lane pose and knows the road: no network does)."""
    command.epilog = options.examples(
        "reward my-drive",
        "reward runs/record-001 --method max-margin",
        "watch runs/reward-001/model expert",
    )
    command.add_argument(
        "recordings", nargs="+", type=Path, metavar="RECORDING", help="a recording's folder or episode"
    )
    command.add_argument("--method", default="maxent", metavar="NAME", help="maxent (default) or max-margin")
    command.add_argument(
        "--l2", type=positive(1e6), default=1.0, metavar="X", help="maxent: how weights are kept small (default: 1)"
    )
    command.add_argument(
        "--knows-wind",
        action="store_true",
        help="maxent: the driver reckons with a steady wind or camber (default: he steers as if there were none)",
    )
    command.add_argument("--driver", metavar="NAME", help="whose rows, where several drove: expert, human or policy")
    command.add_argument("--no-film", action="store_true", help="leave out film.mp4, which takes most of the time")
    options.add_out(command)


def run(args: Arguments) -> Result:
    """Read the reward and write page, film, driver and result into a new folder."""
    from drive_sim.data.calibrated_log import is_foreign
    from drive_sim.irl import learned_reward
    from drive_sim.irl.lattice_drives import drives_from
    from drive_sim.irl.recorded_segments import read_segments

    logs = [path for path in args.recordings if is_foreign(path)]
    if len(logs) == len(args.recordings):
        raise InputError(f"{_steering_of(logs[0])}; give a recording of `drive` or `record`")
    for log in logs:
        tell(_steering_of(log))
    config = learned_reward.Config(args.method, args.l2, args.knows_wind)  # pyright: ignore[reportArgumentType]
    runs, driver, notes = read_segments([path for path in args.recordings if path not in logs], args.driver)
    for note in notes:
        tell(note)
    traces = [run.trace for run in runs]
    drives_from(traces)  # what is too short, too tight or too wide is said before anything is made
    with (
        output_folder(args.out, "reward") as folder,
        display.progress(_STAGES) as show,
        stopping(folder, f"what was made is in {folder}"),
    ):
        found = learned_reward.learn(traces, config, lambda what, n: show("fit", min(n / _MOST, 0.99), f"{n} {what}"))
        show("fit", 1.0, "")
        result = _write(folder, found, runs, config, driver, args, show)
        end_work()
    print(f"{driver} {found.preferences.in_words()}")
    print(_table(found))
    for warning in found.warnings:
        tell(warning)
    print(f"the page is {folder / 'page.html'}; see it drive: {program()} watch {folder / 'model'}")
    return result


def _write(
    folder: Path,
    found: LearnedReward,
    runs: list[Segment],
    config: Config,
    driver: str,
    args: Arguments,
    show: display.Show,
) -> Result:
    """Everything that is kept: the result and the driver first, the film last."""
    from dataclasses import asdict

    from drive_sim.files import write_json, write_text
    from drive_sim.policies.model_folder import save_model
    from drive_sim.policies.reward_policy import RewardPolicy
    from drive_sim.report.reward_page import reward_page

    result = {"driver": driver, "folder": str(folder), **_result(found, config)}
    write_json(folder / "result.json", result)
    save_model(folder / "model", RewardPolicy(found.reward), asdict(config), result)
    footer = f"Read from {', '.join(map(str, args.recordings))}: {sum(map(len, runs))} ticks driven by {driver}."
    write_text(folder / "page.html", reward_page(found, runs, config, footer, film=not args.no_film))
    if not args.no_film:
        _film(folder / "film.mp4", found, max(runs, key=len), show)
    return result


def _film(path: Path, found: LearnedReward, run: Segment, show: display.Show) -> None:
    from drive_sim.report.paint import liking
    from drive_sim.report.reward_film import FILM_HZ, filmed_drive, reward_frames
    from drive_sim.report.video import filmed

    drive = filmed_drive(run, _FILM_S)
    liked_m = found.reward.liked_offset_m(drive.curvature_per_m)
    frames = reward_frames(
        drive,
        liking(found.reward, drive.track),
        liked_m,
        f"This driver {found.preferences.in_words()}.",
        num_threads=os.cpu_count() or 1,
    )
    num = max(1, round(len(drive.s_m) / drive.control_hz * FILM_HZ))
    for number, _ in enumerate(filmed(path, frames, FILM_HZ), start=1):
        show("film", min(number / num, 0.999), f"{number / FILM_HZ:.0f} s")
    show("film", 1.0, "")


def _result(found: LearnedReward, config: Config) -> dict[str, Any]:
    """What the reading says, for JSON."""
    from dataclasses import asdict

    from drive_sim.irl.preferences import standard_errors_of
    from drive_sim.policies.lattice_reward import FEATURES

    errors = None if found.covariance is None else standard_errors_of(found.covariance).tolist()
    return {
        "method": config.method,
        "l2": config.l2,
        "weights": dict(zip(FEATURES, found.reward.weights, strict=True)),
        "standard_errors": None if errors is None else dict(zip(FEATURES, errors, strict=True)),
        "end_price": found.reward.end_price,
        "likes": asdict(found.preferences),
        "words": found.preferences.in_words(),
        "num_stations": found.num_stations,
        "knows_wind": config.knows_wind,
        "sideslip_rad": {name: number for name, number in asdict(found.sideslip).items() if number is not None},
        "warnings": list(found.warnings),
    }


def _table(found: LearnedReward) -> str:
    """Where the driver likes to be, beside the plain mean of where he was."""
    likes = found.preferences
    rows = [("", "liked m", "95 %", "plain mean m")]
    for name, liked in (("straights, left positive", likes.straight), ("bends, inward positive", likes.inward)):
        interval = f"{liked.low_m:+.2f} to {liked.high_m:+.2f}" if found.covariance is not None else "-"
        mean = "-" if liked.driven_m is None else f"{liked.driven_m:+.2f}"
        rows.append((name, f"{liked.liked_m:+.2f}", interval, mean))
    return display.columns(rows)


def _steering_of(log: Path) -> str:
    """One line on a log without places: what cannot be known of its driver, and what can."""
    import numpy as np

    from drive_sim.data.formats.known import recognised
    from drive_sim.data.udacity import curvature_from_udacity
    from drive_sim.data.udacity_log import find_log, parse_log

    found = recognised(log)
    if found.name == "udacity":
        curvature = curvature_from_udacity(np.array([row.steering for row in parse_log(find_log(log))[0]]))
    else:
        curvature = found.open(log, lambda _: lambda picture: picture[:1, :1]).columns["curvature_per_m"]
    if len(curvature) < 2:
        return f"{log}: fewer than two of its rows can be read; give a recording of `drive` or `record`"
    change = np.abs(np.diff(curvature))
    return (
        f"{log}: its rows know no place on the road, so what its driver likes there cannot be known; only how he "
        f"steers: a curvature of {np.std(curvature):.4f} /m about {np.mean(curvature):+.4f}, changed by "
        f"{np.mean(change):.4f} from row to row, {len(curvature)} rows"
    )


REWARD = Command("what a driver likes, read from a recording", add_arguments, Arguments, run)
