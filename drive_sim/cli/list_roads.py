"""`roads`: the roads that can be named, with what they are."""

from argparse import ArgumentParser
from dataclasses import dataclass

from drive_sim.cli import display, options
from drive_sim.cli.command import Command, Result


@dataclass(frozen=True, slots=True)
class Arguments:
    """Nothing can be typed after `roads`."""


def add_arguments(command: ArgumentParser) -> None:
    """The help."""
    command.description = """\
The roads of assets/roads that --track knows by name: how long and how wide each is, and what it is. --track also takes
a file: a circuit's CSV (x_m,y_m,w_tr_right_m,w_tr_left_m), a line of points (x_m,y_m, and --width) or a phone's GPX."""
    command.epilog = options.examples(
        "roads", "drive --track hairpin-pass", "evaluate expert --track my-way.gpx --width 5"
    )


def run(_args: Arguments) -> Result:
    """Print a line a road."""
    from drive_sim.sim.circuit_file import named_track
    from drive_sim.sim.named_roads import NAMED_ROADS

    roads = []
    for name, what in NAMED_ROADS.items():
        track = named_track(name)
        widths_m = track.width_left_m + track.width_right_m
        roads.append(
            {
                "name": name,
                "what": what,
                "length_m": track.length_m,
                "width_m": [float(widths_m.min()), float(widths_m.max())],
                "tightest_radius_m": 1.0 / float(abs(track.curvature_per_m).max()),
                "lines": track.lines,
                "closed": track.closed,
            }
        )
    rows = [(road["name"], f"{road['length_m']:.0f} m", _width(*road["width_m"]), road["what"]) for road in roads]
    longest = max(len(row[3]) for row in rows)
    print(display.columns([(*row[:3], row[3].ljust(longest)) for row in rows]))
    return {"roads": roads}


def _width(least_m: float, most_m: float) -> str:
    wide = f"{most_m:.1f} m wide"
    return wide if most_m - least_m < 0.1 else f"{least_m:.1f} to {wide}"


ROADS = Command("the roads that --track knows by name", add_arguments, Arguments, run)
