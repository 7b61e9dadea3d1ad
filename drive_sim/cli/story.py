"""`story`: the sixty-second story, in a window or as a film."""

from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

from drive_sim.cli import display, options, sitting, window
from drive_sim.cli.command import Command, Result
from drive_sim.cli.films import add_film, checked_film, film_size_px
from drive_sim.cli.options import program
from drive_sim.cli.outputs import RUNS
from drive_sim.cli.roads import chosen_road
from drive_sim.stops import begin_work, end_work


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `story`."""

    headless: bool
    film: Path | None
    road: options.RoadOptions
    window: options.WindowOptions


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
The sixty-second story, which needs no key: two networks that ship have learned from the same thirty seconds, one of
them with its pictures shifted and rotated. A push is chosen by rolling both ahead, and driven by each of them; nobody
is put back. It ends on both cars from above, and on what cured it. Every sentence says what was driven; where no push
is found that tells the two apart, it says so. Another --seed is another road. --headless --film FILE makes a film."""
    command.epilog = options.examples("story", "story --seed 3 --full-screen", "story --headless --film story.mp4")
    add_film(command)
    options.add_track(command)
    options.add_window(command)


def run(args: Arguments) -> Result:
    """Open the window on the story until the person leaves, or film it."""
    film = checked_film(args.film, headless=args.headless)
    if film is not None:
        return _film(args, film)
    from drive_sim.app.screen import ToStory

    instead = f"film it without one: {program()} story --headless --film FILE"
    return sitting.watched(window.show(ToStory(), args.road, args.window, instead))


def _film(args: Arguments, film: Path) -> Result:
    from drive_sim.app.roads import Roads
    from drive_sim.app.story_film import film_story

    begin_work()
    road = args.road
    world = (None, None) if road.track is None else chosen_road(road)
    size_px = film_size_px(film, args.window.size)
    with display.progress({"film": "about sixty seconds"}) as show:
        num = film_story(
            film, road.seed, Roads(road.seed, *world), RUNS, size_px, lambda share, part: show("film", share, part)
        )
        end_work()
    print(f"{num} pictures in {film}")
    return {"film": str(film), "pictures": num}


STORY = Command("the sixty-second story: one push, two networks", add_arguments, Arguments, run)
