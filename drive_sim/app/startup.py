"""From a display to a window at work: everything heavy is loaded and tried once behind "One moment ..."."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.app.augmented_views import warm_up_views
from drive_sim.app.basin import BasinScreen
from drive_sim.app.compare import CompareScreen
from drive_sim.app.display import Display
from drive_sim.app.drive import DriveScreen
from drive_sim.app.home import HomeScreen
from drive_sim.app.lecture import LectureScreen
from drive_sim.app.roads import Roads
from drive_sim.app.screen import (
    Destination,
    Screen,
    ToBasin,
    ToCompare,
    ToDrive,
    ToHome,
    ToLecture,
    ToShared,
    ToStory,
    ToTruth,
    ToWatch,
)
from drive_sim.app.session import Session
from drive_sim.app.shared_screens import route_to, take
from drive_sim.app.sharing import prepare
from drive_sim.app.single_car import SingleCar
from drive_sim.app.story import StoryScreen
from drive_sim.app.truth import TruthScreen
from drive_sim.app.watch import WatchScreen
from drive_sim.app.window import Window
from drive_sim.checkout import code_commit
from drive_sim.files import write_json
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import EnvConfig
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track

_SCREENS: dict[type[Destination], Callable[[Session, Any, tuple[int, int]], Screen]] = {
    ToHome: HomeScreen,
    ToDrive: DriveScreen,
    ToWatch: WatchScreen,
    ToLecture: LectureScreen,
    ToStory: StoryScreen,
    ToCompare: CompareScreen,
    ToTruth: TruthScreen,
    ToBasin: BasinScreen,
}


def make_screen(session: Session, route: Destination, size_px: tuple[int, int]) -> Screen:
    """The screen that a route leads to, on a canvas of that size. Raises InputError where it cannot be made."""
    screen = _made(session, route, size_px)
    _spare_collector()
    return screen


def _made(session: Session, route: Destination, size_px: tuple[int, int]) -> Screen:
    """The screen itself.

    A further screen is a file of its own, a route in screen.py, a line above, and an entry on the home screen.
    """
    if not isinstance(route, ToShared):
        return _SCREENS[type(route)](session, route, size_px)
    prepare(session, route.state)
    screen = _made(session, route_to(route.state, route.models), size_px)
    take(screen, route.state)
    return screen


def open_window(
    display: Display,
    first: Destination,
    *,
    runs: Path,
    seed: int,
    track: Track | None = None,
    scene: Scene | None = None,
    recording_out: Path | None = None,
    num_frames: int | None = None,
    frame_log: Path | None = None,
) -> Session:
    """Show screens, `first` to begin with, until the person leaves; returns what the sitting has made.

    Raises InputError where the first screen cannot be made, or `frame_log` cannot be written.
    """
    session = Session(runs, seed, Roads(seed, track, scene), recording_out=recording_out)
    warm_up(session)
    window = Window(session, make_screen, first, display)
    window.run(num_frames=num_frames)
    if frame_log is not None:
        write_json(frame_log, {"size_px": display.size_px, "frame_ms": np.round(1000.0 * np.array(window.frame_s), 2)})
    return session


def warm_up(session: Session) -> None:
    """Compile, or load, what the first frames would wait for, and let the collector leave alone what stands now."""
    warm_up_views()
    code_commit()
    roads = session.roads
    car = SingleCar(roads.track, roads.scene, EnvConfig(Camera(), CONDITIONS.vehicle), np.random.default_rng(0))
    expert = PursuitExpert(car.tracks)
    car.advance(expert.act)
    _spare_collector()


def _spare_collector() -> None:
    """Let the collector leave alone what stands now, such as a network's libraries: going through it takes 80 ms."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
