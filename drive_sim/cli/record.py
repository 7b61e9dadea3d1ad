"""`record`: the scripted expert drives and is recorded."""

from argparse import ArgumentParser
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from drive_sim.cli import display, options
from drive_sim.cli.car import add_car, chosen_car, chosen_speed
from drive_sim.cli.command import Command, Result
from drive_sim.cli.errors import stopping
from drive_sim.cli.numbers import positive
from drive_sim.cli.options import program
from drive_sim.cli.outputs import output_folder
from drive_sim.cli.roads import chosen_road
from drive_sim.stops import end_work


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `record`."""

    road: options.RoadOptions
    seconds: float
    place: float | None
    speed: str
    turning_radius: float | None
    out: Path | None


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
The scripted expert drives and is recorded: pictures, commands and where the car was, ten rows a second. Without --track
it drives a road made from the seed; with --speed own it slows for bends and speeds up on straights; with --place it
drives there, and each row says so, for networks that learn to be told. The recording is an Arrow stream that survives a
crash and opens in other tools."""
    command.epilog = options.examples("record", "record --seconds 72 --seed 3 --out expert-72s", "train expert-72s")
    options.add_track(command)
    command.add_argument(
        "--seconds", type=positive(86_400), default=30.0, metavar="S", help="how long (default: 30; at most a day)"
    )
    options.add_place(command)
    add_car(command)
    options.add_out(command)


def run(args: Arguments) -> Result:
    """Record the expert's drive into a new folder."""
    import numpy as np

    from drive_sim.data import rollout
    from drive_sim.policies.expert import PursuitExpert
    from drive_sim.sim.conditions import CONDITIONS
    from drive_sim.sim.env import DriveEnv, EnvConfig
    from drive_sim.sim.scene import Scenes
    from drive_sim.sim.track import Tracks

    speed = chosen_speed(args.speed)
    track, scene = chosen_road(args.road, args.place)
    env_rng, rng = np.random.default_rng(args.road.seed).spawn(2)
    config = EnvConfig(vehicle=chosen_car(args.turning_radius), disturbance=CONDITIONS.demonstration)
    tracks = Tracks.stack([track])
    expert = PursuitExpert(tracks, speed=speed)
    start_speed = None if expert.profile is None else expert.profile.at
    env = DriveEnv(tracks, Scenes.stack([scene]), config, env_rng, start_speed=start_speed)
    num_ticks = max(1, round(args.seconds / config.tick_s))
    ticks = rollout.drive(env, expert, num_ticks, rng, labeller=expert)
    info = rollout.episode_info(env, road={"track": args.road.track, "width_m": args.road.width}, seed=args.road.seed)
    with (
        output_folder(args.out, "record") as folder,
        display.progress({"record": "recording"}) as show,
        stopping(folder, f"what was recorded is in {folder}"),
        closing(rollout.record(ticks, folder, [info], "expert")) as recorded,
    ):
        for number, tick in enumerate(recorded, start=1):
            show("record", number / num_ticks, f"{tick.time_s:.0f} s")
        end_work()
    seconds = num_ticks * config.tick_s
    print(f"{seconds:.1f} s recorded in {folder}\nlearn from it: {program()} train {folder}")
    return {"folder": str(folder), "seconds": seconds, "road": track.name}


RECORD = Command("the scripted expert drives, and is recorded", add_arguments, Arguments, run)
